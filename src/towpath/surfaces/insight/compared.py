"""Two designs beside each other: what changes, how sure that is, and what was taken for granted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.engines.bpmn.simulate import Assumption, Figure, Range
from towpath.people import queries as people
from towpath.surfaces.insight import words
from towpath.surfaces.insight.planned import SPREAD, Entered, Planned
from towpath.surfaces.look import Bar, Chart, Column, Table

RUNS, CASES = 10, 300  # ten times three hundred requests: about a second for two designs
Said = Callable[[float], str]


@dataclass(frozen=True)
class Compared:
    chart: Chart
    table: Table


def compare(today: bpmn.Design, changed: bpmn.Design) -> Compared:
    """The same luck for both, so that what differs comes from the design."""
    found = bpmn.what_if({"today": today, "changed": changed}, CASES, range(RUNS))
    return Compared(_chart(found), _table(found))


def _chart(found: Sequence[Figure]) -> Chart:
    half, most = _one(found, "cycle", "median"), _one(found, "cycle", "p90")
    bars = []
    for name, figure in ((_("Half within"), half), (_("9 of 10 within"), most)):
        for design, values in zip((_("today"), _("changed")), figure.values, strict=True):
            shown = _ranged(values, _length)
            bars.append(Bar(f"{name}, {design}", values.middle, shown))
    return Chart(
        finding=_finding(half),
        measure=_(
            "From sending to the end, in %(runs)s runs of %(cases)s requests: the middle one, the least and the most"
        )
        % {"runs": RUNS, "cases": CASES},
        bars=bars,
        label_column=_("Requests that are over"),
        value_column=_("Time"),
    )


def _finding(half: Figure) -> str:
    (old, new), differs = half.values, half.differences[1]
    told = {"new": _length(new.middle), "old": _length(old.middle)}
    if not any(differs):
        return _("Nothing is changed: half of all requests are over within %(old)s") % told
    if differs.low <= 0 <= differs.high:
        return (
            _("No clear difference: half of all requests are over within %(new)s; today within %(old)s")
            % told
        )
    return _("Half of all requests would be over within %(new)s; today within %(old)s") % told


def _table(found: Sequence[Figure]) -> Table:
    rows = []
    for figure in found:
        name, say = _named(figure)
        if name and not (figure.name == "stuck" and not any(one.high for one in figure.values)):
            old, new = figure.values
            rows.append(
                [name, _ranged(old, say), _ranged(new, say), _ranged(figure.differences[1], _signed(say))]
            )
    columns = [
        Column(_("Figure")),
        *(Column(n, numeric=True) for n in (_("Today"), _("Changed"), _("Difference"))),
    ]
    return Table(_("Today and with the change"), columns, rows)


def _named(figure: Figure) -> tuple[str, Said]:
    team = people.team_name(figure.team) if figure.team else ""
    parts: dict[tuple[str, str], tuple[str, Said]] = {
        ("cycle", "mean"): (_("Time to the end, on average"), _length),
        ("cycle", "median"): (_("Half within"), _length),
        ("cycle", "p90"): (_("9 of 10 within"), _length),
        ("waiting", "mean"): (_("Of that, waiting for staff, on average"), _length),
        ("busy", "mean"): (
            _("%(team)s: share of the working time that is used") % {"team": team},
            words.percent,
        ),
        ("queue", "mean"): (_("%(team)s: a task waits, on average") % {"team": team}, _length),
        ("queue", "p90"): (_("%(team)s: 9 of 10 tasks wait at most") % {"team": team}, _length),
        ("stuck", ""): (_("Requests that do not come to an end"), words.number),
    }
    return parts.get((figure.name, figure.part), ("", words.number))


def _one(found: Sequence[Figure], name: str, part: str) -> Figure:
    return next(figure for figure in found if (figure.name, figure.part) == (name, part))


def _length(seconds: float) -> str:
    return words.length(timedelta(seconds=seconds)) if seconds >= 30 else _("no time")


def _signed(say: Said) -> Said:
    def said(value: float) -> str:
        if say(abs(value)) == say(0):
            return say(0)
        return f"{'+' if value > 0 else '−'}\u2060{say(abs(value))}"

    return said


def _ranged(values: Range, say: Said) -> str:
    low, middle, high = (say(value) for value in values)
    if low == high:
        return middle
    return _("%(middle)s (%(low)s to %(high)s)") % {"middle": middle, "low": low, "high": high}


def assumptions(
    entered: Entered,
    plan: Planned,
    open_: Sequence[Assumption],
    package: catalogue.Package,
    language: str,
) -> list[str]:
    """Everything that the result rests on, in words."""

    def named(elements: Iterable[str]) -> str:
        names = (package.name(element, language) or element for element in elements)
        return ", ".join(dict.fromkeys(names))

    told = [
        _("Requests come at any moment of the working time, %(n)s on a working day on average.")
        % {"n": words.number(entered.per_day, int(entered.per_day % 1 > 0))},
        _(
            "People work Monday to Friday, 9 to 12 and 13 to 17, without the body's holidays. Nobody is ill or away."
        ),
        _(
            "Each team has one queue: first come, first served. One person does a task from beginning to end, and only this service's."
        ),
        _(
            "Half of all tasks of a kind need the minutes entered or less, nine in ten at most %(n)s times as many."
        )
        % {"n": SPREAD},
        _("At first there is no work left over; the first tenth of the requests is not counted."),
    ]
    if plan.times:
        told.append(
            _("As long as in the journal (median), queue included: %(steps)s.") % {"steps": named(plan.times)}
        )
    for gateway, shares in plan.shares.items():
        told.append(_way(package, language, gateway, shares))
    if plan.unseen:
        sentence = _("The journal has not seen it happen, so it does not happen here: %(steps)s.")
        told.append(sentence % {"steps": named(plan.unseen)})
    if plan.untold:
        sentence = _("Its time depends on the request, so it comes at once here: %(steps)s.")
        told.append(sentence % {"steps": named(plan.untold)})
    reasons = {
        "equal shares": _("Nothing is known of which way is taken, so each is equally likely: %(steps)s."),
        "at once": _("Nothing is known of how long it takes, so it comes at once: %(steps)s."),
        "nobody": _("No team does it, so nobody is kept busy: %(steps)s."),
        "never": _("It does not happen here: %(steps)s."),
        "called": _("Only its time counts, not what happens in it: %(steps)s."),
    }
    for why, sentence in reasons.items():
        elements = [one.element for one in open_ if one.why == why]
        told += [sentence % {"steps": named(elements)}] if elements else []
    return told


def _way(package: catalogue.Package, language: str, gateway: str, shares: Mapping[str, float]) -> str:
    targets = {package.process.flows[flow].target: share for flow, share in shares.items()}
    ways = [f"{package.name(one, language) or one} {words.percent(share)}" for one, share in targets.items()]
    name = package.name(gateway, language) or gateway
    return _("As often as in the journal: %(question)s %(ways)s.") % {
        "question": name,
        "ways": ", ".join(dict.fromkeys(ways)),
    }
