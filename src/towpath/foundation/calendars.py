"""Working days. A body has one calendar: its weekend and its holidays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

MAX_DAYS = 20_000


@dataclass(frozen=True)
class WorkingDays:
    """`weekend` holds weekday numbers (Monday is 0); `holidays` single dates."""

    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The same hour, `days` working days later. `start` itself does not count."""
        if not 0 <= days <= MAX_DAYS:
            raise ValueError(f"A term must have between 0 and {MAX_DAYS} working days, not {days}.")
        moment = start
        while days:
            moment += timedelta(days=1)
            days -= self.is_working(moment.date())
        return moment


def body_calendar(settings: Mapping[str, Any]) -> WorkingDays:
    """The calendar in a body's settings: `weekend` (weekday numbers) and `holidays` (ISO dates)."""
    return WorkingDays(
        frozenset(settings.get("weekend", [5, 6])),
        frozenset(date.fromisoformat(day) for day in settings.get("holidays", [])),
    )
