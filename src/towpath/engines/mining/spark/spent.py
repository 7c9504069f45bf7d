"""Where the time of cases goes, how many come and go, and the ways of single cases."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

import ibis
from ibis.expr import datatypes

from towpath.engines.mining.duck.schema import Attribute
from towpath.engines.mining.results import FOLDS, Path, Period, Spent
from towpath.engines.mining.spark.questions import Asker, total
from towpath.engines.mining.spark.session import rows
from towpath.engines.mining.spark.view import Table, in_case, moment

UNITS = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


# Spark's own functions: microseconds since 1970 to a time in the session's zone, which Ibis sets to UTC; and back.
def _built_in(name: str, given: Any, found: Any) -> Any:
    def stands_for(value: Any) -> None: ...

    return ibis.udf.scalar.builtin(stands_for, name=name, signature=((given,), found))


timestamp_micros = _built_in("timestamp_micros", datatypes.int64, datatypes.Timestamp("UTC"))
unix_micros = _built_in("unix_micros", datatypes.Timestamp("UTC"), datatypes.int64)


def spent(asker: Asker, by: Attribute | None) -> list[Spent]:
    """By the activity that comes next, or by what `by` says of the event that comes next."""
    of = asker.events
    whom = of.next if by is None else of[by.place].lead().over(in_case(of))
    legs = of.select("case_no", "gap", "worked", whom=whom)
    legs = legs.filter(legs.gap.notnull(), legs.whom.notnull())
    each = legs.group_by("whom").aggregate(
        visits=legs.count(), cases=legs.case_no.nunique(), gap=total(legs.gap), told=legs.worked.count(),
        worked=total(legs.worked), at=legs.gap.quantile([0.5, 0.75, 0.9]),
    )  # fmt: skip
    usual = {whom: row for whom, *row in rows(each)}
    beyond = _beyond(legs, each)
    found = []
    for whom, (visits, cases, gap, told, worked, (middle, _, late)) in usual.items():
        folds = tuple(beyond[whom].get(fold, 0.0) / 1e6 for fold in range(FOLDS))
        found.append(
            Spent(
                asker.names[whom] if by is None else whom, visits, cases, int(gap) / 1e6,
                int(worked) / 1e6 if told else None, middle / 1e6, late / 1e6, folds,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (-one.seconds, one.name))


def _beyond(legs: Table, each: Table) -> dict[Any, dict[int, float]]:
    """Of each group of cases the microseconds beyond the third quartile."""
    usual = each.select("whom", usually=each["at"][1])
    joined = legs.inner_join(usual, "whom")
    over = ibis.greatest(joined.gap - joined.usually, ibis.literal(0.0))
    joined = joined.select("whom", fold=joined.case_no % FOLDS, over=over)
    counted = joined.group_by("whom", "fold").aggregate(over=joined.over.sum())
    found: dict[Any, dict[int, float]] = defaultdict(dict)
    for whom, fold, value in rows(counted):
        found[whom][fold] = value
    return found


def volumes(asker: Asker, step: str) -> list[Period]:
    """Every period from the first to the last event, the empty ones too."""
    of = asker.cases.select("began", "ended")
    came = of.select(period=_period(of.began, step))
    went = of.select(period=_period(of.ended, step), length=of.ended - of.began)
    arrived = dict(rows(came.group_by("period").aggregate(count=came.count())))
    over = {
        period: told
        for period, *told in rows(
            went.group_by("period").aggregate(count=went.count(), middle=went.length.median())
        )
    }
    found = []
    at = moment(min(arrived)) if arrived else None
    for since in _periods(at, moment(max(over)), step) if at else ():
        key = (since - datetime(1970, 1, 1)) // timedelta(microseconds=1)  # noqa: DTZ001 UTC
        ended, middle = over.get(key, (0, None))
        found.append(Period(since, arrived.get(key, 0), ended, None if middle is None else middle / 1e6))
    return found


def _period(since: Any, step: str) -> Any:
    return unix_micros(timestamp_micros(since).truncate(UNITS[step]))


def _periods(first: datetime, last: datetime, step: str) -> list[datetime]:
    found = [first]
    while found[-1] < last:
        at = found[-1]
        if step in ("day", "week"):
            found.append(at + timedelta(days=1 if step == "day" else 7))
        else:
            months = at.month - 1 + {"month": 1, "quarter": 3, "year": 12}[step]
            found.append(at.replace(year=at.year + months // 12, month=months % 12 + 1))
    return found


def weekdays(asker: Asker) -> list[int]:
    """Events by day of the week, Monday first. Full hours of the late evening: see duck.spent.weekdays."""
    time = timestamp_micros(asker.events.time)
    full = (time.hour() >= 20) & (time.minute() == 0) & (time.second() == 0)
    of = asker.events.select(day=time.day_of_week.index(), full=full)
    counts = {(day, full): n for day, full, n in rows(of.group_by("day", "full").aggregate(count=of.count()))}
    moved = sum(count for (_, full), count in counts.items() if full) > 0.2 * sum(counts.values())
    found = [0] * 7
    for (day, full), count in counts.items():
        found[(day + (full and moved)) % 7] += count
    return found


def labels(asker: Asker, by: Attribute) -> dict[str, tuple[str, float]]:
    """For each activity what `by` mostly says of it, and the share of its events that say so."""
    of = asker.events.select("activity", label=asker.events[by.place])
    of = of.filter(of.label.notnull())
    counted = of.group_by("activity", "label").aggregate(times=of.count())
    most = ibis.window(group_by=counted.activity, order_by=[ibis.desc(counted.times), counted.label])
    ranked = counted.mutate(
        rank=ibis.row_number().over(most),
        all=counted.times.sum().over(ibis.window(group_by=counted.activity)),
    )
    told = rows(ranked.filter(ranked["rank"] == 0).select("activity", "label", "times", "all"))
    return {asker.names[code]: (label, times / every) for code, label, times, every in told}


def paths(asker: Asker, most: int) -> list[Path]:
    """At most so many cases, evenly chosen over the log, in the order of their first event."""
    every = max(1, -(-asker.total() // most))
    of = asker.events.filter(asker.events.case_no % every == 0)
    step = ibis.struct({"time": of.time, "seq": of.seq, "activity": of.activity})
    told = of.group_by("case_no").aggregate(steps=step.collect())
    told = told.select("case_no", steps=told.steps.sort())
    found = [
        Path(tuple(asker.names[one[2]] for one in steps), tuple(one[0] / 1e6 for one in steps))
        for _, steps in sorted(rows(told))
    ]
    return sorted(found, key=lambda one: one.times[0])
