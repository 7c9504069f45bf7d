"""Rows on their way in: one temporary table or view `staged` with (seq, line, r0, r1, ...), whatever file they came from.

Case attributes of XES and OCEL come apart, in `staged_cases` with (c0, c1, ...).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import duckdb

from towpath.engines.mining.errors import Problem, refused
from towpath.engines.mining.xes import Alike, Batch

CASE_ATTRIBUTE = "case:"
_NEXT, _NONE = "\x1f", "\x1e"  # between values, and for no value
_SPLIT = f"unnest(string_split(?, chr({ord(_NEXT)}))) AS {{}}"
ALIKE = 1_000  # rows with the same attributes that are worth a statement of their own
SHOWN = 100  # rows told one by one; the rest as a number


@dataclass(slots=True)
class Staged:
    """What is staged: names of the event columns (r0, r1, ...) and case columns (c0, ...), and their kinds."""

    unit: str = "line"  # what `line` counts
    names: list[str] = field(default_factory=list)
    traces: list[str] = field(default_factory=list)
    kinds: Mapping[str, str] = field(default_factory=dict)
    types: list[str] = field(default_factory=list)  # SQL types of the event columns, VARCHAR if empty
    problems: list[Problem] = field(default_factory=list)
    facts: dict[str, int] = field(default_factory=dict)
    text: bool = False  # came as unquoted text: cells may hold formulas, numbers may have been dates

    def place(self, name: str) -> str:
        return f"r{self.names.index(name)}"

    def type(self, name: str) -> str:
        return self.types[self.names.index(name)] if self.types else "VARCHAR"


class Rows:
    """Takes batches from the readers written in Python."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged: Staged) -> None:
        self.connection, self.staged, self.count = connection, staged, 0
        connection.execute("CREATE TEMP TABLE staged (seq BIGINT, line BIGINT)")
        connection.execute("CREATE TEMP TABLE staged_cases (seq BIGINT)")

    def take(self, batch: Batch) -> None:
        """Rows alike go over together; those that few are alike with get their gaps filled and go as one."""
        rare: dict[tuple[str, ...], Alike] = {}
        for keys, rows in batch.rows.items():
            self._columns("staged", "r", self.staged.names, keys)
            if len(rows.places) >= ALIKE:
                self._events(keys, list(rows.columns()), rows.places, rows.lines)
            else:
                rare[keys] = rows
        self._rare(rare)
        if batch.traces:
            keys = tuple(dict.fromkeys(key for row in batch.traces for key in row))
            self._columns("staged_cases", "c", self.staged.traces, keys)
            columns = [[row.get(key) for row in batch.traces] for key in keys]
            self._insert("staged_cases", "c", self.staged.traces, keys, columns, range(len(batch.traces)))
        self.count += batch.count

    def _events(
        self, keys: Sequence[str], columns: Sequence[list[str | None]], places: list[int], lines: list[int]
    ) -> None:
        self._insert("staged", "r", self.staged.names, keys, columns, places, lines)

    def _rare(self, rare: Mapping[tuple[str, ...], Alike]) -> None:
        if not rare:
            return
        filled: dict[str, list[str | None]] = {key: [] for keys in rare for key in keys}
        for keys, rows in rare.items():
            own = dict(zip(keys, rows.columns(), strict=True))
            nothing: list[str | None] = [None] * len(rows.places)
            for key, column in filled.items():
                column += own.get(key, nothing)
        places = [place for rows in rare.values() for place in rows.places]
        lines = [line for rows in rare.values() for line in rows.lines]
        self._events(tuple(filled), list(filled.values()), places, lines)

    def _columns(self, table: str, letter: str, names: list[str], keys: Iterable[str]) -> None:
        """A column for each attribute, in the order of their first appearance."""
        for key in keys:
            if key not in names:
                self.connection.execute(f"ALTER TABLE {table} ADD COLUMN {letter}{len(names)} VARCHAR")
                names.append(key)

    def _insert(
        self, table: str, letter: str, names: list[str], keys: Sequence[str],
        columns: Sequence[Sequence[str | None]], places: Iterable[int], lines: Sequence[int] = (),
    ) -> None:  # fmt: skip
        """Each column goes over as one text: half the cost of a list, and the cutting is not Python's."""
        into, values = ["seq"], [_numbers(places)]
        taken, shown = [_SPLIT.format("seq")], [f"seq::BIGINT + {self.count}"]
        if lines:
            into.append("line")
            values.append(_numbers(lines))
            taken.append(_SPLIT.format("line"))
            shown.append("line::BIGINT")
        for key, column in zip(keys, columns, strict=True):
            name = f"{letter}{names.index(key)}"
            text, whole = _joined(column)
            into.append(name)
            values.append(text)
            taken.append(_SPLIT.format(name))
            shown.append(name if whole else f"nullif({name}, chr({ord(_NONE)}))")
        self.connection.execute(
            f"INSERT INTO {table} ({', '.join(into)}) SELECT {', '.join(shown)} FROM (SELECT {', '.join(taken)})",
            values,
        )


def _numbers(values: Iterable[int]) -> str:
    return _NEXT.join(map(str, values))


def _joined(values: Sequence[str | None]) -> tuple[str, bool]:
    """One text, and whether no value is missing.

    The two separators are characters that no XML document can hold; elsewhere they are dropped.
    """
    empty = 0
    try:
        text = _NEXT.join(cast("Sequence[str]", values))
    except TypeError:
        empty = values.count(None)
        text = _NEXT.join([_NONE if value is None else value for value in values])
    if text.count(_NEXT) != len(values) - 1 or text.count(_NONE) != empty:
        clean = {ord(_NEXT): None, ord(_NONE): None}
        text = _NEXT.join([_NONE if value is None else value.translate(clean) for value in values])
    return text, not empty


def parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Staged:
    """A Parquet file, read where it lies."""
    try:
        source = connection.read_parquet(str(path), file_row_number=True)
    except duckdb.Error as why:
        raise refused(
            "broken-parquet", f"this is not a Parquet file that can be read: {_first(why)}"
        ) from None
    pairs = [(n, str(t)) for n, t in zip(source.columns, source.types, strict=True) if n != "file_row_number"]
    shown = ", ".join(f"{quoted(name)} AS r{number}" for number, (name, _) in enumerate(pairs))
    source.project(f"file_row_number AS seq, file_row_number + 1 AS line, {shown}").create_view("staged")
    return Staged("row", [name for name, _ in pairs], types=[type_ for _, type_ in pairs])


def text(connection: duckdb.DuckDBPyConnection, path: Path, names: list[str], delimiter: str) -> Staged:
    """A CSV file in UTF-8 with a header. Rows of another width are left out, and told with their line."""
    columns = {f"r{number}": "VARCHAR" for number in range(len(names))}
    connection.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")
    try:
        connection.execute(
            "CREATE TEMP TABLE staged AS SELECT row_number() OVER () - 1 AS seq, row_number() OVER () AS line, * "
            "FROM read_csv(?, auto_detect = false, header = true, columns = ?, delim = ?, quote = '\"', escape = '\"', "
            "nullstr = '', store_rejects = true, rejects_limit = 0, max_line_size = 16000000, null_padding = false)",
            [str(path), columns, delimiter],
        )
    except duckdb.Error as why:
        raise refused("broken-csv", f"the table can't be read: {_first(why)}") from None
    staged = Staged("record", names, text=True)
    rejected = connection.execute(
        "SELECT line, error_type, error_message FROM reject_errors ORDER BY line"
    ).fetchall()
    other = [one for one in rejected if "COLUMNS" not in one[1]]
    for line, _, message in other[:SHOWN]:
        told = f"this row can't be read: {message.splitlines()[0]}"
        staged.problems.append(Problem("bad-row", told, f"line {line}", bad=True))
    if len(other) < len(rejected):
        staged.problems += _other_widths(path, delimiter, len(names))
    return staged


def _other_widths(path: Path, delimiter: str, width: int) -> list[Problem]:
    """Rows that are too long or too short. Python's reader knows their lines, the database only their number."""
    found: list[Problem] = []
    rest = 0
    more = f"this row has more than the {width} columns of the header; a text with the separator needs quotes"
    less = f"this row has fewer than the {width} columns of the header"
    for line, row in _rows(path, delimiter):
        if row and len(row) != width:
            told = more if len(row) > width else less
            if len(found) < SHOWN:
                found.append(Problem("bad-row", told, f"line {line}", bad=True))
            else:
                rest += 1
    if rest:
        told = f"{rest:,} more rows have another number of columns than the header"
        found.append(Problem("bad-row", told, times=rest, bad=True))
    return found


def _rows(path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Every row below the header with the line it begins on."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        next(reader, None)
        begun = reader.line_num + 1
        for row in reader:
            yield begun, row
            begun = reader.line_num + 1


def lines_of(path: Path, delimiter: str, width: int, records: set[int]) -> dict[int, int]:
    """The line of each of these records (counted from 1, rows of another width left out), for telling faults."""
    found, number, last = {}, 0, max(records, default=0)
    for line, row in _rows(path, delimiter):
        number += len(row) == width
        if number in records and len(row) == width:
            found[number] = line
        if number >= last:
            break
    return found


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _first(why: Exception) -> str:
    return str(why).splitlines()[0]
