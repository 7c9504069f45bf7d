"""Functions on dates, times and durations (DMN 1.5, tables 73, 79 and 82)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel import times
from towpath.engines.feel.exact import combined, date_of, day_of, exact, parts, time_of
from towpath.engines.feel.functions import function
from towpath.engines.feel.limits import Scope
from towpath.engines.feel.operations import months_between
from towpath.engines.feel.times import YearsMonths
from towpath.engines.feel.values import kind, whole

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@function("date", "from: string or date or date and time")
def _date_from(value: Any) -> Any:
    return times.parse_date(value) if isinstance(value, str) else date_of(value)


@function("date", "year: number", "month: number", "day: number")
def _date(year: Decimal, month: Decimal, day: Decimal) -> Any:
    return day_of(whole(year), whole(month), whole(day))


@function("date and time", "from: string or date or date and time")
def _datetime_from(value: Any) -> Any:
    if isinstance(value, str):
        return times.parse_datetime(value)
    return value if kind(value) == "date and time" else combined(value, time())


@function("date and time", "date: date or date and time", "time: time")
def _datetime(day: Any, moment: Any) -> Any:
    return combined(day, moment)


_PARTS = ("year: number", "month: number", "day: number", "hour: number", "minute: number", "second: number")


@function("date and time", *_PARTS)
def _datetime_of_parts(*numbers: Decimal) -> Any:
    return combined(day_of(*map(whole, numbers[:3])), _clock(numbers[3], numbers[4], numbers[5]))


@function("date and time", *_PARTS, "offset: days and time duration")
def _datetime_at_offset(*given: Any) -> Any:
    return combined(day_of(*map(whole, given[:3])), _clock(given[3], given[4], given[5], given[6]))


@function("date and time", *_PARTS, "timezone: string or days and time duration")
def _datetime_in_zone(*given: Any) -> Any:
    if isinstance(given[6], timedelta):
        return _datetime_at_offset(*given)
    base, _, nanos = parts(_clock(given[3], given[4], given[5]))
    zone = times.zone_named("Z" if given[6] == "Z" else "@" + given[6])
    return combined(day_of(*map(whole, given[:3])), exact(base.replace(tzinfo=zone), 0, nanos))


def _clock(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None = None) -> Any:
    zone = None if offset is None else times.offset_zone(offset)
    if not 0 <= second < 60:
        raise ValueError("there is no such second")
    count = int((Decimal(second) - int(second)) * 10**9)
    base = time(whole(hour), whole(minute), int(second), count // 1000, tzinfo=zone)
    return exact(base, 0, count % 1000)


@function("time", "from: string or time or date or date and time")
def _time_from(value: Any) -> Any:
    if isinstance(value, str):
        return times.parse_time(value)
    return value if kind(value) == "time" else time_of(value)


@function("time", "hour: number", "minute: number", "second: number", "offset?: days and time duration")
def _time(hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | None) -> Any:
    return _clock(hour, minute, second, offset)


@function("duration", "from: string or days and time duration or years and months duration")
def _duration(value: Any) -> Any:
    return times.parse_duration(value) if isinstance(value, str) else value


@function("years and months duration", "from: date or date and time", "to: date or date and time")
def _years_and_months_duration(start: Any, end: Any) -> YearsMonths:
    return months_between(start, end)


@function("today", scoped=True)
def _today(scope: Scope) -> Any:
    return scope.get("__today")


@function("now", scoped=True)
def _now(scope: Scope) -> Any:
    return scope.get("__now")


@function("day of year", "date: date or date and time")
def _day_of_year(value: Any) -> Decimal:
    return Decimal(parts(value)[0].timetuple().tm_yday)


@function("day of week", "date: date or date and time")
def _day_of_week(value: Any) -> str:
    return _DAYS[parts(value)[0].weekday()]


@function("month of year", "date: date or date and time")
def _month_of_year(value: Any) -> str:
    return _MONTHS[parts(value)[0].month - 1]


@function("week of year", "date: date or date and time")
def _week_of_year(value: Any) -> Decimal:
    """By ISO 8601: the first week is that with the year's first Thursday."""
    return Decimal(parts(value)[0].isocalendar().week)


@function("is", "value1?", "value2?")
def _is(left: Any, right: Any) -> bool:
    """The same kind and the same in each part: 12:00Z is not 13:00+01:00 (table 79)."""
    if kind(left) != kind(right):
        return False
    one, other = parts(left), parts(right)
    if one[1:] != other[1:]:
        return False
    if isinstance(one[0], datetime | time):
        return _parts_of(one[0]) == _parts_of(other[0])
    return bool(one[0] == other[0])


def _parts_of(value: datetime | time) -> tuple[Any, ...]:
    return value.replace(tzinfo=None), times.zone_text(value.tzinfo)
