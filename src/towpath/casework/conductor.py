"""Carrying a case on: the process says what is next, the conductor has it done and journals what was passed.

Everything here runs in the caller's transaction, under the lock on the case.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from towpath.casework import commands, incidents, rules, variables
from towpath.casework.events import (
    ACTIVITY_CANCELLED,
    ACTIVITY_COMPLETED,
    ACTIVITY_STARTED,
    CASE_STAGE,
)
from towpath.casework.models import Case, Subscription, Task
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.calendars import body_calendar
from towpath.foundation.journal import Fact, record
from towpath.people import queries as people

# Passages that are a step of somebody's work; gateways and the like are not.
SILENT = frozenset({"exclusive", "parallel", "inclusive", "event", "subprocess"})
ASSIGNED = frozenset({"user", "manual", "receive"})
LASTING = frozenset({"user", "step", "manual", "receive", "send", "catch"})
EVENT_OF = {"entered": ACTIVITY_STARTED, "completed": ACTIVITY_COMPLETED, "cancelled": ACTIVITY_CANCELLED}
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
    given = variables.context(case, package)
    _or_incident(case, None, lambda: bpmn.start(package.process, given, _env(case, package)), package, actor)


def advance(case: Case, event: bpmn.Event, actor: Actor) -> bool:
    """Carries the case on by an event. False when the event had been taken already (it was repeated).

    Where the process can't go on, the case stays where it was and the event is kept for a person to see to.
    """
    package = catalogue.package(case.version_id)
    try:
        _or_incident(case, event, lambda: _step(case, package, event), package, actor)
    except bpmn.Refused as refused:
        if refused.already:
            return False
        raise
    return True


def _or_incident(
    case: Case,
    event: bpmn.Event | None,
    first: Callable[[], bpmn.Step],
    package: catalogue.Package,
    actor: Actor,
) -> None:
    before = dict(case.__dict__)
    try:
        with transaction.atomic():
            _settle(case, package, first(), actor)
    except bpmn.Incident as incident:
        # What the caller had set before stays; what the step had set is undone with its rows.
        case.__dict__.update(before)
        case.save()
        incidents.keep(case, event, incident, about(case))


def message(case: Case, name: str, data: Mapping[str, Any], actor: Actor) -> bool:
    """Hands a message to the case; False when nothing in it waits for one of that name."""
    waiting = Subscription.objects.filter(case=case, message=name).order_by("pk").first()
    if waiting is None:
        return False
    return advance(case, bpmn.Message(name, None, dict(data), waiting.command_id), actor)


def waits_for(case: Case, name: str) -> bool:
    return bool(Subscription.objects.filter(case=case, message=name).exists())


def _step(case: Case, package: catalogue.Package, event: bpmn.Event) -> bpmn.Step:
    given = variables.context(case, package)
    return bpmn.step(package.process, case.process_state, event, given, _env(case, package))


def _env(case: Case, package: catalogue.Package) -> bpmn.Env:
    tenant = tenancy.current()

    def decide(name: str, inputs: Mapping[str, Any]) -> Any:
        evaluation = package.decisions[name].evaluate(name, dict(inputs))
        variables.note_rules(case, name, evaluation.value, commands.trace_of(evaluation))
        return evaluation.value

    return bpmn.Env(clock.now(), ZoneInfo(tenant.zone), body_calendar(tenant.settings), decide)


def _settle(case: Case, package: catalogue.Package, first: bpmn.Step, actor: Actor) -> None:
    """Carries out a step's commands; steps that are done at once carry the case on until it rests."""
    steps = deque([first])
    done: deque[bpmn.Completed] = deque()
    by = actor
    while steps:
        step = steps.popleft()
        case.process_state = step.state
        variables.set_variables(case, step.changes)
        _journal(case, package, step, by)
        if (watched := _watched.get()) is not None:
            watched += step.passed
        for command in step.commands:
            if (result := commands.carry_out(case, package, command)) is not None:
                done.append(result)
        if done:
            steps.append(_step(case, package, done.popleft()))
            by = SYSTEM
    case.last_activity_at = clock.now()
    case.save()


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


def _journal(case: Case, package: catalogue.Package, step: bpmn.Step, actor: Actor) -> None:
    teams = _teams(case, step)
    for passage in step.passed:
        _stage(case, package, passage, actor)
        begins = passage.lifecycle == "entered"
        if passage.kind in SILENT or (begins and passage.kind not in LASTING):
            continue
        command = f"{passage.element}:{passage.token}" if begins else None
        facts = {"command": command} if command else {}
        record(
            EVENT_OF[passage.lifecycle],
            actor,
            about(
                case,
                unit=teams.get(passage.element, case.team),
                activity=passage.name or passage.element,
                lifecycle={"entered": "start", "completed": "complete", "cancelled": "withdraw"}[
                    passage.lifecycle
                ],
            ),
            element=passage.element,
            kind=passage.kind,
            **facts,
        )


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


def _stage(case: Case, package: catalogue.Package, passage: bpmn.Passage, actor: Actor) -> None:
    if passage.lifecycle != "entered":
        return
    stage = package.stage_of(passage.element)
    if stage is None or stage.id == case.stage:
        return
    case.stage, case.awaits = stage.id, AWAITS.get(stage.waits_for, "nobody")
    record(CASE_STAGE, actor, about(case), stage=stage.id, awaits=case.awaits)
