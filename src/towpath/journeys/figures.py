"""Figures as people use them: shares, means, times and costs, worked out from sums. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from towpath.journeys.sums import quantile

TIMES = frozenset({"resolution", "ours"})


@dataclass
class Figures:
    """Sums over some requests. A share is None where there is nothing to take a share of."""

    sums: Counter[str] = field(default_factory=Counter)
    times: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, measure: str, bucket: int, value: int) -> None:
        if measure in TIMES:
            self.times[measure][bucket] += value
        else:
            self.sums[measure] += value

    def share(self, part: str, whole: str) -> float | None:
        return self.sums[part] / self.sums[whole] if self.sums[whole] else None

    def time(self, measure: str, share: float) -> timedelta | None:
        """The time that `share` of the requests don't exceed."""
        return quantile(self.times[measure], share)

    @property
    def median(self) -> timedelta | None:
        return self.time("resolution", 0.5)

    @property
    def p90(self) -> timedelta | None:
        return self.time("resolution", 0.9)

    @property
    def completion(self) -> float | None:
        return self.share("sent", "begun")

    @property
    def still_open_drafts(self) -> int:
        return self.sums["begun"] - self.sums["sent"] - self.sums["given-up"]

    @property
    def satisfaction(self) -> float | None:
        return self.share("satisfied", "rated")

    @property
    def response_rate(self) -> float | None:
        return self.share("rated", "resolved")

    @property
    def mean_score(self) -> float | None:
        return self.share("score", "rated")

    @property
    def digital(self) -> float | None:
        sent = self.sums["submitted"]
        return (self.sums["self-service"] + self.sums["assisted-digital"]) / sent if sent else None

    @property
    def deadline_kept(self) -> float | None:
        return self.share("deadline-kept", "with-deadline")

    @property
    def automatic(self) -> float | None:
        return self.share("automatic", "decided")

    @property
    def handovers(self) -> float | None:
        return self.share("handovers", "resolved")

    @property
    def contacts(self) -> float | None:
        """Letters, e-mails and calls for each request sent."""
        sent = self.sums["submitted"]
        spoken = self.sums["letters"] + self.sums["emails"] + self.sums["calls"]
        return spoken / sent if sent else None


def together(many: Iterable[Figures]) -> Figures:
    total = Figures()
    for one in many:
        total.sums.update(one.sums)
        for measure, buckets in one.times.items():
            total.times[measure].update(buckets)
    return total


@dataclass(frozen=True)
class Prices:
    """What one request costs in each channel, as the body has set it."""

    currency: str
    of_channel: Mapping[str, Decimal]


@dataclass(frozen=True)
class Cost:
    """What `priced` requests cost together. `unpriced` came through channels that have no price."""

    total: Decimal
    priced: int
    unpriced: Mapping[str, int]

    @property
    def each(self) -> Decimal | None:
        return self.total / self.priced if self.priced else None


def cost(sent: Mapping[str, int], prices: Prices) -> Cost:
    """`sent`: channel -> number of requests."""
    priced = {channel: n for channel, n in sent.items() if n and channel in prices.of_channel}
    total = sum((prices.of_channel[channel] * n for channel, n in priced.items()), Decimal(0))
    unpriced = {channel: n for channel, n in sent.items() if n and channel not in priced}
    return Cost(total, sum(priced.values()), unpriced)


@dataclass(frozen=True)
class Period:
    """Whole months, from the first of `first` to before the first of `until`. `key` names it in addresses."""

    key: str
    first: date
    until: date

    @property
    def months(self) -> list[date]:
        found, at = [], self.first
        while at < self.until:
            found.append(at)
            at = months_later(at, 1)
        return found


def months_later(first: date, by: int) -> date:
    at = first.year * 12 + first.month - 1 + by
    return date(at // 12, at % 12 + 1, 1)


LATEST = "12-months"


def period(key: str, today: date) -> Period:
    """`2026`, `2026-Q3`, `2026-09`; anything else gives the last twelve months, the current one included."""
    here = today.replace(day=1)
    year, _, part = key.partition("-")
    if not (year.isdecimal() and len(year) == 4 and year.isascii() and 1 < int(year) < 9999):
        return Period(LATEST, months_later(here, -11), months_later(here, 1))
    if not part:
        return Period(key, date(int(year), 1, 1), date(int(year) + 1, 1, 1))
    if part in {"Q1", "Q2", "Q3", "Q4"}:
        first = date(int(year), 3 * int(part[1]) - 2, 1)
        return Period(key, first, months_later(first, 3))
    if part in {f"{n:02}" for n in range(1, 13)}:
        first = date(int(year), int(part), 1)
        return Period(key, first, months_later(first, 1))
    return period("", today)


def periods(earliest: date, today: date) -> list[str]:
    """The keys to choose from: the last twelve months, then years, quarters and months, newest first."""
    here = today.replace(day=1)
    first = max(earliest.replace(day=1), months_later(here, -35))
    known = [months_later(here, -n) for n in range(36) if months_later(here, -n) >= first]
    years = dict.fromkeys(f"{m.year}" for m in known)
    quarters = dict.fromkeys(f"{m.year}-Q{(m.month + 2) // 3}" for m in known)
    return [LATEST, *years, *list(quarters)[:8], *[f"{m:%Y-%m}" for m in known[:12]]]
