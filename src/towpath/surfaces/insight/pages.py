"""What every page of insight has around it, and how a page becomes a file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from towpath.foundation import tenancy
from towpath.surfaces.frames import staff_frame
from towpath.surfaces.insight.download import as_csv
from towpath.surfaces.look import Frame, Link, Table


@dataclass(frozen=True)
class Page:
    """A template of `templates/insight/` and what it shows. Each table can be taken along under its name."""

    name: str
    values: Mapping[str, Any]
    tables: Mapping[str, Table] = field(default_factory=dict)


def language() -> str:
    return get_language() or "en"


def show(request: HttpRequest, page: Page) -> HttpResponse:
    """The page; with `?csv=<table>` that table as a file."""
    wanted = page.tables.get(request.GET.get("csv", ""))
    if wanted is not None:
        return as_csv(wanted, f"{page.name}-{request.GET['csv']}")
    tables = {name: (table, _address_of(request, name)) for name, table in page.tables.items()}
    context = {"frame": _frame(request, page.name), "tables": tables, **page.values}
    with timezone.override(ZoneInfo(tenancy.current().zone)):
        return render(request, f"insight/{page.name}.html", context)


def _address_of(request: HttpRequest, table: str) -> str:
    query = request.GET.copy()
    query["csv"] = table
    return f"?{query.urlencode()}"


def _frame(request: HttpRequest, here: str) -> Frame:
    parts = [
        ("overview", _("Overview")),
        ("open", _("Open requests")),
        ("logs", _("Logs of older systems")),
        ("definitions", _("What the figures mean")),
    ]
    links = [Link(text, reverse(f"insight:{name}"), current=name == here) for name, text in parts]
    return replace(
        staff_frame(request),
        home=reverse("insight:overview"),
        theme=str(tenancy.current().settings.get("theme", "")),
        navigation=[*links, Link(_("Desk"), "/desk/")],
    )
