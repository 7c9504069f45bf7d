"""FEEL values: their kinds, equality, order and texts (DMN 1.5, sections 10.3.2.3 to 10.3.2.14)."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel.exact import Exact, ticks
from towpath.engines.feel.limits import MAX_EXPONENT, Budget, Scope
from towpath.engines.feel.times import YearsMonths, clock_ticks

NUMBERS = decimal.Context(  # IEEE 754 decimal128
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emax=MAX_EXPONENT,
    Emin=1 - MAX_EXPONENT,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
FAILURES = (ArithmeticError, ValueError, TypeError)  # of operations on values of the right kinds
SECOND = 10**9  # nanoseconds


@dataclass(frozen=True, slots=True)
class Range:
    """`low` to `high`; with a `sign` such as "<" the values that are so to the one end that is given."""

    low: Any
    low_included: bool
    high: Any
    high_included: bool
    sign: str = ""

    def contains(self, value: Any) -> bool | None:
        if self.sign in ("=", "!="):
            same = equal(value, self.low, Budget())
            return None if same is None else same is (self.sign == "=")
        if self.sign:
            return ordered(self.sign, value, self.high if self.low is None else self.low)
        above = ordered(">=" if self.low_included else ">", value, self.low)
        below = ordered("<=" if self.high_included else "<", value, self.high)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True


def half_range(sign: str, end: Any) -> Range:
    """`(< 5)` and its like, as a value (DMN 1.5, section 10.3.2.7)."""
    if sign == "=":
        return Range(end, True, end, True, sign)
    if sign == "!=":
        return Range(end, False, end, False, sign)
    if sign[0] == "<":
        return Range(None, False, end, sign == "<=", sign)
    return Range(end, sign == ">=", None, False, sign)


class FunctionValue:
    """A function as a value. `parameters` are the names of what it takes."""

    __slots__ = ()
    parameters: Sequence[str]

    def invoke(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        """With arguments of these names ("" for unnamed ones); null if they don't fit."""
        raise NotImplementedError


KINDS_OF_TYPES: dict[type, str] = {
    Decimal: "number",
    int: "number",
    str: "string",
    bool: "boolean",
    date: "date",
    datetime: "date and time",
    time: "time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    Range: "range",
    list: "list",
    dict: "context",
    type(None): "null",
}
_WIDER = (bool, int, Decimal, str, datetime, date, time, timedelta, list, dict)  # bool is an int


def kind(value: Any) -> str:
    """FEEL's name for the type; "unknown" for a Python value that FEEL doesn't have, such as a float."""
    found = KINDS_OF_TYPES.get(type(value))
    if found is None:
        if isinstance(value, Exact):
            return KINDS_OF_TYPES[type(value.base)]
        if isinstance(value, FunctionValue):
            return "function"
        wider = next((each for each in _WIDER if isinstance(value, each)), None)
        return KINDS_OF_TYPES[wider] if wider else "context" if isinstance(value, Mapping) else "unknown"
    return found


def is_number(value: Any) -> bool:
    return kind(value) == "number"


def is_huge(value: Decimal | int) -> bool:
    """Too large for a place or a count, or no number at all; its digits alone would take long to write out."""
    return isinstance(value, Decimal) and (not value.is_finite() or value.adjusted() > 40)


def whole(value: Decimal | int) -> int:
    """ValueError if it is not a whole number, or a huge one: there is no month 1.5."""
    if is_huge(value):
        raise ValueError("a huge number")
    number = int(value)
    if number != value:
        raise ValueError(value)
    return number


# -- equality and order


def equal(left: Any, right: Any, budget: Budget) -> bool | None:
    """None where the kinds differ; null equals null only."""
    if left is None or right is None:
        return left is right
    what = kind(left)
    if what != kind(right) or what in ("unknown", "function"):
        return None
    if what == "list":
        return _all_equal(left, right, budget) if len(left) == len(right) else False
    if what == "context":
        if left.keys() != right.keys():
            return False
        return _all_equal([left[key] for key in left], [right[key] for key in left], budget)
    if what == "date and time":
        return _same_second(left, right, ticks)
    if what == "time":
        return _same_second(left, right, clock_ticks)
    return bool(left == right)


def _same_second(left: Any, right: Any, count: Callable[[Any], int]) -> bool:
    """Times are equal by hour, minute, second and offset: fractions don't count (section 10.3.2.13.1)."""
    if (left.tzinfo is None) is not (right.tzinfo is None):
        return False
    return count(left) // SECOND == count(right) // SECOND


def _all_equal(left: list[Any], right: list[Any], budget: Budget) -> bool:
    budget.spend(len(left) + 1)
    return all(equal(a, b, budget) for a, b in zip(left, right, strict=True))


ORDERED = {
    "number",
    "string",
    "date",
    "date and time",
    "time",
    "days and time duration",
    "years and months duration",
}
_ZONED = ("date and time", "time")
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def ordered(sign: str, left: Any, right: Any) -> bool | None:
    """Whether `left sign right`; None where the two have no order."""
    if type(left) is Decimal and type(right) is Decimal:  # by far the most frequent
        try:
            return ORDERS[sign](left, right)
        except ArithmeticError:  # not a number
            return None
    what = kind(left)
    if what not in ORDERED or kind(right) != what:
        return None
    if what in _ZONED and (left.tzinfo is None) is not (right.tzinfo is None):
        return None
    try:
        return ORDERS[sign](order_key(what, left), order_key(what, right))
    except (TypeError, ArithmeticError):
        return None


def order_key(what: str, value: Any) -> Any:
    """What values of that kind are ordered by."""
    if what in ("date", "date and time"):
        return ticks(value)
    return clock_ticks(value) if what == "time" else value
