"""My place: what I asked for, what I began, what we wrote, which papers there are, and who looked at my data."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from towpath.casework import queries as casework
from towpath.catalogue import queries as catalogue
from towpath.contact import queries as contact
from towpath.documents import queries as documents
from towpath.foundation.access import Actor
from towpath.foundation.models import AccessRecord
from towpath.people import queries as people
from towpath.surfaces.look import Column, Happening, Link, Table
from towpath.surfaces.portal import pages
from towpath.surfaces.portal.story import case_state
from towpath.surfaces.resident_access import resident

READS_SHOWN = 100
CONVERSATIONS_SHOWN = 50


def own(view: Callable[[HttpRequest, Actor], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """For who is signed in; others are led to signing in, and back."""

    @wraps(view)
    def opened(request: HttpRequest) -> HttpResponse:
        me = resident(request)
        return view(request, me) if me.kind == "resident" else redirect(pages.sign_in_address(request))

    return opened


def _show(request: HttpRequest, name: str, values: dict[str, Any]) -> HttpResponse:
    ways = [
        ("me", _("Requests")),
        ("messages", _("Messages")),
        ("papers", _("Papers")),
        ("reads", _("Who looked at my data")),
    ]
    side = [Link(text, reverse(f"portal:{to}"), current=to == name) for to, text in ways]
    return pages.show(request, f"place/{name}", {"side": side, **values})


@require_safe
@own
def overview(request: HttpRequest, me: Actor) -> HttpResponse:
    language = pages.language()
    cases = []
    for case in casework.my_cases(me):
        package = catalogue.package(case.version_id)
        cases.append((case, package.text("service.title", language), case_state(case, package, language)))
    drafts = [
        (draft, catalogue.package(draft.version_id).text("service.title", language))
        for draft in casework.drafts_of(me)
    ]
    dates = [
        (one, catalogue.package(one.case.version_id).text(f"dates.{one.name}", language))
        for one in casework.my_dates(me)
    ]
    return _show(request, "me", {"cases": cases, "drafts": drafts, "dates": dates})


@require_safe
@own
def messages(request: HttpRequest, me: Actor) -> HttpResponse:
    """Every conversation in one stream, newest first."""
    assert me.person is not None
    talks = contact.conversations_of(me.person)[:CONVERSATIONS_SHOWN]
    entries = [
        one for one in contact.entries_after([talk.pk for talk in talks]) if one.direction != "internal"
    ]
    shown = [
        Happening(
            entry.at,
            entry.subject or (_("You wrote to us") if entry.direction == "in" else _("We wrote to you")),
            entry.body,
            who=_("You") if entry.direction == "in" else "",
            kind="done" if entry.direction == "out" else "",
        )
        for entry in reversed(entries)
    ]
    return _show(request, "messages", {"entries": shown})


@require_safe
@own
def papers(request: HttpRequest, me: Actor) -> HttpResponse:
    """Files by request. The letters are among the messages, in full."""
    cases = {case.pk: case for case in casework.my_cases(me)}
    by_case: dict[Any, list[Any]] = {}
    for document in documents.of_cases(list(cases)):
        by_case.setdefault(document.case_id, []).append(document)
    language = pages.language()
    shown = [
        (case, catalogue.package(case.version_id).text("service.title", language), by_case[id_])
        for id_, case in cases.items()
        if id_ in by_case
    ]
    return _show(request, "papers", {"shown": shown})


@require_safe
@own
def reads(request: HttpRequest, me: Actor) -> HttpResponse:
    """From the log of reads. Staff appear by role and team: residents see that it was somebody's task, not whose."""
    assert me.person is not None
    rows = list(
        AccessRecord.objects.filter(person=people.pseudonym(me.person)).order_by("-seq")[:READS_SHOWN]
    )
    posts = people.posts_of({row.actor_id for row in rows if row.actor_kind == "staff"})
    lines = [[_moment(row.window), _who(row, me, posts), _purpose(row.purpose)] for row in rows]
    columns = [Column(_("When")), Column(_("Who")), Column(_("Why"))]
    table = Table(_("Who looked at my data"), columns, lines, hide_caption=True)
    return _show(request, "reads", {"table": table, "none": not rows})


def _moment(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def _who(row: AccessRecord, me: Actor, posts: dict[str, str]) -> str:
    if row.actor_kind == "staff":
        return posts.get(row.actor_id) or _("A member of staff")
    return _("You") if row.actor_id == me.id else _("Our computer")


def _purpose(code: str) -> str:
    known = {
        "casework": _("To work on your request"),
        "document": _("To read a paper that you sent"),
        "contact": _("To read or answer a message"),
        "residence-check": _("To check where you live"),
        "vehicle-check": _("To check your vehicle"),
    }
    return known.get(code) or code.replace("-", " ").capitalize()
