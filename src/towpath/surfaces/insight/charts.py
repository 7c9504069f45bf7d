"""Figures as charts: each says its finding, how it is measured, and where its numbers lead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from towpath.journeys import queries as journeys
from towpath.journeys.queries import Figures
from towpath.surfaces.insight import findings, words
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.look import Bar, Chart

Charts = Sequence[tuple[str, Chart]]  # with the name of the measure that each shows
ByService = Mapping[str, Figures]
Share = Callable[[Figures], float | None]


def explained(charts: Charts) -> list[Chart]:
    """Each with the way to the definition of its measure."""
    shown = []
    for measure, chart in charts:
        where = f"{reverse('insight:definitions')}#{measure}"
        what = format_html('<span class="govuk-visually-hidden">: {}</span>', chart.measure)
        way = format_html('<a href="{}">{}{}</a>', where, _("How this is counted"), what)
        shown.append(replace(chart, note=format_html("{} {}", chart.note, way)))
    return shown


def resolution(chosen: Chosen, total: Figures, by: ByService) -> Chart:
    bars = [
        _bar(chosen.title(service), one.median, chosen.to("service", service))
        for service, one in by.items()
        if one.median is not None
    ]
    named = {chosen.title(service): one for service, one in by.items()}
    note = _("9 of 10 were over within %(p90)s. Without waiting for the applicant, half took %(ours)s.") % {
        "p90": words.length(total.p90),
        "ours": words.length(total.time("ours", 0.5)),
    }
    return Chart(
        finding=findings.resolution(total, named),
        measure=_("Resolution time: median from sending to the first decision · %(period)s")
        % {"period": chosen.said},
        bars=bars,
        label_column=_("Service"),
        value_column=_("Median"),
        note=note if bars else "",
    )


def completion(chosen: Chosen, total: Figures, by: ByService) -> Chart:
    return Chart(
        finding=findings.completion(total),
        measure=_("Completion rate: sent among those begun · %(period)s") % {"period": chosen.said},
        bars=_shares(chosen, by, lambda one: one.completion, "sent"),
        label_column=_("Service"),
        value_column=pgettext("requests", "Sent"),
        note=_("%(n)s are still open and may yet be sent.") % {"n": words.number(total.still_open_drafts)}
        if total.still_open_drafts
        else "",
    )


def satisfaction(chosen: Chosen, total: Figures, by: ByService) -> Chart:
    note = _("Mean score %(mean)s of 5, from %(n)s answers. Everybody is asked, whatever the outcome.") % {
        "mean": words.number(total.mean_score, 1),
        "n": words.number(total.sums["rated"]),
    }
    return Chart(
        finding=findings.satisfaction(total),
        measure=_("Satisfaction: scores of 4 or 5 among all scores · %(period)s") % {"period": chosen.said},
        bars=_shares(chosen, by, lambda one: one.satisfaction, "rated"),
        label_column=_("Service"),
        value_column=_("Satisfied"),
        note=note if total.sums["rated"] else "",
    )


def deadline(chosen: Chosen, total: Figures, by: ByService) -> Chart:
    return Chart(
        finding=findings.deadline(total),
        measure=_("Deadline kept: decisions within the legal deadline · %(period)s")
        % {"period": chosen.said},
        bars=_shares(chosen, by, lambda one: one.deadline_kept, "missed"),
        label_column=_("Service"),
        value_column=_("In time"),
        note=_("The names lead to the late ones.") if total.sums["with-deadline"] else "",
    )


def digital(chosen: Chosen, total: Figures, sent: Mapping[str, int]) -> Chart:
    """`sent`: channel -> requests, the most first."""
    bars = [
        Bar(
            words.channel(channel),
            n,
            f"{words.number(n)} ({words.percent(n / sum(sent.values()))})",
            chosen.requests("sent", channel=channel),
        )
        for channel, n in sent.items()
        if n
    ]
    note = _("Help at the counter or on the telephone with the digital form counts as digital.")
    return Chart(
        finding=findings.digital(total),
        measure=_("Digital take-up: requests sent, by channel · %(period)s") % {"period": chosen.said},
        bars=bars,
        label_column=_("Channel"),
        value_column=_("Requests"),
        note=note if bars else "",
    )


def cost(chosen: Chosen, costs: Mapping[str, journeys.Cost], currency: str) -> Chart:
    """`costs`: by service, and that of all under ""."""
    bars = [
        Bar(
            chosen.title(service),
            float(one.each),
            words.money(one.each, currency),
            chosen.to("service", service),
        )
        for service, one in costs.items()
        if service and one.each is not None
    ]
    return Chart(
        finding=findings.cost(costs[""], currency),
        measure=_("Cost per request, from the amounts set for each channel · %(period)s")
        % {"period": chosen.said},
        bars=bars,
        label_column=_("Service"),
        value_column=_("Each"),
        note=_unpriced(costs[""]),
    )


def _unpriced(total: journeys.Cost) -> str:
    if not total.unpriced:
        return ""
    channels = ", ".join(
        f"{words.channel(channel)} ({words.requests(n)})" for channel, n in total.unpriced.items()
    )
    return _("No amount is set for: %(channels)s. These are left out.") % {"channels": channels}


def ages(chosen: Chosen, found: Sequence[journeys.Open], service: str = "") -> Chart:
    counts = {age: sum(one.count for one in found if one.age == age) for age in journeys.AGES}
    bars = [
        Bar(
            str(words.AGES[age]),
            counts[age],
            words.number(counts[age]),
            chosen.requests("open", age=age, service=service) if counts[age] else "",
        )
        for age in journeys.AGES
    ]
    n = sum(one.late for one in found)
    where = chosen.requests("late", service=service) if n else ""
    late = Bar(_("Past the legal deadline"), n, words.number(n), where, marked=bool(n))
    return Chart(
        finding=findings.open_requests(found),
        measure=_("Open requests, by the time since they were sent, as of now"),
        bars=[*bars, late],
        label_column=_("Age"),
        value_column=_("Requests"),
    )


def trend(by_month: Mapping[date, Figures], this_month: date) -> Chart:
    bars = [_bar(words.month(month), one.median) for month, one in by_month.items()]
    return Chart(
        finding=findings.trend(
            {words.month(month): one for month, one in by_month.items() if month < this_month}
        ),
        measure=_("Resolution time: median of the requests that ended in the month"),
        bars=bars,
        label_column=_("Month"),
        value_column=_("Median"),
    )


def by_channel(chosen: Chosen, total: Figures, by: Mapping[str, Figures]) -> Chart:
    named = {words.channel(channel): one for channel, one in by.items()}
    bars = [_bar(name, one.median) for name, one in named.items() if one.median is not None]
    return Chart(
        finding=findings.resolution(total, named),
        measure=_("Resolution time by channel: median · %(period)s") % {"period": chosen.said},
        bars=bars,
        label_column=_("Channel"),
        value_column=_("Median"),
    )


def steps(chosen: Chosen, service: str, found: Mapping[str, tuple[int, timedelta]]) -> Chart:
    longest_first = sorted(found.items(), key=lambda each: each[1][1], reverse=True)[:12]
    ordered = [(chosen.step(service, activity), each) for activity, each in longest_first]
    bars = [
        Bar(step, took / words.DAY, f"{words.length(took)} ({words.number(n)}×)", marked=place == 0)
        for place, (step, (n, took)) in enumerate(ordered)
    ]
    longest, took = (ordered[0][0], words.length(ordered[0][1][1])) if ordered else ("", "")
    return Chart(
        finding=findings.steps(longest, took),
        measure=_("Time at each step: median, and how often it was done · %(period)s")
        % {"period": chosen.said},
        bars=bars,
        label_column=_("Step"),
        value_column=_("Median"),
        note=_("Waiting for somebody to begin is included. The twelve longest.") if bars else "",
    )


def _bar(label: str, took: timedelta | None, href: str = "") -> Bar:
    return Bar(label, took / words.DAY if took else 0.0, words.length(took), href)


def _shares(chosen: Chosen, by: ByService, share: Share, which: str) -> list[Bar]:
    bars = []
    for service, one in by.items():
        if (value := share(one)) is not None:
            shown = words.percent(value)
            bars.append(Bar(chosen.title(service), value, shown, chosen.requests(which, service=service)))
    return bars
