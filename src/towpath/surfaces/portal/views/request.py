"""Following a request: by link, by reference and code, or signed in. Links show stages, never answers."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from towpath.casework import queries as casework
from towpath.catalogue import queries as catalogue
from towpath.documents import queries as documents
from towpath.foundation import tenancy
from towpath.foundation.access import Actor
from towpath.foundation.lockout import LockedOut
from towpath.surfaces.look import Row, Stage, StageState
from towpath.surfaces.portal import pages, story, uploads, visitors
from towpath.surfaces.portal.requests import followed
from towpath.surfaces.portal.returning import returns
from towpath.surfaces.portal.views.later import code_form
from towpath.surfaces.portal.wording import Words
from towpath.surfaces.questions import said


@require_safe
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The secret moves into the session, so that it stays neither in the address bar nor in the history's next page."""
    case = casework.track_by_link(secret.rstrip(".,;:)"))  # what a mail program may have taken along
    if case is None:
        return pages.show(request, "gone", {"tracking": True}, status=404)
    visitors.remember_request(request, case.pk)
    return redirect("portal:request", case.pk)


@returns
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return code_form(request, "track")
    try:
        case = casework.track_by_code(
            request.POST.get("reference", ""), request.POST.get("code", ""), visitors.address(request)
        )
    except LockedOut as locked:
        return code_form(request, "track", locked=locked.minutes)
    if case is None:
        return code_form(request, "track", wrong=True)
    visitors.remember_request(request, case.pk)
    return redirect("portal:request", case.pk)


@require_safe
@followed
def page(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    found = casework.tracking(actor, case_id, pages.language(), tenancy.current().zone)
    words = Words(catalogue.package(found.case.version_id), pages.language())
    own = actor.kind == "resident"
    values = {
        "tracked": found,
        "case": found.case,
        "own": own,
        "state": story.state(found, words),
        "awaited": story.awaited(found),
        "stages": [Stage(s.label, _stage(s.state), s.explanation, s.reached_at) for s in found.stages],
        "decision": story.decision(found, words) if found.decision else None,
        "dates": [(words.text(f"dates.{one.name}"), one.on) for one in found.dates],
        "happenings": story.happenings(casework.timeline(actor, found.case).lines, words),
        "papers": documents.of_case(case_id) if own else [],
        "back": reverse("portal:me") if own else "",
    }
    return pages.show(request, "request", values)


def _stage(state: str) -> StageState:
    return "current" if state == "current" else "done" if state == "done" else "next"


@require_safe
@followed
def answers(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """What the applicant told us; for their own sign-in only."""
    if actor.kind != "resident":
        raise Http404
    case = casework.tracking(actor, case_id, pages.language(), tenancy.current().zone).case
    words = Words(catalogue.package(case.version_id), pages.language())
    given = casework.answers_of(case)
    questions = [
        q for page in words.package.form.pages for q in page.questions if given.get(q.id) is not None
    ]
    rows = [Row(words.label(q), said(q, given[q.id], words)) for q in questions]
    values = {"rows": rows, "case": case, "back": reverse("portal:request", args=[case_id])}
    return pages.show(request, "answers", values)


@require_safe
@followed
def file(request: HttpRequest, actor: Actor, case_id: UUID, document_id: UUID) -> HttpResponse:
    if actor.kind != "resident":
        raise Http404
    return uploads.handed_out(actor, document_id, case_id=case_id)
