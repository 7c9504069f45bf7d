"""What a service is simulated with: figures of the journal where there are any, else what somebody entered.

The journal knows how long a step took from beginning to end, queue included; how long people really worked on it
nobody writes down. So that is asked, and everything taken for granted is told on the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from towpath.engines import bpmn
from towpath.engines.bpmn.model import CHOOSING, Element, Fixed
from towpath.engines.bpmn.simulate import (
    Arrivals,
    Exponential,
    Hours,
    LogNormal,
    Plan,
    Team,
    Work,
    is_told,
)
from towpath.engines.bpmn.simulate import Fixed as Exactly

OFFICE = ((9 * 60, 12 * 60), (13 * 60, 17 * 60))
SPREAD = 3  # nine in ten are done within three times what half are done in
Steps = Mapping[str, tuple[int, timedelta]]  # name of a step -> how often it was done, and its median


@dataclass(frozen=True)
class Entered:
    """`per_day`: requests on a working day. `minutes`: of work on a task, by element. `people`: by team."""

    per_day: float
    minutes: Mapping[str, int]
    people: Mapping[str, int]


@dataclass(frozen=True)
class Planned:
    """The plan; by element what of it came from the journal, and what the journal could have told and did not.

    `unseen`: messages that never came. `untold`: timers whose time depends on the request.
    """

    plan: Plan
    shares: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    times: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    untold: tuple[str, ...] = ()


def team_of(element: Element) -> str:
    """The first team that a task is offered to, where the model names it."""
    groups = element.task.groups
    return groups.text.split(",")[0].strip() if isinstance(groups, Fixed) else ""


def tasks(process: bpmn.Process) -> list[Element]:
    """The work of people, in the order of the file."""
    return [element for element in process.elements.values() if element.kind in ("user", "manual")]


def planned(
    process: bpmn.Process, entered: Entered, steps: Steps, *, begin: date, holidays: frozenset[date]
) -> Planned:
    office = Hours(dict.fromkeys(range(5), OFFICE), holidays)
    by_element = {
        element.id: found
        for element in process.elements.values()
        if (found := _work(element, entered, steps, process)) is not None
    }
    shares = {
        element.id: ways
        for element in process.elements.values()
        if element.kind in CHOOSING and (ways := _shares(process, element, steps))
    }
    plan = Plan(
        begin=begin,
        arrivals=Arrivals(Exponential(office.per_day / entered.per_day), office),
        work=by_element,
        branches=shares,
        teams={name: Team(people, office) for name, people in entered.people.items()},
        holidays=holidays,
    )
    others = [
        process.elements[name] for name in by_element if name not in {task.id for task in tasks(process)}
    ]
    return Planned(
        plan,
        shares,
        tuple(e.id for e in others if e.name in steps and not e.timer),
        tuple(e.id for e in others if not by_element[e.id].chance),
        tuple(e.id for e in others if e.timer),
    )


def _work(element: Element, entered: Entered, steps: Steps, process: bpmn.Process) -> Work | None:
    if element.kind in ("user", "manual"):
        median = 60.0 * entered.minutes.get(element.id, 0)
        team = team_of(element)
        return Work(_around(median), team if team in entered.people else "")
    count, took = steps.get(element.name, (0, timedelta()))
    if element.timer is not None:
        # A time that depends on the case is not known here: such a timer fires at once, and the page says so.
        return None if is_told(element.timer) else Work(Exactly())
    if element.kind == "catch":
        return Work(_around(took.total_seconds()), chance=_chance(element, count, steps, process))
    if count and element.asked:
        return Work(_around(took.total_seconds()))
    return None


def _around(median: float) -> Exactly | LogNormal:
    return LogNormal(median, SPREAD * median) if median else Exactly()


def _chance(element: Element, count: int, steps: Steps, process: bpmn.Process) -> float:
    """A message that races with others: as often as it was the first. Of one that nobody saw yet, never."""
    sources = [process.elements[flow.source] for flow in element.incoming]
    if not any(source.kind == "event" for source in sources):
        return 1.0
    rivals = {flow.target for source in sources for flow in source.outgoing}
    total = sum(steps.get(process.elements[name].name, (0,))[0] for name in rivals)
    return count / total if total else 0.0


def _shares(process: bpmn.Process, gateway: Element, steps: Steps) -> dict[str, float]:
    """From how often the first steps after a gateway were done; nothing where one of its ways is not known.

    A step to which other ways lead as well says nothing of this one.
    """
    counts: dict[str, int] = {}
    for flow in gateway.outgoing:
        element = process.elements[flow.target]
        if len(element.incoming) > 1 or element.name not in steps:
            return {}
        counts[flow.id] = steps[element.name][0]
    total = sum(counts.values())
    return {flow: count / total for flow, count in counts.items()} if total and len(counts) > 1 else {}


def milestones(process: bpmn.Process) -> dict[str, frozenset[str]]:
    """What may count as the end of a request, besides the end of the process: each subprocess at the top.

    By element: what is reached first once it is over.
    """
    return {
        element.id: frozenset(_first_after(process, element))
        for element in process.inside(None)
        if element.kind == "subprocess" and element.name
    }


def _first_after(process: bpmn.Process, element: Element) -> set[str]:
    found = {event.id for event in element.boundaries}
    waiting, seen = [flow.target for flow in element.outgoing], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        following = process.elements[name]
        if following.kind in CHOOSING or following.kind in ("parallel", "event"):
            waiting += [flow.target for flow in following.outgoing]
        else:
            found.add(name)
    return found
