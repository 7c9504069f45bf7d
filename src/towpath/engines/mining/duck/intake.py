"""One file into one store, or nothing of it."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

import duckdb

from towpath.engines.mining import room
from towpath.engines.mining.duck import build, check, schema, sources, staging, times
from towpath.engines.mining.duck.schema import Attribute
from towpath.engines.mining.duck.sources import Source
from towpath.engines.mining.duck.staging import CASE_ATTRIBUTE, Staged
from towpath.engines.mining.errors import LogError, Problem, refused
from towpath.engines.mining.mapping import Mapping

_STEP, _STEP_TIME = "step", "time of the step"


def take(
    connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, good_rows: bool, renew: bool
) -> None:
    """All of a file, in one transaction. `renew`: its cases take the place of what is there of them.

    LogError if a row is bad, unless `good_rows` are wanted; then they are taken and the rest is told in the store.
    """
    connection.execute("BEGIN")
    try:
        with tempfile.TemporaryDirectory() as folder, room.told(Path(folder)):
            before = kept_mapping(connection)
            given = mapping.over(before) if before else mapping
            source = sources.stage(connection, path, given, good_rows, Path(folder))
            _take(connection, path, source, good_rows, renew)
        _clear(connection)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):  # undone already where it could not be written
            connection.execute("ROLLBACK")
        raise
    finally:
        with suppress(duckdb.Error):
            connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = true")


def _take(
    connection: duckdb.DuckDBPyConnection, path: Path, source: Source, good_rows: bool, renew: bool
) -> None:
    staged, used = source.staged, source.mapping
    if not staged.names:
        raise LogError([*staged.problems, Problem("empty", "there is no event in it", bad=True)], path.name)
    connection.execute(f"SET TimeZone = {times.literal(used.zone)}")
    if used.steps:
        used = _unfolded(connection, staged, used)
    for name in used.roles().values():
        if name not in staged.names and name not in staged.traces:
            raise refused("columns", f"there is no '{name}'; there are {', '.join(staged.names[:40])}")
    written = {
        name: used.time_format or form
        for name, (form, _) in times.formats(
            connection, staged, [one for one in (used.time, used.start) if one]
        ).items()
    }
    _views(connection, staged, used, written)
    problems = [*staged.problems, *check.bad_rows(connection, staged.unit, used.roles())]
    bad = [one for one in problems if one.bad]
    if bad and not good_rows:
        raise LogError(source.told(bad), path.name)
    if not schema.one(connection, "SELECT 1 FROM good LIMIT 1"):
        raise LogError(source.told(bad) or [Problem("empty", "there is no event in it", bad=True)], path.name)
    problems += times.doubts(connection, staged, used.time, written[used.time], used.zone)
    problems += check.doubtful_rows(connection, staged)
    given = _attributes(connection, staged, used)
    lifecycle = next((one.place for one in given.values() if one.name == used.lifecycle), "")
    build.build(connection, given, lifecycle, renew)
    _case_attributes(connection, staged)
    problems += check.doubtful_cases(connection)
    _remember(connection, path, source.mapping, staged, source.told(problems))


def _unfolded(connection: duckdb.DuckDBPyConnection, staged: Staged, mapping: Mapping) -> Mapping:
    """One row a case becomes one row an event."""
    width, steps = len(staged.names), list(mapping.steps.items())
    selects = [
        f"SELECT seq * {len(steps)} + {number} AS seq, * EXCLUDE (seq), {times.literal(activity)} AS r{width}, "
        f"{staged.place(column)} AS r{width + 1} FROM staged WHERE {staged.place(column)} IS NOT NULL"
        for number, (column, activity) in enumerate(steps)
    ]
    connection.execute(f"CREATE TEMP TABLE unfolded AS {' UNION ALL '.join(selects)}")
    kind = "VIEW" if staged.types else "TABLE"
    connection.execute(f"DROP {kind} staged; ALTER TABLE unfolded RENAME TO staged")
    if staged.types:
        staged.types += ["VARCHAR", staged.type(steps[0][0])]
    staged.names += [_STEP, _STEP_TIME]
    return replace(mapping, activity=_STEP, time=_STEP_TIME, start="", steps={})


def _views(
    connection: duckdb.DuckDBPyConnection, staged: Staged, used: Mapping, written: dict[str, str]
) -> None:
    """`coming`: every row in the words of the store; `good`: those that can be taken."""
    row = schema.one(connection, "SELECT coalesce(max(seq) + 1, 0) FROM events")
    assert row is not None
    start = (
        times.instant(staged, used.start, written[used.start], used.zone) if used.start else "NULL::TIMESTAMP"
    )
    time = times.instant(staged, used.time, written[used.time], used.zone)
    lies = (
        "VIEW" if staged.types and staged.type(used.time) != "VARCHAR" else "TABLE"
    )  # texts are parsed once
    connection.execute(f"""
        CREATE TEMP {lies} coming AS
        SELECT * REPLACE (seq + {row[0]} AS seq), {_text(staged, used.case)} AS case_id,
               {_text(staged, used.activity)} AS activity, {staged.place(used.time)} AS written, {time} AS time, {start} AS start
        FROM staged""")
    connection.execute(
        "CREATE TEMP VIEW good AS FROM coming WHERE case_id IS NOT NULL AND activity IS NOT NULL AND time IS NOT NULL"
    )


def _text(staged: Staged, name: str) -> str:
    place = staged.place(name)
    return place if staged.type(name) == "VARCHAR" else f"{place}::VARCHAR"


def _attributes(connection: duckdb.DuckDBPyConnection, staged: Staged, used: Mapping) -> dict[str, Attribute]:
    """The store's columns for what the events bring beside case, activity and times; new ones are made."""
    core = {used.case, used.activity, used.time, used.start, _STEP, _STEP_TIME}
    taken = {
        f"r{number}": name
        for number, name in enumerate(staged.names)
        if name not in core and not name.startswith(CASE_ATTRIBUTE)
    }
    return _placed(connection, staged, taken, "event")


def _placed(
    connection: duckdb.DuckDBPyConnection, staged: Staged, taken: dict[str, str], level: str
) -> dict[str, Attribute]:
    """The attributes for these columns, by name; those that are not known yet are made."""
    known = {one.name: one for one in schema.attributes(connection)}
    new = {name: staged.kinds.get(name, "string") for name in taken.values() if name not in known}
    known |= schema.add_attributes(connection, new, level)
    return {column: known[name] for column, name in taken.items()}


def _case_attributes(connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """What is said of the case as a whole. What was said first stays."""
    for table, letter, names in (("good", "r", staged.names), ("traces", "c", staged.traces)):
        taken = {
            f"{letter}{n}": name
            for n, name in enumerate(names)
            if name.startswith(CASE_ATTRIBUTE) and name != CASE_NAME
        }
        if not taken:
            continue
        if table == "traces":
            place = next(n for n, name in enumerate(names) if name in (CASE_NAME, "case"))
            connection.execute(f"CREATE TEMP VIEW traces AS SELECT *, c{place} AS case_id FROM staged_cases")
        own = _placed(connection, staged, taken, "case")
        first = ", ".join(f"arg_min({column}::VARCHAR, seq) AS {one.place}" for column, one in own.items())
        put = ", ".join(
            f"{one.place} = coalesce(cases.{one.place}, said.{one.place})" for one in own.values()
        )
        connection.execute(f"""
            UPDATE cases SET {put} FROM (SELECT case_id, {first} FROM {table} GROUP BY 1) AS said
            WHERE cases.case_id = said.case_id""")


CASE_NAME = "case:concept:name"


def kept_mapping(connection: duckdb.DuckDBPyConnection) -> Mapping | None:
    """The mapping of the file that came first: later ones are read alike."""
    row = schema.one(connection, "SELECT value FROM meta WHERE key = 'mapping'")
    return Mapping(**json.loads(row[0])) if row else None


def _remember(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    mapping: Mapping,
    staged: Staged,
    problems: list[Problem],
) -> None:
    told = {"file": path.name, "facts": staged.facts, "problems": [asdict(one) for one in problems]}
    connection.execute("INSERT INTO meta VALUES ('import', ?)", [json.dumps(told)])
    if kept_mapping(connection) is None:
        kept = replace(mapping, encoding="", delimiter="", time_format=mapping.time_format)
        connection.execute("INSERT INTO meta VALUES ('mapping', ?)", [json.dumps(asdict(kept))])


def _clear(connection: duckdb.DuckDBPyConnection) -> None:
    for kind, name in connection.execute(
        "SELECT 'VIEW', view_name FROM duckdb_views() WHERE temporary AND NOT internal "
        "UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE temporary"
    ).fetchall():
        connection.execute(f"DROP {kind} IF EXISTS {staging.quoted(name)}")
