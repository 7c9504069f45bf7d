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

Way = Callable[[Sequence[int], int], float]  # the weeks so far, and how many weeks ahead (1: the next)


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


def _plain(past: Sequence[int], ahead: int) -> float:
    return float(past[-YEAR + ahead - 1] if len(past) >= YEAR else past[-1])


def _level(weeks: int) -> Way:
    return lambda past, _: mean(past[-weeks:])


def _smooth(past: Sequence[int], _: int) -> float:
    """Exponential smoothing: each week counts a fifth less than the one after it."""
    level = float(past[0])
    for value in past[1:]:
        level += 0.2 * (value - level)
    return level


def _season(past: Sequence[int], ahead: int) -> float:
    """The level of the last quarter, times how this time of the year stood out a year ago."""
    if len(past) < YEAR + 13:
        return _level(13)(past, ahead)
    then = len(past) - YEAR + ahead - 1
    around, year = past[max(0, then - 2) : then + 3], past[-YEAR:]
    usual = mean(past[max(0, len(past) - YEAR - 13) : len(past) - YEAR]) or mean(year) or 1.0
    return mean(past[-13:]) * (1 + 0.5 * (mean(around) / usual - 1))


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
    inside = ranged = 0
    used: list[float] = []
    for start in starts:
        past, coming = counts[:start], counts[start : start + ahead]
        name = _best(errors)
        for far, real in enumerate(coming, 1):
            guess = WAYS[name](past, far)
            used.append(abs(guess - real))
            before = [one[far - 1] for one in errors[name][: len(errors[name]) - far + 1] if len(one) >= far]
            if len(before) >= LEAST // 2:
                low, high = _range(guess, before)
                ranged += 1
                inside += low <= real <= high
        for each, way in WAYS.items():
            errors[each].append([real - way(past, far) for far, real in enumerate(coming, 1)])
    plain = mean(abs(one) for found in errors[PLAIN] for one in found)
    name = _best(errors) if mean(used) < plain else PLAIN
    return Volumes(
        name, tuple(_coming(name, counts, weeks[-1].start, errors[name], ahead)), ranged,
        min(mean(used), plain), plain, inside / ranged if ranged else 0.0,
    )  # fmt: skip


def _best(errors: dict[str, list[list[float]]]) -> str:
    """What was off least so far; the plain way while little is known."""
    if len(errors[PLAIN]) < 8:
        return PLAIN
    return min(errors, key=lambda name: sum(abs(one) for found in errors[name][:-1] for one in found[:4]))


def _coming(
    name: str, counts: Sequence[int], begin: datetime, errors: Sequence[list[float]], ahead: int
) -> list[Week]:
    found = []
    for far in range(1, ahead + 1):
        guess = WAYS[name](counts, far)
        low, high = _range(guess, [one[far - 1] for one in errors if len(one) >= far])
        found.append(Week(begin + timedelta(weeks=far - 1), low, max(0.0, guess), high))
    return found


def _range(guess: float, off: Sequence[float]) -> tuple[float, float]:
    """Whole cases: what lay on the edge before is in."""
    ordered, tail = sorted(off), (1 - NOMINAL) / 2
    low = ordered[max(0, int(tail * (len(ordered) + 1)) - 1)]
    high = ordered[min(len(ordered) - 1, int((1 - tail) * (len(ordered) + 1)))]
    return max(0.0, guess + low), max(0.0, guess + high)
