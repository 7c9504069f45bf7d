"""Which rows of a column may hold for a value, found without trying each row.

A column whose cells are literal values or ranges of one kind is cut at their ends; each stretch between
two ends, and each end itself, has the set of the rows that hold there, as the bits of one number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines import feel
from towpath.engines.feel.times import YearsMonths
from towpath.engines.feel.values import FAILURES, Range

MAX_ROWS = 4_000  # beyond, the sets of rows would need more memory than they save time
_ORDERED: dict[str, tuple[type, ...]] = {
    "number": (Decimal, int),
    "string": (str,),
    "date": (date,),
    "days and time duration": (timedelta,),
    "years and months duration": (YearsMonths,),
}
_KINDS = {type_: kind for kind, types in _ORDERED.items() for type_ in types}
_KINDS |= {bool: "boolean"}
Cells = Sequence[feel.UnaryTest | None]


class ColumnIndex:
    """`settled` has the bits of the rows for which the index alone tells; for others it says "may hold"."""

    __slots__ = ("_points", "_regions", "_types", "_values", "_without", "settled")

    def __init__(self, kind: str, cells: Cells) -> None:
        self._types = (bool,) if kind == "boolean" else _ORDERED[kind]
        spans = {row: found for row, cell in enumerate(cells) if (found := _spans(cell, kind))}
        always = [row for row, cell in enumerate(cells) if row not in spans]
        self._without = sum(1 << row for row in always)
        self.settled = sum(1 << row for row, cell in enumerate(cells) if row in spans or _any(cell))
        self._values: dict[Any, int] = {}
        self._points: list[Any] = []
        self._regions: list[int] = []
        if all(_is_point(span) for found in spans.values() for span in found):
            for row, found in spans.items():
                for span in found:
                    self._values[span.low] = self._values.get(span.low, self._without) | 1 << row
        else:
            self._cut(spans)

    def rows(self, value: Any) -> int | None:
        """The bits of the rows that may hold; None where the value is of another kind."""
        if type(value) not in self._types:
            return None
        if not self._regions:
            return self._values.get(value, self._without)
        try:
            place = bisect_left(self._points, value)
            hit = place < len(self._points) and self._points[place] == value
        except FAILURES:
            return None
        return self._regions[2 * place + hit]

    def _cut(self, spans: dict[int, list[Range]]) -> None:
        """Regions are, in turn, what lies before the first point, that point, what lies between it and the next …"""
        ends = {end for found in spans.values() for span in found for end in (span.low, span.high)} - {None}
        self._points = sorted(ends)
        place = {point: number for number, point in enumerate(self._points)}
        starts: list[list[int]] = [[] for _ in range(2 * len(self._points) + 2)]
        stops: list[list[int]] = [[] for _ in starts]
        for row, found in spans.items():
            for span in found:
                first = 0 if span.low is None else 2 * place[span.low] + (1 if span.low_included else 2)
                last = len(starts) - 2 if span.high is None else 2 * place[span.high] + span.high_included
                if first <= last:
                    starts[first].append(row)
                    stops[last + 1].append(row)
        open_: dict[int, int] = {}
        mask = self._without
        for began, ended in zip(starts, stops, strict=True):
            for row in ended:
                open_[row] -= 1
                mask ^= 0 if open_[row] else 1 << row
            for row in began:
                open_[row] = open_.get(row, 0) + 1
                mask |= 1 << row
            self._regions.append(mask)


def index_of(cells: Cells) -> ColumnIndex | None:
    """None where the column has nothing to be found by, or is too long."""
    if len(cells) > MAX_ROWS:
        return None
    kinds = [_kind(cell) for cell in cells]
    known = [kind for kind in kinds if kind]
    return ColumnIndex(known[0], cells) if known else None


def _kind(cell: feel.UnaryTest | None) -> str:
    if cell is None or not cell.spans:
        return ""
    span = cell.spans[0]
    return _KINDS.get(type(span.high if span.low is None else span.low), "")


def _spans(cell: feel.UnaryTest | None, kind: str) -> list[Range]:
    """Those of a cell that has literals of this kind only."""
    if cell is None or not cell.spans:
        return []
    ends = [end for span in cell.spans for end in (span.low, span.high) if end is not None]
    return cell.spans if all(_KINDS.get(type(end)) == kind for end in ends) else []


def _any(cell: feel.UnaryTest | None) -> bool:
    return cell is None or cell.any


def _is_point(span: Range) -> bool:
    return span.low is not None and span.low is span.high
