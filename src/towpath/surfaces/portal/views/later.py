"""Coming back to a draft: by a link, or by reference and code."""

from typing import TYPE_CHECKING
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from towpath.casework import actions as casework
from towpath.foundation import crypto
from towpath.foundation.lockout import LockedOut
from towpath.surfaces.look import Field
from towpath.surfaces.portal import pages, visitors
from towpath.surfaces.portal.drafts import with_draft
from towpath.surfaces.portal.filling import Filling
from towpath.surfaces.portal.returning import returns
from towpath.surfaces.resident_access import resident

if TYPE_CHECKING:
    from towpath.casework.models import Draft


@require_safe
@with_draft
def later(request: HttpRequest, filling: Filling) -> HttpResponse:
    """Who signed in finds the draft in their place; all others take the link, or reference and code, with them."""
    secret = crypto.link_secret("draft", filling.id)
    link = request.build_absolute_uri(reverse("portal:continue-link", args=[secret]))
    text = _("Go on with your application here: %(link)s") % {"link": link}
    values = {
        "filling": filling,
        "own": filling.draft.person_id is not None,
        "link": link,
        "code": spoken(crypto.typed_code("draft", filling.id)),
        "mail": f"mailto:?subject={quote(filling.title)}&body={quote(text)}",
        "back": filling.go_on(),
    }
    return pages.show(request, "later", values)


def spoken(code: str) -> str:
    """In two halves, as people read it aloud."""
    return f"{code[:4]}-{code[4:]}"


@require_safe
def by_link(request: HttpRequest, secret: str) -> HttpResponse:
    draft = casework.resume_by_link(secret)
    if draft is None:
        return pages.show(request, "gone", status=404)
    return _resumed(request, draft)


def _resumed(request: HttpRequest, draft: "Draft") -> HttpResponse:
    """A draft of somebody who signed in needs their sign-in again; the link alone does not open it."""
    if draft.person_id is None:
        visitors.remember_draft(request, draft.pk)
    elif draft.person_id != resident(request).person:
        return redirect(pages.sign_in_address(request, reverse("portal:draft", args=[draft.pk])))
    return redirect("portal:draft", draft.pk)


@returns
@require_http_methods(["GET", "HEAD", "POST"])
def by_code(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return code_form(request, "continue")
    reference, code = request.POST.get("reference", ""), request.POST.get("code", "")
    try:
        draft = casework.resume_by_code(reference, code, visitors.address(request))
    except LockedOut as locked:
        return code_form(request, "continue", locked=locked.minutes)
    return _resumed(request, draft) if draft else code_form(request, "continue", wrong=True)


def code_form(
    request: HttpRequest, name: str, *, wrong: bool = False, locked: int | None = None
) -> HttpResponse:
    """Reference and code, for drafts and for requests. Which of the two is wrong is not told."""
    message = _("Reference and code do not belong together. Check both.") if wrong else ""
    typed = request.POST
    fields = [
        Field(
            "text",
            "reference",
            _("Reference"),
            value=typed.get("reference", ""),
            error=message,
            width=20,
            dir="ltr",
        ),
        Field(
            "text", "code", _("Code"), value=typed.get("code", ""), width=10, dir="ltr", autocomplete="off"
        ),
    ]
    at_hand = visitors.drafts_at_hand(request) if name == "continue" else []
    values = {
        "fields": fields,
        "errors": [("reference", message)] if message else [],
        "locked": locked,
        "at_hand": at_hand,
        "back": reverse("portal:home"),
    }
    return pages.show(request, name, values, status=429 if locked else 422 if wrong else 200)
