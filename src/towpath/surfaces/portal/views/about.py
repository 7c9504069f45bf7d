"""Pages about the site itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from towpath.foundation import tenancy
from towpath.surfaces.portal import pages


def _about(request: HttpRequest, name: str) -> HttpResponse:
    tenant = tenancy.current()
    values = {
        "body": tenant.name,
        "contact": tenant.settings.get("contact", ""),
        "supervisor": tenant.settings.get("privacy-supervisor", ""),
        "back": reverse("portal:home"),
    }
    return pages.show(request, name, values)


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return _about(request, "contact")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _about(request, "accessibility")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _about(request, "privacy")
