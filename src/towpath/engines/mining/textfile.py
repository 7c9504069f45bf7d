"""A table as text: in which encoding, with which separator, under which names. Rows are read elsewhere."""

from __future__ import annotations

import csv
import io
from codecs import getincrementaldecoder
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from towpath.engines.mining.errors import Problem, refused
from towpath.engines.mining.mapping import Mapping

SEPARATORS = ",;\t|"
CHUNK = 1 << 20
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass(frozen=True, slots=True)
class Text:
    """`path` is in UTF-8: the file itself, or a copy of it in the given folder."""

    path: Path
    names: list[str]
    delimiter: str
    encoding: str
    problems: tuple[Problem, ...] = ()


def look(path: Path, mapping: Mapping, folder: Path) -> Text:
    """LogError if the file is empty, holds bytes of no text, or has one column only."""
    encoding = mapping.encoding or _encoding(path)
    plain = path if encoding == "utf-8" else _copied(path, encoding, folder)
    with plain.open(encoding="utf-8", newline="") as stream:
        head = stream.read(CHUNK)
    if not head.strip():
        raise refused("empty", "the file is empty", file=path.name)
    try:
        delimiter = mapping.delimiter or _delimiter(head)
        names = _names(next(csv.reader(io.StringIO(head), delimiter=delimiter)))
    except (csv.Error, TypeError) as why:
        raise refused("broken-csv", f"the table can't be read: {why}", file=path.name) from None
    if len(names) < 2:
        raise refused(
            "columns", "only one column was found; give the separator in a mapping file ('delimiter: \"|\"')",
            "line 1", path.name,
        )  # fmt: skip
    problems = []
    if encoding == "cp1252":
        told = "the file is not UTF-8: it was read as Latin-1 (Windows-1252); check names with accents"
        problems.append(Problem("encoding", told))
    return Text(plain, names, delimiter, encoding, tuple(problems))


def _encoding(path: Path) -> str:
    """UTF-8 if all of it is; else what its first bytes say; else the Latin-1 of Windows."""
    decoder = getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        chunk = stream.read(CHUNK)
        for mark, name in _MARKS.items():
            if chunk.startswith(mark):
                return name
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = stream.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def _copied(path: Path, encoding: str, folder: Path) -> Path:
    plain = folder / "plain.csv"
    errors = "replace" if encoding == "cp1252" else "strict"
    try:
        with (
            path.open(encoding=encoding, errors=errors, newline="") as old,
            plain.open("w", encoding="utf-8", newline="") as new,
        ):
            while chunk := old.read(CHUNK):
                new.write(chunk)
    except (LookupError, UnicodeError) as why:
        raise refused(
            "encoding", f"the text is not in the encoding '{encoding}': {why}", file=path.name
        ) from None
    return plain


def _delimiter(head: str) -> str:
    """The separator that splits most rows into the same number of columns, more than one."""

    def fit(separator: str) -> tuple[float, int]:
        rows = list(csv.reader(io.StringIO(head[:200_000]), delimiter=separator))[:100]
        widths = Counter(len(row) for row in rows if row)
        width, count = max(widths.items(), key=lambda pair: pair[1])
        return (count / sum(widths.values()) if width > 1 else 0.0, width)

    return max(SEPARATORS, key=fit)


def _names(header: list[str]) -> list[str]:
    """Every column gets a name of its own."""
    names: list[str] = []
    for number, given in enumerate(header, 1):
        name = plain = given.strip() or f"column {number}"
        again = 2
        while name.lower() in (one.lower() for one in names):
            name, again = f"{plain} ({again})", again + 1
        names.append(name)
    return names
