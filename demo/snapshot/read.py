"""Reading a snapshot into a town that was set up and has no cases yet: whole, or not at all."""

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from demo.snapshot import own
from demo.snapshot.tables import EVENTS, Table, tables
from demo.snapshot.write import names
from demo.town import BEGAN
from towpath import flow
from towpath.foundation import clock, crypto, tenancy
from towpath.foundation.ids import uuid7
from towpath.foundation.models import Cursor, Event, Tenant, TenantKey
from towpath.journeys import actions as journeys

DAY = re.compile(r'(?<=")(\d{4}-\d\d-\d\d)(?=["\\T])')
AT_ONCE = 1000  # rows in one statement


@dataclass(frozen=True)
class Snapshot:
    head: dict[str, Any]
    body: str

    @property
    def until(self) -> datetime:
        return datetime.fromisoformat(self.head["until"])


def unpacked(path: Path) -> Snapshot:
    head, _, body = lzma.decompress(path.read_bytes()).decode().partition("\n")
    return Snapshot(json.loads(head), body)


def load(tenant: Tenant, snapshot: Snapshot) -> None:
    """Runs in the caller's transaction."""
    days = days_since(snapshot.until, clock.now())
    with tenancy.inside(tenant):
        _have_a_key()
        text = snapshot.body
        for id_, name in names().items():
            text = text.replace(name, id_)
        text = moved(text, snapshot.head["from"], days)
        for table, columns, rows in _parts(text):
            _insert(
                table, [own.closed(table.name, dict(zip(columns, row, strict=True)), days) for row in rows]
            )
        _follow_from_here()
        journeys.rebuild(tenant, behind_horizon=False)


def _have_a_key() -> None:
    """The town's key is as old as the town: one made just now would be looked up for each value."""
    crypto.encrypt("", "", "", UUID(int=0))
    TenantKey.objects.update(made_at=clock.now() - BEGAN)


def days_since(until: datetime, now: datetime) -> int:
    """Whole weeks, so that working days stay working days and nothing lies in the future."""
    return (now - until) // timedelta(weeks=1) * 7


def moved(text: str, first: str, days: int) -> str:
    """Every date of the year, that is from `first` on, moved by `days`. Birthdays and the like stay."""
    known: dict[str, str] = {}

    def later(found: re.Match[str]) -> str:
        day = found[1]
        if day < first:
            return day
        if day not in known:
            known[day] = (date.fromisoformat(day) + timedelta(days=days)).isoformat()
        return known[day]

    return DAY.sub(later, text)


def _parts(text: str) -> Iterator[tuple[Table, list[str], list[list[Any]]]]:
    known, rows = tables(), []
    table, columns = None, []
    for line in text.split("\n"):
        read = json.loads(line)
        if isinstance(read, list):
            rows.append(read)
            continue
        if table:
            yield table, columns, rows
        table, columns, rows = known.get(read["table"]), read["columns"], []
    if table:
        yield table, columns, rows


def _insert(table: Table, rows: list[own.Row]) -> None:
    new = {c: table.default(c) for c in table.columns if rows and c not in rows[0]}
    columns = [*table.columns, *(["id"] if table.name == EVENTS else [])]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    statement = sql.SQL(
        "insert into {0} (tenant_id, {1}) select %s, {1} from jsonb_populate_recordset(null::{0}, %s::jsonb)"
    ).format(sql.Identifier(table.name), names)
    with connection.cursor() as cursor:
        for some in (rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)):
            whole = [{**new, **row, **({"id": str(uuid7())} if table.name == EVENTS else {})} for row in some]
            cursor.execute(statement, [tenancy.current_id(), json.dumps(whole, ensure_ascii=False)])


def _follow_from_here() -> None:
    """What followed from the year's events has followed already: letters are not sent again."""
    last = Event.objects.order_by("-xid", "-seq").first()
    if last:
        for subscriber in flow.SUBSCRIBERS:
            place = {"xid": last.xid, "seq": last.seq}
            Cursor.objects.update_or_create(subscriber=subscriber.name, defaults=place)
