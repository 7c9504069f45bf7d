"""The case page put together: everything that somebody needs to go on with a request, in one look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from towpath.casework import queries as casework
from towpath.catalogue import queries as catalogue
from towpath.documents import queries as documents
from towpath.exchange import queries as exchange
from towpath.foundation import clock
from towpath.foundation.access import Actor
from towpath.people import queries as people
from towpath.surfaces.desk import acts, content, pages, process_map, queues, registers, story, words
from towpath.surfaces.desk.scene import Typed
from towpath.surfaces.desk.task_form import Work, opened
from towpath.surfaces.look import Link, Row, TagKind
from towpath.surfaces.questions import in_words
from towpath.surfaces.staff_access import desk_actor


@dataclass(frozen=True)
class Opened:
    """A case that the actor may see, with its package."""

    actor: Actor
    page: casework.CasePage
    package: catalogue.Package
    language: str

    @property
    def case(self) -> Any:
        return self.page.case

    def task(self, task_id: UUID) -> Any:
        for task in self.page.tasks:
            if task.pk == task_id and task.kind == "user":
                return task
        raise Http404(str(task_id))

    @property
    def open_tasks(self) -> list[Any]:
        return [task for task in self.page.tasks if task.state == "open" and task.kind == "user"]

    @property
    def troubles(self) -> list[Any]:
        return [task for task in self.page.tasks if task.state == "open" and task.trouble]


def opened_case(request: HttpRequest, case_id: UUID) -> Opened:
    """Http404 where there is no such case, or none that the actor may see."""
    actor = desk_actor(request)
    try:
        page = casework.case(actor, case_id)
    except ObjectDoesNotExist as missing:
        raise Http404(str(case_id)) from missing
    return Opened(actor, page, catalogue.package(page.case.version_id), pages.language())


@dataclass(frozen=True)
class TaskLine:
    """An open task of the case in the list on its page."""

    title: str
    href: str
    team: str
    due: str
    late: bool
    held: str
    mine: bool
    waiting: bool
    current: bool
    may: bool


def task_lines(found: Opened, query: str, current: UUID | None) -> list[TaskLine]:
    if not found.open_tasks:
        return []
    names = {team.code: team.name for team in people.teams()}
    now = clock.now()
    return [
        TaskLine(
            title=found.package.name(task.element, found.language, task.name),
            href=reverse("desk:task", args=[found.case.pk, task.pk]) + query,
            team=names.get(task.team, task.team),
            due=words.due(task.due_at),
            late=task.due_at < now,
            held=words.holder(task, found.actor.id),
            mine=task.assignee == found.actor.id,
            waiting=task.waiting_for_resident,
            current=task.pk == current,
            may=found.actor.may("task.work", task.team),
        )
        for task in found.open_tasks
    ]


@dataclass(frozen=True)
class Head:
    """The top of the page."""

    reference: str
    service: str
    applicant: str
    state: str
    tag: TagKind
    stage: str
    deadline: str
    awaits: str


def head(found: Opened) -> Head:
    case, text = found.case, found.package.text
    state, tag = words.STATES.get(case.state, (case.state, ""))
    outcome = text(f"outcomes.{case.outcome}.label", found.language) if case.outcome else ""
    return Head(
        reference=case.reference,
        service=text("service.title", found.language),
        applicant=case.applicant_name,
        state=outcome or str(state),
        tag=tag,
        stage=text(f"stages.{case.stage}.label", found.language) if case.stage else "",
        deadline=words.deadline(case),
        awaits=str(words.AWAITS.get(case.awaits, "")) if case.state == "open" else "",
    )


def live_parts(request: HttpRequest, found: Opened, current: UUID | None = None) -> dict[str, Any]:
    """What changes while the page is open: the head, the open tasks and the timeline."""
    here = queues.chosen(found.actor, request.GET)
    kind = request.GET.get("show", "")
    kind = kind if kind in story.KINDS else ""
    happened = casework.timeline(found.actor, found.case)
    teller = story.Teller(found.package, found.language, found.case.applicant_name)
    return {
        "case": found.case,
        "head": head(found),
        "tasks": task_lines(found, here.query(), current),
        "happenings": teller.told(happened.lines, kind),
        "kinds": [
            Link(str(text), content.filter_address(found.case.pk, code, here.query()), current=code == kind)
            for code, text in story.KINDS.items()
        ],
        "news": reverse("desk:case-news", args=[found.case.pk])
        + here.query(seq=happened.head, show=kind, task=current or ""),
        "story": happened.lines,
        "queue": here,
    }


def show_case(
    request: HttpRequest,
    found: Opened,
    *,
    task: Any = None,
    work: Work | None = None,
    typed: Typed | None = None,
) -> HttpResponse:
    """The page. 422 where `work` or `typed` hold something wrong; then nothing that was typed is lost."""
    if task is not None and work is None and _mine(found.actor, task):
        work = opened(found.case, task, found.package, found.language)
    reader = content.Reader(found.package, found.language)
    papers = content.papers(documents.of_case(found.case.pk), reader)
    live = live_parts(request, found, task.pk if task is not None else None)
    offered = acts.offered(found.actor, found.page, task, typed)
    errors: list[Any] = [*(work.wrong if work and work.errors else []), *acts.wrong(offered)]
    values = {
        **live,
        **_task_parts(found, task, work, reader, papers),
        "errors": errors,
        "acts": offered,
        "answers": reader.answers(found.case, papers),
        "papers": papers,
        "decisions": [reader.decided(decision) for decision in found.page.decisions],
        "questions": _questions(found),
        "dates": _dates(found),
        "rating": found.page.rating,
        "variables": reader.variables(found.page.variables),
        "calls": _calls(found),
        "troubles": _troubles(found),
        "reads": found.actor.may_somewhere("journal.verify"),
        "person": people.person_card(found.case.person_id) if found.case.person_id else None,
        "map": process_map.process_map(
            found.case.version_id, found.case.process_state, found.page.tasks, live["story"], found.language
        ),
        **queues.beside(live["queue"], found.actor, found.language, task),
    }
    return pages.show(request, "case", values, here="queue", status=422 if errors else 200)


def _mine(actor: Actor, task: Any) -> bool:
    return bool(task.state == "open" and task.assignee == actor.id)


def _task_parts(
    found: Opened, task: Any, work: Work | None, reader: content.Reader, papers: Sequence[content.Paper]
) -> dict[str, Any]:
    if task is None:
        return {"task": None}
    task_form = found.package.tasks.get(task.form)
    shows = task_form.shows if task_form else ()
    key = f"tasks.{task.form}.explanation"
    return {
        "task": task,
        "task_title": found.package.name(task.element, found.language, task.name),
        "explanation": found.package.text(key, found.language, " ").strip() if task.form else "",
        "shows": reader.shown(shows, casework.task_context(found.case), papers),
        "work": work,
        "held": words.holder(task, found.actor.id),
        "held_until": words.written_time(task.lease_until) if task.lease_until else "",
        "may_work": found.actor.may("task.work", task.team),
        "task_address": reverse("desk:task", args=[found.case.pk, task.pk]),
    }


def _questions(found: Opened) -> list[Mapping[str, Any]]:
    states = {"open": _("Open"), "answered": _("Answered"), "lapsed": _("Lapsed")}
    return [
        {
            "question": question,
            "state": states.get(question.state, question.state),
            "tag": {"open": "active", "answered": "done"}.get(question.state, ""),
            "asked": words.written_day(question.asked_at),
            "due": words.due(question.due_at) if question.due_at and question.state == "open" else "",
        }
        for question in found.page.questions
    ]


def _troubles(found: Opened) -> list[Mapping[str, str]]:
    return [
        {
            "name": found.package.name(one.element, found.language, one.name),
            "why": registers.trouble(one.trouble),
        }
        for one in found.troubles
    ]


def _dates(found: Opened) -> list[Row]:
    return [
        Row(found.package.text(f"dates.{kept.name}", found.language), in_words(kept.on))
        for kept in found.page.dates
    ]


def _calls(found: Opened) -> list[Mapping[str, Any]]:
    states: Mapping[str, tuple[str, TagKind]] = {
        "waiting": (_("Waits"), "active"),
        "sending": (_("Being asked"), "active"),
        "failed": (_("Is tried again"), "active"),
        "answered": (_("Answered"), "done"),
        "answered-by-hand": (_("Answered by hand"), "done"),
        "refused": (_("Refused"), "attention"),
        "given-up": (_("No answer: a person must help"), "attention"),
    }
    return [
        {
            "name": registers.name(call.operation),
            "purpose": words.purpose(call.purpose),
            "state": states.get(call.state, (call.state, "")),
            "asked": words.written_day(call.asked_at),
        }
        for call in exchange.calls_of(found.case.pk)
    ]
