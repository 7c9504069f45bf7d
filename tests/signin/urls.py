"""A site with nothing but signing in, and a page on each side that says who one is."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from towpath.surfaces.resident_access import resident
from towpath.surfaces.staff_access import desk_actor, staff_page


@staff_page()
def desk(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"staff {desk_actor(request).name}")


@staff_page("journal.verify")
def audit(request: HttpRequest) -> HttpResponse:
    return HttpResponse("audit")


def ungated(request: HttpRequest) -> HttpResponse:
    return HttpResponse(desk_actor(request).name)


def place(request: HttpRequest) -> HttpResponse:
    actor = resident(request)
    return HttpResponse(f"{actor.kind} {actor.name} {actor.assurance}")


urlpatterns = [
    path("accounts/", include("towpath.surfaces.accounts.urls")),
    path("", include("towpath.surfaces.signin.urls")),
    path("desk/", desk),
    path("desk/audit", audit),
    path("ungated", ungated),
    path("place", place),
]
