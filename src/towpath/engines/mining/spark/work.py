"""The questions about how work is done: again, by whom, through which channel."""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from towpath.engines.mining.duck.schema import Attribute
from towpath.engines.mining.results import Funnel, Handover, PingPong, Rework
from towpath.engines.mining.spark.questions import Asker, mean, total
from towpath.engines.mining.spark.session import rows
from towpath.engines.mining.spark.view import Table, in_case


def rework(asker: Asker) -> list[Rework]:
    of = asker.events
    each = of.group_by("case_no", "activity").aggregate(
        times=of.count(),
        straight=(of.next == of.activity).fill_null(False).sum(),
        length=of.time.max() - of.time.min(),
    )
    again = each.filter(each.times > 1)
    counted = again.group_by("activity").aggregate(
        cases=again.count(),
        again=(again.times - 1).sum(),
        straight=again.straight.sum(),
        length=total(again.length),
    )
    all_cases = asker.total()
    found = [
        Rework(asker.names[code], cases, cases / all_cases, more, straight, mean(length, cases))
        for code, cases, more, straight, length in rows(counted)
    ]
    return sorted(found, key=lambda one: (-one.again, one.activity))


def handovers(asker: Asker, by: Attribute) -> list[Handover]:
    of = _of(asker, by)
    passed = of.mutate(target=of.here.lead().over(in_case(of)))
    passed = passed.filter(passed.here != passed.target, passed.gap.notnull())
    counted = passed.group_by("here", "target").aggregate(
        times=passed.count(),
        cases=passed.case_no.nunique(),
        sum=total(passed.gap),
        middle=passed.gap.median(),
    )
    found = [
        Handover(source, target, times, cases, mean(sum_, times), middle / 1e6)
        for source, target, times, cases, sum_, middle in rows(counted)
    ]
    return sorted(found, key=lambda one: (-one.count, one.source, one.target))


def pingpong(asker: Asker, by: Attribute) -> list[PingPong]:
    """Stays: events one after the other in the same unit are one stay. A, B, A is one return."""
    of = _of(asker, by)
    moves = of.mutate(came=of.here.lag().over(in_case(of)))
    stays = moves.filter(moves.came.isnull() | (moves.came != moves.here))
    order = in_case(stays)
    trips = stays.mutate(
        away=stays.here.lead().over(order),
        back=stays.here.lead(2).over(order),
        length=stays.time.lead(2).over(order) - stays.time.lead().over(order),
    )
    trips = trips.filter(trips.here == trips.back)
    counted = trips.group_by("here", "away").aggregate(
        times=trips.count(), cases=trips.case_no.nunique(), sum=total(trips.length)
    )
    found = [
        PingPong(here, away, times, cases, mean(sum_, times))
        for here, away, times, cases, sum_ in rows(counted)
    ]
    return sorted(found, key=lambda one: (-one.count, one.one, one.other))


def _of(asker: Asker, by: Attribute) -> Table:
    """The events that say who had the case, as `here`."""
    of = asker.events
    return of.filter(of[by.place].notnull()).select("case_no", "time", "seq", "gap", here=of[by.place])


def funnel(asker: Asker, codes: Sequence[int], names: Sequence[str], by: Attribute | None) -> list[Funnel]:
    """Each step counts where it comes after the step before, not necessarily next. The order of a case is its variant's."""
    of = _grouped(asker, by)
    counted = of.group_by("label", "variant").aggregate(times=of.count()).order_by("label")
    counts: dict[str, list[int]] = {}
    for label, variant, times in rows(counted):
        reached = counts.setdefault(label, [0] * len(codes))
        left = iter(variant)
        for number, code in enumerate(codes):
            if code not in left:  # goes on behind the step before
                break
            reached[number] += times
    return [Funnel(label, tuple(names), tuple(reached)) for label, reached in counts.items()]


def _grouped(asker: Asker, by: Attribute | None) -> Table:
    """Cases with their `label`: what is said of them, or by the first event that says it."""
    cases, events = asker.cases, asker.events
    if by is None:
        return cases.select("variant", label=ibis.literal(""))
    if by.level == "case":
        return cases.select("variant", label=cases[by.place].fill_null(""))
    said = events.filter(events[by.place].notnull())
    order = ibis.struct({"time": said.time, "seq": said.seq})
    first = said.group_by("case_no").aggregate(said=said[by.place].argmin(order))
    joined = cases.left_join(first, "case_no")
    return joined.select("variant", label=joined.said.fill_null(""))
