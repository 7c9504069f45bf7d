"""Functions on ranges and points (DMN 1.5, table 80), and ranges from texts (table 73)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from towpath.engines.feel.functions import function
from towpath.engines.feel.limits import FeelError
from towpath.engines.feel.parser import Parser
from towpath.engines.feel.values import Range, ordered


@function("range", "from: string")
def _range(text: str) -> Range | None:
    """Of literal ends, of which one may be missing: "[1..5]", "(..date(\"2026-01-01\")]"."""
    text = text.strip()
    opened, closed = text[:1], text[-1:]
    low, dots, high = text[1:-1].partition("..")
    if not dots or opened not in "[(]" or closed not in "])[" or len(text) < 4:
        return None
    first, last = _literal(low), _literal(high)
    if (first is None and low.strip() not in ("", "null")) or (
        last is None and high.strip() not in ("", "null")
    ):
        return None
    if first is None and last is None:
        return None
    if (first is None and opened == "[") or (last is None and closed == "]"):
        return None
    if first is not None and last is not None and ordered("<=", first, last) is not True:
        return None
    return Range(first, opened == "[", last, closed == "]")


def _literal(text: str) -> Any:
    """The value of a text that is one literal; None if it is something else."""
    if not text.strip():
        return None
    try:
        node = Parser(text, (), closed=True).whole_expression()
    except FeelError:
        return None
    return node.value if node.kind == "literal" and not isinstance(node.value, Range) else None


@dataclass(frozen=True, slots=True)
class End:
    """One end of a range. `side` is -1 for the low and 1 for the high one; `value` None is endless."""

    value: Any
    included: bool
    side: int


class NoOrder(ValueError):
    """The two values have no order: the function is null."""


def _compare(a: End, b: End) -> int:
    """Of the values of two ends: -1, 0 or 1."""
    if a.value is None or b.value is None:
        left, right = (0 if each.value is not None else each.side for each in (a, b))
        return (left > right) - (left < right)
    less = ordered("<", a.value, b.value)
    if less is None:
        raise NoOrder
    return -1 if less else 0 if ordered("<=", a.value, b.value) else 1


def _ends(value: Any) -> tuple[End, End]:
    if not isinstance(value, Range):
        return End(value, True, -1), End(value, True, 1)
    if value.sign == "!=":
        raise NoOrder
    return End(value.low, value.low_included, -1), End(value.high, value.high_included, 1)


Relation = Callable[[Any, Any], bool | None]


def _before(a: Any, b: Any) -> bool:
    high, low = _ends(a)[1], _ends(b)[0]
    order = _compare(high, low)
    return order < 0 or (order == 0 and not (high.included and low.included))


def _meets(a: Any, b: Any) -> bool:
    high, low = _ends(a)[1], _ends(b)[0]
    return high.included and low.included and _compare(high, low) == 0


def _reaches(a: Any, b: Any) -> bool:
    """Whether the end of `a` lies at or beyond the start of `b`."""
    high, low = _ends(a)[1], _ends(b)[0]
    order = _compare(high, low)
    return order > 0 or (order == 0 and high.included and low.included)


def _overlaps(a: Any, b: Any) -> bool:
    return _reaches(a, b) and _reaches(b, a)


def _overlaps_before(a: Any, b: Any) -> bool:
    (low, high), (other_low, other_high) = _ends(a), _ends(b)
    start, end = _compare(low, other_low), _compare(high, other_high)
    begins = start < 0 or (start == 0 and low.included and not other_low.included)
    stops = end < 0 or (end == 0 and (not high.included or other_high.included))
    return begins and stops and _reaches(a, b)


def _overlaps_after(a: Any, b: Any) -> bool:
    (low, high), (other_low, other_high) = _ends(a), _ends(b)
    start, end = _compare(low, other_low), _compare(high, other_high)
    begins = start > 0 or (start == 0 and (not low.included or other_low.included))
    stops = end > 0 or (end == 0 and high.included and not other_high.included)
    return begins and stops and _reaches(b, a)


def _starts_inside(a: Any, b: Any) -> bool:
    low, other = _ends(a)[0], _ends(b)[0]
    order = _compare(low, other)
    return order > 0 or (order == 0 and (not low.included or other.included))


def _stops_inside(a: Any, b: Any) -> bool:
    high, other = _ends(a)[1], _ends(b)[1]
    order = _compare(high, other)
    return order < 0 or (order == 0 and (not high.included or other.included))


def _during(a: Any, b: Any) -> bool:
    return _starts_inside(a, b) and _stops_inside(a, b)


def _same_end(a: Any, b: Any, side: int) -> bool:
    one, other = _ends(a)[side], _ends(b)[side]
    return _compare(one, other) == 0 and one.included == other.included


def _finishes(a: Any, b: Any) -> bool:
    return _same_end(a, b, 1) and _starts_inside(a, b)


def _starts(a: Any, b: Any) -> bool:
    return _same_end(a, b, 0) and _stops_inside(a, b)


def _coincides(a: Any, b: Any) -> bool:
    return _same_end(a, b, 0) and _same_end(a, b, 1)


def _same_sort(a: Any, b: Any) -> bool | None:
    if isinstance(a, Range) is not isinstance(b, Range):
        raise NoOrder
    return _coincides(a, b)


_RANGE = ("range",)
_ANY: tuple[str, ...] = ("number", "string", "date", "time", "date and time")
_ANY += ("days and time duration", "years and months duration", "range")
_POINTS = (("point1", "point2"), ("point", "range"), ("range", "point"), ("range1", "range2"))


def _register(
    name: str, takes: tuple[tuple[str, ...], tuple[str, ...]], relation: Relation, turned: bool
) -> None:
    """Under the argument names of all its forms; `turned`: with its arguments the other way round."""

    def related(a: Any, b: Any) -> bool | None:
        return relation(b, a) if turned else relation(a, b)

    kinds = [" or ".join(each) for each in takes]
    for names in _POINTS:
        function(name, f"{names[0]}: {kinds[0]}", f"{names[1]}: {kinds[1]}")(related)


for _name, _takes, _relation, _turned in (
    ("before", (_ANY, _ANY), _before, False),
    ("after", (_ANY, _ANY), _before, True),
    ("meets", (_RANGE, _RANGE), _meets, False),
    ("met by", (_RANGE, _RANGE), _meets, True),
    ("overlaps", (_RANGE, _RANGE), _overlaps, False),
    ("overlaps before", (_RANGE, _RANGE), _overlaps_before, False),
    ("overlaps after", (_RANGE, _RANGE), _overlaps_after, False),
    ("finishes", (_ANY, _RANGE), _finishes, False),
    ("finished by", (_RANGE, _ANY), _finishes, True),
    ("includes", (_RANGE, _ANY), _during, True),
    ("during", (_ANY, _RANGE), _during, False),
    ("starts", (_ANY, _RANGE), _starts, False),
    ("started by", (_RANGE, _ANY), _starts, True),
    ("coincides", (_ANY, _ANY), _same_sort, False),
):
    _register(_name, _takes, _relation, _turned)
