"""Traces in the plain form that all writers use, taken without an XML parser; whatever else goes to the parser.

A document is cut at `</trace>`. A trace of nothing but events with attributes `<tag key="..." value="..."/>`, without
entities, comments or nesting, is a well-formed piece: it is taken here, and its lines are added to those that the
parser counts. All the rest, the head and the end of the document among it, is the parser's, so that a fault is found and told
by it alone. A piece is only taken while the parser has just seen a trace end: then no comment or text is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

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
    width: int


_Shapes = dict[str, Shape | None]
# Of a trace: the shape of its head, those of its events, all values in their order, the line of its first event.
# It answers with the line on which the trace ends.
Take = Callable[[Shape, list[Shape], list[str], int], int]


class Pieces:
    """Cuts a stream of bytes: plain traces to `take`, the rest to `feed`, which says whether a trace ended with it.

    `skipped`: lines that the parser has not seen so far.
    """

    def __init__(self, take: Take, feed: Callable[[bytes], bool]) -> None:
        self.take, self.feed = take, feed
        self.held = b""
        self.heads: _Shapes = {}
        self.events: _Shapes = {}
        self.begun = self.plain = self.synced = False
        self.line, self.skipped = 1, 0

    def add(self, chunk: bytes) -> None:
        if not self.begun:
            self.begun, self.plain = True, bool(_UTF8.match(chunk))
        if not self.plain:
            self.feed(chunk)
            return
        *pieces, self.held = (self.held + chunk).split(_END)
        for piece in pieces:
            if not (self.synced and (gap := _GAP.match(piece)) and self._taken(piece, gap.end())):
                self._pass(piece + _END)
        if len(self.held) > HELD:
            self._pass(self.held)
            self.held, self.synced = b"", False

    def finish(self) -> None:
        self._pass(self.held)
        self.held = b""

    def _pass(self, data: bytes) -> None:
        self.synced = self.feed(data)
        self.line += data.count(b"\n")

    def _taken(self, data: bytes, start: int) -> bool:
        """False if anything about the trace is not plain; nothing of it is taken then.

        Cut at the quotes, a plain trace has a value in every fourth place.
        """
        try:
            parts = data[start:].decode().split('"')
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
        known = self.events
        shapes = [known.get(text) or _shape(text, _EVENT, known) for text in rest]
        if head is None or None in shapes:
            return False
        line = self.line + data.count(b"\n", 0, start) + head.lines
        ended = self.take(head, cast("list[Shape]", shapes), values, line)
        self.skipped += ended - self.line
        self.line = ended
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
            found = Shape(keys, tuple(tag for tag, _ in pairs), text.count("\n"), len(keys))
    if len(known) < SHAPES:
        known[text] = found
    return found
