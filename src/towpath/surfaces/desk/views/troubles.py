"""What got stuck and needs a person: registers without an answer, jobs given up, events that nobody could take."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from towpath import flow
from towpath.casework import actions
from towpath.casework import queries as casework
from towpath.catalogue import queries as catalogue
from towpath.exchange import actions as exchange
from towpath.exchange import queries as calls
from towpath.exchange.connectors import operations
from towpath.foundation import jobs
from towpath.foundation.access import log_read
from towpath.foundation.journal import follow
from towpath.surfaces.desk import by_hand, pages, registers, words
from towpath.surfaces.look import Row
from towpath.surfaces.questions import in_words
from towpath.surfaces.staff_access import desk_actor, staff_page

INCIDENT = "casework.incident"  # what a case could not take; see casework.actions.go_on


@require_safe
@staff_page("jobs.settle")
def troubles(request: HttpRequest) -> HttpResponse:
    language = pages.language()
    failures = {(call.case_id, call.command_id): call for call in calls.open_failures()}
    steps = [
        {
            "task": task,
            "name": catalogue.package(task.case.version_id).name(task.element, language, task.name),
            "why": registers.trouble(task.trouble),
            **_asked(failures.pop((task.case_id, task.command_id), None)),
            "stuck": task.step_kind == INCIDENT,
        }
        for task in casework.troubles(desk_actor(request))
    ]
    values = {
        "steps": steps,
        "calls": [{**_asked(call), "why": registers.why(call.why)} for call in failures.values()],
        "jobs": [{"row": row, "name": words.JOBS.get(row.job, row.job)} for row in jobs.given_up()],
        "parked": [
            {"row": row, "name": words.SUBSCRIBERS.get(row.subscriber, row.subscriber)}
            for row in follow.parked_cases()
        ],
        "reads": desk_actor(request).may_somewhere("case.read"),
    }
    return pages.show(request, "troubles", values, here="troubles")


def _asked(call: Any) -> dict[str, Any]:
    return {"call": call, "asked": registers.name(call.operation) if call else ""}


@require_POST
@staff_page("jobs.settle")
def retry(request: HttpRequest, call_id: UUID) -> HttpResponse:
    try:
        with transaction.atomic():
            exchange.retry(desk_actor(request), call_id)
    except ObjectDoesNotExist as missing:
        raise Http404(str(call_id)) from missing
    except ValueError:
        pages.warn(request, _no_longer())
    else:
        pages.say(request, _("The register is asked again. The case goes on by itself once it answers."))
    return redirect("desk:troubles")


def _no_longer() -> str:
    return _("Nobody needs to see to this question any more. The request shows how it went on.")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("jobs.settle")
def call(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """What the register was asked; a person may give its answer."""
    actor = desk_actor(request)
    try:
        found = calls.call(call_id)
    except ObjectDoesNotExist as missing:
        raise Http404(str(call_id)) from missing
    operation = operations().get(found.operation)
    if operation is None:
        raise Http404(found.operation)
    typed = {name: [str(value) for value in values] for name, values in request.POST.lists()}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        none = request.POST.get("do") == "none"
        try:
            with transaction.atomic():
                exchange.answer_by_hand(actor, call_id, None if none else by_hand.answer(operation, typed))
        except exchange.InvalidAnswer as invalid:
            wrong = by_hand.wrong_places(invalid.places, operation)
        except ValueError:
            pages.warn(request, _no_longer())
            return redirect("desk:troubles")
        else:
            pages.say(request, _("The answer is kept, and the case goes on."))
            return redirect("desk:troubles")
    log_read(actor, "call", call_id, "answer-by-hand")
    fields = by_hand.fields(operation, typed, wrong)
    values: dict[str, Any] = {
        "call": found,
        "told": registers.told(operation),
        "question": [
            Row(registers.part(name, by_hand.GAP), in_words(v)) for name, v in calls.question(call_id).items()
        ],
        "fields": fields,
        "errors": [one for one in fields if one.error],
    }
    return pages.show(request, "call", values, here="troubles", status=422 if wrong else 200)


@require_POST
@staff_page("jobs.settle")
def settle(request: HttpRequest, job_id: UUID) -> HttpResponse:
    again = request.POST.get("do") == "again"
    try:
        jobs.settle(desk_actor(request), job_id, again=again)
    except ObjectDoesNotExist as missing:
        raise Http404(str(job_id)) from missing
    pages.say(request, _("It is tried afresh.") if again else _("It is laid aside."))
    return redirect("desk:troubles")


@require_POST
@staff_page("jobs.settle")
def go_on(request: HttpRequest, task_id: UUID) -> HttpResponse:
    """Tries again what a case could not take, once somebody has seen to its cause."""
    try:
        went_on = actions.go_on(desk_actor(request), task_id)
    except ObjectDoesNotExist as missing:
        raise Http404(str(task_id)) from missing
    if went_on:
        pages.say(request, _("The request goes on."))
    else:
        pages.warn(request, _("It failed again. The reason stands beside it."))
    return redirect("desk:troubles")


@require_POST
@staff_page("jobs.settle")
def lay_aside(request: HttpRequest) -> HttpResponse:
    """Lets an event go for good that nobody can take; what waited behind it can be tried again."""
    seq = request.POST.get("seq", "")
    try:
        follow.lay_aside(
            request.POST.get("subscriber", ""), int(seq) if seq.isdecimal() else 0, desk_actor(request)
        )
    except ObjectDoesNotExist as missing:
        raise Http404(seq) from missing
    pages.say(request, _("It is laid aside."))
    return redirect("desk:troubles")


@require_POST
@staff_page("jobs.settle")
def release(request: HttpRequest) -> HttpResponse:
    """Tries the events of a parked case again, in order."""
    desk_actor(request).require("jobs.settle")
    name, case_id = request.POST.get("subscriber", ""), request.POST.get("case", "") or None
    subscriber = next((one for one in flow.SUBSCRIBERS if one.name == name), None)
    if subscriber is None:
        raise Http404(name)
    passed = follow.release(subscriber, case_id)
    if passed:
        pages.say(request, _("It went on: %(n)s events were taken.") % {"n": passed})
    else:
        pages.warn(request, _("It failed again. The reason stands beside it."))
    return redirect("desk:troubles")
