"""Reads that every page makes, with their condition written down in SQL.

Django puts the SQL of a query together anew each time, which takes several times as long as sending it and reading the
reply (ADR 0014). Where the same few rows are asked for all day, the statement is made once. All else asks by querysets.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.db import connection, models

from towpath.foundation import tenancy

M = TypeVar("M", bound=models.Model)


class Columns(NamedTuple):
    """The columns of a table as SQL, and how a row becomes a model: names in order, what must be decoded."""

    sql: str
    names: tuple[str, ...]
    decoded: tuple[tuple[int, Callable[..., Any]], ...]


@cache
def columns(model: type[models.Model], without: tuple[str, ...] = ()) -> Columns:
    table, quoted = model._meta.db_table, connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if field.attname not in without]
    return Columns(
        ", ".join(f"{quoted(table)}.{quoted(str(field.column))}" for field in fields),
        tuple(field.attname for field in fields),
        tuple((n, f.from_db_value) for n, f in enumerate(fields) if hasattr(f, "from_db_value")),
    )


def made(model: type[M], found: Columns, row: Sequence[Any]) -> M:
    """A row, whose values follow each other as `found` says, as a model."""
    values = list(row)
    for place, decode in found.decoded:
        values[place] = decode(values[place], None, connection)
    return model.from_db("default", found.names, values)


@cache
def _statement(model: type[models.Model], condition: str, lock: bool, without: tuple[str, ...]) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    # Both are texts of ours, written where they are asked; values are bound.
    found = f"select {columns(model, without).sql} from {table} where {table}.tenant_id = %s and {condition}"  # noqa: S608
    # The key stays free: who only points to the row need not wait.
    return f"{found} for no key update" if lock else found


def rows(
    model: type[M], condition: str, *values: Any, lock: bool = False, without: tuple[str, ...] = ()
) -> list[M]:
    """The current body's rows under a condition; `without`: columns left for later.

    The condition stands behind an `and`, so that an `or` of its own needs brackets; it may end in `order by`.
    """
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, condition, lock, without), [tenancy.current_id(), *values])
        found = cursor.fetchall()
    return [made(model, columns(model, without), row) for row in found]


def first(
    model: type[M], condition: str, *values: Any, lock: bool = False, without: tuple[str, ...] = ()
) -> M | None:
    """The first row under a condition that allows few."""
    return next(iter(rows(model, condition, *values, lock=lock, without=without)), None)


def one(model: type[M], condition: str, *values: Any, lock: bool = False) -> M:
    """The one row under a condition; the model's `DoesNotExist` where there is none."""
    found = first(model, condition, *values, lock=lock)
    if found is None:
        raise model.DoesNotExist(f"No {model._meta.label} with {condition}.")  # type: ignore[attr-defined]
    return found
