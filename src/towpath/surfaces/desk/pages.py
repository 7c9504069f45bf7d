"""What every page of the desk has around it, and the one way in which its pages are rendered."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from towpath.foundation import tenancy
from towpath.foundation.access import Actor
from towpath.surfaces.frames import staff_frame
from towpath.surfaces.look import Frame, Link
from towpath.surfaces.staff_access import desk_actor


def language() -> str:
    return get_language() or "en"


def language_name(code: str) -> str:
    return str(get_language_info(code)["name_local"])


def frame(request: HttpRequest, here: str = "") -> Frame:
    own = staff_frame(request)
    actor = desk_actor(request)
    return replace(
        own,
        theme=str(tenancy.current().settings.get("theme", "")),
        navigation=_navigation(actor, here),
        search=reverse("desk:search"),
        query=request.GET.get("q", "") if here == "search" else "",
        account=[Link(_("All bodies that I work for"), reverse("desk:bodies")), *own.account],
    )


def _navigation(actor: Actor, here: str) -> list[Link]:
    """Only what this person may enter. (permission or "", name of the part, text, key)"""
    parts = [
        ("", "queue", _("Work"), "w"),
        ("case.open", "new", _("New request"), "n"),
        ("contact.write", "mail", _("Mail"), "m"),
        ("jobs.settle", "troubles", _("Troubles"), "t"),
        ("case.migrate", "versions", _("Versions"), ""),
        ("staff.manage", "staff", _("Staff"), ""),
        ("journal.verify", "audit", _("Audit"), ""),
    ]
    links = [
        Link(text, reverse(f"desk:{part}"), current=part == here, key=key)
        for permission, part, text, key in parts
        if not permission or actor.may_somewhere(permission)
    ]
    return [*links, Link(_("Insight"), "/insight/")] if actor.may_somewhere("insight.read") else links


def show(
    request: HttpRequest,
    name: str,
    values: Mapping[str, Any] | None = None,
    *,
    here: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of `templates/desk/`, with times in the body's own zone.

    `errors` are fields with an error, or pairs (id of the control or "", message).
    """
    context = {"errors": [], "frame": frame(request, here), "actor": desk_actor(request), **(values or {})}
    return _rendered(request, name, context, status)


def part(request: HttpRequest, name: str, values: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    """A part of a page, for htmx."""
    return _rendered(request, name, {"actor": desk_actor(request), **values}, status)


def _rendered(request: HttpRequest, name: str, context: Mapping[str, Any], status: int) -> HttpResponse:
    with timezone.override(ZoneInfo(tenancy.current().zone)):
        return render(request, f"desk/{name}.html", context, status=status)


def say(request: HttpRequest, text: str) -> None:
    """Said on the next page, whichever it is."""
    messages.success(request, text)


def warn(request: HttpRequest, text: str) -> None:
    messages.warning(request, text)


def once() -> str:
    """Goes with a form, so that sending it twice does it once."""
    return str(uuid4())
