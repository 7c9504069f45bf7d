"""Carrying a case on: the process says what is next, the conductor has it done and journals what was passed.

Everything here runs in the caller's transaction, under the lock on the case.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from towpath.casework import commands, incidents, instances, rules, thrown, variables
from towpath.casework.events import (
    ACTIVITY_CANCELLED,
    ACTIVITY_COMPLETED,
    ACTIVITY_STARTED,
    CASE_ESCALATED,
    CASE_STAGE,
)
from towpath.casework.models import Case, Subscription, Task
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.foundation import clock, rows, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.calendars import body_calendar
from towpath.foundation.journal import Fact, Happened, record, record_all
from towpath.people import queries as people

# Passages that are a step of somebody's work; gateways and the like are not.
SILENT = frozenset({"exclusive", "parallel", "inclusive", "event", "complex", "subprocess"})
ASSIGNED = frozenset({"user", "manual", "receive"})
LASTING = frozenset({"user", "step", "manual", "receive", "send", "catch", "call"})
# How a passage ends -> what the journal says of it, and the lifecycle that mining knows.
EVENT_OF = {
    "entered": (ACTIVITY_STARTED, "start"),
    "completed": (ACTIVITY_COMPLETED, "complete"),
    "cancelled": (ACTIVITY_CANCELLED, "withdraw"),
}
MOST_TURNS = 1_000  # of the processes of a case, one because of the other
AWAITS: dict[str, rules.Awaits] = {"us": "staff", "resident": "resident", "register": "register"}


_watched: ContextVar[list[bpmn.Passage] | None] = ContextVar("watched_passages", default=None)


@contextmanager
def watching() -> Iterator[list[bpmn.Passage]]:
    """All that is passed meanwhile, gateways included, which the journal leaves out. For what is only played."""
    seen: list[bpmn.Passage] = []
    token = _watched.set(seen)
    try:
        yield seen
    finally:
        _watched.reset(token)


def start(case: Case, actor: Actor) -> None:
    """Begins the process of a new case."""
    package = catalogue.package(case.version_id)
    _or_incident(case, None, [Turn("", bpmn.Call("", package.process.id, "", ""))], package, actor)


def advance(case: Case, event: bpmn.Event, actor: Actor) -> bool:
    """Carries the case on by an event. False when nothing waits for it: it was taken already, or never awaited.

    Where the process can't go on, the case stays where it was and the event is kept for a person to see to.
    """
    package = catalogue.package(case.version_id)
    turns = _turns(case, package, event)
    try:
        if turns:
            _or_incident(case, event, turns, package, actor)
    except bpmn.Refused as refused:
        if refused.already:
            return False
        raise
    return bool(turns)


def changed(case: Case, actor: Actor) -> None:
    """What the case knows is other than before: what waits for a condition looks again."""
    advance(case, bpmn.Changed(), actor)


class Turn(NamedTuple):
    """What an instance of the case has to do next: take an event, begin (it was called), or end (None)."""

    instance: str
    event: bpmn.Event | bpmn.Call | None


def _turns(case: Case, package: catalogue.Package, event: bpmn.Event) -> list[Turn]:
    match event:
        case bpmn.Changed():
            return [Turn(name, event) for name in instances.with_conditions(case, package)]
        case bpmn.Signal(name):
            return [Turn(name, event) for name in thrown.listening(case, name)]
    instance, own = instances.split(event.command_id)
    return [Turn(instance, replace(event, command_id=own))]


def _or_incident(
    case: Case,
    event: bpmn.Event | None,
    turns: list[Turn],
    package: catalogue.Package,
    actor: Actor,
) -> None:
    before = dict(case.__dict__)
    try:
        with transaction.atomic():
            _settle(case, package, turns, actor)
    except bpmn.Incident as incident:
        # What the caller had set before stays; what the step had set is undone with its rows.
        case.__dict__.update(before)
        case.save()
        incidents.keep(case, event, incident, about(case))


def message(case: Case, name: str, data: Mapping[str, Any], actor: Actor) -> bool:
    """Hands a message to the case; False when nothing in it waits for one of that name."""
    waiting = Subscription.objects.filter(case=case, kind="message", message=name).order_by("pk").first()
    if waiting is None:
        return False
    return advance(case, bpmn.Message(name, None, dict(data), waiting.command_id), actor)


def waits_for(case: Case, name: str) -> bool:
    condition = "case_id = %s and kind = 'message' and message = %s limit 1"
    return rows.first(Subscription, condition, case.pk, name) is not None


def env_of(case: Case, package: catalogue.Package) -> bpmn.Env:
    tenant = tenancy.current()

    def decide(name: str, inputs: Mapping[str, Any]) -> Any:
        evaluation = package.decisions[name].evaluate(name, dict(inputs))
        variables.note_rules(case, name, evaluation.value, commands.trace_of(evaluation))
        return evaluation.value

    return bpmn.Env(clock.now(), ZoneInfo(tenant.zone), body_calendar(tenant.settings), decide)


def _settle(case: Case, package: catalogue.Package, first: list[Turn], actor: Actor) -> None:
    """Carries out a step's commands; what they lead to at once carries the case on until it rests."""
    waiting, by, taken, looked = deque(first), actor, 0, False
    while waiting:
        turn, taken = waiting.popleft(), taken + 1
        if taken > MOST_TURNS:
            raise bpmn.Incident(turn.instance, "", "its processes send each other round in circles")
        step = _taken(case, package, turn, first=taken == 1)
        if step is not None:
            _journal(case, package, turn.instance, step, by)
            waiting = _follow(case, package, turn.instance, step, waiting)
        by = SYSTEM
        if not waiting and not looked and case.called:
            # The instances share what the case knows of itself, and one of them may have changed it.
            looked = True
            waiting.extend(_turns(case, package, bpmn.Changed()))
    case.last_activity_at = clock.now()
    case.save()


def _taken(case: Case, package: catalogue.Package, turn: Turn, *, first: bool) -> bpmn.Step | None:
    """The step that a turn makes. None: what follows from another turn, and was overtaken meanwhile."""
    env = env_of(case, package)
    try:
        match turn.event:
            case None:
                step = instances.cancel(case, package, turn.instance, env)
                instances.drop(case, turn.instance)
                return step
            case bpmn.Call():
                step = instances.begin(case, package, turn.instance, turn.event, env)
            case _:
                step = instances.step(case, package, turn.instance, turn.event, env)
    except bpmn.Refused as refused:
        if first or not (refused.already or isinstance(turn.event, bpmn.Signal)):
            raise
        if isinstance(turn.event, bpmn.Message):
            thrown.keep(case, turn.event)
        return None
    instances.keep(case, turn.instance, step)
    return step


def _follow(
    case: Case, package: catalogue.Package, instance: str, step: bpmn.Step, waiting: deque[Turn]
) -> deque[Turn]:
    """Has the commands of a step done; the turns that are then to be taken."""
    if (watched := _watched.get()) is not None:
        watched += step.passed
    throws = []
    for command in step.commands:
        name = instances.within(instance, command.id)
        match command:
            case bpmn.Call():
                waiting.append(Turn(name, command))
            case bpmn.Cancel() if name in case.called or any(turn.instance == name for turn in waiting):
                waiting = deque(turn for turn in waiting if not instances.is_in(turn.instance, name))
                if name in case.called:
                    waiting.appendleft(Turn(name, None))
            case bpmn.Throw(kind="escalation"):
                waiting.extend(_escalated(case, instance, command))
            case bpmn.Throw():
                throws.append(command)
            case bpmn.Finish() if instance:
                waiting.append(_returned(case, instance, command))
            case _:
                result = commands.carry_out(case, package, replace(command, id=name))
                if result is not None:
                    waiting.append(Turn(instance, replace(result, command_id=command.id)))
    # Who begins to wait in the same step hears it too.
    waiting.extend(Turn(*heard) for command in throws for heard in thrown.throw(case, instance, command))
    return waiting


def _returned(case: Case, instance: str, finish: bpmn.Finish) -> Turn:
    """A called process has ended: its caller gets what it gave, or its error."""
    caller, call = instances.split(instance)
    given = instances.drop(case, instance)
    return Turn(caller, bpmn.Failed(call, finish.error) if finish.error else bpmn.Completed(call, given))


def _escalated(case: Case, instance: str, escalation: bpmn.Throw) -> list[Turn]:
    """Its caller hears of it; of what nobody takes up, the journal."""
    if not instance:
        record(CASE_ESCALATED, SYSTEM, about(case), code=escalation.name, element=escalation.element)
        return []
    caller, call = instances.split(instance)
    return [Turn(caller, bpmn.Escalated(call, escalation.name, dict(escalation.payload)))]


def about(case: Case, **more: Any) -> Fact:
    return Fact(case=case.pk, person=_known_as(case), **{"unit": case.team, **more})


def _known_as(case: Case) -> UUID | None:
    """The applicant's name in the journal: looked up once for each row that was read."""
    if case.person_id is None:
        return None
    found: UUID | None = case.__dict__.get("_known_as")
    if found is None:
        found = case.__dict__["_known_as"] = people.pseudonym(case.person_id)
    return found


def _journal(case: Case, package: catalogue.Package, instance: str, step: bpmn.Step, actor: Actor) -> None:
    """Tells all that a step passed, in its order, in one go."""
    teams, told = _teams(case, step), list[Happened]()
    for passage in step.passed:
        told += _stage(case, package, passage, actor)
        begins = passage.lifecycle == "entered"
        if passage.kind in SILENT or (begins and passage.kind not in LASTING):
            continue
        command = instances.within(instance, f"{passage.element}:{passage.token}") if begins else None
        facts = {"command": command} if command else {}
        kind, lifecycle = EVENT_OF[passage.lifecycle]
        unit, activity = teams.get(passage.element, case.team), passage.name or passage.element
        fact = about(case, unit=unit, activity=activity, lifecycle=lifecycle)
        told.append(Happened(kind, actor, fact, {"element": passage.element, "kind": passage.kind, **facts}))
    record_all(told)


def _teams(case: Case, step: bpmn.Step) -> dict[str, str]:
    """Element -> the team whose work it is: of new tasks by their assignment, of others by their row."""
    fresh = {
        c.element: c.assignment.groups[0]
        for c in step.commands
        if isinstance(c, bpmn.Do) and c.assignment.groups
    }
    ended = {p.element for p in step.passed if p.lifecycle != "entered" and p.kind in ASSIGNED} - set(fresh)
    if not ended:
        return fresh
    known = Task.objects.filter(case=case, element__in=ended).exclude(team="")
    return {**dict(known.values_list("element", "team")), **fresh}


def _stage(case: Case, package: catalogue.Package, passage: bpmn.Passage, actor: Actor) -> Iterator[Happened]:
    if passage.lifecycle != "entered":
        return
    stage = package.stage_of(passage.element)
    if stage is None or stage.id == case.stage:
        return
    case.stage, case.awaits = stage.id, AWAITS.get(stage.waits_for, "nobody")
    yield Happened(CASE_STAGE, actor, about(case), {"stage": stage.id, "awaits": case.awaits})
