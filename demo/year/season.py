"""When things happen: seasons, office hours, how long people take."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

# Share of a year's requests by month: people move in late summer and build in spring.
SEASONS = {
    "resident-parking-permit": (9, 7, 7, 7, 7, 8, 9, 11, 13, 9, 7, 6),
    "environmental-permit": (6, 8, 12, 13, 12, 9, 6, 5, 9, 9, 7, 4),
}
OPENS, CLOSES = time(8, 45), time(16, 45)
DAY = timedelta(hours=8)  # of work


@dataclass(frozen=True)
class Hours:
    """The office hours of a town."""

    zone: ZoneInfo
    holidays: frozenset[date]

    def is_open(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def after(self, moment: datetime, work: timedelta) -> datetime:
        """The moment at which `work` hours of opening have gone by."""
        here = moment.astimezone(self.zone)
        day, left = here.date(), work
        begins = max(here, self._at(day, OPENS))
        while True:
            if self.is_open(day) and begins < (ends := self._at(day, CLOSES)):
                if begins + left <= ends:
                    return (begins + left).astimezone(UTC)
                left -= ends - begins
            day += timedelta(days=1)
            begins = self._at(day, OPENS)

    def on(self, day: date, hour: float) -> datetime:
        """That hour of a day, by the town's clocks."""
        return self._at(day, time()) + timedelta(hours=hour)

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, self.zone)


def arrivals(service: str, count: int, start: date, days: int, hours: Hours, rng: Random) -> list[date]:
    """Days on which requests begin: by season, growing a little, fewer at weekends."""
    every = [start + timedelta(days=n) for n in range(days)]
    weights = [
        SEASONS[service][day.month - 1] * (0.9 + 0.2 * n / days) * (1.0 if hours.is_open(day) else 0.35)
        for n, day in enumerate(every)
    ]
    return sorted(rng.choices(every, weights, k=count))


def spread(rng: Random, middle: float, wide: float = 0.6) -> float:
    """A time that people take: mostly about `middle`, sometimes much longer."""
    return middle * rng.lognormvariate(0, wide)


def waking_hour(rng: Random) -> float:
    """The hour at which somebody sits down at home: two peaks, at noon and after supper."""
    hour = rng.gauss(12.5, 1.5) if rng.random() < 0.4 else rng.gauss(19.8, 1.6)
    return min(max(hour, 6.5), 23.4)


def opening_hour(rng: Random) -> float:
    return rng.uniform(9, 16.3)
