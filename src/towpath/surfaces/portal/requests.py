"""The door to a request: its signed-in applicant, or whoever came by its link or by reference and code."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse

from towpath.casework import queries as casework
from towpath.surfaces.portal import pages, visitors


def followed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Gives the view the actor before the id of a case that the actor may see."""

    @wraps(view)
    def opened(request: HttpRequest, case_id: UUID, **more: Any) -> HttpResponse:
        actor = visitors.request_actor(request, case_id)
        if casework.may_see(actor, case_id):
            return view(request, actor, case_id, **more)
        if actor.kind == "resident":
            raise Http404
        posted = request.method == "POST"
        kept = posted and visitors.keep_typed(request, request.path, dict(request.POST.lists()))
        values = {"kept": kept, "tracking": True, "sign_in": pages.sign_in_address(request)}
        return pages.show(request, "who_are_you", values, status=403)

    return opened
