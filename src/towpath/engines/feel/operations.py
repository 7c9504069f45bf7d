"""What + - * / and ** do with values of each kind (DMN 1.5, section 10.3.2.5 and tables 47 to 53).

Wrong kinds and impossible results give None, which is FEEL's null.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel.exact import ERA_YEARS, date_of, exact, from_ticks, parts, ticks
from towpath.engines.feel.limits import bounded_string
from towpath.engines.feel.times import MICROSECOND, YearsMonths, clock_ticks
from towpath.engines.feel.values import FAILURES, NUMBERS, kind


def add_months(day: Any, length: YearsMonths) -> Any:
    """The same day of the month, or the month's last: 31 January and a month is 28 February.

    Keeps the time of day of a date and time. ValueError beyond MAX_YEAR.
    """
    base, era, nanos = parts(day)
    year, month = divmod((base.year + ERA_YEARS * era) * 12 + base.month - 1 + length.months, 12)
    era, rest = divmod(year - 2000, ERA_YEARS)
    last = monthrange(2000 + rest, month + 1)[1]
    return exact(base.replace(year=2000 + rest, month=month + 1, day=min(base.day, last)), era, nanos)


def add_length(start: Any, length: timedelta) -> Any:
    """Elapsed time, also across a change of summer time."""
    return from_ticks(ticks(start) + length // MICROSECOND * 1000, start.tzinfo)


def add_to_date(day: Any, length: timedelta) -> Any:
    return date_of(from_ticks(ticks(day) + length // MICROSECOND * 1000, None))


def add_to_time(start: Any, length: timedelta) -> Any:
    """Round the clock: 23:00 and two hours is 01:00."""
    base, _, nanos = parts(start)
    day = datetime.combine(date(2000, 1, 2), base)
    return exact(
        (day + timedelta(seconds=length.seconds, microseconds=length.microseconds)).timetz(), 0, nanos
    )


def between(end: Any, start: Any) -> timedelta:
    """`end` less `start`. Beside a date and time, a date is its midnight in UTC (section 10.3.2.3.6).

    TypeError if one has a zone and the other none.
    """
    if _zoned(end, start) != _zoned(start, end):
        raise TypeError("one has a time zone, the other has none")
    return timedelta(microseconds=(ticks(end) - ticks(start)) // 1000)


def _zoned(value: Any, other: Any) -> bool:
    if isinstance(parts(value)[0], datetime):
        return value.tzinfo is not None
    return isinstance(parts(other)[0], datetime)


def between_times(end: Any, start: Any) -> timedelta:
    if (end.tzinfo is None) is not (start.tzinfo is None):
        raise TypeError("one has a time zone, the other has none")
    return timedelta(microseconds=(clock_ticks(end) - clock_ticks(start)) // 1000)


def months_between(start: Any, end: Any) -> YearsMonths:
    """Whole months from the day of `start` to that of `end`; times of day don't count."""
    first, last = parts(start)[0], parts(end)[0]
    months = (end.year - start.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return YearsMonths(months)


# -- the table of operators


def _to_number(count: int) -> Decimal:
    return NUMBERS.create_decimal(count)


def _scaled_days(length: timedelta, factor: Decimal | int) -> timedelta:
    return _days(NUMBERS.multiply(_to_number(length // MICROSECOND), factor))


def _divided_days(length: timedelta, factor: Decimal | int) -> timedelta:
    return _days(NUMBERS.divide(_to_number(length // MICROSECOND), factor))


def _days(microseconds: Decimal) -> timedelta:
    if abs(microseconds) > 10**21:
        raise ValueError("a duration beyond 999,999,999 days")
    return timedelta(microseconds=int(microseconds))


def _months(value: Decimal) -> YearsMonths:
    if abs(value) > 10**12:
        raise ValueError(value)
    return YearsMonths(int(value))


N, S, D, DT, T = "number", "string", "date", "date and time", "time"
DAYS, YM = "days and time duration", "years and months duration"
Operation = Callable[[Any, Any], Any]
ARITHMETIC: dict[tuple[str, str, str], Operation] = {
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
        _to_number(a // MICROSECOND), _to_number(b // MICROSECOND)
    ),
    ("+", D, YM): add_months,
    ("+", YM, D): lambda length, day: add_months(day, length),
    ("-", D, YM): lambda day, length: add_months(day, YearsMonths(-length.months)),
    ("+", DT, YM): add_months,
    ("+", YM, DT): lambda length, start: add_months(start, length),
    ("-", DT, YM): lambda start, length: add_months(start, YearsMonths(-length.months)),
    ("+", D, DAYS): add_to_date,
    ("+", DAYS, D): lambda length, day: add_to_date(day, length),
    ("-", D, DAYS): lambda day, length: add_to_date(day, -length),
    ("+", DT, DAYS): add_length,
    ("+", DAYS, DT): lambda length, start: add_length(start, length),
    ("-", DT, DAYS): lambda start, length: add_length(start, -length),
    ("+", T, DAYS): add_to_time,
    ("+", DAYS, T): lambda length, start: add_to_time(start, length),
    ("-", T, DAYS): lambda start, length: add_to_time(start, -length),
    ("-", T, T): between_times,
    ("-", D, D): between,
    ("-", DT, DT): between,
    ("-", D, DT): between,
    ("-", DT, D): between,
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
    return value.copy_negate() if isinstance(value, Decimal) and value else arithmetic("-", 0, value)
