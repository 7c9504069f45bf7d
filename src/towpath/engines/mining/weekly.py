"""How many cases will come in the next weeks? With ranges, and with how well that did on this very log.

Each way of guessing is tried on the log's own past from every week of its later half. A way is used only if it did
better than the plain one: the same week a year ago, or before there is a year the week before. Ranges: how far the
used way was off before, at the same distance (split conformal).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean

from towpath.engines.mining.results import Period

YEAR = 52
LEAST = 20  # whole weeks; below that nothing is told
NOMINAL = 0.8

Way = Callable[[Sequence[int], int], list[float]]  # the weeks so far, and how many to guess


@dataclass(frozen=True, slots=True)
class Week:
    """New cases in the week from `start`: an 80 % range and its middle."""

    start: datetime
    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Volumes:
    """`error` and `baseline`: mean absolute errors in cases a week on this log's own past; `covered` outcomes in their
    80 % range; `judged` guesses. The plain way is used where no other did better."""

    method: str
    weeks: tuple[Week, ...]
    judged: int
    error: float
    baseline: float
    covered: float


def _plain(past: Sequence[int], ahead: int) -> list[float]:
    if len(past) < YEAR:
        return [float(past[-1])] * ahead
    return [float(past[-YEAR + far]) for far in range(ahead)]


def _level(weeks: int) -> Way:
    return lambda past, ahead: [_mean(past[-weeks:])] * ahead


def _mean(counts: Sequence[int]) -> float:
    """Of whole numbers, exact as `statistics.mean` and thirty times as fast."""
    return sum(counts) / len(counts)


def _smooth(past: Sequence[int], ahead: int) -> list[float]:
    """Exponential smoothing: each week counts a fifth less than the one after it."""
    level = float(past[0])
    for value in past[1:]:
        level += 0.2 * (value - level)
    return [level] * ahead


def _season(past: Sequence[int], ahead: int) -> list[float]:
    """The level of the last quarter, times how this time of the year stood out a year ago."""
    level = _mean(past[-13:])
    if len(past) < YEAR + 13:
        return [level] * ahead
    usual = _mean(past[-YEAR - 13 : -YEAR]) or _mean(past[-YEAR:]) or 1.0
    found = []
    for then in range(len(past) - YEAR, len(past) - YEAR + ahead):
        around = past[max(0, then - 2) : then + 3]
        found.append(level * (1 + 0.5 * (_mean(around) / usual - 1)))
    return found


PLAIN = "the same week a year ago"
WAYS: dict[str, Way] = {
    PLAIN: _plain,
    "the mean of the last 4 weeks": _level(4),
    "the mean of the last 13 weeks": _level(13),
    "the mean of the last year": _level(YEAR),
    "exponential smoothing": _smooth,
    "the last quarter and the season": _season,
}


def volumes(weeks: Sequence[Period], ahead: int = 8) -> Volumes | None:
    """From `log.volumes("week")`; the last week, which is seldom whole, is not used. None if there are too few."""
    counts = [one.came for one in weeks[:-1]]
    if len(counts) < LEAST:
        return None
    starts = range(len(counts) // 2, len(counts))
    errors: dict[str, list[list[float]]] = {name: [] for name in WAYS}
    totals = dict.fromkeys(WAYS, 0.0)  # of what is known at the time of a guess
    inside = ranged = 0
    used: list[float] = []
    for start in starts:
        past, coming = counts[:start], counts[start : start + ahead]
        guesses = {each: way(past, len(coming)) for each, way in WAYS.items()}
        name = _best(errors, totals)
        for far, (guess, real) in enumerate(zip(guesses[name], coming, strict=True), 1):
            used.append(abs(guess - real))
            before = [one[far - 1] for one in errors[name][: len(errors[name]) - far + 1] if len(one) >= far]
            if len(before) >= LEAST // 2:
                low, high = _range(guess, before)
                ranged += 1
                inside += low <= real <= high
        for each in WAYS:
            for off in errors[each][-1][:4] if errors[each] else ():
                totals[each] += abs(off)
            errors[each].append([real - guess for guess, real in zip(guesses[each], coming, strict=True)])
    plain = mean(abs(one) for found in errors[PLAIN] for one in found)
    name = _best(errors, totals) if mean(used) < plain else PLAIN
    return Volumes(
        name, tuple(_coming(name, counts, weeks[-1].start, errors[name], ahead)), ranged,
        min(mean(used), plain), plain, inside / ranged if ranged else 0.0,
    )  # fmt: skip


def _best(errors: dict[str, list[list[float]]], totals: dict[str, float]) -> str:
    """What was off least so far; the plain way while little is known."""
    if len(errors[PLAIN]) < 8:
        return PLAIN
    return min(totals, key=totals.__getitem__)


def _coming(
    name: str, counts: Sequence[int], begin: datetime, errors: Sequence[list[float]], ahead: int
) -> list[Week]:
    found = []
    for far, guess in enumerate(WAYS[name](counts, ahead), 1):
        low, high = _range(guess, [one[far - 1] for one in errors if len(one) >= far])
        found.append(Week(begin + timedelta(weeks=far - 1), low, max(0.0, guess), high))
    return found


def _range(guess: float, off: Sequence[float]) -> tuple[float, float]:
    """Whole cases: what lay on the edge before is in."""
    ordered, tail = sorted(off), (1 - NOMINAL) / 2
    low = ordered[max(0, int(tail * (len(ordered) + 1)) - 1)]
    high = ordered[min(len(ordered) - 1, int((1 - tail) * (len(ordered) + 1)))]
    return max(0.0, guess + low), max(0.0, guess + high)
