"""Pages for what went wrong. They say what happened and what to do next; nothing that was saved is lost."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from towpath.foundation import tenancy
from towpath.surfaces.frames import resident_frame


def _page(request: HttpRequest, status: int, kind: str) -> HttpResponse:
    # On the bare address there is no body whose frame could stand around the page.
    frame = resident_frame(request) if tenancy.is_set() else None
    values = {"status": status, "kind": kind, "frame": frame}
    return render(request, "towpath/error.html", values, status=status)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403, "forbidden")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404, "not-found")


def failed(request: HttpRequest) -> HttpResponse:
    return _page(request, 500, "failed")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A view may say how to come back with what was typed (`when_expired`); None from it means this page."""
    match = request.resolver_match
    come_back = getattr(match.func, "when_expired", None) if match else None
    again: HttpResponse | None = come_back(request, **match.kwargs) if match and come_back else None
    return again or _page(request, 403, "expired")
