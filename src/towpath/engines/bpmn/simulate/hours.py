"""Working hours: several intervals a day, weekday by weekday, and days on which nobody works.

Moments are seconds since midnight of the plan's first day, by the clock on the wall: the nights on which clocks
change are a day like any other here.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

DAY = 86_400
_LOOK = 3_700  # days: hours that hold none in ten years hold none


@dataclass(frozen=True)
class Hours:
    """`week`: weekday (Monday is 0) -> intervals in minutes after midnight, in order. Empty: day and night."""

    week: Mapping[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def on(self, day: date) -> tuple[tuple[int, int], ...]:
        return () if day in self.holidays else self.week.get(day.weekday(), ())

    @property
    def per_day(self) -> float:
        """Seconds of an average day on which there is work."""
        days = [60 * sum(end - start for start, end in day) for day in self.week.values() if day]
        return sum(days) / len(days) if days else float(DAY)


class Clock:
    """Hours from a certain day on: worked time to time on the wall, and back. Days are laid out as needed."""

    def __init__(self, hours: Hours, first: date) -> None:
        self.hours = hours
        self.always = not hours.week
        self.day = first
        self.offset = 0.0
        self.starts: list[float] = []
        self.ends: list[float] = []
        self.worked: list[float] = []  # before each interval

    def _more(self) -> None:
        before = len(self.starts)
        for _ in range(_LOOK):
            for start, end in self.hours.on(self.day):
                done = self.worked[-1] + self.ends[-1] - self.starts[-1] if self.starts else 0.0
                self.starts.append(self.offset + start * 60)
                self.ends.append(self.offset + end * 60)
                self.worked.append(done)
            self.day += timedelta(days=1)
            self.offset += DAY
            if len(self.starts) > before + 200:
                return
        if len(self.starts) == before:
            raise ValueError("these hours end: no day in ten years on which somebody works")

    def opens(self, moment: float) -> float:
        """The first moment from this one on at which somebody works."""
        if self.always:
            return moment
        while not self.ends or self.ends[-1] <= moment:
            self._more()
        place = bisect_right(self.ends, moment)
        return max(moment, self.starts[place])

    def after(self, moment: float, seconds: float) -> float:
        """When that much has been worked, if one begins at `moment`, which lies in the hours."""
        if self.always:
            return moment + seconds
        place = bisect_right(self.starts, moment) - 1
        if moment + seconds <= self.ends[place]:
            return moment + seconds
        target = self.worked[place] + moment - self.starts[place] + seconds
        while self.worked[-1] + self.ends[-1] - self.starts[-1] < target:
            self._more()
        place = bisect_right(self.worked, target) - 1
        if self.worked[place] == target and seconds:  # done as the day before ends, not as this one begins
            place -= 1
        return self.starts[place] + target - self.worked[place]

    def between(self, start: float, end: float) -> float:
        """How much of that time lies in the hours."""
        return end - start if self.always else self._worked_until(end) - self._worked_until(start)

    def _worked_until(self, moment: float) -> float:
        while not self.ends or self.ends[-1] <= moment:
            self._more()
        place = bisect_right(self.starts, moment) - 1
        if place < 0:
            return 0.0
        return self.worked[place] + min(moment, self.ends[place]) - self.starts[place]
