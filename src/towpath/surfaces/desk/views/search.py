"""Finding requests and people, and the queues of all bodies that somebody works for."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from towpath.casework import queries as casework
from towpath.foundation import tenancy
from towpath.foundation.models import Tenant
from towpath.people import queries as people
from towpath.surfaces.desk import pages, queues
from towpath.surfaces.desk.listed import listed
from towpath.surfaces.staff_access import desk_actor, signed_in, staff_page


@require_safe
@staff_page("case.read")
def search(request: HttpRequest) -> HttpResponse:
    actor = desk_actor(request)
    text = request.GET.get("q", "").replace("\0", "").strip()[:200]
    values = {
        "text": text,
        "cases": listed(casework.find_cases(actor, text), pages.language()) if text else [],
        "people": people.find_people(actor, text) if text else [],
    }
    return pages.show(request, "search", values, here="search")


@require_safe
@staff_page()
def bodies(request: HttpRequest) -> HttpResponse:
    """The queue of each body, read one after the other, each with what this person may do there."""
    read = [_body(request, tenant) for tenant in people.bodies_of(signed_in(request))]
    return pages.show(request, "bodies", {"bodies": read}, here="bodies")


def _body(request: HttpRequest, tenant: Tenant) -> dict[str, Any]:
    port = request.get_port()
    site = f"{request.scheme}://{tenant.host}" + ("" if port in {"80", "443"} else f":{port}")
    with tenancy.inside(tenant):
        actor = people.staff_actor(signed_in(request))
        if actor is None or not actor.may_somewhere("task.work"):
            return {"name": tenant.name, "site": site, "lines": [], "more": False, "works": False}
        page = casework.queue(actor, casework.Filters())
        lines = queues.lines(actor, page, pages.language())
    return {"name": tenant.name, "site": site, "lines": lines, "more": page.after is not None, "works": True}
