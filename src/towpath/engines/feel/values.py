"""FEEL values: their kinds, equality, order and arithmetic (DMN 1.5, sections 10.3.2.3 to 10.3.2.14).

Wrong types and impossible results give None, which is FEEL's null.
"""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel import times
from towpath.engines.feel.limits import MAX_EXPONENT, Budget, bounded_string
from towpath.engines.feel.times import NO_TIME, YearsMonths

NUMBERS = decimal.Context(  # IEEE 754 decimal128
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emax=MAX_EXPONENT,
    Emin=1 - MAX_EXPONENT,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
FAILURES = (ArithmeticError, ValueError, TypeError)  # of arithmetic on values of the right kinds


@dataclass(frozen=True, slots=True)
class Range:
    """`low` and `high` may be None: no end on that side."""

    low: Any
    low_included: bool
    high: Any
    high_included: bool

    def contains(self, value: Any) -> bool | None:
        above = True if self.low is None else ordered(">=" if self.low_included else ">", value, self.low)
        below = True if self.high is None else ordered("<=" if self.high_included else "<", value, self.high)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True


_KINDS: dict[type, str] = {
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
    found = _KINDS.get(type(value))
    if found is None:
        wider = next((each for each in _WIDER if isinstance(value, each)), None)
        return _KINDS[wider] if wider else "context" if isinstance(value, Mapping) else "unknown"
    return found


def equal(left: Any, right: Any, budget: Budget) -> bool | None:
    """None where the kinds differ; null equals null only."""
    if left is None or right is None:
        return left is right
    what = kind(left)
    if what != kind(right) or what == "unknown":
        return None
    if what == "list":
        return _all_equal(left, right, budget) if len(left) == len(right) else False
    if what == "context":
        if left.keys() != right.keys():
            return False
        return _all_equal([left[key] for key in left], [right[key] for key in left], budget)
    return bool(left == right)


def _all_equal(left: list[Any], right: list[Any], budget: Budget) -> bool:
    budget.spend(len(left) + 1)
    return all(equal(a, b, budget) for a, b in zip(left, right, strict=True))


_ORDERED = {
    "number",
    "string",
    "date",
    "date and time",
    "time",
    "days and time duration",
    "years and months duration",
}
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def ordered(sign: str, left: Any, right: Any) -> bool | None:
    """Whether `left sign right`; None where the two have no order."""
    try:
        if type(left) is Decimal and type(right) is Decimal:  # by far the most frequent
            return _ORDERS[sign](left, right)
        what = kind(left)
        if what not in _ORDERED or kind(right) != what:
            return None
        if what == "date and time":  # the difference counts time zones; Python's order within one doesn't
            return _ORDERS[sign](times.between(left, right), NO_TIME)
        return _ORDERS[sign](left, right)
    except (TypeError, ArithmeticError):  # one has a time zone, the other none; or not a number
        return None


def text_of(value: Any, budget: Budget, quote: bool = False) -> str:
    """What `string()` gives; inside lists and contexts strings are quoted."""
    what = kind(value)
    if what == "string":
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quote else str(value)
    if what == "number":
        return number_text(value)
    if what == "list":
        budget.spend(len(value) + 1)
        return bounded_string("[" + ", ".join([text_of(item, budget, True) for item in value]) + "]")
    if what == "context":
        budget.spend(len(value) + 1)
        entries = [f"{key}: {text_of(item, budget, True)}" for key, item in value.items()]
        return bounded_string("{" + ", ".join(entries) + "}")
    if what == "range":
        low, high = text_of(value.low, budget, True), text_of(value.high, budget, True)
        return ("[" if value.low_included else "(") + f"{low}..{high}" + ("]" if value.high_included else ")")
    return _scalar_text(value)


def _scalar_text(value: Any) -> str:
    if isinstance(value, timedelta):
        return times.text_of_duration(value)
    if isinstance(value, datetime | time):
        return times.text_of_moment(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)


def number_text(value: Decimal | int) -> str:
    """Without exponent and without zeros at the end: 100, 1.5, 0.001."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def _to_number(text: int) -> Decimal:
    return NUMBERS.create_decimal(text)


def _scaled_days(length: timedelta, factor: Decimal | int) -> timedelta:
    product = NUMBERS.multiply(_to_number(length // times.MICROSECOND), factor)
    return timedelta(microseconds=int(product))


def _divided_days(length: timedelta, factor: Decimal | int) -> timedelta:
    quotient = NUMBERS.divide(_to_number(length // times.MICROSECOND), factor)
    return timedelta(microseconds=int(quotient))


def _months(value: Decimal) -> YearsMonths:
    if abs(value) > 10**12:
        raise ValueError(value)
    return YearsMonths(int(value))


N, S, D, DT, T = "number", "string", "date", "date and time", "time"
DAYS, YM = "days and time duration", "years and months duration"
_Operation = Callable[[Any, Any], Any]
ARITHMETIC: dict[tuple[str, str, str], _Operation] = {
    ("+", N, N): NUMBERS.add,
    ("-", N, N): NUMBERS.subtract,
    ("*", N, N): NUMBERS.multiply,
    ("/", N, N): NUMBERS.divide,
    ("**", N, N): NUMBERS.power,
    ("+", S, S): lambda a, b: bounded_string(a + b),
    ("+", YM, YM): lambda a, b: YearsMonths(a.months + b.months),
    ("-", YM, YM): lambda a, b: YearsMonths(a.months - b.months),
    ("*", YM, N): lambda a, n: _months(NUMBERS.multiply(_to_number(a.months), n)),
    ("*", N, YM): lambda n, a: _months(NUMBERS.multiply(_to_number(a.months), n)),
    ("/", YM, N): lambda a, n: _months(NUMBERS.divide(_to_number(a.months), n)),
    ("/", YM, YM): lambda a, b: NUMBERS.divide(_to_number(a.months), _to_number(b.months)),
    ("+", DAYS, DAYS): lambda a, b: a + b,
    ("-", DAYS, DAYS): lambda a, b: a - b,
    ("*", DAYS, N): _scaled_days,
    ("*", N, DAYS): lambda n, a: _scaled_days(a, n),
    ("/", DAYS, N): _divided_days,
    ("/", DAYS, DAYS): lambda a, b: NUMBERS.divide(
        _to_number(a // times.MICROSECOND), _to_number(b // times.MICROSECOND)
    ),
    ("+", D, YM): times.add_months,
    ("+", YM, D): lambda length, day: times.add_months(day, length),
    ("-", D, YM): lambda day, length: times.add_months(day, YearsMonths(-length.months)),
    ("+", DT, YM): times.add_months,
    ("+", YM, DT): lambda length, start: times.add_months(start, length),
    ("-", DT, YM): lambda start, length: times.add_months(start, YearsMonths(-length.months)),
    ("+", D, DAYS): times.add_to_date,
    ("+", DAYS, D): lambda length, day: times.add_to_date(day, length),
    ("-", D, DAYS): lambda day, length: times.add_to_date(day, -length),
    ("+", DT, DAYS): times.add_length,
    ("+", DAYS, DT): lambda length, start: times.add_length(start, length),
    ("-", DT, DAYS): lambda start, length: times.add_length(start, -length),
    ("+", T, DAYS): times.add_to_time,
    ("+", DAYS, T): lambda length, start: times.add_to_time(start, length),
    ("-", T, DAYS): lambda start, length: times.add_to_time(start, -length),
    ("-", T, T): times.between_times,
    ("-", D, D): times.between,
    ("-", DT, DT): times.between,
    ("-", D, DT): times.between,
    ("-", DT, D): times.between,
}


def arithmetic(sign: str, left: Any, right: Any) -> Any:
    operation = ARITHMETIC.get((sign, kind(left), kind(right)))
    if operation is None:
        return None
    try:
        return operation(left, right)
    except FAILURES:
        return None


def negated(value: Any) -> Any:
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    if isinstance(value, timedelta):
        return -value
    return arithmetic("-", 0, value)
