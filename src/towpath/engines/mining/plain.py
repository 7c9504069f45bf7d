"""Traces in the plain form that all writers use, taken without an XML parser; whatever else goes to the parser.

A document is cut at `</trace>`. A trace of nothing but events with attributes `<tag key="..." value="..."/>`, without
entities, comments or nesting, is a well-formed piece: it is taken here, and the parser gets as many empty lines in its
place. All the rest, the head and the end of the document among it, is the parser's, so that a fault is found and told
by it alone. A piece is only taken while the parser has just seen a trace end: then no comment or text is open.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Row = dict[str, str | None]
Shapes = dict[tuple[str, ...], tuple[str, ...] | None]
_END, _SPACE = b"</trace>", " \t\r\n"
_GAP = re.compile(rb"[ \t\r\n]*<trace>")
# What stands outside the quotes of an event, with the quoted texts taken out.
_TAG = r'<(string|date|int|float|boolean|id) key="" value=""\s*/>\s*'
_HEAD, _EVENT = (re.compile(rf"\s*(?:{_TAG})*{end}") for end in ("", r"</event>\s*"))
_TAGS = re.compile(_TAG)
_UTF8 = re.compile(
    rb'^(?:\xef\xbb\xbf)?(?:<\?xml [^>]*encoding=["\'](?i:utf-8)["\'][^>]*>|<\?xml (?![^>]*encoding)[^>]*>|\s*<[^?])'
)
HELD = 8_000_000  # bytes of one trace that are held back at most
SHAPES = 1_000  # that are remembered
_UNKNOWN: tuple[str, ...] = ("?",)

Take = Callable[[Row, list[tuple[int, Row]], set[tuple[str, str]]], None]


class Pieces:
    """Cuts a stream of bytes: plain traces to `take`, the rest to `feed`, which says whether a trace ended with it."""

    def __init__(self, take: Take, feed: Callable[[bytes], bool]) -> None:
        self.take, self.feed = take, feed
        self.held = b""
        self.heads: Shapes = {}
        self.events: Shapes = {}
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
        """False if anything about the trace is not plain; nothing of it is taken then."""
        try:
            head, *events = data[start : -len(_END)].decode().split("<event>")
        except UnicodeDecodeError:
            return False
        found = _attributes(head, _HEAD, self.heads)
        if found is None:
            return False
        tags, keys, values = found
        trace: Row = {f"case:{key}": value for key, value in zip(keys, values, strict=True)}
        kinds = {(f"case:{key}", tag) for key, tag in zip(keys, tags, strict=True)}
        line = self.line + data.count(b"\n", 0, start) + head.count("\n")
        rows: list[tuple[int, Row]] = []
        last: tuple[list[str], tuple[str, ...]] = ([], ())
        for event in events:
            found = _attributes(event, _EVENT, self.events)
            if found is None:
                return False
            tags, keys, values = found
            rows.append((line, dict(zip(keys, values, strict=True))))
            if (keys, tags) != last:  # most events are like the one before
                last = keys, tags
                kinds.update(zip(keys, tags, strict=True))
            line += event.count("\n")
        self.take(trace, rows, kinds)
        return True


def _attributes(
    text: str, form: re.Pattern[str], shapes: Shapes
) -> tuple[tuple[str, ...], list[str], list[str]] | None:
    """Tags, keys and values; None if the text is not plain.

    A log has few shapes of events, that is of what stands outside the quotes: each is looked at once.
    """
    parts = text.split('"')
    shape = tuple(parts[::2])
    tags = shapes.get(shape, _UNKNOWN)
    if tags is _UNKNOWN:
        whole = '""'.join(shape)
        tags = tuple(_TAGS.findall(whole)) if form.fullmatch(whole) else None
        if len(shapes) < SHAPES:
            shapes[shape] = tags
    quoted = "".join(parts[1::2])
    # XML changes or forbids these in a value; the parser knows how.
    if tags is None or "&" in quoted or "<" in quoted or not quoted.isprintable():
        return None
    return tags, parts[1::4], parts[3::4]
