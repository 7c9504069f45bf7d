"""The store: four tables, the same in memory and in a file (ADR 0020).

events      one row an event; those of a case lie together, by time and seq; with the activity that comes `next` in its
            case, the `gap` to it in microseconds and how much of the gap was `worked` on (null: the log does not tell)
cases       a summary of each case; `variant` has one character for each event, see `BASE`; `met` one bit for
            each of the first 62 activities
activities  code and name, in the order of their first event
attributes  which column (a0, a1, ...) keeps which attribute, of events or of cases; values are texts
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from towpath.engines.mining.errors import StoreError

VERSION = 2
BASE = 0xE000  # of the characters that stand for activities: above the surrogates
ROOM = "40%"  # of the machine's memory, for an import into a file: what is more goes to the disk meanwhile
BITS = 62  # activities that fit into one number
MAX_ACTIVITIES = 0x10FFFF - BASE

TABLES = """
CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE activities (code UINTEGER, name VARCHAR);
CREATE TABLE attributes (name VARCHAR, place VARCHAR, level VARCHAR, kind VARCHAR);
CREATE TABLE cases (case_no UINTEGER, case_id VARCHAR, began TIMESTAMP, ended TIMESTAMP, events UINTEGER,
                    first UINTEGER, last UINTEGER, variant VARCHAR, met BIGINT);
CREATE TABLE events (case_no UINTEGER, time TIMESTAMP, seq BIGINT, activity UINTEGER, start TIMESTAMP,
                     next UINTEGER, gap BIGINT, worked BIGINT);
"""
OURS = {"meta", "activities", "attributes", "cases", "events"}
PLACE = re.compile(r"a\d+", re.ASCII)
# Somebody else's file may answer in the place of a table, or of a function.
FOREIGN = """
SELECT view_name FROM duckdb_views() WHERE NOT internal
UNION ALL SELECT function_name FROM duckdb_functions() WHERE NOT internal
"""
CORE = ("case_no", "time", "seq", "activity", "start", "next", "gap", "worked")


@dataclass(frozen=True, slots=True)
class Attribute:
    """A column of the store: `level` is "event" or "case", `place` its column there, `kind` as the file declared it."""

    name: str
    place: str
    level: str
    kind: str


def one(
    connection: duckdb.DuckDBPyConnection, statement: str, values: Sequence[Any] = ()
) -> tuple[Any, ...] | None:
    """The first row. All are fetched, since DuckDB keeps a connection busy until the last is."""
    rows = connection.execute(statement, list(values)).fetchall()
    return rows[0] if rows else None


def connect(path: Path | None, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """In memory without a path. StoreError if the file is not ours or is being written by another process."""
    config: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False}
    try:
        connection = duckdb.connect(str(path) if path else ":memory:", read_only=read_only, config=config)
    except duckdb.IOException as why:
        if path and not path.exists():
            raise StoreError(f"{path}: it can't be made: {str(why).splitlines()[0]}") from None
        busy = "lock" in str(why).lower()
        told = "another process has it open for writing" if busy else "it is not a store, or it is damaged"
        raise StoreError(f"{path}: {told}") from None
    if path and not read_only:
        connection.execute(f"SET memory_limit = '{ROOM}'")
    connection.execute(
        "SET TimeZone = 'UTC'; SET preserve_insertion_order = true; SET enable_progress_bar = false"
    )
    return connection


def prepare(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Make the tables of a new store; StoreError if there are other tables, or ours of another version."""
    known = {name for (name,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    if not known:
        connection.execute(TABLES)
        connection.execute("INSERT INTO meta VALUES ('version', ?)", [str(VERSION)])
        return
    if known != OURS or one(connection, FOREIGN):
        raise StoreError(f"{path}: a database, but not a store of event logs")
    row = one(connection, "SELECT value FROM meta WHERE key = 'version'")
    if row != (str(VERSION),):
        found = row[0] if row else "unknown"
        raise StoreError(
            f"{path}: a store of version {found}, this program reads {VERSION}; import the log again"
        )


def attributes(connection: duckdb.DuckDBPyConnection) -> tuple[Attribute, ...]:
    """In the order of their first appearance."""
    rows = connection.execute("SELECT name, place, level, kind FROM attributes ORDER BY rowid").fetchall()
    found = tuple(Attribute(*row) for row in rows)
    for attribute in found:
        if not PLACE.fullmatch(attribute.place):  # it becomes part of statements
            raise StoreError(
                f"{attribute.name!r} has no place in this store: it was not made by this program"
            )
    return found


def add_attributes(
    connection: duckdb.DuckDBPyConnection, kinds: Mapping[str, str], level: str
) -> dict[str, Attribute]:
    """New columns by the name of the attribute, empty for the rows that are there."""
    counted = one(connection, "SELECT count(*) FROM attributes")
    assert counted is not None
    made = {
        name: Attribute(name, f"a{number}", level, kind)
        for number, (name, kind) in enumerate(kinds.items(), counted[0])
    }
    if made:
        table = "events" if level == "event" else "cases"
        added = "; ".join(f"ALTER TABLE {table} ADD COLUMN {new.place} VARCHAR" for new in made.values())
        values = [value for new in made.values() for value in (new.name, new.place, new.level, new.kind)]
        connection.execute(added)
        connection.execute(f"INSERT INTO attributes VALUES {', '.join(['(?, ?, ?, ?)'] * len(made))}", values)
    return made
