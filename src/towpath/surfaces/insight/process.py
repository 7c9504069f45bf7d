"""The pages of what really happens: of a service, from the journal, and of logs that were imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import formats
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn, mining
from towpath.engines.bpmn.model import Process
from towpath.foundation import clock, tenancy
from towpath.foundation.access import log_read
from towpath.journeys import queries as journeys
from towpath.surfaces.insight import drawn, fitting, walks, waytables, words
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.insight.pages import Page, language, show
from towpath.surfaces.insight.walks import Walk
from towpath.surfaces.insight.waytables import Lead
from towpath.surfaces.look import Cell, Column, Table
from towpath.surfaces.staff_access import desk_actor, staff_page

MANY = 100  # cases listed of an imported log
MOST_BEHIND = 1_000  # requests listed behind one number of a map


@dataclass
class Shown:
    values: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class Design:
    """The version of a service that its requests are held against, in our language.

    `titles`: what the journal knows a step by -> its name. `texts`: the same of everything drawn, by id.
    """

    version: UUID
    process: Process
    number: int
    titles: Mapping[str, str]
    texts: Mapping[str, str]


@require_safe
@staff_page("insight.read")
def process(request: HttpRequest, code: str) -> HttpResponse:
    """The process map of a service, live."""
    chosen = Chosen.of(request.GET, language())
    walk = walks.of_service(chosen, request.GET)
    design = _design(code, walk.version)
    values = {"chosen": chosen, "code": code, "title": chosen.title(code), "fields": chosen.fields}
    shown = Shown()

    def lead(**more: str) -> str:
        return chosen.requests("process", service=code, **walk.query | more)

    with journeys.walked(code) as log:
        if log is None and design is None:
            raise Http404(f"Nothing is known of a service {code}.")
        titles = design.titles if design else {}
        if log is not None:
            values["fields"] = [*chosen.fields, *walks.fields(walk, log)]
            shown = _real(log, walk, titles, chosen.title(code), lead, live=True)
            if design and shown.values["cases"]:
                _held_against(shown, log, walk, design, lead)
    values["offered"] = code in chosen.titles
    return show(request, Page("process", values | shown.values, shown.tables))


def _design(code: str, number: str) -> Design | None:
    """The version asked for, else the one in force."""
    try:
        version = next(
            (one for one in catalogue.versions(code) if str(one.number) == number), None
        ) or catalogue.version_in_force(code, clock.today(tenancy.current().zone))
    except catalogue.NoSuchService:
        return None
    package = catalogue.package(version.pk)
    titles, texts = package.activities(language()), package.names(language())
    return Design(version.pk, package.process, version.number, titles, texts)


def _real(
    log: mining.Log, walk: Walk, titles: Mapping[str, str], title: str, lead: Lead, *, live: bool
) -> Shown:
    """Map, ways and tables of what the filters leave over."""
    try:
        seen = walk.of_log(log)
        summary = seen.summary
    except mining.QuestionError:
        return Shown({"cases": 0})
    if not summary.cases:
        return Shown({"cases": 0})
    found, ways = seen.map(), seen.variants(walks.LISTED)
    picture = drawn.draw(found, titles, title, whole=walk.whole, live=live)
    values = {
        "cases": summary.cases,
        "headline": _headline(summary, ways[0], live=live),
        "finding": _finding(picture.longest, titles, live=live),
        "map": picture,
        "told": any(edge.waiting is not None for edge in found.edges),
    }
    tables = {
        "edges": waytables.edges(found, titles, lead),
        "activities": waytables.activities(found, titles, summary.cases, lead, live=live),
        "variants": waytables.variants(ways, titles, {}, lead, live=live),
    }
    return Shown(values, tables)


def _headline(summary: mining.Summary, first: mining.Variant, *, live: bool) -> str:
    return _("%(cases)s went %(ways)s. The most usual one was taken by %(share)s of them.") % {
        "cases": _requests(summary.cases) if live else _cases(summary.cases),
        "ways": ngettext("%(n)s way", "%(n)s different ways", summary.variants)
        % {"n": words.number(summary.variants)},
        "share": words.percent(first.share),
    }


def _cases(n: int) -> str:
    return ngettext("%(n)s case", "%(n)s cases", n) % {"n": words.number(n)}


def _requests(n: int) -> str:
    return ngettext("%(n)s request", "%(n)s requests", n) % {"n": words.number(n)}


def _finding(edge: mining.Edge | None, titles: Mapping[str, str], *, live: bool) -> str:
    if edge is None and live:
        return _("No request has gone from one step to another yet")
    if edge is None:
        return _("No case has gone from one step to another yet")
    return ngettext(
        "Most time goes between “%(one)s” and “%(other)s”: %(time)s on average, %(n)s time",
        "Most time goes between “%(one)s” and “%(other)s”: %(time)s on average, %(n)s times",
        edge.count,
    ) % {
        "one": drawn.name(edge.source, titles),
        "other": drawn.name(edge.target, titles),
        "time": words.length(timedelta(seconds=edge.mean)),
        "n": words.number(edge.count),
    }


def _held_against(shown: Shown, log: mining.Log, walk: Walk, design: Design, lead: Lead) -> None:
    """The requests of one version on the design of that version."""
    try:
        own = walk.of_log(log).where_column(journeys.VERSION, str(design.number))
        ways = own.variants(walks.MOST_VARIANTS)
    except mining.QuestionError:
        ways = []
    found = fitting.fit(fitting.judge(design.version), ways)
    texts = {**design.texts, "skipped": _("never done"), "done": ""}
    svg = bpmn.draw(
        design.process,
        fitting.overlay(design.process, found),
        texts,
        deviations=fitting.bows(found),
        rtl=get_language_bidi(),
        ident="-designed",
    )
    shown.values |= {
        "design": design.number,
        "judged": found.cases,
        "fits": _fits(found),
        "given_up": found.given_up,
        "later": found.later,
        "bows": bool(found.bows),
        "designed": mark_safe(svg),  # noqa: S308 (the engine escapes every text that it writes)
    }
    if found.odd:
        shown.tables["odd"] = waytables.odd(found, design.titles, _of_version(lead, design))
    shown.tables["designed"] = waytables.designed(design.process, found, design.texts)
    listed = walk.of_log(log).variants(walks.LISTED)
    shown.tables["variants"] = waytables.variants(listed, design.titles, found.judged, lead, live=True)


def _of_version(lead: Lead, design: Design) -> Lead:
    return lambda **more: lead(**{"version": str(design.number), **more})


def _fits(found: fitting.Fitting) -> str:
    if not found.cases:
        return _("No request was sent under this version yet")
    return _("%(share)s of %(cases)s keep to the design") % {
        "share": words.percent(found.share),
        "cases": _requests(found.cases),
    }


@dataclass(frozen=True)
class Behind:
    """The requests behind a number of a map: how many, and the keys of those in which something was done last."""

    count: int = 0
    keys: tuple[str, ...] = ()


def cases_behind(code: str, walk: Walk) -> Behind:
    with journeys.walked(code) as log:
        if log is None:
            return Behind()
        try:
            if walk.odd:
                return _odd_cases(code, log, walk)
            return _latest([walk.behind(walk.of_log(log))])
        except mining.QuestionError:
            return Behind()


def _odd_cases(code: str, log: mining.Log, walk: Walk) -> Behind:
    design = _design(code, walk.version)
    if design is None:
        return Behind()
    own = walk.of_log(log).where_column(journeys.VERSION, str(design.number))
    odd = fitting.fit(fitting.judge(design.version), own.variants(walks.MOST_VARIANTS)).odd.get(walk.odd)
    return _latest([own.taking(way) for way in odd.variants] if odd else [])


def _latest(logs: list[mining.Log]) -> Behind:
    """Of logs that have no case in common."""
    found = [case for log in logs for case in log.cases(MOST_BEHIND, "last")]
    found.sort(key=lambda case: case.ended, reverse=True)
    keys = tuple(case.id for case in found[:MOST_BEHIND])
    return Behind(sum(log.summary.cases for log in logs), keys)


# --- logs that were imported


@require_safe
@staff_page("insight.read")
def logs(request: HttpRequest) -> HttpResponse:
    rows = [
        [
            Cell(one.name, reverse("insight:log", args=[one.code])),
            words.number(one.cases),
            words.number(one.events),
            _span(one),
            one.file,
            formats.date_format(clock.day(one.imported_at, tenancy.current().zone), "SHORT_DATE_FORMAT"),
        ]
        for one in journeys.logs()
    ]
    columns = [
        Column(_("Log")),
        Column(_("Cases"), numeric=True),
        Column(_("Events"), numeric=True),
        Column(_("From when to when")),
        Column(_("File")),
        Column(_("Imported on")),
    ]
    title = _("Logs of older systems")
    return show(request, Page("logs", {}, {"logs": Table(title, columns, rows, hide_caption=True)}))


def _span(one: journeys.ImportedLog) -> str:
    if one.first is None or one.last is None:
        return words.NONE
    return " – ".join(formats.date_format(at, "SHORT_DATE_FORMAT") for at in (one.first, one.last))


@require_safe
@staff_page("insight.read")
def log(request: HttpRequest, code: str) -> HttpResponse:
    row, walk = _imported(request, code)

    def lead(**more: str) -> str:
        return f"{reverse('insight:log-cases', args=[code])}?{urlencode(_asked(request, walk) | more)}"

    try:
        with journeys.opened(row) as found:
            fields = [
                walks.year_field(found, request.GET.get("year", "")),
                *walks.channel_field(found, walk.channel),
                *walks.fields(walk, found),
            ]
            shown = _real(found, walk, {}, row.name, lead, live=False)
    except journeys.NotReadable:
        return _not_readable(request, row)
    if row.problems:
        shown.tables["problems"] = _problems(row)
    return show(request, Page("log", {"log": row, "fields": fields, **shown.values}, shown.tables))


def _not_readable(request: HttpRequest, row: journeys.ImportedLog) -> HttpResponse:
    return show(request, Page("log", {"log": row, "broken": True}))


def _imported(request: HttpRequest, code: str) -> tuple[journeys.ImportedLog, Walk]:
    row = journeys.log(code)
    if row is None:
        raise Http404(f"There is no log {code}.")
    channel = request.GET.get("channel", "").replace("\0", "")[:300]
    return row, Walk.of(request.GET, walks.year(request.GET.get("year", "")), channel)


def _asked(request: HttpRequest, walk: Walk) -> dict[str, str]:
    year = request.GET.get("year", "") if walk.over else ""
    return {
        key: value for key, value in {"year": year, "channel": walk.channel, **walk.query}.items() if value
    }


def _problems(row: journeys.ImportedLog) -> Table:
    rows = [
        [
            one["where"] or _("The whole file"),
            one["what"],
            words.number(one["times"]),
            _("Left out") if one["bad"] else _("Taken"),
        ]
        for one in row.problems
    ]
    columns = [
        Column(_("Where")),
        Column(_("What")),
        Column(_("Rows"), numeric=True),
        Column(_("What became of it")),
    ]
    return Table(_("What is doubtful, and what was left out"), columns, rows)


@require_safe
@staff_page("insight.read")
def log_cases(request: HttpRequest, code: str) -> HttpResponse:
    """The cases behind a number of an imported log, the longest first."""
    row, walk = _imported(request, code)
    log_read(desk_actor(request), "search", f"insight log {code} {request.GET.urlencode()}", "insight")
    try:
        with journeys.opened(row) as found:
            seen = walk.behind(walk.of_log(found))
            cases, count = seen.cases(MANY), seen.summary.cases
    except mining.QuestionError:
        cases, count = [], 0
    except journeys.NotReadable:
        return _not_readable(request, row)
    rows = [
        [
            one.id,
            formats.date_format(one.began, "SHORT_DATE_FORMAT"),
            words.length(timedelta(seconds=one.seconds)),
            words.number(one.events),
            one.last,
        ]
        for one in cases
    ]
    columns = [
        Column(_("Case")),
        Column(_("Begun on")),
        Column(_("Time in all"), numeric=True),
        Column(_("Events"), numeric=True),
        Column(_("Last event")),
    ]
    title = _cases(count)
    back = f"{reverse('insight:log', args=[code])}?{urlencode(_asked(request, walk))}"
    values = {"log": row, "title": title, "more": count > len(cases), "shown": len(cases), "back": back}
    return show(request, Page("log_cases", values, {"cases": Table(title, columns, rows, hide_caption=True)}))
