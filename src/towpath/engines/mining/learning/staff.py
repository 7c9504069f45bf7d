"""How many people of a unit work at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from towpath.engines.bpmn.simulate.hours import DAY
from towpath.engines.mining.learning.done import Done


def by_names(steps: Iterable[Done]) -> dict[str, int]:
    """Unit -> people seen on a day, as on nine days in ten at most. Who works for several counts for the usual one."""
    units: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, set[int]] = defaultdict(set)
    for one in steps:
        if one.resource and one.unit:
            units[one.resource][one.unit] += 1
            days[one.resource].add(int(one.end // DAY))
    there: dict[str, Counter[int]] = defaultdict(Counter)
    for person, counts in units.items():
        there[counts.most_common(1)[0][0]].update(days[person])
    return {unit: _at(0.9, sorted(counts.values())) for unit, counts in there.items()}


def at_once(spans: Iterable[tuple[float, float]]) -> int:
    """As many as were at work together, but for the busiest hundredth of the time in which there was work."""
    changes = Counter[float]()
    for start, end in spans:
        if end > start:
            changes[start] += 1
            changes[end] -= 1
    lengths, level, since = Counter[int](), 0, 0.0
    for moment, change in sorted(changes.items()):
        lengths[level] += round(moment - since) if level else 0
        level, since = level + change, moment
    beyond = 0.01 * lengths.total()
    for level in sorted(lengths, reverse=True):
        beyond -= lengths[level]
        if beyond < 0:
            return max(1, level)
    return 1


def _at(share: float, values: Sequence[int]) -> int:
    return values[min(len(values) - 1, int(share * len(values)))]
