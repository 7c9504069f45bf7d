"""The chapter about what changes with time: over the whole log, over the year, over the week."""

from __future__ import annotations

from collections import defaultdict

from towpath.engines import mining
from towpath.project.assess import charts, words
from towpath.project.assess.chapters import heading, note
from towpath.project.assess.charts import Row
from towpath.project.assess.markup import Html, joined
from towpath.project.assess.study import Study


def the_trend(study: Study) -> Html:
    rows = [
        (
            _period(one, study.step),
            f"{one.came:,}",
            f"{one.went:,}",
            "" if one.median is None else words.length(one.median),
        )
        for one in study.volumes
    ]
    finding = _trend(study)
    return joined(
        heading(finding),
        charts.key(),
        charts.volumes(
            study.volumes,
            f"Cases that came and ended in each {study.step}. {finding}. The table below says the same.",
        ),
        charts.folded(
            f"Each {study.step} as a table",
            charts.table(
                f"Cases per {study.step}",
                (study.step.capitalize(), "Came", "Ended", "Half of those took more than"),
                rows,
            ),
        ),
        _coming(study),
        _season(study),
        _week(study),
    )


def _trend(study: Study) -> str:
    pace = study.pace
    if pace is None:
        return "Too few cases end in this log to see a trend"
    told = f"Cases that ended since {words.date(pace.since)} took {words.length(pace.later)}, those before {words.length(pace.earlier)}"
    if pace.p >= 0.05 or pace.later == pace.earlier:
        return f"No clear trend: {told[0].lower()}{told[1:]}"
    return f"{'Slower' if pace.later > pace.earlier else 'Faster'} than before: {told[0].lower()}{told[1:]} ({words.chance(pace.p)})"


def _period(one: mining.Period, step: str) -> str:
    if step == "week":
        return words.date(one.start)
    if step == "quarter":
        return f"{one.start.year}, quarter {(one.start.month + 2) // 3}"
    return str(one.start.year) if step == "year" else words.month(one.start)


def _coming(study: Study) -> Html | None:
    """What may come in the next weeks, and how far such a guess was off before."""
    told = study.coming
    if told is None:
        return None
    first = told.weeks[0]
    finding = f"Next week about {words.many(first.middle, 'new case')} may come, {first.low:,.0f} to {first.high:,.0f}"
    rows = [
        (words.date(one.start), f"{one.middle:,.0f}", f"{one.low:,.0f} to {one.high:,.0f}")
        for one in told.weeks
    ]
    return joined(
        heading(finding),
        note(
            f"By {told.method}. On this log's own past it was off by {told.error:,.1f} cases a week on average (the same week a year ago: "
            f"{told.baseline:,.1f}); {words.percent(told.covered)} of {told.judged:,} outcomes lay in a range meant to hold 80 %."
        ),
        charts.folded(
            "Each week as a table",
            charts.table("New cases in the next weeks", ("Week from", "Middle", "8 in 10 lie in"), rows),
        ),
    )


def _season(study: Study) -> Html | None:
    whole = study.months[1:-1]
    by_month: dict[int, list[int]] = defaultdict(list)
    for one in whole:
        by_month[one.start.month].append(one.came)
    if len(whole) < 24:
        return None
    means = {month: sum(counts) / len(counts) for month, counts in by_month.items()}
    average = sum(means.values()) / len(means)
    high = max(means, key=lambda month: means[month])
    usual = {one.start.year: 0.0 for one in whole}
    for year in usual:
        counts = [one.came for one in whole if one.start.year == year]
        usual[year] = sum(counts) / len(counts)
    above = sum(one.came > usual[one.start.year] for one in whole if one.start.month == high)
    name = _MONTHS[high - 1]
    finding = (
        f"Most cases come in {name}: {words.percent(means[high] / average - 1)} more than in an average month"
        f" (above its year's average in {above} of {len(by_month[high])} years)"
        if average
        else "No cases come in whole months"
    )
    most = max(means.values()) or 1.0
    rows = [
        Row(_MONTHS[month - 1], means[month] / most, (f"{means[month]:,.1f}",)) for month in sorted(means)
    ]
    return joined(heading(finding), charts.bars("New cases in an average month", ("Month", "Cases"), rows))


def _week(study: Study) -> Html:
    total = sum(study.weekdays) or 1
    most = max(study.weekdays) or 1
    high = study.weekdays.index(max(study.weekdays))
    rows = [
        Row(name, count / most, (f"{count:,}", words.percent(count / total)))
        for name, count in zip(_DAYS, study.weekdays, strict=True)
    ]
    return joined(
        heading(f"Most is done on {_DAYS[high]}s: {words.percent(most / total)} of all steps"),
        charts.bars("Steps by day of the week (UTC)", ("Day", "Steps", "Share"), rows),
    )


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
