"""OCEL 2.0 (SQLite or JSON), flattened: each object of one type is a case, its events are those linked to it."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from towpath.engines.mining.errors import Problem, refused
from towpath.engines.mining.plain import Row
from towpath.engines.mining.xes import BATCH, Batch, Seen

CASE, ACTIVITY, TIME = "case", "activity", "time"
MAX_JSON = 500_000_000  # bytes; a JSON document is read whole
_SQLITE = b"SQLite format 3\x00"


@dataclass(slots=True)
class _Source:
    """What both kinds of file hold. `links` are (event, object, qualifier) in the file's order."""

    events: dict[str, Row] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)  # id -> type
    values: dict[str, Row] = field(default_factory=dict)  # object -> attributes, as they were first
    links: list[tuple[str, str, str]] = field(default_factory=list)


def is_sqlite(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(16) == _SQLITE


def read(path: Path, objects: str, take: Callable[[Batch], None]) -> tuple[Seen, str]:
    """Gives the flattened events to `take`. The type of object is the one with most links if `objects` is "".

    LogError if the file is not OCEL 2.0 or has no such type.
    """
    source = _from_sqlite(path) if is_sqlite(path) else _from_json(path)
    seen = Seen()
    chosen = objects or _most_linked(source, path)
    types = sorted(set(source.objects.values()))
    if chosen not in types:
        raise refused(
            "objects", f"there is no type of object '{chosen}'; there are {', '.join(types)}", file=path.name
        )
    if not objects:
        told = (
            f"each '{chosen}' is taken as a case; for another type write 'objects: ...' ({', '.join(types)})"
        )
        seen.problems.append(Problem("objects", told))
    _flatten(source, chosen, seen, take)
    return seen, chosen


def _most_linked(source: _Source, path: Path) -> str:
    counts = Counter(source.objects.get(one, "") for _, one, _ in source.links)
    counts.pop("", None)
    if not counts:
        raise refused("empty", "no event is linked to an object", file=path.name)
    return max(sorted(counts), key=lambda one: counts[one])


def _flatten(source: _Source, chosen: str, seen: Seen, take: Callable[[Batch], None]) -> None:
    cases: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event, one, qualifier in source.links:
        cases[event].append((one, qualifier))
    batch, shared = Batch(), 0
    own = [one for one, kind in source.objects.items() if kind == chosen]
    batch.traces = [
        {CASE: one, **{f"case:{key}": v for key, v in source.values.get(one, {}).items()}} for one in own
    ]
    for number, (event, row) in enumerate(source.events.items(), 1):
        of = dict.fromkeys(one for one, _ in cases[event] if source.objects.get(one) == chosen)
        shared += len(of) > 1
        for one in of:
            qualifier = next(told for linked, told in cases[event] if linked == one)
            full = {CASE: one, **row, "qualifier": qualifier or None}
            batch.add(number, tuple(full), full.values())
        if batch.count >= BATCH:
            take(batch)
            batch = Batch()
    take(batch)
    if shared:
        told = f"{shared:,} events belong to several of '{chosen}': each is counted in every one of them"
        seen.problems.append(Problem("shared-event", told, times=shared))


def _from_json(path: Path) -> _Source:
    if path.stat().st_size > MAX_JSON:
        raise refused(
            "too-large", f"OCEL in JSON is read up to {MAX_JSON:,} bytes; export it as SQLite", file=path.name
        )
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
        return _of_document(document)
    except (json.JSONDecodeError, UnicodeDecodeError) as why:
        where = f"line {why.lineno}" if isinstance(why, json.JSONDecodeError) else ""
        raise refused("broken-json", f"this is not JSON: {why}", where, path.name) from None
    except RecursionError:
        raise refused("hostile-json", "the JSON is nested too deeply", file=path.name) from None
    except (KeyError, TypeError, AttributeError) as why:
        raise refused("not-ocel", f"this is not OCEL 2.0: an entry lacks {why}", file=path.name) from None


def _of_document(document: dict[str, Any]) -> _Source:
    source = _Source()
    for one in document["objects"]:
        source.objects[one["id"]] = one["type"]
        source.values[one["id"]] = _first_values(
            (value["name"], value.get("time", ""), value.get("value")) for value in one.get("attributes", [])
        )
    for event in document["events"]:
        row: Row = {ACTIVITY: event["type"], TIME: event["time"]}
        row |= {value["name"]: _text(value.get("value")) for value in event.get("attributes", [])}
        source.events[event["id"]] = row
        for link in event.get("relationships", []):
            source.links.append((event["id"], link["objectId"], link.get("qualifier", "")))
    return source


def _first_values(values: Iterable[tuple[str, str, Any]]) -> Row:
    found: Row = {}
    for name, _, value in sorted(values, key=lambda one: str(one[1])):
        found.setdefault(name, _text(value))
    return found


def _text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _from_sqlite(path: Path) -> _Source:
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            database.execute("PRAGMA trusted_schema = OFF")
            return _of_database(database)
    except sqlite3.Error as why:
        raise refused("not-ocel", f"this is not OCEL 2.0 in SQLite: {why}", file=path.name) from None


def _of_database(database: sqlite3.Connection) -> _Source:
    source = _Source()
    source.objects = dict(database.execute("SELECT ocel_id, ocel_type FROM object ORDER BY rowid"))
    kinds = dict(database.execute("SELECT ocel_id, ocel_type FROM event ORDER BY rowid"))
    source.events = {one: {ACTIVITY: kind, TIME: None} for one, kind in kinds.items()}
    source.links = list(
        database.execute(
            "SELECT ocel_event_id, ocel_object_id, coalesce(ocel_qualifier, '') FROM event_object ORDER BY rowid"
        )
    )
    for (table,) in database.execute("SELECT ocel_type_map FROM event_map_type").fetchall():
        for row in _rows(database, f"event_{table}"):
            if (event := source.events.get(row.pop("ocel_id", None) or "")) is not None:
                event[TIME] = row.pop("ocel_time", None)
                event |= row
    for (table,) in database.execute("SELECT ocel_type_map FROM object_map_type").fetchall():
        for row in sorted(_rows(database, f"object_{table}"), key=lambda one: one.get("ocel_time") or ""):
            known = source.values.setdefault(row.pop("ocel_id", None) or "", {})
            for name, value in row.items():
                if value is not None and not name.startswith("ocel_"):
                    known.setdefault(name, value)
    return source


def _rows(database: sqlite3.Connection, table: str) -> list[Row]:
    """Of a real table of that name; the name comes from the file."""
    known = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name = ?", [table]
    ).fetchone()
    if known is None:
        raise sqlite3.DatabaseError(f"it names the table {table}, which is not there")
    name = str(known[0]).replace('"', '""')
    cursor = database.execute(f'SELECT * FROM "{name}" ORDER BY rowid')  # noqa: S608 a table that is there, quoted
    names = [one[0] for one in cursor.description]
    return [{key: _text(value) for key, value in zip(names, row, strict=True)} for row in cursor]
