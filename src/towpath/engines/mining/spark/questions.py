"""The questions about the map, times and variants. Spark counts and sorts, the last division is done here.

Sums of microseconds are decimals: a million cases of three years fill 64 bits. Quantiles are exact (`percentile`);
Spark joins the two neighbours in another order of operations than DuckDB, which shows in the last place of a p90.
"""

from __future__ import annotations

from typing import Any

import ibis

from towpath.engines.mining.duck.schema import Attribute
from towpath.engines.mining.duck.view import Names
from towpath.engines.mining.results import Activity, Case, Durations, Edge, Summary, Variant
from towpath.engines.mining.spark.session import rows
from towpath.engines.mining.spark.view import Part, moment

_ORDERS = {
    "longest": ("length", True),
    "shortest": ("length", False),
    "first": ("began", False),
    "last": ("ended", True),
}


def total(column: Any) -> Any:
    """The sum of whole numbers, however large."""
    return column.cast("decimal(18, 0)").sum()


def mean(sum_: Any, count: int) -> float:
    """Of a sum of microseconds, in seconds. Divided in the order in which DuckDB does, and so to the last place the same."""
    return int(sum_) / count / 1e6


def mean_length(sum_: Any, count: int) -> float:
    """The same for lengths of cases, which DuckDB has in seconds before it takes their mean."""
    return int(sum_) / 1e6 / count


class Asker:
    """Puts questions about one part of a log; `names` are the activities by code."""

    def __init__(self, part: Part, names: Names) -> None:
        self.events, self.cases = part.events, part.cases
        self.names = list(names.codes)

    def total(self) -> int:
        return int(rows(self.cases.aggregate(count=self.cases.count()))[0][0])

    def summary(self) -> Summary:
        of = self.cases
        counted = of.aggregate(
            events=of.events.sum(),
            cases=of.count(),
            variants=of.variant.nunique(),
            first=of.began.min(),
            last=of.ended.max(),
        )
        events, cases, variants, first, last = rows(counted)[0]
        activities = rows(self.events.aggregate(count=self.events.activity.nunique()))[0][0]
        if not cases:
            return Summary(0, 0, 0, 0, None, None)
        return Summary(int(events), cases, activities, variants, moment(first), moment(last))

    def activities(self) -> list[Activity]:
        of = self.events
        counted = of.group_by("activity").aggregate(events=of.count(), cases=of.case_no.nunique())
        found = [Activity(self.names[code], events, cases) for code, events, cases in rows(counted)]
        return sorted(found, key=lambda one: (-one.events, one.name))

    def edges(self) -> list[Edge]:
        of = self.events.filter(self.events.next.notnull())
        counted = of.group_by("activity", "next").aggregate(
            count=of.count(),
            gap=total(of.gap),
            at=of.gap.quantile([0.5, 0.9]),
            told=of.worked.count(),
            worked=total(of.worked),
        )
        found = [self._edge(*row) for row in rows(counted)]
        return sorted(found, key=lambda one: (-one.count, one.source, one.target))

    def _edge(
        self, one: int, other: int, count: int, gap: Any, at: list[float], told: int, worked: Any
    ) -> Edge:
        names = self.names[one], self.names[other]
        times = mean(gap, count), at[0] / 1e6, at[1] / 1e6
        if not told:
            return Edge(*names, count, *times)
        before, of_it = int(gap) / count, int(worked) / told
        return Edge(*names, count, *times, waiting=(before - of_it) / 1e6, working=of_it / 1e6)

    def ends(self, which: str) -> dict[str, int]:
        counted = rows(self.cases.group_by(which).aggregate(count=self.cases.count()))
        named = ((self.names[code], count) for code, count in counted)
        return dict(sorted(named, key=lambda one: (-one[1], one[0])))

    def variants(self, limit: int | None) -> list[Variant]:
        of = self.cases
        length = of.ended - of.began
        counted = of.group_by("variant").aggregate(
            cases=of.count(), sum=total(length), middle=length.median()
        )
        counted = counted.order_by([ibis.desc("cases"), "variant"])
        all_cases = self.total()
        return [
            Variant(
                tuple(self.names[code] for code in variant),
                cases,
                cases / all_cases,
                mean_length(sum_, cases),
                middle / 1e6,
            )
            for variant, cases, sum_, middle in rows(counted if limit is None else counted.limit(limit))
        ]

    def durations(self) -> Durations:
        of = self.cases
        length = of.ended - of.began
        counted = of.aggregate(
            cases=of.count(),
            sum=total(length),
            at=length.quantile([0.5, 0.9]),
            least=length.min(),
            most=length.max(),
        )
        cases, sum_, at, least, most = rows(counted)[0]
        if not cases:
            return Durations(0, 0.0, 0.0, 0.0, 0.0, 0.0)
        return Durations(cases, mean_length(sum_, cases), at[0] / 1e6, at[1] / 1e6, least / 1e6, most / 1e6)

    def shown(self, limit: int, order: str) -> list[Case]:
        column, down = _ORDERS[order]
        of = self.cases.mutate(length=self.cases.ended - self.cases.began)
        of = of.order_by([ibis.desc(column) if down else ibis.asc(column), "case_no"]).limit(limit)
        told = of.select("case_id", "began", "ended", "length", "events", "last")
        return [
            Case(name, moment(began), moment(ended), length / 1e6, events, self.names[last])
            for name, began, ended, length, events, last in rows(told)
        ]

    def values(self, of: Attribute, limit: int) -> dict[str, int]:
        table = self.events if of.level == "event" else self.cases
        table = table.filter(table[of.place].notnull()).select(value=table[of.place])
        counted = table.group_by("value").aggregate(times=table.count())
        return dict(rows(counted.order_by([ibis.desc("times"), "value"]).limit(limit)))

    def lengths(self) -> list[float]:
        length = (self.cases.ended - self.cases.began).name("length")
        return [value / 1e6 for (value,) in rows(self.cases.select(length))]

    def gaps(self, source: int, target: int) -> list[float]:
        of = self.events
        return [
            value / 1e6
            for (value,) in rows(of.filter(of.activity == source, of.next == target).select("gap"))
        ]
