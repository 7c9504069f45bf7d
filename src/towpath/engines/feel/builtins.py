"""The built-in functions of FEEL (DMN 1.5, section 10.3.4)."""

from __future__ import annotations

import decimal
import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from towpath.engines.feel import patterns, times
from towpath.engines.feel.functions import function
from towpath.engines.feel.limits import Scope, bounded_list, budget_of
from towpath.engines.feel.values import NUMBERS, arithmetic, equal, kind, ordered, text_of

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")


@function("not", "negand: boolean")
def _not(negand: bool) -> bool:
    return not negand


@function("is defined", "value")
def _is_defined(value: Any) -> bool:
    """Only for its name and argument: `iteration` compiles the call, since a value can't tell."""
    return value is not None


# -- strings


@function("string", "from", scoped=True)
def _string(scope: Scope, value: Any) -> str | None:
    return None if value is None else text_of(value, budget_of(scope))


@function("contains", "string: string", "match: string")
def _contains(text: str, match: str) -> bool:
    return match in text


@function("starts with", "string: string", "match: string")
def _starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@function("ends with", "string: string", "match: string")
def _ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@function("matches", "input: string", "pattern: string", "flags?: string")
def _matches(text: str, pattern: str, flags: str | None) -> bool | None:
    return patterns.matches(text, pattern, flags or "")


@function("upper case", "string: string")
def _upper_case(text: str) -> str:
    return text.upper()


@function("lower case", "string: string")
def _lower_case(text: str) -> str:
    return text.lower()


@function("string length", "string: string")
def _string_length(text: str) -> Decimal:
    return Decimal(len(text))


@function("substring", "string: string", "start position: number", "length?: number")
def _substring(text: str, position: Decimal, length: Decimal | None) -> str | None:
    start = int(position)
    if start == 0 or abs(start) > len(text) or (length is not None and length < 1):
        return None
    start = start - 1 if start > 0 else len(text) + start
    return text[start : len(text) if length is None else start + int(length)]


# -- numbers


@function("number", "from: string or number", "grouping separator?: string", "decimal separator?: string")
def _number(value: str | Decimal, grouping: str | None, point: str | None) -> Decimal | None:
    if not isinstance(value, str):
        return value
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping and grouping == point)
    ):
        return None
    plain = value.replace(grouping, "") if grouping else value
    plain = plain.replace(point, ".") if point else plain
    return NUMBERS.create_decimal(plain) if _NUMBER.fullmatch(plain) else None


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    exact = Decimal(value)
    places = int(scale or 0)
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places >= 0:
        return exact
    return exact.quantize(Decimal(1).scaleb(-places, NUMBERS), rounding, NUMBERS) + 0


for _name, _mode, _scale in (
    ("floor", decimal.ROUND_FLOOR, "scale?: number"),
    ("ceiling", decimal.ROUND_CEILING, "scale?: number"),
    ("round up", decimal.ROUND_UP, "scale: number"),
    ("round down", decimal.ROUND_DOWN, "scale: number"),
    ("round half up", decimal.ROUND_HALF_UP, "scale: number"),
    ("decimal", decimal.ROUND_HALF_EVEN, "scale: number"),
):
    function(_name, "n: number", _scale)(lambda value, scale, mode=_mode: _rounded(value, scale, mode))


@function("abs", "n: number or days and time duration or years and months duration")
def _abs(value: Any) -> Any:
    return times.YearsMonths(abs(value.months)) if isinstance(value, times.YearsMonths) else abs(value)


# -- lists


def _items(values: list[Any]) -> list[Any]:
    """sum(1, 2) is sum([1, 2])."""
    return values[0] if len(values) == 1 and kind(values[0]) == "list" else values


@function("count", "list...")
def _count(values: list[Any]) -> Decimal | None:
    return None if values == [None] else Decimal(len(_items(values)))


@function("sum", "list...")
def _sum(values: list[Any]) -> Any:
    items = _items(values)
    total = items[0] if items else None
    for item in items[1:]:
        total = arithmetic("+", total, item)
    return total if kind(total) != "string" else None


@function("min", "list...")
def _min(values: list[Any]) -> Any:
    return _extreme("<", _items(values))


@function("max", "list...")
def _max(values: list[Any]) -> Any:
    return _extreme(">", _items(values))


def _extreme(sign: str, items: list[Any]) -> Any:
    best = items[0] if items else None
    for item in items:
        better = ordered(sign, item, best)
        if better is None:
            return None
        best = item if better else best
    return best


@function("list contains", "list: list", "element", scoped=True)
def _list_contains(scope: Scope, items: list[Any], element: Any) -> bool:
    budget = budget_of(scope)
    return any(equal(item, element, budget) is True for item in items)


@function("append", "list: list", "item...")
def _append(items: list[Any], more: list[Any]) -> list[Any]:
    return bounded_list([*items, *more])


@function("concatenate", "list...")
def _concatenate(lists: list[Any]) -> list[Any] | None:
    if any(each is None for each in lists):
        return None
    return bounded_list([item for each in lists for item in (each if kind(each) == "list" else [each])])


@function("distinct values", "list: list", scoped=True)
def _distinct_values(scope: Scope, items: list[Any]) -> list[Any]:
    budget = budget_of(scope)
    kept: list[Any] = []
    for item in items:
        budget.spend(len(kept))
        if not any(equal(item, other, budget) is True for other in kept):
            kept.append(item)
    return kept


# -- dates, times, durations


@function("date", "from: string or date or date and time")
def _date_from(value: str | date) -> date | None:
    if isinstance(value, str):
        return times.parse_date(value)
    return value.date() if isinstance(value, datetime) else value


@function("date", "year: number", "month: number", "day: number")
def _date(year: Decimal, month: Decimal, day: Decimal) -> date:
    return date(int(year), int(month), int(day))


@function("date and time", "from: string or date or date and time")
def _datetime_from(value: str | date) -> datetime | None:
    if isinstance(value, str):
        return times.parse_datetime(value)
    return value if isinstance(value, datetime) else times.midnight(value)


@function("date and time", "date: date or date and time", "time: time")
def _datetime(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment)


@function("time", "from: string or time or date or date and time")
def _time_from(value: str | date | time) -> time | None:
    if isinstance(value, str):
        return times.parse_time(value)
    if isinstance(value, date):
        return value.timetz() if isinstance(value, datetime) else time(tzinfo=UTC)
    return value


@function("time", "hour: number", "minute: number", "second: number", "offset?: days and time duration")
def _time(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> time:
    fraction = int(second % 1 * 1_000_000)
    zone = None if offset is None else timezone(offset)
    return time(int(hour), int(minute), int(second), fraction, tzinfo=zone)


@function("duration", "from: string or days and time duration or years and months duration")
def _duration(value: Any) -> Any:
    return times.parse_duration(value) if isinstance(value, str) else value


@function("years and months duration", "from: date or date and time", "to: date or date and time")
def _years_and_months_duration(start: date, end: date) -> times.YearsMonths:
    return times.months_between(start, end)


@function("today", scoped=True)
def _today(scope: Scope) -> Any:
    return scope.get("__today")


@function("now", scoped=True)
def _now(scope: Scope) -> Any:
    return scope.get("__now")
