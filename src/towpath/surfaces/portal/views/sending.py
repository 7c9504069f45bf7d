"""Check your answers, send them, and the receipt."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.rules import NotComplete
from towpath.catalogue import queries as catalogue
from towpath.catalogue.package import Page
from towpath.foundation import clock, crypto, tenancy
from towpath.foundation.access import Actor
from towpath.surfaces.limits import limited
from towpath.surfaces.look import Row
from towpath.surfaces.portal import pages, visitors
from towpath.surfaces.portal.drafts import with_draft
from towpath.surfaces.portal.filling import Filling
from towpath.surfaces.portal.requests import followed
from towpath.surfaces.portal.returning import returns
from towpath.surfaces.portal.views.later import spoken
from towpath.surfaces.portal.wording import Words
from towpath.surfaces.questions import said


@returns
@require_http_methods(["GET", "HEAD", "POST"])
@limited("send", 60)
@with_draft
def check_answers(request: HttpRequest, filling: Filling) -> HttpResponse:
    if filling.in_force.pk != filling.draft.version_id:
        return redirect("portal:new-rules", filling.id)
    if filling.first_open:
        return redirect(filling.go_on(checking=True))
    return _send(request, filling) if request.method == "POST" else _show(request, filling)


def _send(request: HttpRequest, filling: Filling) -> HttpResponse:
    """Pressing twice leads to the same receipt: the draft is gone then, and `with_draft` finds its request."""
    try:
        sent = casework.submit(filling.actor, filling.id)
    except NotComplete:
        return redirect(filling.go_on(checking=True))
    if filling.actor.kind == "visitor":
        visitors.remember_request(request, sent.case.pk)
    return redirect("portal:receipt", sent.case.pk)


def _show(request: HttpRequest, filling: Filling) -> HttpResponse:
    shown = filling.pages
    values = {
        "filling": filling,
        "rows": [row for page in shown for row in _rows(filling, page)],
        "version": filling.in_force,
        "back": filling.address(shown[-1]) if shown else "",
    }
    return pages.show(request, "check_answers", values)


def _rows(filling: Filling, page: Page) -> list[Row]:
    given = filling.context["answers"]
    return [
        Row(
            key=filling.words.label(question),
            lines=said(question, given.get(question.id), filling.words),
            change="" if question.type == "evidence" else filling.address(page, checking=True),
        )
        for question in filling.shown(page)
    ]


@require_safe
@followed
def receipt(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """To be printed or written down: reference, code, and what happens next."""
    zone = tenancy.current().zone
    found = queries.tracking(actor, case_id, pages.language(), zone)
    words = Words(catalogue.package(found.case.version_id), pages.language())
    secret = crypto.link_secret("case", case_id)
    values = {
        "case": found.case,
        "service": found.title,
        "code": spoken(crypto.typed_code("case", case_id)),
        "link": request.build_absolute_uri(reverse("portal:track-link", args=[secret])),
        "submitted": clock.day(found.case.submitted_at, zone),
        "expected": found.expected,
        "next": words.text("service.what-happens-next"),
        "own": actor.kind == "resident",
    }
    return pages.show(request, "receipt", values)
