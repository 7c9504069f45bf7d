"""A queue as people read it: which one is looked at, and what stands in each line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from towpath.casework import queries as casework
from towpath.catalogue import queries as catalogue
from towpath.foundation.access import Actor
from towpath.people import queries as people
from towpath.surfaces import places
from towpath.surfaces.desk import words
from towpath.surfaces.look import Link

MINE, ALL, TEAM = "mine", "all", "team:"
BESIDE = 15  # lines beside a case; its heading leads to the whole queue
FIRST = UUID(int=0)  # before all others of the same moment


@dataclass(frozen=True)
class Chosen:
    """Which queue: `mine`, `all` or `team:<code>`; one service or all; from where on.

    `teams`: (code, name) of those for which the actor works.
    """

    which: str = ALL
    service: str = ""
    after: places.Key | None = None
    teams: Sequence[tuple[str, str]] = ()

    @property
    def filters(self) -> casework.Filters:
        team = self.which.removeprefix(TEAM) if self.which.startswith(TEAM) else ""
        return casework.Filters(mine=self.which == MINE, team=team, service=self.service)

    def query(self, **changes: Any) -> str:
        """As the end of an address; empty for the queue that everybody begins with."""
        values = {
            "queue": self.which,
            "service": self.service,
            "after": places.written(self.after),
            **changes,
        }
        plain = {key: value for key, value in values.items() if value and (key, value) != ("queue", ALL)}
        return f"?{urlencode(plain)}" if plain else ""

    def address(self, **changes: Any) -> str:
        return reverse("desk:queue") + self.query(**changes)


def chosen(actor: Actor, given: QueryDict) -> Chosen:
    """What an address asks for; what it may not ask for, or garbles, becomes the queue of all."""
    which, teams = given.get("queue", ALL), _teams(actor)
    known = {MINE, ALL, *(f"{TEAM}{code}" for code, _name in teams)}
    return Chosen(
        which if which in known else ALL,
        given.get("service", "").replace("\0", "")[:80],
        places.read(given.get("after", "")),
        teams,
    )


def _teams(actor: Actor) -> list[tuple[str, str]]:
    held = actor.teams("task.work")
    return [(t.code, t.name) for t in people.teams() if held and ("*" in held or t.code in held)]


@dataclass(frozen=True)
class Line:
    """One task of a queue. `held` says who has it; `waiting`: the applicant owes an answer."""

    id: UUID
    href: str
    title: str
    reference: str
    applicant: str
    service: str
    due: str
    late: bool
    waiting: bool
    held: str
    mine: bool
    current: bool = False


def lines(
    actor: Actor, page: casework.QueuePage, language: str, query: str = "", current: UUID | None = None
) -> list[Line]:
    return [_line(actor, task, page, language, query, current) for task in page.tasks]


def _line(
    actor: Actor, task: Any, page: casework.QueuePage, language: str, query: str, current: UUID | None
) -> Line:
    package = catalogue.package(task.case.version_id)
    return Line(
        id=task.pk,
        href=reverse("desk:task", args=[task.case_id, task.pk]) + query,
        title=package.name(task.element, language, task.name),
        reference=task.case.reference,
        applicant=task.case.applicant_name,
        service=package.text("service.title", language),
        due=words.due(task.due_at),
        late=task.pk in page.overdue,
        waiting=task.pk in page.waiting,
        held=words.holder(task, actor.id),
        mine=task.assignee == actor.id,
        current=task.pk == current,
    )


def tabs(here: Chosen) -> list[Link]:
    """Mine, all, and each of my teams."""
    named = [(MINE, _("Mine")), (ALL, _("All my teams"))]
    named += [(f"{TEAM}{code}", name) for code, name in here.teams]
    keys = {MINE: "1", ALL: "2"}
    return [
        Link(text, here.address(queue=which, after=""), current=which == here.which, key=keys.get(which, ""))
        for which, text in named
    ]


def beside(here: Chosen, actor: Actor, language: str, task: Any) -> dict[str, Any]:
    """The queue that somebody came from, for the column beside a case: from the task on, if it stands there."""
    found: Sequence[Line] = ()
    if actor.may_somewhere("task.work"):
        found = lines(actor, _around(here, actor, task), language, here.query(), task.pk if task else None)
    title = next(link.text for link in tabs(here) if link.current)
    return {"lines": found, "queue_title": title}


def _around(here: Chosen, actor: Actor, task: Any) -> casework.QueuePage:
    if task is not None and task.state == "open":
        page = casework.queue(actor, here.filters, (task.due_at, FIRST), BESIDE)
        if task.pk in {one.pk for one in page.tasks}:
            return page
    return casework.queue(actor, here.filters, here.after, BESIDE)
