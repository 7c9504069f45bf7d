"""The whole report: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from towpath.engines import mining
from towpath.project.assess import chapters, charts, towns, trends, words
from towpath.project.assess.charts import Row
from towpath.project.assess.costs import Costs
from towpath.project.assess.designed import Judged
from towpath.project.assess.markup import Html, joined, tag, trusted
from towpath.project.assess.mend import Finding
from towpath.project.assess.study import Study

STYLE = Path(__file__).parent / "static" / "report.css"


@dataclass(frozen=True, slots=True)
class Report:
    """All that a page tells. `compared`: name of the other town -> what differs from the first."""

    studies: tuple[Study, ...]
    findings: tuple[Finding, ...]
    judged: tuple[Judged, ...]
    compared: tuple[towns.Pair, ...]
    costs: Costs


def page(report: Report) -> str:
    """The document."""
    names = words.listed([study.name for study in report.studies])
    sections = list(_sections(report))
    contents = tag(
        "nav",
        tag("ol", [tag("li", tag("a", title, href=f"#{ident}")) for ident, title, _ in sections]),
        aria_label="Contents",
    )
    head = joined(
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag(
            "meta",
            http_equiv="Content-Security-Policy",
            content="default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        ),
        tag("title", f"What really happens: {words.shortened(names, 80)}"),
        tag("style", trusted(STYLE.read_text(encoding="utf-8"))),
    )
    body = joined(
        tag("a", "Skip to the report", href="#report", class_="skip"),
        _header(report, names),
        tag("main", contents, [_section(*one) for one in sections], id="report", tabindex="-1"),
        tag(
            "footer",
            tag(
                "p",
                "Made by ",
                tag("code", "towpath assess"),
                " from the logs named above. Nothing left this machine.",
            ),
        ),
    )
    return f"<!doctype html>\n{tag('html', tag('head', head), tag('body', body), lang='en')}\n"


def _section(ident: str, title: str, content: Html) -> Html:
    return tag("section", tag("h2", title, id=ident), content, aria_labelledby=ident)


def _header(report: Report, names: str) -> Html:
    events, cases = (
        sum(getattr(study.summary, what) for study in report.studies) for what in ("events", "cases")
    )
    first = min(study.summary.first for study in report.studies if study.summary.first)
    last = max(study.summary.last for study in report.studies if study.summary.last)
    numbers = [
        ("cases", f"{cases:,}"),
        ("steps done", f"{events:,}"),
        (
            "half of the cases need more than",
            words.listed([words.length(one.durations.median) for one in report.studies[:3]]),
        ),
        ("open when the log ends", f"{sum(len(one.now.open) for one in report.studies):,}"),
    ]
    return tag(
        "header",
        tag("p", "Assessment", class_="kind"),
        tag("h1", "What really happens"),
        tag("p", f"{words.shortened(names, 200)}, {words.date(first)} to {words.date(last)}", class_="what"),
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in numbers]),
    )


def _sections(report: Report) -> list[tuple[str, str, Html]]:
    each = _each(report)
    found = [
        ("mend", "What to mend first", _mend(report)),
        ("read", "What was read, and what is doubtful", _read(report)),
        ("map", "The map", each(lambda study, ident: chapters.the_map(study, ident))),
        ("time", "Where the time goes", each(lambda study, _: chapters.the_time(study))),
        ("orders", "The orders of steps", each(lambda study, _: chapters.the_variants(study))),
        ("again", "Done again, asked again, sent back", each(lambda study, _: chapters.the_rework(study))),
    ]
    if len(report.studies) > 1:
        found.append(("towns", "Towns compared", towns.chapter(report.studies, report.compared)))
    if report.judged:
        found.append(("design", "Beside the designed process", _design(report)))
    found += [
        ("trend", "Trends and seasons", each(lambda study, _: trends.the_trend(study))),
        ("open", "Cases open now", each(lambda study, _: chapters.the_open(study))),
        ("how", "How this was counted", _how()),
    ]
    return found


def _each(report: Report) -> Callable[[Callable[[Study, str], Html]], Html]:
    """A chapter for each log, one under the other, with its name if there are several."""

    def written(chapter: Callable[[Study, str], Html]) -> Html:
        if len(report.studies) == 1:
            return chapter(report.studies[0], "m0")
        return joined(
            [
                tag("div", tag("p", study.name, class_="town"), chapter(study, f"m{number}"), class_="one")
                for number, study in enumerate(report.studies)
            ]
        )

    return written


# What to mend


def _mend(report: Report) -> Html:
    if not report.findings:
        return tag("p", "Nothing in these logs stands out enough to say: mend this first.")
    most = max(one.days for one in report.findings)
    return joined(
        tag(
            "p",
            "Ranked by the days that can be counted on. Days are those that all cases together would be shorter by, over the time "
            "of the logs; the findings overlap, so they can't be added up. A range holds the true figure in four of five draws of cases.",
            class_="note",
        ),
        tag(
            "ol",
            [_finding(one, most, report.costs, number < 3) for number, one in enumerate(report.findings)],
            class_="findings",
        ),
    )


def _finding(one: Finding, most: float, costs: Costs, first: bool) -> Html:
    facts = [
        (
            "At stake",
            joined(tag("strong", words.days(one.days * words.DAY)), f" ({one.low:,.0f} to {one.high:,.0f})"),
        ),
        ("Each year", words.days(one.a_year * words.DAY)),
        ("Cases", f"{one.cases:,}"),
    ]
    if one.money is not None:
        facts.insert(1, ("Money", f"{one.money:,.0f} {costs.currency}".strip()))
    marks = {"sure": "●●●", "likely": "●●○", "a hint": "●○○"}
    facts.append(("How sure", joined(tag("span", marks[one.sure], aria_hidden="true"), f" {one.sure}")))
    told = joined(
        tag("p", one.why),
        tag("p", tag("strong", "First step: "), one.first),
        tag("p", f"Why {one.sure}: {one.because}.", class_="note"),
    )
    bar = tag(
        "span",
        tag("span", style=f"inline-size:{100 * max(0.01, one.days / most):.1f}%"),
        class_="bar",
        aria_hidden="true",
    )
    return tag(
        "li",
        tag("h3", one.title),
        bar,
        tag("dl", [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts]),
        told if first else charts.folded("Why, and the first step", told),
    )


# What was read


def _read(report: Report) -> Html:
    doubts = sum(len(study.doubts) for study in report.studies)
    left = sum(sum(one.times for one in study.left_out) for study in report.studies)
    finding = f"{words.many(left, 'row')} could not be read" if left else "Every row could be read"
    finding += (
        f", and {words.many(doubts, 'thing')} {'is' if doubts == 1 else 'are'} doubtful"
        if doubts
        else ", and nothing looks doubtful"
    )
    rows = [
        (study.file, f"{study.summary.events:,}", f"{study.summary.cases:,}", f"{study.summary.activities:,}",
         words.date(study.summary.first), words.date(study.summary.last))
        for study in report.studies
        if study.summary.first and study.summary.last
    ]  # fmt: skip
    table = charts.table("Logs that were read", ("File", "Events", "Cases", "Steps", "From", "To"), rows)
    return joined(
        tag("h3", finding),
        charts.scrolled("Logs that were read", table),
        [_doubts(study) for study in report.studies],
    )


def _doubts(study: Study) -> Html:
    roles = study.mapping.roles()
    taken = [tag("li", f"{role}: ", tag("code", column)) for role, column in roles.items()]
    if study.mapping.steps:
        taken += [
            tag("li", "step and time: ", tag("code", column), f" as “{step}”")
            for column, step in study.mapping.steps.items()
        ]
    problems = [*_problems("Left out", study.left_out), *_problems("Doubtful", study.doubts)]
    if any(one.kind in ("epoch", "far-future") for one in study.doubts):
        problems.append(tag("li", "Cases with such dates are left out of everything below."))
    if not study.tells_work:
        problems.append(tag("li", "Each step has one time only: waiting and working can't be told apart."))
    if not study.whose:
        problems.append(tag("li", "No column says which unit or clerk did a step."))
    if study.now.quiet:
        problems.append(tag("li", f"{words.many(len(study.now.quiet), 'case')} stopped at no clear end."))
    return joined(
        tag("h3", f"{study.file}: how it was understood"),
        tag("ul", taken, class_="taken"),
        tag("ul", problems) if problems else None,
    )


def _problems(word: str, problems: Sequence[mining.Problem]) -> list[Html]:
    found = []
    for one in problems[:12]:
        times = f" ({one.times:,} times)" if one.times > 1 else ""
        found.append(tag("li", tag("strong", f"{word}: "), f"{one}{times}"))
    if len(problems) > 12:
        found.append(tag("li", f"and {len(problems) - 12} more of this kind; --json has them all"))
    return found


# The designed process


def _design(report: Report) -> Html:
    return joined([_judged(one) for one in report.judged])


def _judged(one: Judged) -> Html:
    known = one.fitting + one.left
    if not known:
        return joined(
            tag("h3", f"{one.name}: no case could be judged"),
            tag("p", "Every case is beyond the bounds of the replay."),
        )
    finding = f"{one.name}: {words.percent(one.left / known)} of cases leave the process “{one.process}”"
    named = {"added": "done beside the design", "skipped": "left out", "moved": "done at another place"}
    most = max((each.cases for each in one.deviations), default=1)
    rows = [
        Row(
            f"“{each.step}” is {named[each.kind]}",
            each.cases / most,
            (f"{each.cases:,}", words.length(each.median)),
        )
        for each in one.deviations
    ]
    lengths = (
        f"Half of the cases that keep to the design need more than {words.length(one.median_fitting)}, half of the others more than "
        f"{words.length(one.median_left)} ({words.chance(one.p)}). On average {one.cost:.1f} steps of a case are added or left out."
    )
    return joined(
        tag("h3", finding),
        tag("p", lengths, class_="note") if one.left and one.fitting else None,
        charts.bars("Deviations", ("What happens", "Cases", "Half of these need more than"), rows)
        if rows
        else None,
        tag("p", f"{words.many(one.unjudged, 'case')} not judged: too long or too rare.", class_="note")
        if one.unjudged
        else None,
        tag(
            "p",
            f"The design has no steps named {words.listed([f'“{step}”' for step in one.unknown[:8]])}.",
            class_="note",
        )
        if one.unknown
        else None,
    )


def _how() -> Html:
    told = (
        "A case is everything that carries one number; its length is the time from its first to its last event. Events are ordered by time "
        "(UTC), then by their place in the file.",
        "“Half need more than” is the median; “1 in 10 more than” the ninth decile.",
        "Days at stake in a wait: all time beyond the third quartile of that wait, together. Days at stake in rework: cases that repeat a step, "
        "times what half of them need more than half of those that do it once.",
        "Ranges: the cases are dealt into ten groups; how much the figure differs between them says how far it hangs on single cases "
        "(grouped jackknife, 80 %).",
        "Differences are tested after Mann and Whitney, shares by chi-squared or Fisher's exact test, many at once corrected after Holm.",
        "None of this says why. It says where to look.",
    )
    return tag("ul", [tag("li", one) for one in told])
