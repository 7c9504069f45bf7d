"""Steps that others carry out, and time: how their results bring a case on."""

import logging
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet

from towpath.casework import commands, conductor, incidents, thrown
from towpath.casework.events import DATE_KEPT
from towpath.casework.models import Case, KeptDate, Subscription, Task, Thrown, Timer
from towpath.engines import bpmn
from towpath.foundation import clock
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import record
from towpath.foundation.steps import StepContext, step_kind

log = logging.getLogger(__name__)


def finish_step(case_id: UUID, command_id: str, data: Mapping[str, Any], actor: Actor = SYSTEM) -> bool:
    """A waiting step is done. False when it was done before, or the case no longer waits for it."""
    case, task = _waiting(case_id, command_id)
    if task is None:
        return False
    task.state, task.ended_at, task.ended_by, task.trouble = "done", clock.now(), actor.id, ""
    task.save()
    return conductor.advance(case, bpmn.Completed(command_id, dict(data)), actor)


def fail_step(case_id: UUID, command_id: str, error_code: str) -> bool:
    """A waiting step failed: the process catches the error, or a person must see to the step."""
    case, task = _waiting(case_id, command_id)
    if task is None:
        return False
    try:
        return conductor.advance(case, bpmn.Failed(command_id, error_code), SYSTEM)
    except bpmn.Refused:
        commands.trouble(task, error_code)
        return False


def step_needs_person(case_id: UUID, command_id: str, why: str) -> None:
    """The step still waits, but somebody should look: it stands on the desk."""
    _, task = _waiting(case_id, command_id)
    if task is not None:
        commands.trouble(task, why)


def go_on(actor: Actor, task_id: UUID) -> bool:
    """Tries again what a case could not take, once a person has seen to its cause. False: it is stuck still."""
    seen: Task = Task.objects.select_related("case").get(pk=task_id, step_kind=incidents.KIND)
    actor.require("jobs.settle", seen.case.team)
    case: Case = Case.objects.select_for_update(no_key=True).get(pk=seen.case_id)
    task: Task = Task.objects.get(pk=task_id)
    if task.state != "open":
        return True
    task.state, task.ended_at, task.ended_by = "done", clock.now(), actor.id
    task.save(update_fields=["state", "ended_at", "ended_by"])
    event = incidents.event_of(task)
    try:
        conductor.advance(case, event, actor) if event else conductor.start(case, actor)
    except bpmn.Refused:
        return True  # the case has left that place by another way
    return not incidents.open_of(case)


def _waiting(case_id: UUID, command_id: str) -> tuple[Case, Task | None]:
    case: Case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    task = Task.objects.filter(case=case, command_id=command_id, kind="step", state="open").first()
    return case, task


def fire_due_timers(limit: int = 50) -> int:
    """Fires timers that are due, each case under its lock; returns how many. Found by index, never by scanning."""
    fired = 0
    for timer in list(due_timers(limit)):
        case = _free(timer.case_id)
        # Gone meanwhile, or the case is being worked on: the next round sees.
        if case is None or not Timer.objects.filter(pk=timer.pk).exists():
            continue
        _take(case, timer, bpmn.Fired(timer.command_id), timer.command_id)
        fired += 1
    return fired


def due_timers(limit: int = 50) -> QuerySet[Timer]:
    due: QuerySet[Timer] = Timer.objects.filter(due_at__lte=clock.now())
    return due.order_by("due_at", "pk")[:limit]


def hand_on(limit: int = 50) -> int:
    """Brings messages and signals to the cases that wait for them; returns how many were seen to."""
    fresh = Thrown.objects.filter(fresh=True).order_by("pk").select_for_update(skip_locked=True)
    seen = sum(_signalled(row) if row.kind == "signal" else _messaged(row) for row in fresh[:limit])
    # Last: it takes rows of cases that are not locked, which a case may want to remove.
    return seen + thrown.wake()


def _signalled(row: Thrown) -> bool:
    case = _free(row.to_id)
    if case is not None:
        _take(case, row, bpmn.Signal(row.name, thrown.payload(row)), row.name)
    return case is not None


def _messaged(row: Thrown) -> bool:
    waiting = thrown.waiting_for(row.case, row.name, row.correlation).first()
    if waiting is None:
        row.fresh = False
        row.save(update_fields=["fresh"])
        return True
    case = _free(waiting.case_id)
    if case is None or not Subscription.objects.filter(pk=waiting.pk).exists():
        return False
    data = thrown.payload(row)
    _take(case, row, bpmn.Message(row.name, row.correlation, data, waiting.command_id), waiting.command_id)
    return True


def _free(case_id: Any) -> Case | None:
    """The case, locked; None while somebody else works on it."""
    found: Case | None = (
        Case.objects.select_for_update(skip_locked=True, no_key=True).filter(pk=case_id).first()
    )
    return found


def _take(case: Case, row: Timer | Thrown, event: bpmn.Event, what: str) -> None:
    """One that fails is kept for a person; the others go on all the same."""
    try:
        with transaction.atomic():
            type(row).objects.filter(pk=row.pk).delete()
            conductor.advance(case, event, SYSTEM)
    except OperationalError:
        raise  # the database, not the case: the next round tries again
    except Exception as error:
        log.exception("The case %s could not take %s", case.pk, what)
        type(row).objects.filter(pk=row.pk).delete()
        why = bpmn.Incident(what.partition(":")[0], "", type(error).__name__)
        incidents.keep(Case.objects.get(pk=case.pk), event, why, conductor.about(case))


def next_timer() -> datetime | None:
    """When the next timer of the body is due."""
    found: datetime | None = Timer.objects.order_by("due_at").values_list("due_at", flat=True).first()
    return found


@step_kind("casework.keep-date", means="Notes a date that matters later.", headers=("name",))
def keep_date(context: StepContext) -> dict[str, Any]:
    """The date comes as the input `date`; it becomes the variable of the header's name."""
    name, on = context.headers["name"], context.inputs.get("date")
    if not isinstance(on, date):
        raise ValueError(f"The step that keeps the date {name} was given {on!r} instead of a date.")
    day = on.date() if isinstance(on, datetime) else on
    case: Case = Case.objects.get(pk=context.case_id)
    KeptDate.objects.update_or_create(case=case, name=name, defaults={"on": day, "person_id": case.person_id})
    record(DATE_KEPT, SYSTEM, conductor.about(case), name=name, on=day)
    return {name: day}
