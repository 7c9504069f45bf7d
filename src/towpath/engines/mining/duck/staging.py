"""Rows on their way in: one temporary table or view `staged` with (seq, line, r0, r1, ...), whatever file they came from.

Case attributes of XES and OCEL come apart, in `staged_cases` with (c0, c1, ...).
"""

from __future__ import annotations

import csv
import glob
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import duckdb

from towpath.engines.mining import room
from towpath.engines.mining.errors import Problem, refused
from towpath.engines.mining.xes import Batch

CASE_ATTRIBUTE = "case:"
_NEXT, _NONE, _LF, _CR = "\x1f", "\x1e", "\x1d", "\x1c"  # between values, for no value, for line ends
_CLEAN = str.maketrans({"\n": _LF, "\r": _CR, _NEXT: None, _NONE: None, _LF: None, _CR: None, "\0": None})
LINE = 2_000_000  # bytes that the database expects of a row, unless one is longer
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
    """Takes batches from the readers written in Python: `load` makes tables of them.

    They go over as text files: the database reads those with all its cores, and a file of values costs it a third of
    what the same values cost as parameters.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, staged: Staged, folder: Path) -> None:
        self.connection, self.staged, self.count = connection, staged, 0
        self.events = _Sheet(folder / "events.txt", "r", staged.names)
        self.cases = _Sheet(folder / "cases.txt", "c", staged.traces)

    def take(self, batch: Batch) -> None:
        for keys, rows in batch.rows.items():
            seqs = [self.count + place for place in rows.places]
            self.events.add(seqs, rows.lines, dict(zip(keys, rows.columns(), strict=True)))
        if batch.traces:
            keys = tuple(dict.fromkeys(key for row in batch.traces for key in row))
            columns = {key: [row.get(key) for row in batch.traces] for key in keys}
            seqs = [self.count + place for place in range(len(batch.traces))]
            self.cases.add(seqs, seqs, columns)
        self.count += batch.count

    def load(self) -> None:
        self.close()
        self.events.load(self.connection, "staged")
        self.cases.load(self.connection, "staged_cases")

    def close(self) -> None:
        self.events.file.close()
        self.cases.file.close()


class _Sheet:
    """A table on its way in. Columns are in the order of their first appearance; earlier rows end before the later ones."""

    def __init__(self, path: Path, letter: str, names: list[str]) -> None:
        self.path, self.letter, self.names = path, letter, names
        self.longest = LINE // 4  # characters of a row, at least
        self.odd = False  # whether a value has line ends, which are written as other characters
        self.file = path.open("w", encoding="utf-8", errors="replace", newline="")

    def add(self, seqs: list[int], lines: list[int], columns: dict[str, list[str | None]]) -> None:
        self.names += [key for key in columns if key not in self.names]
        nothing: list[str | None] = [_NONE] * len(seqs)
        told = [columns.get(name, nothing) for name in self.names]
        try:
            text = _table(seqs, lines, cast("list[list[str]]", told))
        except TypeError:
            text = ""
        absent = sum(one is nothing for one in told)
        if not _whole(text, len(seqs), len(told) + 1, absent):
            self.odd = True
            clean = [one if one is nothing else [_clean(value) for value in one] for one in told]
            text = _table(seqs, lines, cast("list[list[str]]", clean))
        if len(text) > self.longest:
            self.longest = max(self.longest, *map(len, text.split("\n")))
        self.file.write(text)

    def load(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        places = [f"{self.letter}{number}" for number in range(len(self.names))]
        shown = [
            f"translate({one}, chr({ord(_LF)}) || chr({ord(_CR)}), chr(10) || chr(13)) AS {one}"
            for one in places
        ]
        connection.execute(
            f"CREATE TEMP TABLE {table} AS SELECT {', '.join(['seq', 'line', *(shown if self.odd else places)])} FROM "
            "read_csv(?, columns = ?, auto_detect = false, header = false, delim = ?, quote = '', escape = '', nullstr = ?, "
            "new_line = '\\n', null_padding = true, max_line_size = ?)",
            [
                named(self.path), {"seq": "BIGINT", "line": "BIGINT"} | dict.fromkeys(places, "VARCHAR"),
                _NEXT, _NONE, 4 * self.longest + 2,
            ],
        )  # fmt: skip


def _table(seqs: list[int], lines: list[int], columns: Sequence[Sequence[str]]) -> str:
    rows = map(_NEXT.join, zip(map(str, seqs), map(str, lines), *columns, strict=True))
    return "\n".join(rows) + "\n"


def _whole(text: str, rows: int, separators: int, absent: int) -> bool:
    """Whether no value has a character of its own that means something here."""
    return (
        text.count("\n") == rows
        and text.count(_NEXT) == rows * separators
        and text.count(_NONE) == rows * absent
        and not any(one in text for one in ("\r", "\0", _LF, _CR))
    )


def _clean(value: str | None) -> str:
    """No XML document can hold the characters that are dropped."""
    return _NONE if value is None else value.translate(_CLEAN)


def named(path: Path) -> str:
    """This file and no other, also where its name has brackets or stars: the database takes names for patterns."""
    return glob.escape(str(path))


def parquet(connection: duckdb.DuckDBPyConnection, path: Path) -> Staged:
    """A Parquet file, read where it lies."""
    try:
        source = connection.read_parquet(named(path), file_row_number=True)
    except duckdb.Error as why:
        raise refused(
            "broken-parquet", f"this is not a Parquet file that can be read: {_first(why)}"
        ) from None
    pairs = [(n, str(t)) for n, t in zip(source.columns, source.types, strict=True) if n != "file_row_number"]
    shown = ", ".join(f"{quoted(name)} AS r{number}" for number, (name, _) in enumerate(pairs))
    file = named(path).replace("'", "''")
    connection.execute(
        f"CREATE TEMP VIEW staged AS SELECT file_row_number AS seq, file_row_number + 1 AS line, {shown} "
        f"FROM read_parquet('{file}', file_row_number = true)"
    )
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
            [named(path), columns, delimiter],
        )
    except duckdb.Error as why:
        if room.lacking(why):
            raise
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
