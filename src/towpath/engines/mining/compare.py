"""Two populations (towns, periods, channels): what differs, by how much, and whether that is more than chance."""

from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from towpath.engines.mining import chance
from towpath.engines.mining.results import Difference

if TYPE_CHECKING:
    from towpath.engines.mining.log import Log

EDGES = 30  # of those that both have, the most frequent are compared by their times
FEWEST = 5  # values on each side


def compare(here: Log, there: Log) -> list[Difference]:
    """Durations of cases, shares of cases with an activity or with it again, times between activities.

    All p values are corrected together. The surest come first, then the largest.
    """
    found = [*_durations(here, there), *_shares(here, there), *_times(here, there)]
    corrected = chance.holm([one.p for one in found])
    found = [replace(one, p=p) for one, p in zip(found, corrected, strict=True)]
    return sorted(found, key=lambda one: (one.p, -abs(one.here - one.there), one.what))


def _durations(here: Log, there: Log) -> list[Difference]:
    ours, theirs = here.engine.lengths(here.view), there.engine.lengths(there.view)
    return [_tested("duration", "", ours, theirs)] if ours and theirs else []


def _tested(measure: str, what: str, ours: list[float], theirs: list[float]) -> Difference:
    p = chance.mann_whitney(ours, theirs)
    return Difference(
        measure, what, median(ours), median(theirs), p, "Mann-Whitney", (len(ours), len(theirs))
    )


def _shares(here: Log, there: Log) -> list[Difference]:
    ours, theirs = here.summary.cases, there.summary.cases
    if not ours or not theirs:
        return []
    found = []
    for measure, left, right in (
        ("activity", _cases_with(here), _cases_with(there)),
        ("rework", _cases_again(here), _cases_again(there)),
    ):
        for name in sorted({*left, *right}):
            one, other = left.get(name, 0), right.get(name, 0)
            p, test = chance.proportions(one, ours, other, theirs)
            found.append(Difference(measure, name, one / ours, other / theirs, p, test, (ours, theirs)))
    return found


def _cases_with(log: Log) -> dict[str, int]:
    return {one.name: one.cases for one in log.engine.activities(log.view)}


def _cases_again(log: Log) -> dict[str, int]:
    return {one.activity: one.cases for one in log.rework()}


def _times(here: Log, there: Log) -> list[Difference]:
    theirs = {(one.source, one.target) for one in there.engine.edges(there.view) if one.count >= FEWEST}
    shared = [
        one
        for one in here.engine.edges(here.view)
        if one.count >= FEWEST and (one.source, one.target) in theirs
    ]
    return [
        _tested(
            "edge",
            f"{one.source} → {one.target}",
            here.engine.gaps(here.view, one.source, one.target),
            there.engine.gaps(there.view, one.source, one.target),
        )
        for one in shared[:EDGES]
    ]
