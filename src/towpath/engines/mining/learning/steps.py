"""How long each step took and waited, put together from the ways of all cases."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from towpath.engines.bpmn.simulate import Sample
from towpath.engines.bpmn.simulate.hours import Clock
from towpath.engines.mining.learning.done import Done, came
from towpath.engines.mining.learning.ways import Way, Ways

MOST = 3_000  # variants laid along the process, the most frequent ones; the rest is told
_KEPT = 200  # values of a sample: enough for its shape


@dataclass(slots=True)
class Visits:
    """Of one element: what was done, each with the moment at which it could begin; None where the log can't say."""

    done: list[tuple[float | None, Done]] = field(default_factory=list)

    @property
    def unit(self) -> str:
        units = Counter(one.unit for _, one in self.done if one.unit)
        return min(units, key=lambda unit: (-units[unit], unit), default="")

    @property
    def starts(self) -> list[tuple[float, Done]]:
        """Those whose beginning the log has."""
        return [(one.start, one) for _, one in self.done if one.start is not None]

    @property
    def tells_work(self) -> bool:
        return 2 * len(self.starts) >= len(self.done)

    def worked(self, clock: Clock, origin: float) -> list[float]:
        """In the hours of `clock`; work that lies wholly outside of them counts as it is."""
        spans = [(start - origin, one.end - origin) for start, one in self.starts]
        return [clock.between(start, end) or end - start for start, end in spans]

    def waited(self) -> list[float]:
        return [
            max(0.0, one.start - ready)
            for ready, one in self.done
            if ready is not None and one.start is not None
        ]

    def gaps(self) -> list[float]:
        return [max(0.0, one.end - ready) for ready, one in self.done if ready is not None]


@dataclass(slots=True)
class Learnt:
    """What the ways of all cases say together. `left`: cases that were not judged; `missed`: cases by step."""

    visits: dict[str, Visits] = field(default_factory=lambda: defaultdict(Visits))
    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    strange: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    left: int = 0
    unfinished: int = 0


def collected(ways: Ways, cases: Sequence[list[Done]]) -> Learnt:
    """Each variant finds its way once, whatever the number of its cases."""
    variants: dict[tuple[str, ...], list[list[Done]]] = defaultdict(list)
    for steps in cases:
        variants[tuple(one.activity for one in steps)].append(steps)
    learnt = Learnt()
    frequent = sorted(variants.items(), key=lambda one: -len(one[1]))
    for number, (variant, alike) in enumerate(frequent):
        way = ways.way(variant) if number < MOST else None
        if way is None:
            learnt.left += len(alike)
            continue
        _add(learnt, way, alike)
    return learnt


def _add(learnt: Learnt, way: Way, alike: Sequence[list[Done]]) -> None:
    cases = len(alike)
    learnt.taken.update({flow: count * cases for flow, count in way.taken.items()})
    learnt.passed.update({element: count * cases for element, count in way.visits.items()})
    learnt.strange.update(dict.fromkeys(way.strange, cases))
    learnt.missed.update(dict.fromkeys(way.missed, cases))
    learnt.unfinished += cases * (not way.ended)
    for steps in alike:
        for place, element, after in way.passed:
            one = steps[place]
            ready: float | None = steps[after].end if after >= 0 else came(steps)
            if after < 0 and one.start is None and one.end == ready:
                ready = (
                    None  # it is the first that the log knows of the case: when it could begin is not written
                )
            learnt.visits[element].done.append((ready, one))


def sample(values: Sequence[float]) -> Sample:
    """As it was, thinned out evenly."""
    found, kept = sorted(values), min(len(values), _KEPT)
    return Sample(tuple(round(found[int((n + 0.5) * len(found) / kept)], 3) for n in range(kept)))
