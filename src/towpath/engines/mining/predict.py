"""How much longer will a case take? From cases like it, with a range, and with how well that did on this very log.

Backtest: the log is gone through in blocks of time. At the beginning of each, only what was known by then is used:
cases that were still open count as open (Kaplan and Meier). The ranges of a block are set by how the predictions of
the blocks before came out (conformal prediction on the probability integral transform, after Chernozhukov, Wüthrich
and Zhu 2021). A model is used only as long as it did better so far than the plain median by last step.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from towpath.engines.mining import closing
from towpath.engines.mining.closing import Closing
from towpath.engines.mining.results import Path
from towpath.engines.mining.survival import Curve

NOMINAL = 0.8
BLOCKS, WARM = 14, 5  # blocks of time after the first third of the log; those that only warm up
MEMORY = 4  # blocks whose outcomes set the next block's ranges
GAIN = 1.5  # how strongly ranges that were too wide or too narrow are made up for
FEWEST = 20  # like cases; below that, less alike ones are taken
JUDGED = 100  # predictions whose outcome is known; below that no backtest is told
BASELINE = "median by last step"


@dataclass(frozen=True, slots=True)
class Backtest:
    """On this log's own past. Errors are mean absolute errors in seconds; `covered` is the share of outcomes that lay
    in their 80 % range. `judged`: predictions whose outcome is known."""

    judged: int
    error: float
    baseline: float
    covered: float


@dataclass(frozen=True, slots=True)
class Remaining:
    """Seconds until a case is over: an 80 % range, its middle, and from how many like moments that is known."""

    low: float
    middle: float
    high: float
    like: int


@dataclass(frozen=True, slots=True)
class _Moment:
    """A case at one of its events, the last one excepted. `end`: its last event."""

    case: int
    time: float
    end: float
    keys: tuple[Hashable, ...]


# Ways in which cases are alike; the more the later. Each falls back on the first.
_ALIKE = ("last step", "last two steps", "last step and age", "last step and number of steps")
_Candidate = tuple[int, bool]  # which likeness, and whether only the later half of the past is used
_CANDIDATES: tuple[_Candidate, ...] = ((0, False), (0, True), (1, False), (1, True), (2, True), (3, True))


def _named(candidate: _Candidate | None) -> str:
    if candidate is None:
        return BASELINE
    return f"cases alike in {_ALIKE[candidate[0]]}{', the later half' if candidate[1] else ''}"


class _Model:
    """Curves of what is known at a time. `end` of a case that is open then is not used."""

    def __init__(self, known: Sequence[tuple[_Moment, bool]], now: float) -> None:
        self.curves: dict[tuple[int, bool, Hashable], Curve] = {}
        half = known[len(known) // 2][0].time if known else 0.0
        pairs = [
            (moment, (moment.end - moment.time, True) if over else (now - moment.time, False))
            for moment, over in known
        ]
        later = [pair for pair in pairs if pair[0].time >= half]
        self.groups = {one: _grouped(later if one[1] else pairs, one[0]) for one in _CANDIDATES}
        self.pairs = pairs
        self.seen: dict[Hashable, list[float]] = defaultdict(list)
        for moment, (length, over) in pairs:
            if over:
                self.seen[moment.keys[0]].append(length)
        self.medians: dict[Hashable, float] = {}
        every = [value for values in self.seen.values() for value in values]
        self.usual = median(every) if every else 0.0

    @cached_property
    def whole(self) -> Curve:
        return Curve(pair for _, pair in self.pairs)

    def baseline(self, keys: Sequence[Hashable]) -> float:
        key = keys[0]
        if key not in self.medians:
            self.medians[key] = median(self.seen[key]) if self.seen.get(key) else self.usual
        return self.medians[key]

    def curve(self, candidate: _Candidate, keys: Sequence[Hashable]) -> Curve:
        for likeness in (candidate, (0, candidate[1]), (0, False)):
            key = keys[likeness[0]]
            group = self.groups[likeness].get(key, ())
            if len(group) >= FEWEST:
                curve = self.curves.get((*likeness, key))
                if curve is None:
                    curve = self.curves[(*likeness, key)] = Curve(group)
                return curve
        return self.whole


def _grouped(
    pairs: Iterable[tuple[_Moment, tuple[float, bool]]], likeness: int
) -> dict[Hashable, list[tuple[float, bool]]]:
    groups: dict[Hashable, list[tuple[float, bool]]] = defaultdict(list)
    for moment, pair in pairs:
        groups[moment.keys[likeness]].append(pair)
    return groups


@dataclass(slots=True)
class _Made:
    """A prediction, and where on each candidate's curve the outcome was bound to lie. `off`: by how much each missed."""

    moment: _Moment
    baseline: float
    curves: tuple[Curve, ...]
    off: tuple[float, ...]
    low: float = 0.0
    middle: float = 0.0
    high: float = 0.0


class Forecast:
    """What is known of a log, ready to be asked about single cases."""

    def __init__(self, paths: Sequence[Path], most: int = 20_000) -> None:
        """`most`: moments that are looked at; of a larger log they are chosen evenly."""
        ordered = sorted(paths, key=lambda path: path.times[0])
        self.now = max((path.times[-1] for path in ordered), default=0.0)
        times = sorted(time for path in ordered for time in path.times)
        starts = _starts(times)
        self.closing: Closing = closing.learn(ordered, starts[0] if starts else None)
        self.moments, self.last = _moments(ordered, most), [path.activities[-1] for path in ordered]
        self.made: list[list[_Made]] = []
        self.chosen: list[_Candidate | None] = []
        self.backtest = self._backtest(starts)
        self.model = self._model(self.now)
        self.candidate = self._best(self.made) if self.backtest else None
        if self.backtest and self.backtest.error >= self.backtest.baseline:
            self.candidate = None
        self.levels = self._levels(self.candidate or (0, False), self.made, self.now)

    @property
    def method(self) -> str:
        """Which way of predicting is used: the one that did best, and better than the plain one."""
        return _named(self.candidate)

    def remaining(self, activities: Sequence[str], times: Sequence[float], now: float) -> Remaining | None:
        """Of a case with these steps so far that is still open at `now`; None if too few like cases are known."""
        keys = _keys(activities, times, len(activities) - 1)
        candidate = self.candidate or (0, False)
        curve = self.model.curve(candidate, keys)
        if curve.size < FEWEST:
            return None
        waited = max(0.0, now - times[-1])
        low, high = self.levels
        middle = curve.at(0.5, waited) if self.candidate else max(self.model.baseline(keys), waited)
        ends = curve.at(low, waited), curve.at(high, waited)
        return Remaining(
            min(ends[0], middle) - waited, middle - waited, max(ends[1], middle) - waited, curve.size
        )

    # Backtest

    def _is_over(self, moment: _Moment, now: float) -> bool:
        return moment.end <= now and self.closing.is_over(self.last[moment.case], now - moment.end)

    def _model(self, now: float) -> _Model:
        at = bisect_right(self.moments, now, key=lambda one: one.time)
        return _Model([(one, self._is_over(one, now)) for one in self.moments[:at]], now)

    def _backtest(self, starts: Sequence[float]) -> Backtest | None:
        for number, start in enumerate(starts):
            end = starts[number + 1] if number + 1 < len(starts) else self.now + 1
            block = [one for one in self.moments if start <= one.time < end]
            model, best = self._model(start), self._best(self.made, start)
            levels = self._levels(best or (0, False), self.made, start)
            self.chosen.append(best)
            self.made.append([self._predicted(one, model, best, levels) for one in block])
        return self._told()

    def _predicted(
        self, one: _Moment, model: _Model, best: _Candidate | None, levels: tuple[float, float]
    ) -> _Made:
        curves = tuple(model.curve(candidate, one.keys) for candidate in _CANDIDATES)
        plain = model.baseline(one.keys)
        curve = curves[_CANDIDATES.index(best or (0, False))]
        middle = plain if best is None else curve.at(0.5)
        low, high = curve.at(levels[0]), curve.at(levels[1])
        real = one.end - one.time
        off = tuple(abs(each.at(0.5) - real) for each in curves)
        return _Made(one, plain, curves, off, min(low, middle), middle, max(high, middle))

    def _best(self, made: Sequence[list[_Made]], now: float | None = None) -> _Candidate | None:
        """The candidate with the least error on what had come out by `now`, or None for the plain median."""
        now = self.now if now is None else now
        known = [one for block in made for one in block if self._is_over(one.moment, now)]
        if len(known) < JUDGED:
            return None
        plain = sum(abs(one.baseline - (one.moment.end - one.moment.time)) for one in known)
        errors = [sum(one.off[number] for one in known) for number in range(len(_CANDIDATES))]
        least = min(range(len(errors)), key=lambda number: errors[number])
        return _CANDIDATES[least] if errors[least] < plain else None

    def _levels(self, candidate: _Candidate, made: Sequence[list[_Made]], now: float) -> tuple[float, float]:
        """Where on the curves a tenth of the late outcomes lay below; and above what, so that a fifth lay outside."""
        number = _CANDIDATES.index(candidate)
        lower, upper = [], []
        for one in (one for block in made[-MEMORY:] for one in block):
            over = self._is_over(one.moment, now)
            length = (one.moment.end if over else now) - one.moment.time
            lower.append((one.curves[number].upto(length), over))
            upper.append((one.curves[number].below(length), over))
        if len(lower) < JUDGED:
            return (1 - NOMINAL) / 2, (1 + NOMINAL) / 2
        # What was too wide or too narrow so far is made up for (after Gibbs and Candès 2021).
        known, inside = self._covered(made[-MEMORY:], now)
        wanted = NOMINAL + GAIN * (NOMINAL - inside / known if known >= JUDGED else 0.0)
        wanted = min(0.95, max(0.6, wanted))
        below = Curve(lower)
        low = below.at((1 - wanted) / 2)
        # Where many outcomes are alike fewer than a tenth lie below: then more may lie above.
        return low, Curve(upper).at(min(1.0, wanted + below.below(low)))

    def _covered(self, made: Sequence[list[_Made]], now: float) -> tuple[int, int]:
        """How many outcomes are known, and how many of them lay in their range. Who has outlasted it lies outside."""
        known = inside = 0
        for one in (one for block in made for one in block):
            if self._is_over(one.moment, now):
                known += 1
                inside += one.low <= one.moment.end - one.moment.time <= one.high
            elif now - one.moment.time > one.high:
                known += 1
        return known, inside

    def _told(self) -> Backtest | None:
        counted = [one for block in self.made[WARM:] for one in block]
        known = [one for one in counted if self._is_over(one.moment, self.now)]
        if len(known) < JUDGED:
            return None
        truth = [one.moment.end - one.moment.time for one in known]
        judged, inside = self._covered(self.made[WARM:], self.now)
        error = sum(abs(one.middle - real) for one, real in zip(known, truth, strict=True)) / len(known)
        plain = sum(abs(one.baseline - real) for one, real in zip(known, truth, strict=True)) / len(known)
        return Backtest(judged, min(error, plain), plain, inside / judged)


def _starts(times: Sequence[float]) -> list[float]:
    """When the blocks begin: after a third of the events, then evenly by events."""
    if not times:
        return []
    first = len(times) // 3
    step = (len(times) - first) / BLOCKS
    return sorted({times[min(len(times) - 1, int(first + number * step))] for number in range(BLOCKS)})


def _moments(paths: Sequence[Path], most: int) -> list[_Moment]:
    count = sum(len(path.times) - 1 for path in paths)
    every = max(1, -(-count // most))
    found: list[_Moment] = []
    number = 0
    for case, path in enumerate(paths):
        for at in range(len(path.times) - 1):
            number += 1
            if number % every == 0:
                found.append(
                    _Moment(case, path.times[at], path.times[-1], _keys(path.activities, path.times, at))
                )
    return sorted(found, key=lambda one: one.time)


def _keys(activities: Sequence[str], times: Sequence[float], at: int) -> tuple[Hashable, ...]:
    """By what a case is like others, in the order of `_ALIKE`. Ages and numbers of steps are taken in powers of two."""
    step = activities[at]
    before = activities[at - 1] if at else ""
    age = int((times[at] - times[0]) / 43_200.0).bit_length()
    return step, (before, step), (step, age), (step, (at + 1).bit_length())
