"""The list of requests behind a number."""

from dataclasses import dataclass
from typing import Final, get_args
from uuid import UUID

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.casework.queries.visible import visible_to
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor, log_read
from towpath.journeys import queries as journeys
from towpath.surfaces import places
from towpath.surfaces.insight import process, walks, words
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.look import Cell, Column, Pages, Table

TITLES: Final = {
    "open": gettext_lazy("Open requests"),
    "late": gettext_lazy("Open requests past their legal deadline"),
    "resolved": gettext_lazy("Requests that ended"),
    "sent": gettext_lazy("Requests that were sent"),
    "rated": gettext_lazy("Requests whose applicants said how it was"),
    "automatic": gettext_lazy("Requests decided by the rules"),
    "missed": gettext_lazy("Requests decided after their legal deadline"),
    "withdrawn": gettext_lazy("Requests that were withdrawn"),
    "process": gettext_lazy("Requests that went this way"),
}


@dataclass(frozen=True)
class Listed:
    """`hidden` of those on this page the actor may not see. `timed`: the list is of one period, not of now.

    `cut`: what was left out of a list that is too long, in words.
    """

    title: str
    table: Table
    hidden: int
    timed: bool
    pages: Pages
    cut: str


def page(actor: Actor, chosen: Chosen, asked: QueryDict) -> Listed | None:
    """None where the address names no list. The reading is logged with its address."""
    behind = process.Behind()
    if asked.get("which") == "process":
        behind = process.cases_behind(_given(asked)["service"], walks.of_service(chosen, asked))
    wanted = _wanted(chosen, asked, behind)
    if wanted is None:
        return None
    found = journeys.requests(wanted, places.read(asked.get("after", "")))
    shown = found[: journeys.PAGE]
    references = dict(
        visible_to(actor).filter(pk__in=[fact.pk for fact in shown]).values_list("pk", "reference")
    )
    log_read(actor, "search", f"insight {asked.urlencode()}", "insight")
    seen = [fact for fact in shown if fact.pk in references]
    more = _address_after(asked, wanted, shown[-1]) if len(found) > journeys.PAGE else ""
    title = str(TITLES[asked.get("which", "")])
    rows = [_line(chosen, fact, references[fact.pk]) for fact in seen]
    return Listed(
        title,
        Table(title, _columns(), rows, hide_caption=True),
        hidden=len(shown) - len(seen),
        timed=wanted.over is not None,
        pages=Pages(next=more),
        cut=_cut(behind),
    )


def _cut(behind: process.Behind) -> str:
    if behind.count == len(behind.keys):
        return ""
    return _("There are %(all)s. Listed are the %(n)s in which something was done last.") % {
        "all": words.number(behind.count),
        "n": words.number(len(behind.keys)),
    }


def _given(asked: QueryDict) -> dict[str, str]:
    """Values that come from the address are compared only, and never with a zero byte, which PostgreSQL refuses."""
    return {
        name: asked.get(name, "").replace("\0", "")[:200] for name in ("service", "step", "awaits", "age")
    }


def _wanted(chosen: Chosen, asked: QueryDict, behind: process.Behind) -> journeys.Wanted | None:
    which, given = asked.get("which", ""), _given(asked)
    if which not in TITLES:
        return None
    if given["age"] and given["age"] not in journeys.AGES:
        return None
    if which == "process":
        among = [*map(UUID, behind.keys)]
        return journeys.Wanted("sent", service=given["service"], over=chosen.over, among=among)
    now = which in {"open", "late"}
    return journeys.Wanted(
        next(name for name in get_args(journeys.Which) if name == which),
        service=given["service"],
        channel=chosen.channel,
        over=None if now else chosen.over,
        step={"": None, "-": ""}.get(given["step"], given["step"]),
        awaits=given["awaits"],
        age=given["age"] if now else "",
    )


def _address_after(asked: QueryDict, wanted: journeys.Wanted, last: journeys.CaseFact) -> str:
    at = last.submitted_at if wanted.which in {"open", "late", "sent"} else last.resolved_at
    assert at is not None  # the list is of those that have it
    query = asked.copy()
    query["after"] = places.written((at, last.pk))
    return f"?{query.urlencode()}"


def _columns() -> list[Column]:
    return [
        Column(_("Request")),
        Column(_("Service")),
        Column(_("Channel")),
        Column(_("Sent on")),
        Column(_("Time so far, or in all"), numeric=True),
        Column(_("Where it stands")),
        Column(_("Score"), numeric=True),
    ]


def _line(chosen: Chosen, fact: journeys.CaseFact, reference: str) -> list[object]:
    sent = fact.submitted_at or clock.now()
    took = (fact.resolved_at or clock.now()) - sent
    stands = (
        Cell(chosen.step(fact.service, fact.step) or _("Open"))
        if fact.resolved_at is None
        else Cell(_outcome(fact))
    )
    return [
        Cell(reference, f"/desk/cases/{fact.pk}/"),
        chosen.title(fact.service),
        words.channel(fact.channel),
        formats.date_format(clock.day(sent, tenancy.current().zone), "SHORT_DATE_FORMAT"),
        words.length(took),
        stands,
        words.NONE if fact.score is None else str(fact.score),
    ]


def _outcome(fact: journeys.CaseFact) -> str:
    return fact.outcome.replace("-", " ").capitalize() or _("Closed")
