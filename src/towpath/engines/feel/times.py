"""Dates, times and durations: their texts (DMN 1.5, section 10.3.2.3), arithmetic and parts.

Dates are `datetime.date`, times `time`, dates and times `datetime`, days-and-time durations `timedelta`;
years 1 to 9999. The years-and-months duration, which Python lacks, is `YearsMonths`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

_DATE = r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
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
    r"(?:(?P<seconds>[0-9]{1,13})(?P<fraction>\.[0-9]{1,12})?S)?)?"
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


def parse_date(text: str) -> date | None:
    found = _AS_DATE.fullmatch(text)
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    found = _AS_TIME.fullmatch(text)
    try:
        return _time(found) if found else None
    except ValueError:
        return None


def parse_datetime(text: str) -> datetime | None:
    """A date alone is its midnight."""
    found = _AS_DATETIME.fullmatch(text)
    try:
        if found:
            return datetime.combine(
                date(int(found["year"]), int(found["month"]), int(found["day"])), _time(found)
            )
        day = parse_date(text)
        return midnight(day) if day else None
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
    parts = {unit: int(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")}
    try:
        length = timedelta(microseconds=_microseconds(found["fraction"]), **parts)
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


def _time(found: re.Match[str]) -> time:
    return time(
        int(found["hour"]),
        int(found["minute"]),
        int(found["second"]),
        _microseconds(found["fraction"]),
        tzinfo=zone_named(found["zone"]) if found["zone"] else None,
    )


def _microseconds(fraction: str | None) -> int:
    return int((fraction or ".0")[1:7].ljust(6, "0"))


def zone_named(name: str) -> tzinfo:
    """ValueError where there is no such zone."""
    if name == "Z":
        return UTC
    if name[0] == "@":
        try:
            return ZoneInfo(name[1:])
        except (KeyError, OSError) as error:  # KeyError: no such zone; OSError: a folder of zones
            raise ValueError(name) from error
    parts = [int(part) for part in name[1:].split(":")]
    if parts[0] > 14 or any(part > 59 for part in parts[1:]):
        raise ValueError(name)
    offset = timedelta(hours=parts[0], minutes=parts[1], seconds=parts[2] if len(parts) > 2 else 0)
    return timezone(-offset if name[0] == "-" else offset)


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


def text_of_moment(value: time | datetime) -> str:
    text = value.replace(tzinfo=None).isoformat()
    if value.microsecond:
        text = text.rstrip("0")
    return text + zone_text(value.tzinfo)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - FEEL's local time has no zone


def add_months(day: date, length: YearsMonths) -> date:
    """The same day of the month, or the month's last: 31 January and a month is 28 February.

    Keeps the time of day of a `datetime`. ValueError outside the years 1 to 9999.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + length.months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def add_length(start: datetime, length: timedelta) -> datetime:
    """Elapsed time, also across a change of summer time."""
    if start.tzinfo is None:
        return start + length
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo)


def add_to_date(day: date, length: timedelta) -> date:
    return (midnight(day) + length).date()


def add_to_time(start: time, length: timedelta) -> time:
    """Round the clock: 23:00 and two hours is 01:00."""
    day = datetime.combine(date(2000, 1, 2), start)
    return (day + timedelta(seconds=length.seconds, microseconds=length.microseconds)).timetz()


def between(end: date, start: date) -> timedelta:
    """`end` less `start`. Beside a date and time, a date is its midnight in UTC (section 10.3.2.3.6).

    TypeError if one has a zone and the other none.
    """
    return _moment(end, start) - _moment(start, end)


def _moment(value: date, other: date) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value
    return midnight(value).replace(tzinfo=UTC if isinstance(other, datetime) else None)


def between_times(end: time, start: time) -> timedelta:
    day = date(2000, 1, 1)
    return between(datetime.combine(day, end), datetime.combine(day, start))


def months_between(start: date, end: date) -> YearsMonths:
    """Whole months from the day of `start` to that of `end`; times of day don't count."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        months -= 1
    elif months < 0 and end.day > start.day:
        months += 1
    return YearsMonths(months)


def _offset(value: Any) -> timedelta | None:
    offset: timedelta | None = value.utcoffset()
    return offset


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
    "month": lambda value: value.month,
    "day": lambda value: value.day,
    "weekday": lambda value: value.isoweekday(),
}
_TIME_PARTS = {
    "hour": lambda value: value.hour,
    "minute": lambda value: value.minute,
    "second": lambda value: value.second,
    "time offset": _offset,
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
    part = PARTS.get(type(value), {}).get(name)
    found = part(value) if part else None
    return Decimal(found) if isinstance(found, int) else found
