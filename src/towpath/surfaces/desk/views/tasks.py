"""A task: taken in hand, filled in, saved for later, given back, completed."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from towpath.casework import actions as casework
from towpath.casework import rules
from towpath.surfaces.desk import pages, words
from towpath.surfaces.desk.cases import Opened, opened_case, show_case
from towpath.surfaces.desk.task_form import Work, read
from towpath.surfaces.staff_access import staff_page


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("case.read")
def task(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """The case with one of its tasks opened."""
    found = opened_case(request, case_id)
    task = found.task(task_id)
    if request.method != "POST":
        return show_case(request, found, task=task)
    work = read(found.case, task, found.package, found.language, request.POST)
    try:
        if request.POST.get("do") == "save":
            return _save(request, found, task, work)
        return _complete(request, found, task, work)
    except rules.NotComplete as missing:
        return show_case(
            request, found, task=task, work=replace(work, errors={**work.errors, **missing.errors})
        )
    except rules.CaseError as refused:
        # What was typed stays on the page: it can be copied, or sent once the task is free again.
        pages.warn(request, words.explained(refused))
        return show_case(request, found, task=task, work=work)


def _save(request: HttpRequest, found: Opened, task: Any, work: Work) -> HttpResponse:
    """What is missing may be missing; what can't be read is said at once, for it would be lost."""
    garbled = {name: key for name, key in work.errors.items() if key.startswith("not-")}
    if garbled:
        raise rules.NotComplete(garbled)
    casework.save_task(found.actor, task.pk, work.values)
    pages.say(request, _("Saved. The task stays with you."))
    return redirect(_here(found, task) + _query(request))


def _complete(request: HttpRequest, found: Opened, task: Any, work: Work) -> HttpResponse:
    errors = {**work.errors, **work.wrong_verdict()}
    if errors:
        raise rules.NotComplete(errors)
    case = casework.complete_task(found.actor, task.pk, work.values, work.verdict())
    title = found.package.name(task.element, found.language, task.name)
    pages.say(request, _("Done: %(task)s (%(reference)s).") % {"task": title, "reference": case.reference})
    return redirect(reverse("desk:case", args=[case.pk]) + _query(request))


def _here(found: Opened, task: Any) -> str:
    return reverse("desk:task", args=[found.case.pk, task.pk])


def _query(request: HttpRequest) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""


@require_POST
@staff_page("task.work")
def start(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """Takes the task in hand for half an hour; an open page renews that."""
    found = opened_case(request, case_id)
    task = found.task(task_id)
    try:
        casework.claim(found.actor, task.pk)
    except rules.CaseError as refused:
        pages.warn(request, words.explained(refused))
    return redirect(_here(found, task) + _query(request) + "#task")


@require_POST
@staff_page("task.work")
def give_back(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    found = opened_case(request, case_id)
    task = found.task(task_id)
    try:
        casework.release(found.actor, task.pk)
        pages.say(request, _("The task is back with the team. What you entered is kept."))
    except rules.CaseError as refused:
        pages.warn(request, words.explained(refused))
    return redirect(reverse("desk:queue") + _query(request))


@require_POST
@staff_page("task.work")
def hold(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """A light sign from an open page that its task is still worked on: 204, or what has come between."""
    found = opened_case(request, case_id)
    try:
        casework.claim(found.actor, found.task(task_id).pk)
    except rules.CaseError as refused:
        return pages.part(request, "task_lost", {"why": words.explained(refused)})
    return HttpResponse(status=204)


@require_POST
@staff_page("task.work")
def questions(request: HttpRequest, case_id: UUID, task_id: UUID) -> HttpResponse:
    """The questions as they follow from what was entered so far; nothing is kept or found fault with."""
    found = opened_case(request, case_id)
    work = read(found.case, found.task(task_id), found.package, found.language, request.POST)
    return pages.part(request, "task_questions", {"work": replace(work, errors={})})
