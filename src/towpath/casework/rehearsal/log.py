"""Reading an event log as far as a rehearsal needs it: XES (IEEE 1849, also gzipped) or CSV. Pure.

Safe on hostile files: no document type, and sizes, depth and numbers are bounded.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

MAX_BYTES = 1_000_000_000  # unpacked
MAX_EVENTS = 2_000_000
MAX_DEPTH = 20
MAX_VALUE = 1_000  # characters of one attribute that is read
CHUNK = 1 << 16
# As in XES, and as plain headings of a table.
COLUMNS = {
    "case": ("case", "case:concept:name", "case_id"),
    "activity": ("activity", "concept:name"),
    "time": ("time", "time:timestamp", "timestamp"),
}


class BrokenLog(ValueError):
    """The log can't be read: where, what is wrong, and what would be right."""

    def __init__(self, line: int, what: str, right: str = "") -> None:
        where = f"line {line}: " if line else ""
        super().__init__(f"{where}{what}" + (f"; {right}" if right else ""))
        self.line, self.what, self.right = line, what, right


@dataclass(frozen=True, slots=True)
class Event:
    activity: str
    at: datetime
    team: str = ""


@dataclass(frozen=True, slots=True)
class LogCase:
    """One case with its events in their order of time."""

    id: str
    channel: str
    events: Sequence[Event]


def read(path: Path, team: str = "", channel: str = "") -> list[LogCase]:
    """The cases of a log, in order of arrival. `team` and `channel` name the attributes that tell these."""
    try:
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
            name = path.name.removesuffix(".gz")
            cases = _csv(file, team, channel) if name.endswith(".csv") else _Xes(team, channel).read(file)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise BrokenLog(
            0, f"the file is not whole: {error}", "unpack it and look, or fetch it again"
        ) from error
    except OSError as error:
        raise BrokenLog(
            0, f"the file can't be opened: {error.strerror}", "name a .xes, .xes.gz or .csv file"
        ) from error
    if not cases:
        raise BrokenLog(0, "the log has no cases", "a log has traces with events")
    return sorted(cases, key=lambda case: case.events[0].at)


def _case(id_: str, channel: str, events: list[Event]) -> LogCase:
    return LogCase(id_, channel, sorted(events, key=lambda event: event.at))


def moment(text: str, line: int) -> datetime:
    """A moment as ISO 8601 writes it; without a zone it is taken as UTC."""
    try:
        found = datetime.fromisoformat(text.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise BrokenLog(line, f"'{text[:40]}' is no moment", "as in 2026-03-02T09:00:00+01:00") from None


@dataclass
class _Xes:
    """Expat's callbacks. Only attributes that stand directly in a trace or an event are read."""

    team: str
    channel: str
    cases: list[LogCase] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    trace: dict[str, str] = field(default_factory=dict)
    event: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    size: int = 0
    number: int = 0

    def read(self, file: Any) -> list[LogCase]:
        parser = self.parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.StartDoctypeDeclHandler = self.doctype
        try:
            while chunk := file.read(CHUNK):
                self.size += len(chunk)
                if self.size > MAX_BYTES:
                    raise BrokenLog(
                        self.line, f"the log is larger than {MAX_BYTES} bytes", "take a part of it"
                    )
                parser.Parse(chunk)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            why = expat.ErrorString(error.code)
            raise BrokenLog(error.lineno, f"not well-formed XML: {why}", "a log is XES or CSV") from None
        return self.cases

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def doctype(self, *_: object) -> None:
        raise BrokenLog(self.line, "a DOCTYPE is not accepted, nor are entities", "remove it")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition("}")[2]
        if not self.open and tag != "log":
            raise BrokenLog(self.line, f"the root is <{tag}>", "an XES file begins with <log>")
        if len(self.open) >= MAX_DEPTH:
            raise BrokenLog(self.line, f"nested deeper than {MAX_DEPTH} levels", "a log is flat")
        if tag == "trace":
            self.trace, self.events = {}, []
        elif tag == "event":
            self.event = {}
        elif self.open and self.open[-1] in ("trace", "event"):
            kept = self.event if self.open[-1] == "event" else self.trace
            kept[attributes.get("key", "")] = attributes.get("value", "")[:MAX_VALUE]
        self.open.append(tag)

    def end(self, name: str) -> None:
        tag = self.open.pop()
        if tag == "event":
            self._end_event()
        elif tag == "trace" and self.events:
            id_ = self.trace.get("concept:name", str(len(self.cases) + 1))
            self.cases.append(_case(id_, self.trace.get(self.channel, ""), self.events))

    def _end_event(self) -> None:
        self.number += 1
        if self.number > MAX_EVENTS:
            raise BrokenLog(self.line, f"more than {MAX_EVENTS} events", "take a part of the log")
        told = self.event
        for key in ("concept:name", "time:timestamp"):
            if not told.get(key):
                raise BrokenLog(self.line, f"an event has no {key}", "every event has a name and a time")
        # Of an activity that is logged more than once, its end is when it is done.
        if told.get("lifecycle:transition", "complete").lower() == "complete":
            at = moment(told["time:timestamp"], self.line)
            self.events.append(Event(told["concept:name"], at, told.get(self.team, "")))


def _csv(file: Any, team: str, channel: str) -> list[LogCase]:
    found: dict[str, tuple[str, list[Event]]] = {}
    with io.TextIOWrapper(file, encoding="utf-8-sig", newline="") as text:
        reader = csv.reader(text)
        try:
            places = _places(next(reader, []))
            for number, row in enumerate(reader):
                if number >= MAX_EVENTS:
                    raise BrokenLog(
                        reader.line_num, f"more than {MAX_EVENTS} events", "take a part of the log"
                    )
                _take_row(found, row, places, reader.line_num, team, channel)
        except (csv.Error, UnicodeDecodeError) as error:
            raise BrokenLog(
                reader.line_num + 1, f"not a table that can be read: {error}", "CSV in UTF-8"
            ) from None
    return [_case(id_, came, events) for id_, (came, events) in found.items()]


def _places(heads: Sequence[str]) -> Mapping[str, int]:
    """Heading -> its place, our own names included."""
    places = {head.strip(): number for number, head in enumerate(heads)}
    for ours, names in COLUMNS.items():
        known = [places[name] for name in names if name in places]
        if not known:
            raise BrokenLog(
                1, f"there is no column '{ours}'", "the columns are case, activity, time, resource"
            )
        places[ours] = known[0]
    return places


def _take_row(
    found: dict[str, tuple[str, list[Event]]],
    row: Sequence[str],
    places: Mapping[str, int],
    line: int,
    team: str,
    channel: str,
) -> None:
    if not any(cell.strip() for cell in row):
        return

    def cell(name: str) -> str:
        place = places.get(name, places.get(f"case:{name}"))
        return row[place].strip()[:MAX_VALUE] if place is not None and place < len(row) else ""

    if not (cell("case") and cell("activity")):
        raise BrokenLog(line, "a row has no case or no activity", "every row has both")
    _, events = found.setdefault(cell("case"), (cell(channel), []))
    events.append(Event(cell("activity"), moment(cell("time"), line), cell(team)))


def activities(cases: Sequence[LogCase]) -> Iterator[str]:
    """Every activity once, in the order of its first appearance."""
    seen: set[str] = set()
    for case in cases:
        for event in case.events:
            if event.activity not in seen:
                seen.add(event.activity)
                yield event.activity
