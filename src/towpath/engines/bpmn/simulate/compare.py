"""What a simulation comes to, and two or more designs beside each other, over several seeds.

Every seed is a year as it might be, and each design goes through the very same years. So what differs between
them is the design; how far the years differ is the range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import NamedTuple

from towpath.engines.bpmn.model import Process
from towpath.engines.bpmn.simulate.hours import Clock
from towpath.engines.bpmn.simulate.plan import Plan
from towpath.engines.bpmn.simulate.world import Happening

WARM_UP = 0.1  # the first cases find empty desks: they are not counted


class Spread(NamedTuple):
    """Seconds."""

    mean: float
    median: float
    p90: float


class Range(NamedTuple):
    """The least, the middle and the most of several years."""

    low: float
    middle: float
    high: float


@dataclass(frozen=True, slots=True)
class Workload:
    """`busy`: the share of the hours that people were there, in which they worked. `waiting`: in the queue."""

    people: int
    hours: float
    busy: float
    waiting: Spread
    cost: float


@dataclass(frozen=True, slots=True)
class Measures:
    """One simulated run. `cycle`: from arrival to end; `waiting`: of a case in all queues. `cost`: of all work."""

    cases: int
    stuck: int
    cycle: Spread
    waiting: Spread
    teams: Mapping[str, Workload]
    cost_per_case: float


class Design(NamedTuple):
    process: Process
    plan: Plan


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of all designs: its range over the years, and how each differs from the first design.

    `name`: cycle, waiting, busy or queue, with `part` mean, median or p90; cost; stuck. `team`: of busy and queue.
    Times are in seconds, `busy` is a share, cost in the money of the plan.
    """

    name: str
    part: str
    team: str
    values: tuple[Range, ...]
    differences: tuple[Range, ...]


def measure(process: Process, plan: Plan, events: Sequence[Happening]) -> Measures:
    """What one run comes to, without its first cases."""
    cases = [event for event in events if event[1] == process.id]
    skipped = int(len(cases) * WARM_UP)
    ended = [e[4] - e[2] for e in cases if e[6] == "ended" and e[0] > skipped]
    waited: dict[int, float] = dict.fromkeys((e[0] for e in cases if e[0] > skipped), 0.0)
    by_team: dict[str, list[Happening]] = {name: [] for name in plan.teams}
    for event in events:
        if event[5]:
            by_team[event[5]].append(event)
            if event[0] in waited:
                waited[event[0]] += event[3] - event[2]
    teams = {name: _workload(plan, name, rows, skipped) for name, rows in by_team.items()}
    return Measures(
        len(cases),
        sum(event[6] == "stuck" for event in cases),
        spread(ended),
        spread(waited.values()),
        teams,
        sum(team.cost for team in teams.values()) / max(1, len(cases)),
    )


def _workload(plan: Plan, name: str, rows: Sequence[Happening], skipped: int) -> Workload:
    team = plan.teams[name]
    clock = Clock(team.hours, plan.begin)
    worked = sum(clock.between(start, end) for _, _, _, start, end, _, _ in rows if end > start)
    there = clock.between(min(row[2] for row in rows), max(row[4] for row in rows)) if rows else 0.0
    waiting = spread([start - ready for case, _, ready, start, *_ in rows if case > skipped])
    busy = worked / (there * team.people) if there else 0.0
    return Workload(team.people, worked / 3600, busy, waiting, worked / 3600 * team.cost_per_hour)


def spread(values: Iterable[float]) -> Spread:
    found = sorted(values)
    if not found:
        return Spread(0.0, 0.0, 0.0)
    return Spread(fmean(found), median(found), found[min(len(found) - 1, int(len(found) * 0.9))])


def figures(runs: Sequence[Sequence[Measures]]) -> list[Figure]:
    """Designs x seeds -> the figures of all designs beside each other."""
    collected: dict[tuple[str, str, str], list[list[float]]] = defaultdict(list)
    names = [key for run in runs for one in run[:1] for key in _values(one)]
    for key in dict.fromkeys(names):
        collected[key] = [[_values(one).get(key, 0.0) for one in run] for run in runs]
    return [
        Figure(
            *key,
            tuple(_range(values) for values in designs),
            tuple(_range([v - f for v, f in zip(values, designs[0], strict=True)]) for values in designs),
        )
        for key, designs in collected.items()
    ]


def _values(one: Measures) -> dict[tuple[str, str, str], float]:
    found = {("cycle", part, ""): value for part, value in one.cycle._asdict().items()}
    found |= {("waiting", part, ""): value for part, value in one.waiting._asdict().items()}
    for name, team in one.teams.items():
        found["busy", "mean", name] = team.busy
        found |= {("queue", part, name): value for part, value in team.waiting._asdict().items()}
    return found | {("cost", "mean", ""): one.cost_per_case, ("stuck", "", ""): float(one.stuck)}


def _range(values: Sequence[float]) -> Range:
    return Range(min(values), median(values), max(values))
