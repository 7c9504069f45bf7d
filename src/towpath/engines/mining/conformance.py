"""What was done beside what was designed: each variant judged once, deviations ranked by cases and days.

Judging is `bpmn.Replayer`'s: cheapest alignments, an event or activity on one side only costs 1. Where several are
equally cheap, one is shown. The most frequent variants come first, so that what a budget leaves out is the rare ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from time import monotonic

from towpath.engines import bpmn
from towpath.engines.mining.results import Conformance, Deviation, Judged, Variant

LONGEST = 2_000  # events of a variant; the layers of an alignment grow with them
DAY = 86_400.0
_Key = tuple[str, str, str]  # kind, activity, after which


def judge(
    variants: Sequence[Variant], process: bpmn.Process, silent: Collection[str] = (), seconds: float = 30.0
) -> Conformance:
    """`silent`: activities of the model that leave no mark in the log. `seconds` bound the judging, not the answer."""
    replayer = bpmn.Replayer(process, silent=silent)
    shortest = replayer.replay(()).cost
    until = monotonic() + seconds
    judged, left = [], 0
    for one in variants:
        found = _judged(one, replayer, shortest) if monotonic() < until else None
        if found is None:
            left += one.cases
        else:
            judged.append(found)
    known = {element.name or element.id for element in process.elements.values()}
    return Conformance(
        cases=sum(one.variant.cases for one in judged),
        fitting=sum(one.variant.cases for one in judged if one.fits),
        unjudged=left,
        fitness=_mean(judged, [one.fitness for one in judged]),
        cost=_mean(judged, [float(one.cost) for one in judged]),
        unknown=tuple(sorted({name for one in variants for name in one.activities} - known)),
        deviations=tuple(_deviations(judged)),
        variants=tuple(judged),
    )


def _judged(variant: Variant, replayer: bpmn.Replayer, shortest: int | None) -> Judged | None:
    """None if it can't be told: the search was given up, or the model can never end."""
    if len(variant.activities) > LONGEST or shortest is None:
        return None
    found = replayer.replay(variant.activities)
    if found.cost is None:
        return None
    worst = len(variant.activities) + shortest  # every event alone, then the model alone on its shortest way
    fitness = 1 - found.cost / worst if worst else 1.0
    return Judged(variant, found.fits, found.cost, fitness, found.moves)


def _mean(judged: Sequence[Judged], values: Sequence[float]) -> float:
    """Over cases."""
    cases = sum(one.variant.cases for one in judged)
    total = sum(one.variant.cases * value for one, value in zip(judged, values, strict=True))
    return total / cases if cases else 0.0


def _deviations(judged: Sequence[Judged]) -> list[Deviation]:
    cases: dict[_Key, int] = defaultdict(int)
    times: dict[_Key, int] = defaultdict(int)
    seconds: dict[_Key, float] = defaultdict(float)
    for one in judged:
        keys = list(_keys(one.moves))
        for key in keys:
            times[key] += one.variant.cases
        for key in set(keys):
            cases[key] += one.variant.cases
            seconds[key] += one.variant.cases * one.variant.mean
    every = sum(one.variant.cases for one in judged)
    total = sum(one.variant.cases * one.variant.mean for one in judged)
    found = []
    for key, count in cases.items():
        rest = every - count
        longer = seconds[key] / count - (total - seconds[key]) / rest if rest else 0.0
        found.append(Deviation(_kind(key), key[1], key[2], count, times[key], longer * count / DAY))
    return sorted(found, key=lambda one: (-one.cases, -one.days, one.kind, one.activity, one.after))


def _kind(key: _Key) -> str:
    return "skipped" if key[0] == "model" else "extra"


def _keys(moves: Sequence[bpmn.Move]) -> Iterator[_Key]:
    """The moves of one side, each with the last activity that both sides did before."""
    after = ""
    for kind, activity in moves:
        if kind == "both":
            after = activity
        else:
            yield kind, activity, after
