"""The chapters about one log. Each chart's heading says what it shows; its numbers stand in a table."""

from __future__ import annotations

from towpath.engines import mining
from towpath.project.assess import charts, flowmap, words
from towpath.project.assess.charts import Row
from towpath.project.assess.markup import Html, joined, tag
from towpath.project.assess.study import Study

_WHOSE = {"unit": "unit", "resource": "clerk"}


def heading(*parts: object) -> Html:
    return tag("h3", parts)


def note(*parts: object) -> Html:
    return tag("p", parts, class_="note")


def the_map(study: Study, ident: str) -> Html:
    shown, drawn = len(study.picture.flow.activities), flowmap.lines(study)
    slowest = flowmap.widest(study)
    if slowest and slowest.median:
        finding = (
            f"Among the frequent ways the one to “{study.named(slowest.target)}” is the slowest: "
            f"half of the cases need more than {words.length(slowest.median)}"
        )
    else:
        finding = f"{words.many(study.summary.cases, 'case')} pass {words.many(shown, 'step')}"
    rest = study.summary.activities - shown
    passed = (
        f" The other {rest} are passed over: a line goes from one of these steps to the next."
        if rest > 0
        else ""
    )
    ways = [
        (
            f"{_end(study, line.source, 'begin')} → {_end(study, line.target, 'end')}",
            f"{line.count:,}",
            "" if line.median is None else words.length(line.median),
        )
        for line in sorted(drawn, key=lambda one: -one.count)
    ]
    return joined(
        heading(finding),
        note(
            f"The {shown} steps that most cases pass.{passed} The thicker a line, the more cases went that way; at it how many, "
            "and how long half of them took. The slow ones are dashed. Rare ways are left out."
        ),
        charts.scrolled(f"Map of the process, {study.name}", flowmap.draw(study, ident)),
        charts.folded(
            "The map as a table",
            charts.table("Ways in the map", ("From → to", "Times", "Half need more than"), ways),
        ),
    )


def _end(study: Study, name: str, word: str) -> str:
    return word if name.startswith("\0") else study.named(name)


# Time


def the_time(study: Study) -> Html:
    total = study.seconds or 1.0
    top = study.steps[:3]
    share = sum(one.seconds for one in top) / total
    finding = f"{words.percent(share)} of all time passes on the way to {words.many(len(top), 'step')}"
    parts = [
        heading(finding),
        note(_how(study)),
        charts.bars(
            "Time on the way to each step",
            ("Step", "Share", "Half need more than", "1 in 10 more than"),
            [_spent(study.named(one.name), one, total, study.steps[0].seconds) for one in study.steps[:10]],
        ),
    ]
    if study.units:
        parts += [_units(study, total)]
    return joined(parts)


def _how(study: Study) -> str:
    if study.tells_work:
        return "Whole bar: all the time; its solid part is time in which somebody worked, its striped part waiting."
    return (
        "The log has only one time for each step: what lies between two steps is waiting and working together. "
        "Where an office takes minutes for a step, nearly all of it is waiting."
    )


def _spent(name: str, one: mining.Spent, total: float, most: float) -> Row:
    solid = None if one.worked is None else one.worked / one.seconds if one.seconds else 0.0
    cells = (words.percent(one.seconds / total), words.length(one.median), words.length(one.p90))
    return Row(name, one.seconds / (most or 1.0), cells, solid)


def _units(study: Study, total: float) -> Html:
    first, whose = study.units[0], _WHOSE[study.whose]
    finding = (
        f"Cases wait longest for {whose} {first.name}: {words.percent(first.seconds / total)} of all time"
    )
    rows = [_spent(one.name, one, total, first.seconds) for one in study.units[:8]]
    rest = len(study.units) - len(rows)
    return joined(
        heading(finding),
        charts.bars(
            f"Time until each {whose} does the next step",
            (whose.capitalize(), "Share", "Half need more than", "1 in 10 more than"),
            rows,
        ),
        note(f"{words.many(rest, f'more {whose}')} with less time each.") if rest > 0 else None,
    )


# Variants


def the_variants(study: Study) -> Html:
    cases, different = study.summary.cases, study.summary.variants
    first = study.variants[0]
    if different > 0.5 * cases:
        finding = f"Almost every case goes its own way: {different:,} orders of steps among {words.many(cases, 'case')}"
    else:
        covered = sum(one.share for one in study.variants)
        finding = f"{words.percent(covered)} of cases take one of the {len(study.variants)} most frequent orders, out of {different:,}"
    rows = [
        Row(
            _way(study, one),
            one.cases / first.cases,
            (f"{one.cases:,}", words.percent(one.share), words.length(one.median)),
        )
        for one in study.variants
    ]
    return joined(
        heading(finding),
        charts.bars(
            "The most frequent orders of steps", ("Order", "Cases", "Share", "Half need more than"), rows
        ),
    )


def _way(study: Study, one: mining.Variant, most: int = 6) -> Html:
    shown = [tag("li", words.shortened(study.named(step), 40)) for step in one.activities[:most]]
    rest = len(one.activities) - most
    if rest > 0:
        shown.append(
            tag(
                "li",
                f"{words.many(rest, 'more step')}, last “{words.shortened(study.named(one.activities[-1]), 40)}”",
            )
        )
    return tag("ol", shown, class_="way")


# Again


def the_rework(study: Study) -> Html:
    parts: list[Html] = []
    often = sorted(study.again, key=lambda one: -one.cases)[:8]
    if often:
        first = often[0]
        parts.append(
            heading(f"“{study.named(first.step)}” is done again in {words.percent(first.share)} of cases")
        )
        rows = [
            Row(
                study.named(one.step),
                one.cases / first.cases,
                (f"{one.cases:,}", f"{one.times:,}", words.length(one.with_it), words.length(one.once)),
            )
            for one in often
        ]
        parts.append(
            charts.bars(
                "Steps done more than once in a case",
                ("Step", "Cases", "Times too many", "Half of these need more than", "Done once: more than"),
                rows,
            )
        )
    else:
        parts.append(heading("No step is done twice in a case"))
    return joined(parts, _asked(study), _returns(study))


def _asked(study: Study) -> Html:
    asked = [one for one in study.again if one.asks]
    if not asked:
        return joined(
            heading("No step of this log reads like asking people for something twice"),
            note(
                "Looked for in the names of steps that come again: words such as missing, additional information, remind, ask."
            ),
        )
    total = sum(one.times for one in asked)
    rows = [
        Row(
            study.named(one.step),
            one.cases / max(each.cases for each in asked),
            (f"{one.cases:,}", f"{one.times:,}"),
        )
        for one in asked
    ]
    return joined(
        heading(f"People are asked again {words.many(total, 'time')}"),
        charts.bars(
            "Steps that ask for something, and come again", ("Step", "Cases", "Times too many"), rows
        ),
        note(
            "Recognised by words in the names of steps, such as missing, additional information, remind, ask."
        ),
    )


def _returns(study: Study) -> Html | None:
    if not study.whose:
        return note("The log does not say who did a step: ping-pong between units can't be seen.")
    whose = _WHOSE[study.whose]
    if not study.returns:
        return heading(f"No case goes back and forth between two {whose}s")
    first = study.returns[0]
    rows = [
        Row(
            f"{one.one} → {one.other} → {one.one}",
            one.count / first.count,
            (f"{one.count:,}", f"{one.cases:,}", words.length(one.seconds)),
        )
        for one in study.returns
    ]
    return joined(
        heading(
            f"{words.many(first.count, 'time')} a case went from {first.one} to {first.other} and straight back"
        ),
        charts.bars(
            f"Ping-pong between {whose}s", ("There and back", "Times", "Cases", "Away, on average"), rows
        ),
    )


# Now


def the_open(study: Study) -> Html:
    now = study.now
    if not now.open:
        finding = f"No case was open on {words.date(now.at)}, when the log ends"
    else:
        finding = f"{words.many(len(now.open), 'case')} {'was' if len(now.open) == 1 else 'were'} open on {words.date(now.at)}, when the log ends"
        longest = max(
            (one for one in now.standing if one.left),
            key=lambda one: one.left.middle if one.left else 0.0,
            default=None,
        )
        if longest and longest.left:
            finding += f"; those after “{study.named(longest.step)}” have furthest to go"
    told = note(
        f"Open: the last step is none of the {len(now.ending)} after which mostly nothing comes, and the case has not been silent for "
        f"longer than 19 in 20 cases after that step. {words.many(len(now.quiet), 'case')} stopped without such a step and have been silent "
        "for longer: they are taken as ended, but nobody said so."
    )
    return joined(heading(finding), told, _standing(study), _trusted(study))


def _standing(study: Study) -> Html | None:
    ranked = study.now.standing[:10]
    if not ranked:
        return None
    rows = [
        Row(
            study.named(one.step),
            one.cases / ranked[0].cases,
            (f"{one.cases:,}", words.length(one.silent), _left(one.left)),
        )
        for one in ranked
    ]
    return charts.bars(
        "Where open cases stand", ("Last step", "Open cases", "Silent for up to", "Still to go"), rows
    )


def _left(left: mining.Remaining | None) -> str:
    if left is None:
        return "too few like cases"
    return f"{words.length(left.middle)} ({words.length(left.low)} to {words.length(left.high)})"


def _trusted(study: Study) -> Html | None:
    tried = study.now.backtest
    if tried is None:
        return note(
            "Too few cases have ended to try a forecast on this log's own past; take what is still to go as a first guess."
        )
    better = (
        "no better way was found than the plain median by last step"
        if tried.error >= tried.baseline
        else f"the plain median by last step {words.length(tried.baseline)}"
    )
    return note(
        f"Still to go: the middle, and a range meant to hold 8 in 10 cases. Predicted by {study.now.method}. Tried on this log's own past, at "
        f"{words.many(tried.judged, 'moment')}: off by {words.length(tried.error)} on average ({better}); "
        f"{words.percent(tried.covered)} of outcomes lay in their range."
    )
