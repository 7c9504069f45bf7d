"""What the database itself enforces: row-level security, references that stay in one tenant, least privilege.

Everything is derived from the models and may be run again at any time, also while others read and write: it is one
transaction, and what is right already is left alone. `towpath migrate` does it, as the owner.
The owner is not forced under the policies, so that backups are whole; the application's role owns nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

from django.apps import apps
from django.conf import settings
from django.db import connections, models, transaction
from psycopg import sql

from towpath.foundation.global_tables import GLOBAL_TABLES
from towpath.foundation.tenancy import TenantForeignKey, TenantModel

POLICY = "tenant_id = nullif(current_setting('app.tenant', true), '')::int"
# What the application may put into a ledger; the rest is given by the database alone.
LEDGER_GIVEN = {"seq", "xid", "recorded_at", "salt"}

Policy = tuple[Any, ...]


def tenant_models() -> list[type[TenantModel]]:
    return [m for m in apps.get_models() if issubclass(m, TenantModel)]


@dataclass(frozen=True)
class Found:
    """What the database holds. A policy is (name, permissive or not, command, roles, using, check)."""

    tables: frozenset[str]
    secured: frozenset[str]
    policies: Mapping[str, frozenset[Policy]]
    references: frozenset[str]
    right: Policy


def protect(using: str) -> None:
    role = str(settings.DATABASES["default"]["USER"])
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for statement in _statements(role, _found(cursor)):
            cursor.execute(statement)


def _found(cursor: Any) -> Found:
    cursor.execute(
        "select relname, relrowsecurity from pg_class where relkind in ('r', 'p') "
        "and relnamespace = 'public'::regnamespace and pg_has_role(relowner, 'usage')"
    )
    tables = dict(cursor.fetchall())
    cursor.execute("select conname from pg_constraint where contype = 'f'")
    references = frozenset(name for (name,) in cursor.fetchall())
    policies: dict[str, set[Policy]] = {}
    for table, *policy in _policies(cursor, "schemaname = 'public'"):
        policies.setdefault(table, set()).add(tuple(policy))
    return Found(
        tables=frozenset(tables),
        secured=frozenset(name for name, secured in tables.items() if secured),
        policies={table: frozenset(held) for table, held in policies.items()},
        references=references,
        right=_right(cursor),
    )


def _policies(cursor: Any, where: LiteralString) -> list[tuple[Any, ...]]:
    cursor.execute(
        "select tablename, policyname, permissive, cmd, array_to_string(roles, ','), qual, with_check "
        "from pg_policies where " + where
    )
    return list(cursor.fetchall())


def _right(cursor: Any) -> Policy:
    """How this version of PostgreSQL writes our policy down: made for a passing table, and read back."""
    cursor.execute("create temporary table towpath_policy (tenant_id int) on commit drop")
    cursor.execute(_policy(sql.Identifier("towpath_policy")))
    ((_, *policy),) = _policies(cursor, "tablename = 'towpath_policy'")
    cursor.execute("drop table towpath_policy")
    return tuple(policy)


def _policy(table: sql.Identifier) -> sql.Composed:
    rule = sql.SQL(POLICY)
    return sql.SQL("create policy tenant on {} using ({}) with check ({})").format(table, rule, rule)


def _statements(role: str, found: Found) -> Iterator[sql.Composed]:
    app = sql.Identifier(role)
    yield from _revoke(app, found)
    yield sql.SQL("grant usage on schema public to {}").format(app)
    yield sql.SQL("grant usage on all sequences in schema public to {}").format(app)
    yield sql.SQL("grant execute on all functions in schema public to {}").format(app)
    for name, rule in GLOBAL_TABLES.items():
        if name in found.tables:
            yield sql.SQL("grant {} on {} to {}").format(sql.SQL(rule.rights), sql.Identifier(name), app)
    for model in tenant_models():
        if model._meta.db_table in found.tables:
            yield from _isolate(model._meta.db_table, found)
            yield _grant(model, app)
    for model in tenant_models():
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey) and _reference_name(model, field) not in found.references:
                yield from _reference(model, field)


def _revoke(app: sql.Identifier, found: Found) -> Iterator[sql.Composed]:
    """Everything, of columns too, so that a right given by an older version or by hand does not stay."""
    if found.tables:
        tables = sql.SQL(", ").join([sql.Identifier(name) for name in sorted(found.tables)])
        yield sql.SQL("revoke all on {} from {}").format(tables, app)
    yield sql.SQL("revoke all on all sequences in schema public from {}").format(app)


def _isolate(name: str, found: Found) -> Iterator[sql.Composed]:
    """Our policy and no other: a second one would let through what ours holds back."""
    table, held = sql.Identifier(name), found.policies.get(name, frozenset())
    if name not in found.secured:
        yield sql.SQL("alter table {} enable row level security").format(table)
    for policy in held - {found.right}:
        yield sql.SQL("drop policy {} on {}").format(sql.Identifier(policy[0]), table)
    if found.right not in held:
        yield _policy(table)


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
