"""A process and a plan put together, so that a case finds all it needs in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from towpath.engines.bpmn import timers
from towpath.engines.bpmn.commands import Env
from towpath.engines.bpmn.model import ACTIVITIES, CHOOSING, Element, Fixed, Flow, Process, Timer
from towpath.engines.bpmn.simulate.chance import key, pick, uniform
from towpath.engines.bpmn.simulate.errors import PlanError
from towpath.engines.bpmn.simulate.plan import Plan, Work

Due = Callable[[float], float]
"""From the moment at which a timer is set, when it fires; both in seconds since the plan's first midnight."""

_LIGHT = frozenset(
    {
        "start",
        "end",
        "throw",
        "catch",
        "boundary",
        *(ACTIVITIES - {"call"}),
        "exclusive",
        "parallel",
        "inclusive",
        "event",
    }
)
_NO_MATTER = frozenset(
    {
        "id", "name", "kind", "line", "scope", "incoming", "outgoing", "default", "boundaries", "attached",
        "interrupting", "timer", "message", "error", "terminate", "task", "value", "result", "inputs",
        "outputs", "many", "properties", "before", "direction",
    }
)  # fmt: skip
_MANY = frozenset({"collection", "item", "output", "output_value", "cardinality"})
_TIMER = frozenset({"how", "value", "working_days"})


class Weekdays:
    """The plan's calendar of working days: Monday to Friday without its holidays."""

    def __init__(self, plan: Plan) -> None:
        self.holidays = plan.holidays

    def add_working_days(self, start: datetime, days: int, /) -> datetime:
        while days:
            start += timedelta(days=1)
            days -= start.weekday() < 5 and start.date() not in self.holidays
        return start


class Node:
    """One element, ready to be walked through."""

    __slots__ = (
        "boundaries", "due", "element", "flows", "gateway", "id", "join", "key", "kind", "out", "repeats",
        "shares", "starts", "takes", "targets", "team", "work",
    )  # fmt: skip

    def __init__(self, element: Element, compiled: Compiled) -> None:
        self.element = element
        self.id = element.id
        self.kind: str = element.kind
        self.key = key(element.id)
        self.work: Work = compiled.plan.work.get(element.id, Work())
        self.takes = self.work.takes.at
        self.team = compiled.team_of(element)
        self.flows: tuple[Flow, ...] = tuple(element.outgoing)
        self.shares: tuple[float, ...] = compiled.shares_of(element)
        self.join = element.kind in ("parallel", "inclusive") and len(element.incoming) > 1
        self.gateway = element.kind in ("exclusive", "inclusive") and len(element.outgoing) > 1
        self.due, self.repeats = compiled.due_of(element)
        self.out: tuple[tuple[Node, str], ...] = ()
        self.targets: tuple[Node, ...] = ()
        self.boundaries: tuple[Node, ...] = ()
        self.starts: tuple[Node, ...] = ()


class Compiled:
    def __init__(self, process: Process, plan: Plan) -> None:
        self.process = process
        self.plan = plan
        self.problems: list[str] = []
        self.midnight = datetime.combine(plan.begin, time(), UTC)
        self.calendar = Weekdays(plan)
        self._check_names()
        self.nodes = {name: Node(element, self) for name, element in process.elements.items()}
        for node in self.nodes.values():
            node.out = tuple((self.nodes[flow.target], flow.id) for flow in node.flows)
            node.targets = tuple(target for target, _ in node.out)
            node.boundaries = tuple(self.nodes[event.id] for event in node.element.boundaries)
            node.starts = tuple(self.nodes[start.id] for start in process.starts(node.id))
        if self.problems:
            raise PlanError(self.problems)
        self.start = self._start()

    @property
    def is_light(self) -> bool:
        """Whether the process holds only what the light play knows; `step` plays the others."""
        return all(
            not list(_unknown(element)) and (element.kind != "subprocess" or self.nodes[element.id].starts)
            for element in self.process.elements.values()
        )

    def env(self, moment: float) -> Env:
        return Env(self.midnight + timedelta(seconds=moment), UTC, self.calendar, lambda name, inputs: None)

    def _start(self) -> Node:
        starts = self.process.starts()
        return self.nodes[next((s for s in starts if s.message is None and s.timer is None), starts[0]).id]

    def _check_names(self) -> None:
        """Everything that the plan names must be there."""
        elements, plan = self.process.elements, self.plan
        for where, names in (("work", plan.work), ("branches", plan.branches)):
            for name in names:
                if name not in elements:
                    self.problems.append(f"{where}.{name}: the process has no element '{name}'")
        for name, work in plan.work.items():
            if work.team and work.team not in plan.teams:
                known = ", ".join(sorted(plan.teams)) or "none"
                self.problems.append(f"work.{name}.team: there is no team '{work.team}'; there are: {known}")

    def team_of(self, element: Element) -> str:
        """The plan's team, else the model's, if the plan has people for it. Machines need no team."""
        if element.id in self.plan.work:
            return self.plan.work[element.id].team
        groups = element.task.groups
        names = groups.text.split(",") if isinstance(groups, Fixed) else []
        return next((name.strip() for name in names if name.strip() in self.plan.teams), "")

    # Ways

    def shares_of(self, element: Element) -> tuple[float, ...]:
        """Of an exclusive gateway cumulated shares, of an inclusive one the chance of each flow."""
        if element.kind not in CHOOSING or len(element.outgoing) < 2:
            return ()
        given = dict(self.plan.branches.get(element.id, {}))
        known = {flow.target: flow.id for flow in element.outgoing} | {f.id: f.id for f in element.outgoing}
        for name in given.keys() - known.keys():
            right = ", ".join(flow.id for flow in element.outgoing)
            self.problems.append(f"branches.{element.id}.{name}: no flow leaves there; it has: {right}")
        shares = {known[name]: share for name, share in given.items() if name in known}
        if element.kind != "exclusive":
            default = {element.default: 0.0}
            return tuple(shares.get(flow.id, default.get(flow.id, 0.5)) for flow in element.outgoing)
        return tuple(accumulate(self._exclusive(element, shares)))

    def _exclusive(self, element: Element, shares: Mapping[str, float]) -> Iterator[float]:
        """Flows without a share divide what is left of 1."""
        total, missing = sum(shares.values()), [f for f in element.outgoing if f.id not in shares]
        if total > 1.001 or (not missing and total < 0.999):
            self.problems.append(f"branches.{element.id}: the shares add up to {total:g}; they must make 1")
        for flow in element.outgoing:
            yield shares.get(flow.id, max(0.0, 1 - total) / max(1, len(missing)))

    def choose(self, node: Node, case: int, seed: int, visit: int) -> list[int]:
        """Which of the outgoing flows are taken, by their numbers, at a gateway where there is a choice."""
        if self.plan.decide is not None and (said := self.plan.decide(node.id, case, visit)) is not None:
            wanted = {said} if isinstance(said, str) else set(said)
            chosen = [number for number, flow in enumerate(node.flows) if flow.id in wanted]
            if not chosen:
                raise PlanError([f"decide('{node.id}', {case}, {visit}): no flow {said!r} leaves there"])
            return chosen
        if node.kind == "exclusive":
            return [pick(node.shares, uniform(seed, node.key, visit))]
        chosen = [
            number
            for number, share in enumerate(node.shares)
            if uniform(seed, node.key + (number + 1 << 10), visit) < share
        ]
        default = [number for number, flow in enumerate(node.flows) if flow.id == node.element.default]
        return chosen or default or [max(range(len(node.shares)), key=node.shares.__getitem__)]

    # Times

    def due_of(self, element: Element) -> tuple[Due | None, int]:
        """When a timer fires, and how often: -1 is without end. The plan's time goes before the model's."""
        timer = element.timer
        if timer is None or element.id in self.plan.work:
            return None, 1
        try:
            value = timer.value({"__now": self.midnight, "__today": self.midnight.date()})
            return self._due(timer, value), self._repeats(timer, value)
        except Exception:
            right = f"its time depends on the case; say under work.{element.id} how long it takes"
            self.problems.append(f"work.{element.id}: the timer '{element.name or element.id}': {right}")
            return None, 1

    def _due(self, timer: Timer, value: Any) -> Due:
        if timer.how == "date":
            moment = (timers.at(value, self.env(0)) - self.midnight).total_seconds()
            return lambda now: max(now, moment)
        duration = timers.read_cycle(str(value))[1] if timer.how == "cycle" else value
        timers.after(duration, self.env(0), working_days=timer.working_days)
        plain = timers.read_duration(duration) if isinstance(duration, str) else duration
        if isinstance(plain, timers.Duration) and not plain.months and not timer.working_days:
            seconds = plain.days * 86_400 + plain.exact.total_seconds()
            return lambda now: now + seconds

        def due(now: float) -> float:
            fires = timers.after(duration, self.env(now), working_days=timer.working_days)
            return (fires - self.midnight).total_seconds()

        return due

    def _repeats(self, timer: Timer, value: Any) -> int:
        if timer.how != "cycle":
            return 1
        times = timers.read_cycle(str(value))[0]
        return -1 if times is None else times


def _unknown(element: Element) -> Iterator[str]:
    """What of an element the light play has never heard of, and is not as it is by default."""
    if element.kind not in _LIGHT:
        yield element.kind
    if element.kind not in ("exclusive", "inclusive") and any(f.condition for f in element.outgoing):
        yield "conditional flows"
    yield from _set(element, _NO_MATTER)
    if element.many is not None:
        yield from _set(element.many, _MANY)
    if element.timer is not None:
        yield from _set(element.timer, _TIMER)


def _set(thing: Any, known: frozenset[str]) -> Iterator[str]:
    for one in fields(thing):
        if one.name in known:
            continue
        plain = one.default_factory() if one.default_factory is not MISSING else one.default
        if getattr(thing, one.name) != plain:
            yield one.name
