"""What the database itself enforces: row-level security, references that stay in one tenant, least privilege.

Everything is derived from the models and may be run again at any time; `towpath migrate` does, as the owner.
The owner is not forced under the policies, so that backups are whole; the application's role owns nothing.
"""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models
from psycopg import sql

from towpath.foundation.global_tables import GLOBAL_TABLES
from towpath.foundation.tenancy import TenantForeignKey, TenantModel

POLICY = "tenant_id = nullif(current_setting('app.tenant', true), '')::int"
# What the application may put into a ledger; the rest is given by the database alone.
LEDGER_GIVEN = {"seq", "xid", "recorded_at", "salt"}


def tenant_models() -> list[type[TenantModel]]:
    return [m for m in apps.get_models() if issubclass(m, TenantModel)]


def protect(using: str) -> None:
    role = str(settings.DATABASES["default"]["USER"])
    with connections[using].cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind in ('r', 'p')")
        present = {name for (name,) in cursor.fetchall()}
        cursor.execute("select conname from pg_constraint where contype = 'f'")
        held = {name for (name,) in cursor.fetchall()}
        for statement in _statements(role, present, held):
            cursor.execute(statement)


def _statements(role: str, present: set[str], held: set[str]) -> Iterator[sql.Composed]:
    app = sql.Identifier(role)
    yield sql.SQL("grant usage on schema public to {}").format(app)
    yield sql.SQL("grant usage on all sequences in schema public to {}").format(app)
    yield sql.SQL("grant execute on all functions in schema public to {}").format(app)
    for name, rule in GLOBAL_TABLES.items():
        if name in present:
            yield sql.SQL("grant {} on {} to {}").format(sql.SQL(rule.rights), sql.Identifier(name), app)
    for model in tenant_models():
        if model._meta.db_table in present:
            yield from _isolate(model)
            yield _grant(model, app)
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey) and _reference_name(model, field) not in held:
                yield from _reference(model, field)


def _isolate(model: type[TenantModel]) -> Iterator[sql.Composed]:
    table = sql.Identifier(model._meta.db_table)
    yield sql.SQL("alter table {} enable row level security").format(table)
    yield sql.SQL("drop policy if exists tenant on {}").format(table)
    yield sql.SQL("create policy tenant on {} using ({}) with check ({})").format(
        table, sql.SQL(POLICY), sql.SQL(POLICY)
    )


def _grant(model: type[TenantModel], app: sql.Identifier) -> sql.Composed:
    table = sql.Identifier(model._meta.db_table)
    if not model.append_only:
        return sql.SQL("grant select, insert, update, delete on {} to {}").format(table, app)
    if model._meta.managed:
        words = sql.SQL(", ").join([sql.Identifier(c) for c in model.erasable])
        rights = (
            sql.SQL("select, insert, update ({})").format(words)
            if model.erasable
            else sql.SQL("select, insert")
        )
        return sql.SQL("grant {} on {} to {}").format(rights, table, app)
    columns = [str(f.column) for f in model._meta.local_fields if f.column not in LEDGER_GIVEN]
    listed = sql.SQL(", ").join([sql.Identifier(c) for c in columns])
    return sql.SQL("grant select, insert ({}) on {} to {}").format(listed, table, app)


def _reference_name(model: type[TenantModel], field: models.ForeignKey[Any, Any]) -> str:
    return f"{model._meta.db_table}_{field.column}_tenant"


def _reference(model: type[TenantModel], field: models.ForeignKey[Any, Any]) -> Iterator[sql.Composed]:
    """A foreign key over (tenant, id), made once; it needs a unique index on what it points to."""
    table, target = model._meta.db_table, field.related_model._meta
    names = {
        "table": sql.Identifier(table),
        "target": sql.Identifier(target.db_table),
        "column": sql.Identifier(field.column),
        "key": sql.Identifier(str(target.pk.column)),
        "index": sql.Identifier(f"{target.db_table}_tenant_key"),
        "name": sql.Identifier(_reference_name(model, field)),
    }
    yield sql.SQL("create unique index if not exists {index} on {target} (tenant_id, {key})").format(**names)
    yield sql.SQL(
        "alter table {table} add constraint {name} foreign key (tenant_id, {column}) "
        "references {target} (tenant_id, {key}) deferrable initially deferred"
    ).format(**names)
