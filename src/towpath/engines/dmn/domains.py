"""The values that an input may have, as few as tell all that its rules can tell apart.

Rules compare an input with literal values. Those cut its values at their ends; from each end, and from each
stretch between two ends, one example stands for all that every literal treats alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from math import floor
from typing import Any

from towpath.engines.feel.times import YearsMonths
from towpath.engines.feel.values import FAILURES, Range, kind

MAX_CUTS = 2_000  # ends of one input
_CUT = (Decimal, str, date, datetime, timedelta, YearsMonths)
_SOME = {
    "number": Decimal(1),
    "string": "other",
    "date": date(2000, 1, 1),
    "days and time duration": timedelta(days=1),
    "years and months duration": YearsMonths(1),
}


@dataclass(frozen=True, slots=True)
class Value:
    """One example; `weight` counts how many listed values it stands for, 0 where it should not come."""

    value: Any
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Domain:
    """`whole`: there is no value that none of the examples stands for, null aside."""

    values: tuple[Value, ...]
    whole: bool = True


def examples(spans: Iterable[Range], what: str = "") -> list[Any] | None:
    """One value of each stretch between the ends of these spans, in order; None where they can't be cut.

    `what` is the kind of the values where it is known.
    """
    known = list(spans)
    ends = [end for span in known for end in (span.low, span.high) if end is not None]
    kinds = {kind(end) for end in ends} | ({what} if what else set())
    if kinds == {"boolean"}:
        return [True, False]
    if len(kinds) != 1 or len(ends) > MAX_CUTS or any(type(end) not in _CUT for end in ends):
        return None
    if not ends:
        return [_SOME[what]] if what in _SOME else None
    try:
        points = sorted(set(ends))
    except FAILURES:  # dates with and without a zone
        return None
    if kinds == {"string"} and all(map(is_point, known)):
        return [*points, _other(points)]
    return list(_stretches(points))


def is_point(span: Range) -> bool:
    return span.low is not None and span.low is span.high and span.low_included


def marks(spans: Sequence[Range], value: Any) -> int:
    """Which of the spans hold the value, as bits."""
    return sum(1 << place for place, span in enumerate(spans) if span.contains(value) is True)


def alike(spans: Sequence[Range], values: Sequence[Any]) -> list[list[Any]]:
    """The values in groups that no span tells apart."""
    groups: dict[int, list[Any]] = {}
    for value in values:
        groups.setdefault(marks(spans, value), []).append(value)
    return list(groups.values())


def _other(points: Sequence[str]) -> str:
    found = "other"
    while found in points:
        found = "an" + found
    return found


def _stretches(points: Sequence[Any]) -> Iterator[Any]:
    yield from _made(lambda: _beside(points[0], -1))
    for low, high in zip(points, [*points[1:], None], strict=True):
        yield low
        inside = _made(lambda: _beside(low, 1) if high is None else _between(low, high))  # noqa: B023
        yield from (each for each in inside if low < each and (high is None or each < high))


def _made(make: Any) -> list[Any]:
    """None where the kind has no value beyond: before the first day, say."""
    try:
        found = make()
    except (OverflowError, *FAILURES):
        return []
    return [] if found is None else [found]


def _beside(point: Any, way: int) -> Any:
    match point:
        case str():
            return point + " " if way > 0 else None if point == "" else ""
        case datetime():
            return point + timedelta(hours=way)
        case date() | timedelta():
            return point + timedelta(days=way)
        case YearsMonths():
            return YearsMonths(point.months + way)
    return Decimal(floor(point) + 1) if way > 0 else Decimal(-floor(-point) - 1)


def _between(low: Any, high: Any) -> Any:
    """Round where there is a round one: it is shown to people."""
    match low:
        case str():
            return low + " "
        case datetime():
            return low + (high - low) / 2
        case date():
            return date.fromordinal((low.toordinal() + high.toordinal()) // 2)
        case timedelta():
            return low + (high - low) / 2
        case YearsMonths():
            return YearsMonths((low.months + high.months) // 2)
    whole = Decimal(floor(low) + 1)
    return whole if whole < high else (low + high) / 2
