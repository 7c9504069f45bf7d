"""A row of every model for one body, each bearing marks that nobody can guess."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, connections, models

from towpath.foundation import clock, crypto, tenancy
from towpath.foundation.models import Tenant, TenantKey
from towpath.foundation.protection import LEDGER_GIVEN, tenant_models
from towpath.foundation.sealed import SealedJSON
from towpath.foundation.tenancy import TenantModel

SHORTEST = 16  # characters of a mark that can't turn up by chance


LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Town:
    """A body and what was made for it: model -> keys of its rows; the marks that its rows bear."""

    tenant: Tenant
    keys: dict[type[TenantModel], list[Any]] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def key(self, label: str) -> Any:
        """The newest row of a model named as `casework.Case`."""
        return next(keys[-1] for model, keys in self.keys.items() if model._meta.label == label)


def one_of_each(town: Town) -> None:
    """Adds a row of every tenant model, in the order of their references."""
    with tenancy.inside(town.tenant):
        crypto.encrypt("", "", "", uuid4())  # the body has a key that opens
        for model in in_order():
            values = {f.attname: v for f, v in _values(town, model)}
            town.keys.setdefault(model, []).append(_inserted(model, values))


def in_order() -> list[type[TenantModel]]:
    """Every tenant model, what is pointed to first."""
    left, ordered = sorted(tenant_models(), key=lambda m: m._meta.label), []
    while left:
        ready = [
            m
            for m in left
            if not any(f.related_model in left and f.related_model is not m for f in own_references(m))
        ]
        assert ready, f"References go round in a circle: {left}"
        ordered += ready
        left = [m for m in left if m not in ready]
    return ordered


def own_references(model: type[TenantModel]) -> list[Any]:
    return [f for f in model._meta.local_fields if isinstance(f, tenancy.TenantForeignKey)]


def _inserted(model: type[TenantModel], values: dict[str, Any]) -> Any:
    if model._meta.managed:
        row = model(**values)
        row.save(force_insert=True)
        return row.pk
    columns = [f for f in model._meta.local_fields if f.column not in LEDGER_GIVEN]
    places = [f.get_db_prep_save(values.get(f.attname, tenancy.current_id()), connection) for f in columns]
    names = ", ".join(f'"{f.column}"' for f in columns)
    with connection.cursor() as cursor:
        marks = ", ".join(["%s"] * len(columns))
        cursor.execute(f"insert into {model._meta.db_table} ({names}) values ({marks}) returning seq", places)
        return cursor.fetchone()[0]


def _values(town: Town, model: type[TenantModel]) -> Iterator[tuple[Any, Any]]:
    for one in model._meta.local_fields:
        given = not model._meta.managed and one.column in LEDGER_GIVEN
        if one.attname == "tenant_id" or isinstance(one, models.AutoField) or given:
            continue
        yield one, _value(town, one)


def _value(town: Town, one: Any) -> Any:
    if one.model is TenantKey and one.name == "made_at":
        return LONG_AGO  # what the product seals here, it seals with a key of its own
    if one.name in {"xid", "until_xid"}:
        return 1 + secrets.randbelow(500)  # lower than any cluster begins: beyond it nobody would be let in
    if isinstance(one, tenancy.TenantForeignKey):
        return town.keys[one.related_model][-1]
    match one:
        case models.ForeignKey():
            return _account().pk
        case models.UUIDField():
            return uuid4()
        case SealedJSON():
            return {"mark": _mark(town, None)}
        case models.CharField() | models.TextField():
            return _mark(town, one.max_length)
        case models.JSONField():
            return {"mark": _mark(town, None)}
        case models.BinaryField():
            return _mark(town, None).encode()
        case models.DateTimeField():
            return clock.now()
        case models.DateField():
            return clock.now().date()
        case models.DurationField():
            return timedelta(days=1)
        case models.BooleanField():
            return True
        case _:
            return 1 + secrets.randbelow(9_000)


def _mark(town: Town, longest: int | None) -> str:
    made = f"zq{secrets.token_hex(12)}"[: longest or 26]
    if len(made) >= SHORTEST:
        town.marks.add(made)
    return made


def _account() -> Any:
    from towpath.people.models import User

    return User.objects.create(email=f"{uuid4()}@example.org", name="Somebody")


def checksums(tenant: Tenant) -> dict[str, tuple[int, str]]:
    """Of all rows of a body, table by table, as the owner of the tables sees them."""
    sums = {}
    with connections["owner"].cursor() as cursor:
        for model in tenant_models():
            table = model._meta.db_table
            cursor.execute(
                f"select count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') "
                f"from {table} t where tenant_id = %s",
                [tenant.pk],
            )
            sums[table] = cursor.fetchone()
    return sums


def marks_in(town: Town, shown: object) -> set[str]:
    """The marks of the town that appear in what was shown."""
    if isinstance(shown, bytes):
        text = shown.decode("utf-8", "replace")
    else:
        text = shown if isinstance(shown, str) else repr(shown)
    # Every mark begins alike: most texts are told to be clean without looking for each.
    return {mark for mark in town.marks if mark in text} if "zq" in text else set()


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
