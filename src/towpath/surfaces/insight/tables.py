"""Figures as tables, whose numbers lead to the requests behind them."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from towpath.journeys import queries as journeys
from towpath.journeys.queries import Figures
from towpath.surfaces.insight import words
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.look import Cell, Column, Table


def _columns(first: str) -> list[Column]:
    named = [
        pgettext("requests", "Sent"),
        _("Ended"),
        _("Half within"),
        _("9 of 10 within"),
        _("Completed"),
        _("Satisfied"),
        _("Digital"),
        _("In time"),
        _("By the rules"),
        _("Hand-overs each"),
        _("Messages each"),
    ]
    return [Column(first), *[Column(name, numeric=True) for name in named]]


def _line(name: Cell, one: Figures, sent: str = "", ended: str = "") -> list[object]:
    return [
        name,
        Cell(words.number(one.sums["submitted"]), sent if one.sums["submitted"] else ""),
        Cell(words.number(one.sums["resolved"]), ended if one.sums["resolved"] else ""),
        words.length(one.median),
        words.length(one.p90),
        words.percent(one.completion),
        words.percent(one.satisfaction),
        words.percent(one.digital),
        words.percent(one.deadline_kept),
        words.percent(one.automatic),
        words.number(one.handovers, 1),
        words.number(one.contacts, 1),
    ]


def services(
    chosen: Chosen,
    total: Figures,
    by: Mapping[str, Figures],
    costs: Mapping[str, journeys.Cost],
    currency: str,
) -> Table:
    """One line for each service and one for all; `costs` by service, "" for all."""
    rows = []
    for service, one in by.items():
        name = Cell(chosen.title(service), chosen.to("service", service))
        sent = chosen.requests("sent", service=service)
        ended = chosen.requests("resolved", service=service)
        rows.append([*_line(name, one, sent, ended), _each(costs, service, currency)])
    whole = _line(Cell(_("All services")), total, chosen.requests("sent"), chosen.requests("resolved"))
    return Table(
        caption=_("All figures by service · %(period)s") % {"period": chosen.said},
        columns=[*_columns(_("Service")), Column(_("Cost each"), numeric=True)],
        rows=[*rows, [*whole, _each(costs, "", currency)]],
    )


def _each(costs: Mapping[str, journeys.Cost], service: str, currency: str) -> str:
    found = costs.get(service)
    return words.money(found.each if found else None, currency)


def months(chosen: Chosen, by: Mapping[date, Figures], service: str) -> Table:
    rows = []
    for month, one in by.items():
        key = f"{month:%Y-%m}"
        sent = chosen.requests("sent", service=service, period=key)
        ended = chosen.requests("resolved", service=service, period=key)
        rows.append(_line(Cell(words.month(month)), one, sent, ended))
    return Table(caption=_("Month by month"), columns=_columns(_("Month")), rows=rows)


def channels(chosen: Chosen, by: Mapping[str, Figures], service: str) -> Table:
    rows = [
        _line(
            Cell(words.channel(channel)),
            one,
            chosen.requests("sent", service=service, channel=channel),
            chosen.requests("resolved", service=service, channel=channel),
        )
        for channel, one in by.items()
    ]
    return Table(
        caption=_("Channel by channel · %(period)s") % {"period": chosen.said},
        columns=_columns(_("Channel")),
        rows=rows,
    )


def open_by_step(chosen: Chosen, found: Sequence[journeys.Open]) -> Table:
    """Service and step by age; each number leads to its requests."""
    places = list(dict.fromkeys((one.service, one.step) for one in found))
    rows = [_open_line(chosen, found, service, step) for service, step in places]
    ages = [Column(str(words.AGES[age]), numeric=True) for age in journeys.AGES]
    return Table(
        caption=_("Open requests by step and age"),
        columns=[
            Column(_("Step")),
            Column(_("Service")),
            *ages,
            Column(_("All"), numeric=True),
            Column(_("Late"), numeric=True),
        ],
        rows=rows,
    )


def _open_line(chosen: Chosen, found: Sequence[journeys.Open], service: str, step: str) -> list[object]:
    here = [one for one in found if (one.service, one.step) == (service, step)]
    where = {"service": service, "step": step or "-"}

    def cell(count: int, which: str, **more: str) -> Cell:
        return Cell(words.number(count), chosen.requests(which, **where, **more) if count else "")

    return [
        Cell(chosen.step(service, step) or _("Between two steps")),
        chosen.title(service),
        *[cell(sum(one.count for one in here if one.age == age), "open", age=age) for age in journeys.AGES],
        cell(sum(one.count for one in here), "open"),
        cell(sum(one.late for one in here), "late"),
    ]


def awaited(chosen: Chosen, found: Sequence[journeys.Open]) -> Table:
    who = dict.fromkeys(one.awaits for one in found)
    counts = {code: sum(one.count for one in found if one.awaits == code) for code in who}
    return Table(
        caption=_("For whom open requests wait"),
        columns=[Column(_("Waits for")), Column(_("Requests"), numeric=True)],
        rows=[
            [words.awaits(code), Cell(words.number(n), chosen.requests("open", awaits=code))]
            for code, n in sorted(counts.items(), key=lambda each: -each[1])
        ],
    )
