"""Dates, times and durations: reading their texts, writing them, and their parts (DMN 1.5, section 10.3.2.3).

Dates are `datetime.date`, times `time`, dates and times `datetime` (or `Exact` where these have no room),
days-and-time durations `timedelta`. The years-and-months duration, which Python lacks, is `YearsMonths`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from towpath.engines.feel.exact import ERA_YEARS, Exact, combined, day_of, exact, next_day, parts, ticks

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?P<fraction>\.[0-9]{1,12})?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+/-]{1,60})?"
)
_AS_DATE = re.compile(_DATE)
_AS_TIME = re.compile(_TIME)
_AS_DATETIME = re.compile(f"{_DATE}T{_TIME}")
_MONTHS = re.compile(r"(?P<sign>-?)P(?:(?P<years>[0-9]{1,9})Y)?(?:(?P<months>[0-9]{1,9})M)?")
_DAYS = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>[0-9]{1,9})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,11})H)?(?:(?P<minutes>[0-9]{1,12})M)?"
    r"(?:(?P<seconds>[0-9]{1,13})(?P<fraction>\.[0-9]{0,12})?S)?)?"
)
MICROSECOND = timedelta(microseconds=1)
NO_TIME = timedelta(0)


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of whole months; 12 of them are a year."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        parts = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (parts or "0M")


# -- reading


def parse_date(text: str) -> Any:
    found = _AS_DATE.fullmatch(text)
    try:
        return _day(found) if found else None
    except ValueError:
        return None


def parse_time(text: str) -> Any:
    found = _AS_TIME.fullmatch(text)
    try:
        return _clock(found) if found else None
    except ValueError:
        return None


def parse_datetime(text: str) -> Any:
    """A date alone is its midnight."""
    found = _AS_DATETIME.fullmatch(text)
    try:
        if found:
            day = _day(found)
            return combined(next_day(day) if found["hour"] == "24" else day, _clock(found))
        day = parse_date(text)
        return combined(day, time()) if day else None
    except ValueError:
        return None


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    found = _MONTHS.fullmatch(text)
    if found and (found["years"] or found["months"]):
        months = int(found["years"] or 0) * 12 + int(found["months"] or 0)
        return YearsMonths(-months if found["sign"] else months)
    found = _DAYS.fullmatch(text)
    if not found or text[-1] in "PT":
        return None
    units = {unit: int(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")}
    try:
        length = timedelta(microseconds=int(_nanos(found["fraction"]) / 1000), **units)
    except OverflowError:
        return None
    return -length if found["sign"] else length


def parse_at(text: str) -> Any:
    """The value of an @-literal, or None: the texts of the four kinds can't be confused."""
    for parse in (parse_date, parse_datetime, parse_time, parse_duration):
        value = parse(text)
        if value is not None:
            return value
    return None


def _day(found: re.Match[str]) -> Any:
    return day_of(int(found["year"]), int(found["month"]), int(found["day"]))


def _clock(found: re.Match[str]) -> Any:
    micros, nanos = divmod(_nanos(found["fraction"]), 1000)
    zone = zone_named(found["zone"]) if found["zone"] else None
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    if hour == 24 and not (minute or second or micros or nanos):  # the end of the day: XML Schema 3.3.7
        hour = 0
    return exact(time(hour, minute, second, micros, tzinfo=zone), 0, nanos)


def _nanos(fraction: str | None) -> int:
    return int((fraction or ".0")[1:10].ljust(9, "0"))


def zone_named(name: str) -> tzinfo:
    """ValueError where there is no such zone."""
    if name == "Z":
        return UTC
    if name[0] == "@":
        try:
            return ZoneInfo(name[1:])
        except (KeyError, OSError) as error:  # KeyError: no such zone; OSError: a folder of zones
            raise ValueError(name) from error
    units = [int(part) for part in name[1:].split(":")]
    if units[0] > 14 or any(unit > 59 for unit in units[1:]):
        raise ValueError(name)
    offset = timedelta(hours=units[0], minutes=units[1], seconds=units[2] if len(units) > 2 else 0)
    return offset_zone(-offset if name[0] == "-" else offset)


def offset_zone(offset: timedelta) -> tzinfo:
    return timezone(offset) if offset else UTC


# -- writing


def zone_text(zone: tzinfo | None) -> str:
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    return "Z" if zone is UTC else str(zone).removeprefix("UTC")


def text_of_duration(length: timedelta) -> str:
    total = abs(length) // MICROSECOND
    days, rest = divmod(total, 86_400_000_000)
    hours, rest = divmod(rest, 3_600_000_000)
    minutes, rest = divmod(rest, 60_000_000)
    seconds = f"{Decimal(rest).scaleb(-6).normalize():f}S" if rest else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + seconds
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if length < NO_TIME else "") + "P" + (text or "T0S")


def text_of_moment(value: Any) -> str:
    """Of a date, a time, or a date and time."""
    base, era, nanos = parts(value)
    text: str = base.isoformat() if type(base) is date else base.replace(tzinfo=None).isoformat()
    if isinstance(base, date):
        year = base.year + ERA_YEARS * era
        text = f"{'-' if year < 0 else ''}{abs(year):04}" + text[4:]
        if not isinstance(base, datetime):
            return text
    if base.microsecond or nanos:
        text = text.partition(".")[0] + f".{base.microsecond * 1000 + nanos:09}".rstrip("0")
    return text + zone_text(base.tzinfo)


# -- parts


def offset_of(value: Any) -> timedelta | None:
    """The distance from UTC; that of a time in a named zone is told by the first of January 2000."""
    base = parts(value)[0]
    zone = base.tzinfo
    if zone is None:
        return None
    found: timedelta | None = zone.utcoffset(base if isinstance(base, datetime) else datetime(2000, 1, 1))  # noqa: DTZ001
    return found


def clock_ticks(value: Any) -> int:
    """Nanoseconds since midnight, in UTC where there is a zone."""
    base, _, nanos = parts(value)
    plain = combined(date(2000, 1, 1), base.replace(tzinfo=None))
    return ticks(plain) + nanos - (offset_of(value) or NO_TIME) // MICROSECOND * 1000


def _zone(value: Any) -> str | None:
    return zone_text(value.tzinfo).lstrip("@") or None


def _unit(microseconds: int, size: int | None) -> Any:
    """How many of that unit, less what the next larger unit took; the sign goes with each part."""

    def part(length: timedelta) -> int:
        total = abs(length) // MICROSECOND // microseconds
        count = total % size if size else total
        return -count if length < NO_TIME else count

    return part


_DATE_PARTS = {
    "year": lambda value: value.year,
    "month": lambda value: parts(value)[0].month,
    "day": lambda value: parts(value)[0].day,
    "weekday": lambda value: parts(value)[0].isoweekday(),
}
_TIME_PARTS = {
    "hour": lambda value: parts(value)[0].hour,
    "minute": lambda value: parts(value)[0].minute,
    "second": lambda value: parts(value)[0].second,
    "time offset": offset_of,
    "timezone": _zone,
}
PARTS: dict[type, dict[str, Any]] = {
    date: _DATE_PARTS,
    datetime: _DATE_PARTS | _TIME_PARTS,
    time: _TIME_PARTS,
    timedelta: {
        "days": _unit(86_400_000_000, None),
        "hours": _unit(3_600_000_000, 24),
        "minutes": _unit(60_000_000, 60),
        "seconds": _unit(1_000_000, 60),
    },
    YearsMonths: {
        "years": lambda value: int(value.months / 12),
        "months": lambda value: abs(value.months) % 12 * (-1 if value.months < 0 else 1),
    },
}


def part_of(value: Any, name: str) -> Any:
    """A named part such as `year`, as a number; None where the value has none of that name."""
    what = type(value.base) if isinstance(value, Exact) else type(value)
    part = PARTS.get(what, {}).get(name)
    found = part(value) if part else None
    return Decimal(found) if isinstance(found, int) else found
