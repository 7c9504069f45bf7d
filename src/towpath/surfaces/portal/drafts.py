"""The door to a draft: who may go on with it does; everybody else is told how, and what they typed is kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from towpath.casework import queries as casework
from towpath.foundation.access import NotAllowed
from towpath.surfaces.portal import pages, visitors
from towpath.surfaces.portal.filling import Filling
from towpath.surfaces.resident_access import resident

View = Callable[..., HttpResponse]


def with_draft(view: View) -> View:
    """Gives the view a `Filling` in place of the draft's id."""

    @wraps(view)
    def opened(request: HttpRequest, draft_id: UUID, **more: Any) -> HttpResponse:
        actor = visitors.draft_actor(request, draft_id)
        try:
            draft = casework.draft(actor, draft_id, lock=request.method == "POST")
        except ObjectDoesNotExist:
            return _gone(request, draft_id)
        except NotAllowed:
            return _not_here(request, draft_id, signed_in=actor.kind == "resident")
        return view(request, Filling.of(actor, draft, pages.language()), **more)

    return opened


def _gone(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Sent meanwhile: its request bears the same id, so that sending twice leads to one receipt. Or its time is over."""
    there = "portal:receipt" if request.method == "POST" else "portal:request"
    if casework.may_see(visitors.request_actor(request, draft_id), draft_id):
        return redirect(there, draft_id)
    if not visitors.knows_draft(request, draft_id):
        return _not_here(request, draft_id, signed_in=resident(request).kind == "resident")
    # Sent by the same browser in another tab: its session did not tell us yet.
    if casework.may_see(visitors.visitor_of_request(draft_id), draft_id):
        visitors.remember_request(request, draft_id)
        return redirect(there, draft_id)
    return pages.show(request, "gone", status=404)


def _not_here(request: HttpRequest, draft_id: UUID, *, signed_in: bool) -> HttpResponse:
    """Whether there is such a draft is not told."""
    if signed_in and visitors.knows_draft(request, draft_id):
        return redirect("portal:mine", draft_id)
    if signed_in:
        raise Http404
    kept = request.method == "POST" and visitors.keep_typed(request, request.path, dict(request.POST.lists()))
    values = {
        "kept": kept,
        "sign_in": pages.sign_in_address(request),
    }
    return pages.show(request, "who_are_you", values, status=403)
