"""Pages about the site itself."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from towpath.foundation import tenancy
from towpath.surfaces.look import Row
from towpath.surfaces.portal import pages


def _about(request: HttpRequest, name: str) -> HttpResponse:
    tenant = tenancy.current()
    values = {
        "body": tenant.name,
        "contact": tenant.settings.get("contact", ""),
        "points": _points(tenant.settings.get("contact-points", {}), pages.language()),
        "supervisor": tenant.settings.get("privacy-supervisor", ""),
        "back": reverse("portal:home"),
    }
    return pages.show(request, name, values)


def _points(said: Mapping[str, Any], language: str) -> list[Row]:
    """Where one writes, calls and comes to. Each is a text, or texts by language."""
    rows = []
    for name, label, scheme in (
        ("email", _("E-mail"), "mailto:"),
        ("phone", _("Telephone"), "tel:"),
        ("address", _("Address"), ""),
        ("hours", _("Opening hours"), ""),
    ):
        value = said.get(name, "")
        text = value.get(language) or next(iter(value.values()), "") if isinstance(value, Mapping) else value
        if text:
            href = scheme + text.replace(" ", "") if scheme else ""
            rows.append(Row(label, text.splitlines(), href=href))
    return rows


@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    return _about(request, "contact")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _about(request, "accessibility")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _about(request, "privacy")
