"""Traces in the plain form that all writers use, taken without an XML parser; whatever else goes to the parser.

A document is cut after a `</trace>`. A block of traces with nothing but events with attributes `<tag key="..."
value="..."/>`, without entities, comments or nesting, is well-formed: it is taken here, and its lines are added to those
that the parser counts. If anything in a block is not plain, its traces are looked at one by one. All the rest, the
head and the end of the document among it, is the parser's, so that a fault is found and told by it alone. A block is
only taken while the parser has just seen a trace end: then no comment or text is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import cast

Row = dict[str, str | None]
_END = b"</trace>"
_SPACE = r"[ \t\r\n]*"
_TAG = rf'<(string|date|int|float|boolean|id) key="([^"<&]*)" value="{_SPACE}/>{_SPACE}'
_EVENT = re.compile(rf"{_SPACE}(?:{_TAG})*</event>{_SPACE}")
_HEAD = re.compile(rf"{_SPACE}<trace>{_SPACE}(?:{_TAG})*")
_TAGS = re.compile(_TAG)
_UTF8 = re.compile(
    rb'^(?:\xef\xbb\xbf)?(?:<\?xml [^>]*encoding=["\'](?i:utf-8)["\'][^>]*>|<\?xml (?![^>]*encoding)[^>]*>|\s*<[^?])'
)
NAME = "case:concept:name"  # an event that claims it for itself is not plain: the trace knows better
HELD = 8_000_000  # bytes of one trace that are held back at most
SHAPES = 5_000  # that are remembered


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What events (or heads of traces) without their values are: attributes, the tags of those, lines.

    `heads` of the traces that begin between this event and the next one: the last of them has that next event, the
    others have none; nor has the last one if the block ends there (`last`).
    """

    keys: tuple[str, ...]
    tags: tuple[str, ...]
    lines: int
    width: int
    heads: tuple[Shape, ...] = ()
    last: bool = False


_Shapes = dict[str, Shape | None]
# Of a block: the heads of the traces before its first event, the shapes of its events, all values in their order, the
# line on which it begins. It answers with the line on which the block ends.
Take = Callable[[Shape, Sequence[Shape], list[str], int], int]


class Pieces:
    """Cuts a stream of bytes: plain traces to `take`, the rest to `feed`, which says whether a trace ended with it.

    `skipped`: lines that the parser has not seen so far.
    """

    def __init__(self, take: Take, feed: Callable[[bytes], bool]) -> None:
        self.take, self.feed = take, feed
        self.held = b""
        self.known: tuple[_Shapes, _Shapes, _Shapes, _Shapes] = ({}, {}, {}, {})
        self.begun = self.plain = self.synced = False
        self.line, self.skipped = 1, 0

    def add(self, chunk: bytes) -> None:
        if not self.begun:
            self.begun, self.plain = True, bool(_UTF8.match(chunk))
        if not self.plain:
            self.feed(chunk)
            return
        self.held += chunk
        end = self.held.rfind(_END) + len(_END)
        if end >= len(_END):
            self._block(self.held[:end])
            self.held = self.held[end:]
        if len(self.held) > HELD:
            self._pass(self.held)
            self.held, self.synced = b"", False

    def finish(self) -> None:
        self._pass(self.held)
        self.held = b""

    def _block(self, data: bytes) -> None:
        if self.synced and self._taken(data):
            return
        for piece in data.split(_END)[:-1]:
            if not (self.synced and self._taken(piece + _END)):
                self._pass(piece + _END)

    def _pass(self, data: bytes) -> None:
        self.synced = self.feed(data)
        self.line += data.count(b"\n")

    def _taken(self, data: bytes) -> bool:
        """False if anything about the block is not plain; nothing of it is taken then.

        Cut at the quotes, a plain block has a value in every fourth place.
        """
        try:
            parts = data.decode().split('"')
        except UnicodeDecodeError:
            return False
        values = parts[3::4]
        del parts[3::4]
        quoted = "".join(values)
        # XML changes or forbids these in a value; the parser knows how.
        if "&" in quoted or "<" in quoted or not quoted.isprintable():
            return False
        first, *rest = '"'.join(parts).split("<event>")
        begin = self._shape(first, first=True, last=not rest)
        known = self.known[0]
        shapes = [known.get(text) or self._shape(text) for text in rest[:-1]]
        shapes += [self._shape(text, last=True) for text in rest[-1:]]
        if begin is None or None in shapes:
            return False
        ended = self.take(begin, cast("list[Shape]", shapes), values, self.line)
        self.skipped += ended - self.line
        self.line = ended
        return True

    def _shape(self, text: str, first: bool = False, last: bool = False) -> Shape | None:
        """Of what stands between two `<event>`. A log has few shapes: each is looked at once."""
        known = self.known[2 * first + last]
        if text in known:
            return known[text]
        found = _shape(f"</event></trace>{text}" if first else text, last)
        if len(known) < SHAPES:
            known[text] = found
        return found


def _shape(text: str, last: bool) -> Shape | None:
    """None if it is not plain."""
    end, *begun = text.split("</trace>")
    if last and (not begun or begun.pop()):
        return None
    event, heads = _part(end, _EVENT), [_part(one, _HEAD) for one in begun]
    if event is None or None in heads:
        return None
    return replace(event, heads=tuple(cast("list[Shape]", heads)), last=last)


def _part(text: str, form: re.Pattern[str]) -> Shape | None:
    if not form.fullmatch(text):
        return None
    pairs = _TAGS.findall(text)
    keys = tuple(key for _, key in pairs)
    if len({*keys, NAME}) != len(keys) + 1 or not "".join(keys).isprintable():
        return None
    return Shape(keys, tuple(tag for tag, _ in pairs), text.count("\n"), len(keys))
