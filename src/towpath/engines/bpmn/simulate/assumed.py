"""What a plan leaves open, and what is taken for granted instead: to be said wherever a result is shown."""

from __future__ import annotations

from typing import Literal, NamedTuple

from towpath.engines.bpmn.model import CHOOSING, Element, Process
from towpath.engines.bpmn.simulate.compiled import Compiled
from towpath.engines.bpmn.simulate.plan import Plan

Why = Literal["at once", "nobody", "equal shares", "never", "called"]


class Assumption(NamedTuple):
    """Of one element: it takes no time, nobody's time, its flows have equal shares, it never comes, or it calls
    another process, of which only the time counts."""

    why: Why
    element: str
    name: str


def assumed(process: Process, plan: Plan) -> list[Assumption]:
    """Everything that the plan does not say of the process. PlanError if it does not fit."""
    compiled = Compiled(process, plan)
    return [
        Assumption(why, element.id, element.name)
        for element in process.elements.values()
        if (why := _why(compiled, element)) is not None
    ]


def _why(compiled: Compiled, element: Element) -> Why | None:
    plan, node = compiled.plan, compiled.nodes[element.id]
    if element.kind in CHOOSING and len(element.outgoing) > 1:
        return "equal shares" if element.id not in plan.branches and plan.decide is None else None
    if element.kind == "call":
        return "called"
    if element.id in plan.work:
        return "nobody" if element.kind in ("user", "manual") and not node.team else None
    if element.kind in ("user", "manual", "receive") or (element.kind == "catch" and element.timer is None):
        return "at once"
    if element.kind == "boundary" and element.timer is None and not element.compensation:
        inside = compiled.process.elements.get(element.attached)
        thrown = element.error is not None and inside is not None and inside.kind == "subprocess"
        return None if thrown else "never"
    return None
