"""What the pictures of a process show, as tables whose numbers lead to the cases."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from django.utils.translation import gettext as _

from towpath.engines import bpmn, mining
from towpath.engines.bpmn.model import Process
from towpath.surfaces.insight import drawn, walks, words
from towpath.surfaces.insight.fitting import SHOWN, Fitting, Odd
from towpath.surfaces.look import Cell, Column, Table

Lead = Callable[..., str]  # the address of the cases behind a number
ROWS = 200
STEPS = 6  # of a long way, from either end


def _time(seconds: float | None) -> str:
    return words.NONE if seconds is None else words.length(timedelta(seconds=seconds))


def _counted(*, live: bool) -> list[Column]:
    """A service has requests, an imported log has cases."""
    if live:
        return [Column(_("Requests"), numeric=True), Column(_("Share of requests"), numeric=True)]
    return [Column(_("Cases"), numeric=True), Column(_("Share of cases"), numeric=True)]


def edges(found: mining.Map, titles: Mapping[str, str], lead: Lead) -> Table:
    told = any(edge.waiting is not None for edge in found.edges)
    columns = [
        Column(_("From")),
        Column(_("To")),
        Column(_("Times"), numeric=True),
        Column(_("Half within"), numeric=True),
        Column(_("9 of 10 within"), numeric=True),
        *([Column(_("Lying idle, on average"), numeric=True), Column(_("In hand, on average"), numeric=True)] if told else []),
    ]  # fmt: skip
    rows = [
        [
            drawn.name(edge.source, titles),
            drawn.name(edge.target, titles),
            Cell(words.number(edge.count), lead(**{"from": edge.source, "to": edge.target})),
            _time(edge.median),
            _time(edge.p90),
            *([_time(edge.waiting), _time(edge.working)] if told else []),
        ]
        for edge in found.edges[:ROWS]
    ]
    return Table(_("From step to step"), columns, rows)


def activities(found: mining.Map, titles: Mapping[str, str], cases: int, lead: Lead, *, live: bool) -> Table:
    rows = [
        [
            drawn.name(one.name, titles),
            words.number(one.events),
            Cell(words.number(one.cases), lead(done=one.name)),
            words.percent(one.cases / cases if cases else None),
        ]
        for one in found.activities[:ROWS]
    ]
    columns = [
        Column(_("Step")),
        Column(_("Times done"), numeric=True),
        *_counted(live=live),
    ]
    return Table(_("Step by step"), columns, rows)


def variants(
    found: Sequence[mining.Variant],
    titles: Mapping[str, str],
    judged: Mapping[tuple[str, ...], bool],
    lead: Lead,
    *,
    live: bool,
) -> Table:
    """The most usual ways; with a design, whether each keeps to it."""
    columns = [
        Column(_("Way")),
        Column(_("Steps")),
        *_counted(live=live),
        Column(_("Half within"), numeric=True),
        *([Column(_("As designed"))] if judged else []),
    ]
    rows = [
        [
            str(number),
            _way(one.activities, titles),
            Cell(words.number(one.cases), lead(way=walks.digest(one.activities))),
            words.percent(one.share),
            _time(one.median),
            *([_fits(judged.get(one.activities))] if judged else []),
        ]
        for number, one in enumerate(found, start=1)
    ]
    return Table(_("The most usual ways"), columns, rows)


def _way(activities: Sequence[str], titles: Mapping[str, str]) -> str:
    names = [drawn.name(one, titles) for one in activities]
    if len(names) > 2 * STEPS + 1:
        left_out = len(names) - 2 * STEPS
        names = [*names[:STEPS], _("… %(n)s more …") % {"n": left_out}, *names[-STEPS:]]
    return ", ".join(names)


def _fits(judged: bool | None) -> Cell | str:
    if judged is None:
        return words.NONE
    return Cell(_("Yes")) if judged else Cell(_("No"), tag="attention")


def odd(found: Fitting, titles: Mapping[str, str], lead: Lead) -> Table:
    rows = [
        [
            _odd(one, titles),
            Cell(words.number(one.cases), lead(odd=one.key)),
            words.percent(one.cases / found.cases),
        ]
        for one in found.ranked[:ROWS]
    ]
    columns = [
        Column(_("What was otherwise")),
        *_counted(live=True),
    ]
    return Table(_("Where requests left the design"), columns, rows)


def _odd(one: Odd, titles: Mapping[str, str]) -> str:
    step = drawn.name(one.activity, titles)
    if not one.extra:
        return _("“%(step)s” was left out") % {"step": step}
    if not one.after:
        return _("“%(step)s” was done at the very beginning") % {"step": step}
    return _("“%(step)s” was done after “%(other)s”") % {
        "step": step,
        "other": drawn.name(one.after, titles),
    }


def designed(process: Process, found: Fitting, texts: Mapping[str, str]) -> Table:
    """The picture of the design as a table, in the order of the process."""
    elements = [
        row
        for row in bpmn.table(process, texts=texts)
        if row.id in process.elements
        and process.elements[row.id].kind in SHOWN
        and process.elements[row.id].name
    ]
    rows = [
        [
            row.name,
            words.number(found.done[row.id]),
            words.number(sum(found.flows[flow.id] for flow in process.elements[row.id].incoming)),
        ]
        for row in elements
    ]
    columns = [
        Column(_("Step of the design")),
        Column(_("Times done"), numeric=True),
        Column(_("Reached as designed"), numeric=True),
    ]
    return Table(_("The design, step by step"), columns, rows)
