"""XES (IEEE 1849), as it streams in: events and traces in batches, hostile files refused.

No document type, hence no entities; nesting, the size of one element, the number of attribute names and what a
compressed file may grow to are bounded. Attributes of attributes are left out and counted.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast
from xml.parsers import expat

from towpath.engines.mining.errors import LogError, Problem, refused
from towpath.engines.mining.plain import NAME, Pieces, Row, Shape

MAX_DEPTH = 60
MAX_KEYS = 2_000
MAX_ELEMENT = 16_000_000  # bytes of one tag
MAX_RATIO = 250  # of a compressed file; real logs reach 60
FREE = 64_000_000  # bytes that a compressed file may grow to whatever its ratio
BATCH = 25_000
CHUNK = 1 << 20
CASE = NAME
_TYPES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})


@dataclass(slots=True)
class Alike:
    """Events with the same attributes: their places in the batch, their lines, their values one event after the other."""

    places: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)

    def columns(self) -> Iterator[list[str | None]]:
        width = len(self.values) // len(self.places)
        return (self.values[at::width] for at in range(width))


@dataclass(slots=True)
class Batch:
    """Events of a file by the attributes that they have; `traces` by attribute, with "case:" before its name."""

    rows: dict[tuple[str, ...], Alike] = field(default_factory=dict)
    count: int = 0
    traces: list[Row] = field(default_factory=list)

    def add(self, line: int, keys: tuple[str, ...], values: Iterable[str | None]) -> None:
        alike = self.alike(keys)
        alike.places.append(self.count)
        alike.lines.append(line)
        alike.values += values
        self.count += 1

    def alike(self, keys: tuple[str, ...]) -> Alike:
        found = self.rows.get(keys)
        if found is None:
            found = self.rows[keys] = Alike()
        return found


@dataclass(slots=True)
class Seen:
    """What reading found beside the rows."""

    kinds: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    traces: int = 0
    empty: int = 0
    unnamed: int = 0
    nested: int = 0


def read(path: Path, take: Callable[[Batch], None], good_rows: bool = False) -> Seen:
    """Gives the batches to `take`. LogError with the line where the file is broken or hostile.

    With `good_rows` a file that breaks off is read up to there, and the break is among `problems`.
    """
    reader = _Reader(take)
    try:
        with _opened(path) as stream:
            for chunk in _bounded(stream, path):
                reader.feed(chunk)
        reader.finish()
    except LogError as why:
        broken = why.problems[0].kind in ("broken-xml", "broken-gzip")
        if not (good_rows and broken):
            raise LogError(why.problems, path.name) from None
        reader.seen.problems += why.problems
        reader.flush()
    return reader.seen


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as begun:
        packed = begun.read(2) == b"\x1f\x8b"
    return cast("IO[bytes]", gzip.open(path)) if packed else path.open("rb")


def _bounded(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    allowed = max(FREE, path.stat().st_size * MAX_RATIO)
    total = 0
    try:
        while chunk := stream.read(CHUNK):
            total += len(chunk)
            if total > allowed:
                raise refused(
                    "zip-bomb", f"it grows to more than {MAX_RATIO} times its size when unpacked: refused"
                )
            yield chunk
    except (gzip.BadGzipFile, zlib.error, EOFError) as why:
        raise refused("broken-gzip", f"the compressed file is damaged or cut off: {why}") from None


class _Reader:
    def __init__(self, take: Callable[[Batch], None]) -> None:
        self.take, self.seen, self.batch = take, Seen(), Batch()
        self.parser = expat.ParserCreate()
        self.fed = 0
        self.trace = _Trace(self)
        self._handlers()
        self.pieces = Pieces(self.trace.whole, self.parse)

    def feed(self, chunk: bytes) -> None:
        self.pieces.add(chunk)

    def parse(self, data: bytes) -> bool:
        """Give it to the parser. True if the last thing in it was the end of a trace."""
        self._parse(data, False)
        self.fed += len(data)
        if self.fed - self.parser.CurrentByteIndex > MAX_ELEMENT:
            raise self._refused("hostile-xml", f"one element is larger than {MAX_ELEMENT:,} bytes")
        return self.trace.depth == 1 and self.trace.ended == self.fed - len("</trace>")

    def finish(self) -> None:
        self.pieces.finish()
        self._parse(b"", True)
        self.flush()

    def flush(self) -> None:
        if self.batch.count or self.batch.traces:
            self.take(self.batch)
            self.batch = Batch()
            self.trace.met.clear()

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber + self.pieces.skipped

    def _parse(self, data: bytes, last: bool) -> None:
        try:
            self.parser.Parse(data, last)
        except expat.ExpatError as why:
            text = expat.ErrorString(why.code)
            raise refused(
                "broken-xml", f"not well-formed XML: {text}", f"line {why.lineno + self.pieces.skipped}"
            ) from None
        except (LookupError, UnicodeError):
            raise refused(
                "encoding", "the declared encoding is not known; save it as UTF-8", "line 1"
            ) from None

    def _refused(self, kind: str, what: str) -> LogError:
        return refused(kind, what, f"line {self.line}")

    def _doctype(self, *_: object) -> None:
        raise self._refused("hostile-xml", "a DOCTYPE is not accepted, nor are entities; remove it")

    def _handlers(self) -> None:
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self.trace.start
        self.parser.EndElementHandler = self.trace.end


class _Trace:
    """The callbacks: where we are (`depth` below the log), and the trace that is being read."""

    __slots__ = (
        "depth",
        "ended",
        "events",
        "kinds",
        "lines",
        "met",
        "owner",
        "reader",
        "row",
        "seen",
        "trace",
    )

    def __init__(self, reader: _Reader) -> None:
        self.reader, self.seen, self.kinds = reader, reader.seen, reader.seen.kinds
        self.depth = 0
        self.ended = -1  # the byte at which the last end of a trace began
        self.row: Row | None = None  # whose attributes come: an event's or a trace's
        self.owner = 0  # the depth of that event or trace
        self.trace: Row | None = None
        self.events: list[Row] = []
        self.lines: list[int] = []
        self.met: dict[Shape, Alike] = {}  # shapes of this batch, with the place of their events in it

    def start(self, tag: str, attrs: dict[str, str]) -> None:
        depth = self.depth = self.depth + 1
        row = self.row
        if row is not None and depth == self.owner + 1 and "key" in attrs:
            key = attrs["key"] if row is not self.trace else "case:" + attrs["key"]
            row[key] = attrs.get("value")
            kinds = self.kinds
            if key not in kinds:
                self._new(key, tag)
            elif kinds[key] != tag:
                kinds[key] = "string"
            return
        if row is None and 1 < depth <= MAX_DEPTH and tag in _TYPES:
            return  # of the log itself, which may have thousands
        if tag not in ("event", "trace"):
            tag = tag.rpartition(":")[2]
        if tag == "event":
            self.row, self.owner = {}, depth
            self.events.append(self.row)
            self.lines.append(self.reader.line)
        elif tag == "trace":
            self.row, self.owner = {}, depth
            self.trace = self.row
        elif row is not None and "key" in attrs:
            self.seen.nested += 1
        if depth == 1 and tag != "log":
            raise self.reader._refused("not-xes", f"this is not XES: its first element is <{tag}>, not <log>")
        if depth > MAX_DEPTH:
            raise self.reader._refused("hostile-xml", f"elements are nested deeper than {MAX_DEPTH}")

    def _new(self, key: str, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        self.kinds[key] = tag if tag in _TYPES else "string"
        if len(self.kinds) > MAX_KEYS:
            raise self.reader._refused("hostile-xml", f"more than {MAX_KEYS:,} different attributes")

    def whole(self, before: Shape, shapes: Sequence[Shape], values: list[str], line: int) -> int:
        """Traces that needed no parser."""
        at, line, name = self._heads(before, values, 0, line)
        batch, met, count = self.reader.batch, self.met, self.reader.batch.count
        for shape in shapes:
            alike = met.get(shape)
            if alike is None:
                self._meet(shape)
                alike = met[shape] = batch.alike((*shape.keys, CASE))
            end = at + shape.width
            alike.places.append(count)
            alike.lines.append(line)
            alike.values += values[at:end]
            alike.values.append(name)
            at, line, count = end, line + shape.lines, count + 1
            if shape.heads:
                at, line, name = self._heads(shape, values, at, line)
        batch.count = count
        self._full()
        return line

    def _heads(self, shape: Shape, values: list[str], at: int, line: int) -> tuple[int, int, str]:
        name, left = "", len(shape.heads)
        for head in shape.heads:
            self._meet(head, "case:")
            trace: Row = {
                f"case:{key}": value
                for key, value in zip(head.keys, values[at : at + head.width], strict=True)
            }
            left -= 1
            name = self._named(trace, empty=left > 0 or shape.last)
            at, line = at + head.width, line + head.lines
        return at, line, name

    def _meet(self, shape: Shape, prefix: str = "") -> None:
        for key, tag in zip(shape.keys, shape.tags, strict=True):
            if self.kinds.get(prefix + key) != tag:
                if prefix + key in self.kinds:
                    self.kinds[prefix + key] = "string"
                else:
                    self._new(prefix + key, tag)

    def end(self, tag: str) -> None:
        depth = self.depth
        self.depth = depth - 1
        if depth != self.owner or self.row is None:
            return
        if self.row is self.trace:
            self.ended = self.reader.parser.CurrentByteIndex
            self._ended(self.trace)
            self.row = self.trace = None
            self.owner = 0
        else:
            self.row = self.trace
            self.owner = depth - 1 if self.trace is not None else 0
            if self.trace is None:
                self._ended({})

    def _ended(self, trace: Row) -> None:
        name = self._named(trace, not self.events)
        for line, row in zip(self.lines, self.events, strict=True):
            row[CASE] = name
            self.reader.batch.add(line, tuple(row), row.values())
        self.events, self.lines = [], []
        self._full()

    def _named(self, trace: Row, empty: bool) -> str:
        """The name of a trace that has ended; it is counted and kept."""
        seen = self.seen
        seen.traces += 1
        seen.empty += empty
        name = trace.get(CASE)
        if name is None:
            seen.unnamed += 1
            name = trace[CASE] = f"trace {seen.traces}"
            self.kinds.setdefault(CASE, "string")
        self.reader.batch.traces.append(trace)
        return name

    def _full(self) -> None:
        if self.reader.batch.count >= BATCH:
            self.reader.flush()
