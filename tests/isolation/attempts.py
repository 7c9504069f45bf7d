"""What somebody of one body might try upon the rows of another: by the models, and in SQL as the application's role.

Each attempt returns what it got to see or how many rows it touched; rightly that is nothing, or an error.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from django.db import connection, models
from django.db.models import Count, F, Max, Q

from tests.isolation.rows import Town, own_references
from towpath.foundation.tenancy import TenantModel


@dataclass(frozen=True)
class Try:
    """One model, our town and theirs, and a source of chance."""

    model: type[TenantModel]
    ours: Town
    theirs: Town
    chance: Random

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def column(self) -> str:
        return str(self.model._meta.pk.column)

    @property
    def our_key(self) -> Any:
        return self.chance.choice(self.ours.keys[self.model])

    @property
    def their_key(self) -> Any:
        return self.chance.choice(self.theirs.keys[self.model])

    @property
    def rows(self) -> Any:
        """Through the manager, or past it: the database must hold either way."""
        return self.model.objects.all() if self.chance.random() < 0.3 else models.QuerySet(self.model)

    def a_field(self) -> Any:
        return self.chance.choice([f for f in self.model._meta.local_fields if f.attname != "tenant_id"])


Attempt = Callable[[Try], Any]


# Reading by the models


def get(t: Try) -> Any:
    return t.rows.get(pk=t.their_key)


def filter_by_key(t: Try) -> Any:
    return list(t.rows.filter(pk=t.their_key))


def filter_by_body(t: Try) -> Any:
    return list(t.rows.filter(tenant_id=t.theirs.tenant.pk)[:5])


def anything_else(t: Try) -> Any:
    return list(models.QuerySet(t.model).exclude(tenant_id=t.ours.tenant.pk)[:5])


def exists(t: Try) -> Any:
    return t.rows.filter(pk=t.their_key).exists()


def count(t: Try) -> Any:
    return t.rows.filter(tenant_id=t.theirs.tenant.pk).count()


def values(t: Try) -> Any:
    return list(t.rows.filter(Q(pk=t.their_key) | Q(tenant_id=t.theirs.tenant.pk)).values_list()[:5])


def aggregated(t: Try) -> Any:
    found = (
        models.QuerySet(t.model).filter(tenant_id=t.theirs.tenant.pk).aggregate(Count("pk"), Max("tenant_id"))
    )
    return [value for value in found.values() if value]


def in_order_of(t: Try) -> Any:
    field = t.a_field()
    page = models.QuerySet(t.model).exclude(tenant_id=t.ours.tenant.pk).order_by(field.attname)
    return list(page[:3])


def locked(t: Try) -> Any:
    return list(t.rows.select_for_update().filter(pk=t.their_key))


def joined(t: Try) -> Any:
    """Rows of ours that would point to theirs."""
    references = own_references(t.model)
    if not references:
        return filter_by_key(t)
    one = t.chance.choice(references)
    theirs = t.chance.choice(t.theirs.keys[one.related_model])
    return list(t.rows.filter(**{f"{one.name}__pk": theirs}).select_related(one.name))


def followed(t: Try) -> Any:
    """What a reference that was made up in memory leads to."""
    references = own_references(t.model)
    if not references:
        return get(t)
    one = t.chance.choice(references)
    row = t.model(**{one.attname: t.chance.choice(t.theirs.keys[one.related_model])})
    return getattr(row, one.name)


def refreshed(t: Try) -> Any:
    row = t.model(pk=t.their_key)
    row.refresh_from_db()
    return row


def raw_model(t: Try) -> Any:
    return list(t.model.objects.raw(f"select * from {t.table} where {t.column} = %s", [t.their_key]))


# Writing by the models


def update(t: Try) -> Any:
    field = t.a_field()
    return t.rows.filter(pk=t.their_key).update(**{field.attname: F(field.attname)})


def take_over(t: Try) -> Any:
    return models.QuerySet(t.model).filter(pk=t.their_key).update(tenant_id=t.ours.tenant.pk)


def give_away(t: Try) -> Any:
    return models.QuerySet(t.model).filter(pk=t.our_key).update(tenant_id=t.theirs.tenant.pk)


def delete(t: Try) -> Any:
    return t.rows.filter(pk=t.their_key)._raw_delete("default")


def delete_all(t: Try) -> Any:
    return models.QuerySet(t.model).filter(tenant_id=t.theirs.tenant.pk)._raw_delete("default")


def save_over(t: Try) -> Any:
    row = models.QuerySet(t.model).get(pk=t.our_key)
    row.pk = t.their_key
    row.save()
    return "saved"


def insert_over(t: Try) -> Any:
    row = models.QuerySet(t.model).get(pk=t.our_key)
    row.pk = t.their_key
    models.QuerySet(t.model).bulk_create([row], ignore_conflicts=True)
    return list(models.QuerySet(t.model).filter(pk=t.their_key))


def merge_over(t: Try) -> Any:
    if not t.model._meta.managed:  # a ledger has no key to merge by
        return update(t)
    row = models.QuerySet(t.model).get(pk=t.our_key)
    row.pk = t.their_key
    field = next(f for f in t.model._meta.local_fields if not f.primary_key and f.attname != "tenant_id")
    rows = models.QuerySet(t.model)
    rows.bulk_create([row], update_conflicts=True, unique_fields=["pk"], update_fields=[field.name])
    return "merged"


def put_into_theirs(t: Try) -> Any:
    row = models.QuerySet(t.model).get(pk=t.our_key)
    row.pk, row.tenant_id = None, t.theirs.tenant.pk
    if t.model._meta.pk.default is not models.NOT_PROVIDED:
        row.pk = t.model._meta.pk.get_default()
    row.save(force_insert=True)
    return "saved"


def point_to_theirs(t: Try) -> Any:
    references = own_references(t.model)
    if not references:
        return update(t)
    one = t.chance.choice(references)
    theirs = t.chance.choice(t.theirs.keys[one.related_model])
    models.QuerySet(t.model).filter(pk=t.our_key).update(**{one.attname: theirs})
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    return "pointed"


# In SQL, as the application's role


def sql(statement: str, *names: str) -> Attempt:
    """An attempt in SQL; `names` are the attributes of a Try that fill its places."""

    def attempt(t: Try) -> Any:
        at = {"theirs": t.theirs.tenant.pk, "ours": t.ours.tenant.pk, "key": t.their_key, "own": t.our_key}
        with connection.cursor() as cursor:
            cursor.execute(
                statement.format(table=t.table, column=t.column), [at[name] for name in names] or None
            )
            if cursor.description is None:
                return max(cursor.rowcount, 0)
            return [row for row in cursor.fetchmany(5) if any(row)]

    attempt.__name__ = statement
    return attempt


def copied_out(t: Try) -> Any:
    with connection.cursor() as cursor:
        asked = f"copy (select * from {t.table} where tenant_id <> {t.ours.tenant.pk}) to stdout"
        with cursor.copy(asked) as copy:
            return [bytes(part) for part in copy]


def partition(t: Try) -> Any:
    name = t.chance.choice(["journal_event_rest", "access_log_rest"])
    with connection.cursor() as cursor:
        cursor.execute(f"select * from {name} limit 3")
        return cursor.fetchall()


BY_MODELS: tuple[Attempt, ...] = (
    get, filter_by_key, filter_by_body, anything_else, exists, count, values, aggregated, in_order_of, locked,
    joined, followed, refreshed, raw_model, update, take_over, give_away, delete, delete_all, save_over,
    insert_over, merge_over, put_into_theirs, point_to_theirs,
)  # fmt: skip
IN_SQL: tuple[Attempt, ...] = (
    sql("select * from {table} where tenant_id = %s limit 3", "theirs"),
    sql("select * from {table} where {column} = %s", "key"),
    sql("select count(*) from {table} where tenant_id <> %s", "ours"),
    sql("with t as (select * from {table}) select * from t where tenant_id = %s limit 3", "theirs"),
    sql("select a.* from {table} a join {table} b on a.{column} <> b.{column} where b.tenant_id = %s", "theirs"),
    sql("select (select max(t::text) from {table} t where tenant_id = %s)", "theirs"),
    sql("select * from {table} where exists (select 1 from {table} t where t.tenant_id = %s)", "theirs"),
    sql("select * from {table} t where tenant_id = %s or t::text ~ 'zq' and tenant_id <> %s", "theirs", "ours"),
    sql("update {table} set tenant_id = tenant_id where tenant_id = %s", "theirs"),
    sql("update {table} set tenant_id = %s where {column} = %s returning *", "ours", "key"),
    sql("update {table} set tenant_id = %s where {column} = %s", "theirs", "own"),
    sql("delete from {table} where {column} = %s returning *", "key"),
    sql("delete from {table} where tenant_id <> %s", "ours"),
    sql("delete from {table} using {table} t where t.tenant_id = %s", "theirs"),
    sql("insert into {table} select * from {table} where tenant_id = %s returning *", "theirs"),
    sql("merge into {table} t using (select %s as body) s on t.tenant_id = s.body when matched then delete", "theirs"),
    sql("truncate {table}"),
    sql("alter table {table} disable row level security"),
    sql("drop policy tenant on {table}"),
    sql("set role towpath_owner"),
    sql("set local row_security = off; select * from {table}"),
    copied_out,
    partition,
)  # fmt: skip
