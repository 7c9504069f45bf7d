"""Dates and times that `datetime` has no room for: years beyond 1 to 9999, and nanoseconds.

The calendar repeats after 400 years, so a far date is one of the years 2000 to 2399 and a count of such
eras. What `datetime` can hold is always a plain `datetime` value: `exact` sees to that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

ERA_YEARS, ERA_DAYS = 400, 146_097
MAX_YEAR = 999_999_999  # DMN 1.5 section 10.3.2.3.4, by way of XML Schema and Java
DAY = 86_400_000_000_000  # nanoseconds
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - FEEL's local time has no zone


@dataclass(frozen=True, slots=True)
class Exact:
    """`base` gives the kind; `era` times 400 years are added to it, and `nanos` (0 to 999) nanoseconds."""

    base: date | time
    era: int = 0
    nanos: int = 0

    @property
    def tzinfo(self) -> tzinfo | None:
        return getattr(self.base, "tzinfo", None)

    @property
    def year(self) -> int:
        assert isinstance(self.base, date)
        return self.base.year + ERA_YEARS * self.era


def exact(base: Any, era: int = 0, nanos: int = 0) -> Any:
    """The plain value where it will do; ValueError beyond MAX_YEAR."""
    if era or (isinstance(base, date) and base.year > 9999 - ERA_YEARS):
        year = base.year + ERA_YEARS * era
        if abs(year) > MAX_YEAR:
            raise ValueError(year)
        if 1 <= year <= 9999:
            base, era = base.replace(year=year), 0
    return Exact(base, era, nanos) if era or nanos else base


def parts(value: Any) -> tuple[Any, int, int]:
    """Base, era and nanoseconds of any date or time."""
    return (value.base, value.era, value.nanos) if isinstance(value, Exact) else (value, 0, 0)


def day_of(year: int, month: int, day: int) -> Any:
    """The date; ValueError if there is none."""
    if 1 <= year <= 9999:
        return date(year, month, day)
    era, rest = divmod(year - 2000, ERA_YEARS)
    return exact(date(2000 + rest, month, day), era)


def next_day(day: Any) -> Any:
    return date_of(from_ticks(ticks(day) + DAY, None))


def combined(day: Any, moment: Any) -> Any:
    """The date (of a date or a date and time) at that time."""
    base, era, _ = parts(day)
    clock, _, nanos = parts(moment)
    return exact(datetime.combine(base, clock), era, nanos)


def date_of(value: Any) -> Any:
    base, era, _ = parts(value)
    return exact(base.date(), era) if isinstance(base, datetime) else value


def time_of(value: Any) -> Any:
    """The time of a date and time; a date's is midnight in UTC (section 10.3.4.1)."""
    base, _, nanos = parts(value)
    return exact(base.timetz(), 0, nanos) if isinstance(base, datetime) else time(tzinfo=UTC)


def ticks(value: Any) -> int:
    """Nanoseconds since EPOCH, in UTC where there is a zone; a date counts from its midnight."""
    base, era, nanos = parts(value)
    if not isinstance(base, datetime):
        base = datetime(base.year, base.month, base.day)  # noqa: DTZ001
    length = base.replace(tzinfo=None) - EPOCH - (base.utcoffset() or timedelta(0))
    return (era * ERA_DAYS + length.days) * DAY + length.seconds * 10**9 + length.microseconds * 1000 + nanos


def from_ticks(count: int, zone: tzinfo | None) -> Any:
    """The date and time in that zone."""
    days, rest = divmod(count, DAY)
    era, day = divmod(days, ERA_DAYS)
    base = EPOCH + timedelta(days=day, microseconds=rest // 1000)
    if zone is not None:
        base = base.replace(tzinfo=UTC).astimezone(zone)
    return exact(base, era, rest % 1000)
