"""Queues: the open tasks of a team, or one's own, next deadline first. Pages follow each other by key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from uuid import UUID

from django.db.models import Q, QuerySet

from towpath.casework.models import Question, Task
from towpath.foundation import clock
from towpath.foundation.access import Actor
from towpath.foundation.journal.follow import Horizon
from towpath.foundation.models import Event

PAGE = 50
# What no line of a queue shows, and is long.
UNSEEN = (
    *("headers", "inputs", "values"),
    *(f"case__{name}" for name in ("answers", "sealed_answers", "data", "process_state", "called")),
)


@dataclass(frozen=True)
class Filters:
    """`mine`: only what I hold. Empty strings filter nothing."""

    mine: bool = False
    team: str = ""
    service: str = ""


@dataclass(frozen=True)
class QueuePage:
    """`after` continues the list: (due_at, id) of its last task, or None at the end."""

    tasks: Sequence[Task]
    after: tuple[datetime, UUID] | None
    overdue: frozenset[UUID] = field(default_factory=frozenset)
    waiting: frozenset[UUID] = field(default_factory=frozenset)


def queue(
    actor: Actor, filters: Filters, after: tuple[datetime, UUID] | None = None, size: int | None = None
) -> QueuePage:
    """One page of open tasks with their cases: two queries, whatever the number of cases."""
    size = size or PAGE
    several = [_page(tasks, after, size + 1) for tasks in _filtered(actor, filters)]
    found = sorted(chain.from_iterable(several), key=lambda task: (task.due_at, task.pk))[: size + 1]
    page, now = found[:size], clock.now()
    last = (page[-1].due_at, page[-1].pk) if len(found) > size else None
    cases = [task.case_id for task in page]
    asked = Question.objects.filter(case__in=cases, state="open").values_list("case_id", flat=True)
    owed = frozenset(asked)
    return QueuePage(
        page,
        last,
        overdue=frozenset(task.pk for task in page if task.due_at < now),
        waiting=frozenset(task.pk for task in page if task.case_id in owed),
    )


def _page(tasks: QuerySet[Task], after: tuple[datetime, UUID] | None, most: int) -> list[Task]:
    if after:
        due, id_ = after
        # The first condition lets the index start at the place; the second takes off what was shown.
        tasks = tasks.filter(due_at__gte=due).exclude(due_at=due, id__lte=id_)
    return list(tasks.select_related("case").defer(*UNSEEN).order_by("due_at", "id")[:most])


def _filtered(actor: Actor, filters: Filters) -> list[QuerySet[Task]]:
    """One query for each team: only so can each be read in the order of its index."""
    tasks: QuerySet[Task] = Task.objects.filter(state="open", kind="user")
    if filters.service:
        tasks = tasks.filter(service_code=filters.service)
    teams = actor.teams("task.work")
    if filters.mine:
        return [tasks.filter(assignee=actor.id)]
    if filters.team:
        actor.require("task.work", filters.team)
        return [tasks.filter(team=filters.team)]
    return [tasks] if "*" in teams else [tasks.filter(team=team) for team in sorted(teams)]


def queue_head(actor: Actor) -> int:
    """A number that changes whenever something new is seen in the body: for pages that look for news.

    A transaction that began earlier may show its events later, so the newest of either order counts.
    """
    events = Event.objects.filter(recorded_at__lt=clock.recorded_before())
    newest = events.order_by("-xid", "-seq").values_list("seq", flat=True).first() or 0
    latest = events.order_by("-seq").values_list("seq", flat=True).first() or 0
    settling = events.filter(xid__gte=Horizon()).count()
    return (newest + latest) * 1000 + settling % 1000


def troubles(actor: Actor) -> list[Task]:
    """Steps that could not be done without a person, first due first."""
    teams = actor.teams("task.work") | actor.teams("jobs.settle")
    tasks = Task.objects.filter(state="open", kind="step").filter(~Q(trouble="")).select_related("case")
    if "*" not in teams:
        tasks = tasks.filter(case__team__in=teams)
    return list(tasks.order_by("due_at")[:PAGE])
