"""Working time: the days and hours at which a body works, several intervals a day, without its holidays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

Interval = tuple[time, time]
OFFICE: Mapping[int, tuple[Interval, ...]] = dict.fromkeys(range(5), ((time(9), time(17)),))
MOST_DAYS = 20_000  # that are looked through for one answer: more than fifty years


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """`hours`: weekday (Monday is 0) -> intervals in order, not overlapping; an end of 00:00 is midnight.

    Moments are told in the zone of `start`; an hour is an hour on the night that the clocks change.
    """

    hours: Mapping[int, tuple[Interval, ...]] = field(default_factory=lambda: OFFICE)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        for intervals in self.hours.values():
            ends = [moment for interval in intervals for moment in interval]
            if ends[-1:] == [time()]:
                ends[-1] = time.max
            if any(first >= second for first, second in pairwise(ends)):
                raise ValueError(f"the intervals {intervals} are not in order, or overlap")

    def is_working(self, day: date) -> bool:
        return bool(self.hours.get(day.weekday())) and day not in self.holidays

    def add_working_days(self, start: datetime, days: int, /) -> datetime:
        """The same hour, `days` working days later. `start` itself does not count."""
        moment = start
        for _ in range(MOST_DAYS):
            if days <= 0:
                return moment
            moment += timedelta(days=1)
            days -= self.is_working(moment.date())
        raise ValueError(f"there are not {days} more working days in the calendar")

    def add_working_time(self, start: datetime, length: timedelta, /) -> datetime:
        """When so much working time has passed since `start`."""
        left = length
        for begins, ends in self._from(start):
            begins = max(begins, start.astimezone(UTC))
            if begins < ends:
                if left <= ends - begins:
                    return (begins + left).astimezone(start.tzinfo)
                left -= ends - begins
        raise ValueError(f"there is not so much working time in the calendar: {length}")

    def _from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The working intervals from the day of `start` on, in UTC."""
        for number in range(MOST_DAYS):
            day = start.date() + timedelta(days=number)
            for begins, ends in self.hours.get(day.weekday(), ()) if self.is_working(day) else ():
                last = day + timedelta(days=ends == time())
                yield (
                    datetime.combine(day, begins, start.tzinfo).astimezone(UTC),
                    datetime.combine(last, ends, start.tzinfo).astimezone(UTC),
                )
