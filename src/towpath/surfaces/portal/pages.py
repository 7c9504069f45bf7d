"""What every page of the portal has around it, and the one way in which pages are rendered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from towpath.foundation import tenancy
from towpath.foundation.access import LEVELS, Assurance
from towpath.surfaces.frames import resident_frame
from towpath.surfaces.look import Frame, Link
from towpath.surfaces.resident_access import resident


def language() -> str:
    return get_language() or "en"


def frame(request: HttpRequest) -> Frame:
    me = resident(request)
    signed_in = me.kind == "resident"
    return replace(
        resident_frame(request),
        home=reverse("portal:home"),
        theme=str(tenancy.current().settings.get("theme", "")),
        person=me.name if signed_in else "",
        place=reverse("portal:me") if signed_in else "",
        sign_in="" if signed_in else sign_in_address(request),
        sign_out=reverse("signin:leave") if signed_in else "",
        footer=[
            Link(_("Track your request"), reverse("portal:track")),
            Link(_("Contact"), reverse("portal:contact")),
            Link(_("Accessibility"), reverse("portal:accessibility")),
            Link(_("Privacy"), reverse("portal:privacy")),
        ],
    )


def sign_in_address(request: HttpRequest, then: str = "", assurance: Assurance = "low") -> str:
    """Signing in leads back to the page that one is on, or to `then`."""
    query = {"next": then or request.get_full_path(), "assurance": assurance}
    return f"{reverse('signin:begin')}?{urlencode(query)}"


def level(written: str) -> Assurance:
    """A level of assurance as a package writes it."""
    found: Assurance = next((one for one in LEVELS if one == written), "none")
    return found


def show(
    request: HttpRequest, name: str, values: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A page of `templates/portal/`. `errors` are pairs (id of the control or "", message)."""
    context = {"errors": [], "frame": frame(request), **(values or {})}
    return render(request, f"portal/{name}.html", context, status=status)
