"""What a chart says, in a sentence. A heading never claims more than its numbers hold."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from towpath.journeys.queries import Cost, Figures, Open
from towpath.surfaces.insight import words

Named = Mapping[str, Figures]  # title of a service, name of a channel or month -> its figures
FEW = 5  # of fewer requests nothing is said in comparison
SAME = 0.1  # medians that differ by less may be the same: each may be off by 5 %


def resolution(total: Figures, parts: Named) -> str:
    if total.median is None:
        return _("No request ended in this time")
    within = words.length(total.median)
    known = [(one.median, name) for name, one in parts.items() if one.median and one.sums["resolved"] >= FEW]
    slowest, name = max(known, default=(None, ""))
    if len(known) < 2 or slowest is None or slowest <= total.median:
        return _("Half of all requests are over within %(time)s") % {"time": within}
    return _("Half of all requests are over within %(time)s; %(slowest)s takes longest") % {
        "time": within,
        "slowest": name,
    }


def completion(total: Figures) -> str:
    if total.completion is None:
        return _("No application was begun in this time")
    return _("%(share)s of applications that were begun were sent") % {
        "share": words.percent(total.completion)
    }


def satisfaction(total: Figures) -> str:
    if total.satisfaction is None:
        return _("Nobody has said yet how it was")
    return _("%(share)s of those who answered are satisfied; %(answered)s answered") % {
        "share": words.percent(total.satisfaction),
        "answered": words.percent(total.response_rate),
    }


def digital(total: Figures) -> str:
    if total.digital is None:
        return _("No request was sent in this time")
    if not total.sums["assisted-digital"]:
        return _("%(share)s of requests came in digitally, none of them with help") % {
            "share": words.percent(total.digital)
        }
    return _("%(share)s of requests came in digitally, %(helped)s with help of staff") % {
        "share": words.percent(total.digital),
        "helped": words.percent(total.share("assisted-digital", "submitted")),
    }


def deadline(total: Figures) -> str:
    if total.deadline_kept is None:
        return _("No decision had a legal deadline in this time")
    missed = total.sums["with-deadline"] - total.sums["deadline-kept"]
    if not missed:
        return _("Every decision came within its legal deadline")
    return ngettext(
        "%(share)s of decisions came in time; %(n)s was late",
        "%(share)s of decisions came in time; %(n)s were late",
        missed,
    ) % {"share": words.percent(total.deadline_kept), "n": words.number(missed)}


def cost(found: Cost, currency: str) -> str:
    if found.each is None:
        return _("No amounts are set, so the cost per request is not known")
    return _("A request costs %(amount)s on average") % {"amount": words.money(found.each, currency)}


def open_requests(found: Sequence[Open]) -> str:
    count, late = sum(one.count for one in found), sum(one.late for one in found)
    if not count:
        return _("No request waits for a decision")
    if not late:
        return ngettext(
            "%(n)s request is open, and not late", "%(n)s requests are open, and none is late", count
        ) % {"n": words.number(count)}
    return ngettext(
        "Of %(n)s open requests %(late)s is past its legal deadline",
        "Of %(n)s open requests %(late)s are past their legal deadline",
        late,
    ) % {"n": words.number(count), "late": words.number(late)}


def trend(months: Named) -> str:
    """Compares the last two months of those given in which enough requests ended."""
    known = [(name, one.median) for name, one in months.items() if one.sums["resolved"] >= FEW and one.median]
    if len(known) < 2:
        return _("Too few requests ended to compare months")
    (then, before), (month, now) = known[-2:]
    told = {"month": month, "now": words.length(now), "then": then, "before": words.length(before)}
    if abs(now / before - 1) < SAME:
        return _("Half were over within %(now)s in %(month)s, as in %(then)s") % told
    if now < before:
        return _("Resolution time fell to %(now)s in %(month)s, from %(before)s in %(then)s") % told
    return _("Resolution time rose to %(now)s in %(month)s, from %(before)s in %(then)s") % told


def steps(longest: str, took: str) -> str:
    if not longest:
        return _("No step ended in this time")
    return _("“%(step)s” takes longest: %(time)s") % {"step": longest, "time": took}
