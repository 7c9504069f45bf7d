"""Traces in the plain form that all writers use, taken without an XML parser; whatever else goes to the parser.

A document is cut at `</trace>`. A trace of nothing but events with attributes `<tag key="..." value="..."/>`, without
entities, comments or nesting, is a well-formed piece: it is taken here, and the parser gets as many empty lines in its
place. All the rest, the head and the end of the document among it, is the parser's, so that a fault is found and told
by it alone. A piece is only taken while the parser has just seen a trace end: then no comment or text is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Row = dict[str, str | None]
_END = b"</trace>"
_GAP = re.compile(rb"[ \t\r\n]*<trace>")
# An event or the head of a trace without its values: they alone differ from one event to the next.
_TAG = r'<(string|date|int|float|boolean|id) key="([^"<&]*)" value="\s*/>\s*'
_HEAD, _EVENT = (re.compile(rf"\s*(?:{_TAG})*{end}") for end in ("", r"</event>\s*"))
_TAGS = re.compile(_TAG)
_UTF8 = re.compile(
    rb'^(?:\xef\xbb\xbf)?(?:<\?xml [^>]*encoding=["\'](?i:utf-8)["\'][^>]*>|<\?xml (?![^>]*encoding)[^>]*>|\s*<[^?])'
)
NAME = "case:concept:name"  # an event that claims it for itself is not plain: the trace knows better
HELD = 8_000_000  # bytes of one trace that are held back at most
SHAPES = 1_000  # that are remembered


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What events that look alike share: their attributes, the tags of those, and how many lines they take."""

    keys: tuple[str, ...]
    tags: tuple[str, ...]
    lines: int


_Shapes = dict[str, Shape | None]
PlainEvent = tuple[int, Shape, list[str]]  # line, shape, values
Take = Callable[[Shape, list[str], list[PlainEvent]], None]  # of the trace: shape, values, events


class Pieces:
    """Cuts a stream of bytes: plain traces to `take`, the rest to `feed`, which says whether a trace ended with it."""

    def __init__(self, take: Take, feed: Callable[[bytes], bool]) -> None:
        self.take, self.feed = take, feed
        self.held = b""
        self.heads: _Shapes = {}
        self.events: _Shapes = {}
        self.begun = self.plain = self.synced = False
        self.line = 1

    def add(self, chunk: bytes) -> None:
        if not self.begun:
            self.begun, self.plain = True, bool(_UTF8.match(chunk))
        if not self.plain:
            self.feed(chunk)
            return
        data, at = self.held + chunk, 0
        while (end := data.find(_END, at)) >= 0:
            end += len(_END)
            self._piece(data[at:end])
            at = end
        self.held = data[at:]
        if len(self.held) > HELD:
            self._pass(self.held)
            self.held, self.synced = b"", False

    def finish(self) -> None:
        self._pass(self.held)
        self.held = b""

    def _pass(self, data: bytes) -> None:
        self.synced = self.feed(data)
        self.line += data.count(b"\n")

    def _piece(self, data: bytes) -> None:
        if self.synced and (gap := _GAP.match(data)) and self._taken(data, gap.end()):
            lines = data.count(b"\n")
            self.line += lines
            if lines:
                self.feed(b"\n" * lines)
        else:
            self._pass(data)

    def _taken(self, data: bytes, start: int) -> bool:
        """False if anything about the trace is not plain; nothing of it is taken then.

        Cut at the quotes, a plain trace has a value in every fourth place.
        """
        try:
            parts = data[start : -len(_END)].decode().split('"')
        except UnicodeDecodeError:
            return False
        values = parts[3::4]
        del parts[3::4]
        quoted = "".join(values)
        # XML changes or forbids these in a value; the parser knows how.
        if "&" in quoted or "<" in quoted or not quoted.isprintable():
            return False
        first, *rest = '"'.join(parts).split("<event>")
        head = _shape(first, _HEAD, self.heads)
        if head is None:
            return False
        at, line = len(head.keys), self.line + data.count(b"\n", 0, start) + head.lines
        events: list[PlainEvent] = []
        known = self.events
        for text in rest:
            shape = known.get(text) or _shape(text, _EVENT, known)
            if shape is None:
                return False
            end = at + len(shape.keys)
            events.append((line, shape, values[at:end]))
            at = end
            line += shape.lines
        self.take(head, values[: len(head.keys)], events)
        return True


def _shape(text: str, form: re.Pattern[str], known: _Shapes) -> Shape | None:
    """None if it is not plain. A log has few shapes: each is looked at once."""
    if text in known:
        return known[text]
    found = None
    if form.fullmatch(text):
        pairs = _TAGS.findall(text)
        keys = tuple(key for _, key in pairs)
        if len({*keys, NAME}) == len(keys) + 1 and "".join(keys).isprintable():
            found = Shape(keys, tuple(tag for tag, _ in pairs), text.count("\n"))
    if len(known) < SHAPES:
        known[text] = found
    return found
