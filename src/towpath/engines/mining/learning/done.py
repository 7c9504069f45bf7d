"""A log as work that was done: one row a step, with its beginning where the log has one."""

from __future__ import annotations

import glob
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import duckdb

from towpath.engines.mining.log import Log

BEGINS = ("start",)
ENDS = ("", "complete")


class Done(NamedTuple):
    """Times are seconds since 1970 by the clock on the wall of the log's zone, as a plan counts them."""

    case: str
    activity: str
    start: float | None
    end: float
    unit: str
    resource: str


class _Row(NamedTuple):
    case: str
    activity: str
    time: datetime
    start: datetime | None
    unit: str
    resource: str
    lifecycle: str


def cases(log: Log) -> list[list[Done]]:
    """Each case in the order in which its steps were done; the earliest case first."""
    zone = ZoneInfo(log.mapping.zone)
    found: dict[str, list[Done]] = defaultdict(list)
    rows = list(_rows(log))
    paired = _paired(rows, zone) if any(row.lifecycle in BEGINS for row in rows) else _plain(rows, zone)
    for one in paired:
        found[one.case].append(one)
    for steps in found.values():
        steps.sort(key=attrgetter("end"))
    return sorted(found.values(), key=lambda steps: (came(steps), steps[0].case))


def came(steps: Sequence[Done]) -> float:
    """When a case arrived, as far as the log knows: when something was first begun or done."""
    return min(one.end if one.start is None else one.start for one in steps)


def _rows(log: Log) -> Iterator[_Row]:
    """By way of the Parquet file that every engine writes: case, activity, time, start if there is one, the others."""
    roles = log.mapping.roles()
    with TemporaryDirectory() as folder:
        path = Path(folder, "log.parquet")
        log.save(path)
        with duckdb.connect() as connection:
            table = connection.read_parquet(glob.escape(str(path)))  # a name, no pattern
            names, rows = table.columns, table.fetchall()
    first = 4 if "start" in roles else 3
    places = {
        role: names.index(roles[role], first)
        for role in ("unit", "resource", "lifecycle")
        if roles.get(role) in names[first:]
    }
    for row in rows:
        unit, resource, lifecycle = (
            str(row[places[role]] or "") if role in places else ""
            for role in ("unit", "resource", "lifecycle")
        )
        yield _Row(
            str(row[0]), row[1], row[2], row[3] if first == 4 else None, unit, resource, lifecycle.lower()
        )


def _plain(rows: Iterable[_Row], zone: ZoneInfo) -> Iterator[Done]:
    for row in rows:
        if row.lifecycle in ENDS or not _is_known(row.lifecycle):
            start = None if row.start is None else min(_wall(row.start, zone), _wall(row.time, zone))
            yield Done(row.case, row.activity, start, _wall(row.time, zone), row.unit, row.resource)


def _paired(rows: Iterable[_Row], zone: ZoneInfo) -> Iterator[Done]:
    """What was begun first of an activity of a case is done first. What has no end is still under way: left out."""
    begun: dict[tuple[str, str], deque[float]] = defaultdict(deque)
    for row in rows:
        moment = _wall(row.time, zone)
        waiting = begun[row.case, row.activity]
        if row.lifecycle in BEGINS:
            waiting.append(moment)
        elif row.lifecycle in ENDS:
            start = waiting.popleft() if waiting else None
            yield Done(row.case, row.activity, start, moment, row.unit, row.resource)


def _is_known(lifecycle: str) -> bool:
    """Of the transitional model of XES (IEEE 1849, lifecycle extension); a column of statuses says other things."""
    return lifecycle in (
        "schedule",
        "assign",
        "reassign",
        "start",
        "suspend",
        "resume",
        "withdraw",
        "manualskip",
    )


def _wall(moment: Any, zone: ZoneInfo) -> float:
    local: datetime = moment.replace(tzinfo=UTC).astimezone(zone)
    return local.replace(tzinfo=UTC).timestamp()
