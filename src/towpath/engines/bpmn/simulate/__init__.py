"""What would happen: a process played many times over by a plan of who comes, how long things take and who works.

The semantics are those of `step`; data are replaced by chance. Everything depends on the seed, and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from towpath.engines.bpmn.model import Process
from towpath.engines.bpmn.simulate.assumed import Assumption, assumed
from towpath.engines.bpmn.simulate.chance import (
    Exponential,
    Fixed,
    LogNormal,
    Sample,
    Time,
    Triangular,
    Uniform,
)
from towpath.engines.bpmn.simulate.compare import Design, Figure, Measures, Range, figures, measure
from towpath.engines.bpmn.simulate.compiled import Compiled
from towpath.engines.bpmn.simulate.errors import PlanError
from towpath.engines.bpmn.simulate.hours import Hours
from towpath.engines.bpmn.simulate.light import Light
from towpath.engines.bpmn.simulate.plan import Arrivals, Decide, Plan, Team, Work
from towpath.engines.bpmn.simulate.reading import plan_from
from towpath.engines.bpmn.simulate.stepped import Stepped
from towpath.engines.bpmn.simulate.world import COLUMNS, Happening, World


def simulate(process: Process, plan: Plan, n: int, seed: int, *, by_step: bool = False) -> list[Happening]:
    """n cases from beginning to end, as tuples of `COLUMNS`, in the order in which things ended.

    case      1 to n, in the order of arrival
    element   a task or event that was passed (no gateways or subprocesses); the process's id for the case itself
    ready     when it could begin; for a case, when it came
    start     when somebody began to work on it
    end       when it was done, or taken away
    unit      the team that did it, "" for machines and the world
    outcome   done, cancelled (something else cut it short); of a case ended, or stuck: nothing more can happen

    Times are seconds since midnight of the plan's first day. PlanError lists all that is wrong with the plan.
    """
    world = World(Compiled(process, plan), seed)
    light = world.compiled.is_light and not by_step
    return world.run(Light(world) if light else Stepped(world), n)


def what_if(designs: Mapping[str, Design], n: int, seeds: Sequence[int]) -> list[Figure]:
    """Designs beside each other, n cases for each seed; the first one is what the others are compared with."""
    return figures(
        [
            [measure(process, plan, simulate(process, plan, n, seed)) for seed in seeds]
            for process, plan in designs.values()
        ]
    )


__all__ = [
    "COLUMNS",
    "Arrivals",
    "Assumption",
    "Decide",
    "Design",
    "Exponential",
    "Figure",
    "Fixed",
    "Happening",
    "Hours",
    "LogNormal",
    "Measures",
    "Plan",
    "PlanError",
    "Range",
    "Sample",
    "Team",
    "Time",
    "Triangular",
    "Uniform",
    "Work",
    "assumed",
    "measure",
    "plan_from",
    "simulate",
    "what_if",
]
