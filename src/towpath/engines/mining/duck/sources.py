"""Every kind of file, staged: which readers there are, and what a file is told by."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from towpath.engines.mining import guess, ocel, textfile, xes
from towpath.engines.mining.duck import schema, staging, times
from towpath.engines.mining.duck.staging import Rows, Staged
from towpath.engines.mining.errors import LogError, Problem, refused
from towpath.engines.mining.mapping import Mapping

KINDS = ".xes, .xes.gz, .csv, .parquet, or OCEL 2.0 as .sqlite or .json"
_XES_ROLES = {
    "case": (xes.CASE,),
    "activity": ("concept:name",),
    "time": ("time:timestamp",),
    "start": ("start_timestamp", "time:start"),
    "unit": ("org:group", "case:department", "org:role"),
    "resource": ("org:resource",),
    "channel": ("channel", "case:channel"),
    "lifecycle": ("lifecycle:transition",),
}
Told = Callable[[list[Problem]], list[Problem]]


@dataclass(frozen=True, slots=True)
class Source:
    """A staged file: its rows, the mapping as given and guessed, and how its faults are told (with lines)."""

    staged: Staged
    mapping: Mapping
    told: Told = list


def stage(
    connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, good_rows: bool, folder: Path
) -> Source:
    """LogError if the file is missing, of no known kind, broken or hostile."""
    if not path.is_file():
        raise refused("missing", "there is no such file", file=str(path))
    with path.open("rb") as stream:
        head = stream.read(16)
    if head[:4] == b"PAR1":
        return _parquet(connection, path, mapping)
    if ocel.is_sqlite(path) or path.suffix.lower() in (".json", ".jsonocel"):
        return _ocel(connection, path, mapping, folder)
    if path.name.lower().endswith((".xes", ".xes.gz", ".xml", ".xml.gz")) or head.lstrip()[:1] == b"<":
        return _xes(connection, path, mapping, good_rows, folder)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        return _text(connection, path, mapping, folder)
    raise refused("unknown-kind", f"the kind of this file is not known; it can be {KINDS}", file=path.name)


def _xes(
    connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, good_rows: bool, folder: Path
) -> Source:
    staged = Staged()
    with closing(Rows(connection, staged, folder)) as rows:
        seen = xes.read(path, rows.take, good_rows)
        rows.load()
    staged.kinds, staged.facts = seen.kinds, {"traces": seen.traces, "empty_traces": seen.empty}
    staged.problems = seen.problems
    for count, kind, what in (
        (seen.unnamed, "unnamed-trace", "traces have no name; each was numbered"),
        (seen.empty, "empty-trace", "traces have no event; they are not counted as cases"),
        (seen.nested, "nested", "attributes of attributes were left out"),
    ):
        if count:
            staged.problems.append(Problem(kind, f"{count:,} {what}", times=count))
    there = [*staged.names, *staged.traces]
    first: dict[str, Any] = {
        role: next((name for name in names if name in there), "") for role, names in _XES_ROLES.items()
    }
    for role, name in (("case", xes.CASE), ("activity", "concept:name"), ("time", "time:timestamp")):
        if staged.names and not getattr(mapping, role) and not first[role]:
            raise refused("columns", f"no event has the attribute {name}", file=path.name)
    return Source(staged, mapping.over(Mapping(**first)))


def _ocel(connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, folder: Path) -> Source:
    staged = Staged("event")
    with closing(Rows(connection, staged, folder)) as rows:
        seen, chosen = ocel.read(path, mapping.objects, rows.take)
        rows.load()
    staged.problems = seen.problems
    found = Mapping(ocel.CASE, ocel.ACTIVITY, ocel.TIME, objects=chosen)
    named = guess.optional([*staged.names, *staged.traces])
    return Source(staged, mapping.over(replace(found, **named)))


def _parquet(connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping) -> Source:
    staged = staging.parquet(connection, path)
    return Source(staged, _guessed(connection, staged, mapping))


def _text(connection: duckdb.DuckDBPyConnection, path: Path, mapping: Mapping, folder: Path) -> Source:
    text = textfile.look(path, mapping, folder)
    staged = staging.text(connection, text.path, text.names, text.delimiter)
    staged.problems = [*text.problems, *staged.problems]
    used = _guessed(connection, staged, mapping)
    used = replace(used, delimiter=text.delimiter, encoding=text.encoding)

    def told(problems: list[Problem]) -> list[Problem]:
        """With the line of the file for the number of the record; a quoted text may go over several lines."""
        records = {int(one.where[7:]) for one in problems if one.where.startswith("record ")}
        if not records:
            return problems
        lines = staging.lines_of(text.path, text.delimiter, len(text.names), records)
        return [
            replace(one, where=f"line {lines.get(int(one.where[7:]), '?')}")
            if one.where.startswith("record ")
            else one
            for one in problems
        ]

    return Source(staged, used, told)


def _guessed(connection: duckdb.DuckDBPyConnection, staged: Staged, mapping: Mapping) -> Mapping:
    """What the mapping leaves open is guessed; columns that it names must be there."""
    if not schema.one(connection, "SELECT 1 FROM staged LIMIT 1"):
        raise LogError([*staged.problems, Problem("empty", "there is no event in it", bad=True)])
    named = [*mapping.roles().values(), *mapping.steps]
    for name in named:
        if name not in staged.names:
            shown = ", ".join(f"'{one}'" for one in staged.names[:40])
            raise refused("columns", f"the mapping names the column '{name}'; the file has {shown}")
    if (mapping.case and mapping.activity and mapping.time) or (mapping.case and mapping.steps):
        taken = [*named]
        return mapping.over(Mapping(**guess.optional([one for one in staged.names if one not in taken])))
    dates = {name: share for name, (_, share) in times.formats(connection, staged, staged.names).items()}
    distinct = _distinct(connection, staged)
    return mapping.over(guess.roles(staged.names, dates, distinct, mapping.roles()))


def _distinct(connection: duckdb.DuckDBPyConnection, staged: Staged) -> dict[str, float]:
    shown = ", ".join(f"count(DISTINCT r{n}) / count(*)" for n in range(len(staged.names)))
    row = schema.one(connection, f"SELECT {shown} FROM (FROM staged LIMIT {times.SAMPLE})")
    return {name: value or 0.0 for name, value in zip(staged.names, row or (), strict=True)}
