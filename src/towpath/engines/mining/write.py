"""Logs as XES (IEEE 1849) and as OCEL 2.0 (JSON, SQLite), case after case; only OCEL in JSON is held as a whole meanwhile."""

from __future__ import annotations

import errno
import gzip
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, cast
from xml.sax.saxutils import quoteattr

from towpath.engines.mining.errors import StoreError
from towpath.engines.mining.results import Event
from towpath.engines.mining.room import whole

CASE_ATTRIBUTE = "case:"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
"""
Written = tuple[str, Mapping[str, str], list[Event]]  # case, its attributes, its events


def xes(cases: Iterable[Written], path: Path) -> None:
    """Values are texts; times are dates in UTC. Characters that XML can't hold are left out."""
    with path.open("w", encoding="utf-8") as stream:
        _xes(cases, stream)


def xes_packed(cases: Iterable[Written], path: Path) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as stream:
        _xes(cases, cast("TextIO", stream))


def _xes(cases: Iterable[Written], stream: TextIO) -> None:
    stream.write(_HEAD)
    for case, attributes, events in cases:
        own = {name.removeprefix(CASE_ATTRIBUTE): value for name, value in attributes.items()}
        stream.write("<trace>\n")
        _texts(stream, {"concept:name": case} | {k: v for k, v in own.items() if k != "concept:name"})
        for event in events:
            stream.write("<event>\n")
            _texts(stream, {"concept:name": event.activity})
            stream.write(f'<date key="time:timestamp" value="{_instant(event.time)}"/>\n')
            skipped = ("concept:name", "time:timestamp")
            _texts(stream, {k: v for k, v in event.attributes.items() if k not in skipped})
            stream.write("</event>\n")
        stream.write("</trace>\n")
    stream.write("</log>\n")


def _texts(stream: TextIO, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        stream.write(f"<string key={_quoted(key)} value={_quoted(value)}/>\n")


def _quoted(text: str) -> str:
    clean = "".join(one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff"))
    return quoteattr(clean)


def _instant(time: datetime) -> str:
    return f"{time.isoformat(timespec='microseconds')}Z"


def ocel(cases: Iterable[Written], path: Path) -> None:
    """Each case is an object of the type "case"; each event is linked to its own."""
    objects: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for case, attributes, steps in cases:
        first = _instant(steps[0].time) if steps else "1970-01-01T00:00:00Z"
        told = [
            {"name": name.removeprefix(CASE_ATTRIBUTE), "time": first, "value": value}
            for name, value in attributes.items()
        ]
        objects.append({"id": case, "type": "case", "attributes": told})
        for step in steps:
            events.append(
                {
                    "id": f"e{len(events) + 1}",
                    "type": step.activity,
                    "time": _instant(step.time),
                    "attributes": [{"name": name, "value": value} for name, value in step.attributes.items()],
                    "relationships": [{"objectId": case, "qualifier": "case"}],
                }
            )
    kinds: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        kinds.setdefault(event["type"], []).append(event)
    document = {
        "objectTypes": [{"name": "case", "attributes": _declared(objects)}],
        "eventTypes": [{"name": name, "attributes": _declared(of)} for name, of in kinds.items()],
        "objects": objects,
        "events": events,
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _declared(entries: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    names = dict.fromkeys(value["name"] for entry in entries for value in entry["attributes"])
    return [{"name": name, "type": "string"} for name in names]


_SCHEMA = """
CREATE TABLE event (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
CREATE TABLE object (ocel_id TEXT PRIMARY KEY, ocel_type TEXT);
CREATE TABLE event_object (ocel_event_id TEXT, ocel_object_id TEXT, ocel_qualifier TEXT,
                           PRIMARY KEY (ocel_event_id, ocel_object_id, ocel_qualifier));
CREATE TABLE object_object (ocel_source_id TEXT, ocel_target_id TEXT, ocel_qualifier TEXT,
                            PRIMARY KEY (ocel_source_id, ocel_target_id, ocel_qualifier));
CREATE TABLE event_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
CREATE TABLE object_map_type (ocel_type TEXT PRIMARY KEY, ocel_type_map TEXT);
"""
_FIXED = ('"event_object"', '"event_map_type"', '"object_object"', '"object_map_type"')


def ocel_sqlite(cases: Iterable[Written], path: Path) -> None:
    """As `ocel`, in SQLite. Attributes that differ only in case get numbers."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.executescript(f"PRAGMA synchronous = OFF; BEGIN; {_SCHEMA}")
        _fill(database, cases)
        database.execute("COMMIT")


def _fill(database: sqlite3.Connection, cases: Iterable[Written]) -> None:
    """One table for each type, with a column for each attribute as it is met."""
    tables = _Tables(database)
    number = 0
    for case, attributes, steps in cases:
        first = _instant(steps[0].time) if steps else "1970-01-01T00:00:00Z"
        own = {name.removeprefix(CASE_ATTRIBUTE): value for name, value in attributes.items()}
        tables.add("object", "case", case, first, own)
        for step in steps:
            number += 1
            tables.add("event", step.activity, f"e{number}", _instant(step.time), step.attributes)
            database.execute("INSERT INTO event_object VALUES (?, ?, 'case')", [f"e{number}", case])


class _Tables:
    """The tables of the types. Names in SQLite do not tell large letters from small ones."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database
        self.names: dict[tuple[str, str], str] = {}
        self.columns: dict[str, dict[str, str]] = {}  # of each table: attribute -> column, quoted

    def add(self, kind: str, type_: str, id_: str, time: str, attributes: Mapping[str, str]) -> None:
        table = self.names.get((kind, type_)) or self._made(kind, type_)
        known = self.columns[table]
        for name in attributes:
            if name not in known:
                known[name] = _quoted_name(_free(name.replace("\0", ""), known.values()))
                self.database.execute(f"ALTER TABLE {table} ADD COLUMN {known[name]} TEXT")
        columns = ", ".join(['"ocel_id"', '"ocel_time"', *(known[name] for name in attributes)])
        marks = ", ".join("?" * (2 + len(attributes)))
        self.database.execute(f"INSERT INTO {kind} VALUES (?, ?)", [id_, type_])
        self.database.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({marks})", [id_, time, *attributes.values()]
        )

    def _made(self, kind: str, type_: str) -> str:
        """Letters and figures of the type, as OCEL's own files have it."""
        short = _free(re.sub(r"\W", "", type_) or "type", [*self.columns, *_FIXED], f"{kind}_")
        table = _quoted_name(f"{kind}_{short}")
        changed = ", ocel_changed_field TEXT" if kind == "object" else ""
        self.database.execute(f"CREATE TABLE {table} (ocel_id TEXT, ocel_time TEXT{changed})")
        self.database.execute(f"INSERT INTO {kind}_map_type VALUES (?, ?)", [type_, short])
        self.names[kind, type_] = table
        self.columns[table] = {
            f"\0{name}": _quoted_name(name) for name in ("ocel_id", "ocel_time", "ocel_changed_field")
        }
        return table


def _free(name: str, taken: Iterable[str], before: str = "") -> str:
    """The name, with a number where it is taken, whatever its letters' size."""
    known = {one.lower() for one in taken}
    number, free = 1, name
    while _quoted_name(f"{before}{free}").lower() in known:
        number += 1
        free = f"{name} ({number})"
    return free


def _quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_WRITERS: dict[str, Callable[[Iterable[Written], Path], None]] = {
    ".xes": xes, ".xes.gz": xes_packed, ".json": ocel, ".jsonocel": ocel, ".sqlite": ocel_sqlite
}  # fmt: skip


def log(cases: Iterable[Written], path: Path) -> None:
    """By the file's ending, whole or not at all; StoreError if it is none that is written."""
    for ending, writer in _WRITERS.items():
        if path.name.lower().endswith(ending):
            with whole(path) as part:
                try:
                    return writer(cases, part)
                except sqlite3.Error as why:
                    if why.sqlite_errorcode == sqlite3.SQLITE_FULL:
                        raise OSError(errno.ENOSPC, str(why)) from why
                    raise StoreError(f"{path}: it can't be written as SQLite: {why}") from None
    raise StoreError(f"{path}: what is written is .parquet, .xes, .xes.gz, or OCEL 2.0 as .json or .sqlite")
