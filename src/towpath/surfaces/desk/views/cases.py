"""A case: reading it, doing something with it, its papers, and what is new in it."""

from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from towpath.casework import rules
from towpath.casework.queries.timeline import last_seq
from towpath.contact import actions as contact
from towpath.documents import queries as documents
from towpath.surfaces.desk import acts, pages, words
from towpath.surfaces.desk.cases import live_parts, opened_case, show_case
from towpath.surfaces.desk.scene import Typed
from towpath.surfaces.staff_access import desk_actor, staff_page


@require_safe
@staff_page("case.read")
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    return show_case(request, opened_case(request, case_id))


@require_POST
@staff_page("case.read")
def act(request: HttpRequest, case_id: UUID, name: str) -> HttpResponse:
    """Does one of the acts, then shows the case again; with what was typed where something is wrong."""
    found = opened_case(request, case_id)
    if name not in acts.KINDS:
        raise Http404(name)
    task_id = request.POST.get("task", "")
    task = next((task for task in found.page.tasks if str(task.pk) == task_id), None)
    values = {key: str(value) for key, value in request.POST.items()}
    typed = Typed(name, values, files=request.FILES.getlist("files"))
    try:
        with transaction.atomic():
            done = acts.carry_out(found.actor, found.page, task, typed)
    except rules.NotComplete as missing:
        return show_case(request, found, task=task, typed=Typed(name, values, missing.errors))
    except (rules.CaseError, contact.NotPossible) as refused:
        pages.warn(request, words.explained(refused))
    else:
        pages.say(request, done)
    return redirect(_back(case_id, task, name))


def _back(case_id: UUID, task: object, act: str) -> str:
    """To the task that one works on, unless it went away with the act."""
    pk = getattr(task, "pk", None)
    if pk is None or act in ("refer", "withdraw"):
        return reverse("desk:case", args=[case_id])
    return reverse("desk:task", args=[case_id, pk])


@require_safe
@staff_page("case.read")
def news(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """204 while nothing happened to the case; else its head, its open tasks and its timeline."""
    if str(last_seq(case_id)) == request.GET.get("seq"):
        return HttpResponse(status=204)
    found = opened_case(request, case_id)
    return pages.part(request, "case_news", live_parts(request, found, _uuid(request.GET.get("task", ""))))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@require_safe
@staff_page("case.read")
def document(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """A file to be saved, never shown inside the site."""
    found = opened_case(request, case_id)
    try:
        kept = documents.document(desk_actor(request), document_id, case_id=found.case.pk)
    except ObjectDoesNotExist as missing:
        raise Http404(str(document_id)) from missing
    headers = {
        "Content-Disposition": content_disposition_header(True, kept.name) or "attachment",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(bytes(kept.content), content_type=kept.content_type, headers=headers)
