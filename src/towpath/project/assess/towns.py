"""Several logs beside each other: what differs, by how much, and whether by more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from towpath.engines import mining
from towpath.project.assess import charts, words
from towpath.project.assess.charts import Row
from towpath.project.assess.markup import Html, joined, tag
from towpath.project.assess.study import Study

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Pair:
    """What differs between two towns, by their names; the surest first."""

    here: str
    there: str
    differences: tuple[mining.Difference, ...]


def compare(here: mining.Log, there: mining.Log, names: tuple[str, str]) -> Pair:
    found = [one for one in here.compare(there) if one.certain]
    # Among the certain ones a large difference says more than a small one that is surer still.
    found.sort(key=lambda one: (one.measure != "duration", -_size(one)))
    return Pair(*names, tuple(found[:SHOWN]))


def _size(one: mining.Difference) -> float:
    """How far apart, from 0 to 1, whatever is measured."""
    if one.measure in ("activity", "rework"):
        return abs(one.here - one.there)
    return abs(one.here - one.there) / max(one.here, one.there, words.DAY)


def chapter(studies: Sequence[Study], pairs: Sequence[Pair]) -> Html:
    ranked = sorted(studies, key=lambda study: study.durations.median)
    fast, slow = ranked[0], ranked[-1]
    finding = (
        f"{fast.name} is quickest: half of its cases need more than {words.length(fast.durations.median)}, in {slow.name} "
        f"{words.length(slow.durations.median)}"
    )
    most = slow.durations.p90 or 1.0
    rows = [
        Row(
            study.name,
            study.durations.median / most,
            (f"{study.summary.cases:,}", words.length(study.durations.median), words.length(study.durations.p90),
             f"{study.summary.events / study.summary.cases:,.0f}", f"{len(study.now.open):,}"),
        )
        for study in ranked
    ]  # fmt: skip
    columns = ("Town", "Cases", "Half need more than", "1 in 10 more than", "Steps a case", "Open now")
    return joined(
        tag("h3", finding),
        charts.bars("The towns, quickest first", columns, rows),
        [_pair(pair, {one.name: one for one in studies}) for pair in pairs],
    )


def _pair(pair: Pair, studies: dict[str, Study]) -> Html:
    if not pair.differences:
        return tag("h3", f"{pair.here} and {pair.there} don't differ by more than chance")
    first = pair.differences[0]
    rows = [
        (_told(one, studies), _value(one, one.here), _value(one, one.there), words.chance(one.p))
        for one in pair.differences
    ]
    return joined(
        tag(
            "h3",
            f"{pair.here} beside {pair.there}: {_told(first, studies).lower()}, {_value(first, first.here)} against {_value(first, first.there)}",
        ),
        charts.scrolled(
            f"{pair.here} and {pair.there}",
            charts.table(
                "The largest differences that are more than chance",
                ("What", pair.here, pair.there, "How sure"),
                rows,
            ),
        ),
    )


def _told(one: mining.Difference, studies: dict[str, Study]) -> str:
    names = {code: name for study in studies.values() for code, name in study.names.items()}
    what = " → ".join(names.get(part, part) for part in one.what.split(" → "))
    return {
        "duration": "Length of half of the cases",
        "activity": f"Cases with “{what}”",
        "rework": f"Cases that repeat “{what}”",
        "edge": f"Time from {what}",
    }[one.measure]


def _value(one: mining.Difference, value: float) -> str:
    return words.percent(value) if one.measure in ("activity", "rework") else words.length(value)
