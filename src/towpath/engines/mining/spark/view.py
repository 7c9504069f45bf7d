"""Filters as Ibis expressions: the events and the cases that they leave over.

As in DuckDB (duck.view), whole cases keep their `next` and `gap`, a cut at a time drops the gaps that cross it, any other
choice of events has its neighbours worked out anew. `cases` is always about the events that are left; what a
question does not touch is never computed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import ibis

from towpath.engines.mining.duck.view import ACTIVITY, Names
from towpath.engines.mining.filters import Between, Filter, Lasting, Named, Passing, Taking, View, Where

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 all times of a log are in UTC
Table = Any  # ibis.expr.types.Table, which need not be installed


@dataclass(frozen=True, slots=True)
class Part:
    """What a view leaves over, as two tables with the columns of the store."""

    events: Table
    cases: Table


def microseconds(time: datetime) -> int:
    return (time - EPOCH) // timedelta(microseconds=1)


def moment(since: int) -> datetime:
    return EPOCH + timedelta(microseconds=since)


def in_case(table: Table) -> Any:
    """The window of one case in its order."""
    return ibis.window(group_by=table.case_no, order_by=[table.time, table.seq])


def part(whole: Part, view: View, names: Names) -> Part:
    """QuestionError if a filter names what the log does not have."""
    for one in view:
        whole = _filtered(whole, one, names)
    return whole


def _filtered(left: Part, one: Filter, names: Names) -> Part:
    cases, events = left.cases, left.events
    match one:
        case Between():
            return _between(left, one)
        case Where():
            return _where(left, one, names)
        case Passing(source, target):
            edge = (events.activity == names.code(source)) & (events.next == names.code(target))
            return _of_cases(left, events.filter(edge))
        case Taking(activities):
            return _of_cases(left, _taking(cases, [names.code(name) for name in activities]))
        case Lasting(least, most):
            length = (cases.ended - cases.began) / 1e6
            return _of_cases(left, cases.filter((length >= least) & (length < most)))
        case Named(ids):
            return _of_cases(left, cases.filter(_among(cases.case_id, ids)))


def _of_cases(left: Part, kept: Table, without: bool = False) -> Part:
    """The cases that `kept` has (or the others), whole."""
    chosen = kept.select("case_no").distinct()
    if without:
        return Part(left.events.anti_join(chosen, "case_no"), left.cases.anti_join(chosen, "case_no"))
    return Part(left.events.semi_join(chosen, "case_no"), left.cases.semi_join(chosen, "case_no"))


def _taking(cases: Table, codes: list[int]) -> Table:
    if not codes:
        return cases.filter(ibis.literal(False))
    return cases.filter(cases.variant == ibis.array([ibis.literal(code, "int32") for code in codes]))


def _among(column: Any, values: Collection[object]) -> Any:
    return column.isin(list(values)).fill_null(False) if values else ibis.literal(False)


def _between(left: Part, one: Between) -> Part:
    start, end = microseconds(one.start), microseconds(one.end)
    cases, events = left.cases, left.events
    inside = events.filter((events.time >= start) & (events.time < end))
    match one.keep:
        case "events":
            before = inside.gap < end - inside.time
            kept = {name: before.ifelse(inside[name], None) for name in ("next", "gap", "worked")}
            return _cut(left, inside.mutate(**kept))
        case "touching":
            return _of_cases(left, inside)
        case "contained":
            return _of_cases(left, cases.filter((cases.began >= start) & (cases.ended < end)))
        case "started":
            return _of_cases(left, cases.filter((cases.began >= start) & (cases.began < end)))
        case "ended":
            return _of_cases(left, cases.filter((cases.ended >= start) & (cases.ended < end)))


def _where(left: Part, one: Where, names: Names) -> Part:
    if one.column == ACTIVITY:
        place, level = "activity", "event"
        values: list[Any] = [names.code(value) for value in one.values]
    else:
        attribute = names.attribute(one.column)
        place, level, values = attribute.place, attribute.level, list(one.values)
    if level == "case":
        matches = _among(left.cases[place], values)
        return _of_cases(left, left.cases.filter(~matches if one.negated else matches))
    matches = _among(left.events[place], values)
    if one.keep == "cases":
        return _of_cases(left, left.events.filter(matches), one.negated)
    return _cut(left, _joined_anew(left.events.filter(~matches if one.negated else matches)))


def _joined_anew(events: Table) -> Table:
    order = in_case(events)
    return events.mutate(
        next=events.activity.lead().over(order),
        gap=events.time.lead().over(order) - events.time,
        worked=ibis.null("int64"),
    )


def _cut(left: Part, events: Table) -> Part:
    """Cases are summed up anew from the events that are left of them."""
    step = ibis.struct({"time": events.time, "seq": events.seq, "activity": events.activity})
    told = events.group_by("case_no").aggregate(
        began=events.time.min(), ended=events.time.max(), events=events.count(), steps=step.collect()
    )
    told = told.mutate(variant=told.steps.sort().map(lambda one: one.activity)).drop("steps")
    told = told.mutate(first=told.variant[0], last=told.variant[told.variant.length() - 1])
    kept = left.cases.drop("began", "ended", "events", "first", "last", "variant")
    return Part(events, told.inner_join(kept, "case_no"))
