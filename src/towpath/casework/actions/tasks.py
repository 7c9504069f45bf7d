"""Work of staff: a task is claimed for half an hour at a time, saved, completed or handed to another team."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from towpath.casework import conductor, rules, variables
from towpath.casework.actions.decisions import Verdict, decide
from towpath.casework.events import TASK_CLAIMED, TASK_REFERRED, TASK_RELEASED
from towpath.casework.models import Case, Task
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.foundation import clock
from towpath.foundation.access import Actor
from towpath.foundation.journal import record
from towpath.foundation.typed import pack
from towpath.people import queries as people


@transaction.atomic
def claim(actor: Actor, task_id: UUID) -> Task:
    """Takes a task, or renews one's hold of it. TaskTaken while somebody else has it."""
    case, task = locked(actor, task_id, "task.work")
    _not_taken(actor, task)
    fresh = task.assignee != actor.id
    task.assignee, task.lease_until = actor.id, clock.now() + rules.LEASE
    task.save(update_fields=["assignee", "lease_until"])
    if fresh:
        record(
            TASK_CLAIMED, actor, conductor.about(case, unit=task.team, activity=task.name), task=str(task.pk)
        )
    return task


@transaction.atomic
def release(actor: Actor, task_id: UUID) -> Task:
    """Gives a task back to its team; what was entered stays."""
    case, task = locked(actor, task_id, "task.work")
    _not_taken(actor, task)
    if task.assignee:
        task.assignee, task.lease_until = "", None
        task.save(update_fields=["assignee", "lease_until"])
        record(
            TASK_RELEASED, actor, conductor.about(case, unit=task.team, activity=task.name), task=str(task.pk)
        )
    return task


@transaction.atomic
def save_task(actor: Actor, task_id: UUID, values: Mapping[str, Any]) -> Task:
    """Keeps what was entered so far, complete or not."""
    task = claim(actor, task_id)
    task.values = {key: pack(value) for key, value in values.items()}
    task.save(update_fields=["values"])
    return task


@transaction.atomic
def complete_task(
    actor: Actor, task_id: UUID, values: Mapping[str, Any], verdict: Verdict | None = None
) -> Case:
    """Ends a task with its answers; a task that decides carries the verdict. NotComplete: nothing happened.

    Completing a task twice in the same way changes nothing the second time.
    """
    case, task = locked(actor, task_id, "task.work", over_is_fine=True)
    if task.state != "open":
        if task.ended_by == actor.id:
            return case
        raise rules.TaskOver(task.state)
    _not_taken(actor, task)
    package = catalogue.package(case.version_id)
    data = _checked(case, package, task, values)
    _end(actor, task, values)
    if decides_now(case, package, task, data):
        if verdict is None:
            raise rules.NotComplete({"outcome": "required"})
        decide(actor, case, package, verdict, team=task.team)
        data |= {"outcome": verdict.outcome, "reason": verdict.reason, "legal_basis": verdict.legal_basis}
    conductor.advance(case, bpmn.Completed(task.command_id, data), actor)
    return case


def _checked(case: Case, package: catalogue.Package, task: Task, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the fields that are shown. NotComplete names the fields that lack a right one."""
    task_form = package.tasks.get(task.form)
    fields = task_form.fields if task_form else ()
    context = {**variables.context(case, package), **values}
    shown = [q for q in fields if q.show_if is None or q.show_if(context) is True]
    errors = {q.id: wrong for q in shown if (wrong := form.wrong(q, values.get(q.id), context))}
    if errors:
        raise rules.NotComplete(errors)
    return {q.id: values.get(q.id) if q in shown else None for q in fields}


def decides_now(case: Case, package: catalogue.Package, task: Task, data: Mapping[str, Any]) -> bool:
    """Whether completing the task with these values decides the case."""
    task_form = package.tasks.get(task.form)
    if task_form is None or task_form.decides is None:
        return False
    when = task_form.decides.when
    return when is None or when({**variables.context(case, package), **data}) is True


def _end(actor: Actor, task: Task, values: Mapping[str, Any]) -> None:
    task.state, task.ended_at, task.ended_by = "done", clock.now(), actor.id
    task.values = {key: pack(value) for key, value in values.items()}
    task.assignee, task.lease_until = actor.id, None
    task.save()


@transaction.atomic
def refer(actor: Actor, task_id: UUID, team: str, reason: str) -> Task:
    """Hands a task to another department of the body, with a note that says why."""
    from towpath.casework.actions.notes import write_note

    case, task = locked(actor, task_id, "task.refer")
    _not_taken(actor, task)
    if team not in {t.code for t in people.teams()}:
        raise rules.NotComplete({"team": "unknown"})
    before = task.team
    task.team, task.referred_from, task.assignee, task.lease_until = team, before, "", None
    task.save()
    about = conductor.about(case, unit=before, activity=task.name)
    record(TASK_REFERRED, actor, about, task=str(task.pk), from_team=before, to_team=team)
    write_note(actor, case, reason)
    return task


def locked(actor: Actor, task_id: UUID, permission: str, *, over_is_fine: bool = False) -> tuple[Case, Task]:
    """Case and task, the case locked first. Checks the permission in the task's team."""
    seen: Task = Task.objects.get(pk=task_id)
    case: Case = Case.objects.select_for_update(no_key=True).get(pk=seen.case_id)
    task: Task = Task.objects.get(pk=task_id)
    # Asked under the lock: the task may just have gone to another team.
    actor.require(permission, task.team)
    if task.state != "open" and not over_is_fine:
        raise rules.TaskOver(task.state)
    return case, task


def _not_taken(actor: Actor, task: Task) -> None:
    now: datetime = clock.now()
    if rules.leased_to_other(task.assignee, task.lease_until, actor.id, now):
        until = task.lease_until or now
        raise rules.TaskTaken(people.staff_name(task.assignee), until)
