"""The questions about the map, times and variants, in SQL."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import duckdb

from towpath.engines.mining.duck import schema
from towpath.engines.mining.duck.schema import BASE, BITS
from towpath.engines.mining.duck.view import Relation
from towpath.engines.mining.results import Activity, Case, Durations, Edge, Summary, Variant

PORTION = 3_000_000  # gaps of a kept log held at once for exact quantiles: bounds the memory, not the log
PORTIONS = 8  # and yet no more than this, since each is a scan: a large log needs larger ones
CASES = 250_000  # likewise, where cases of a large cut view are told by activity
FLOW = "activity, next, count(*), avg(gap), quantile_cont(gap, [0.5, 0.9]), avg(worked)"
LENGTH = "(epoch_us(ended) - epoch_us(began)) / 1e6"


class Asker:
    """Puts questions about one view; `names` are the activities by code.

    `held`: all of the log is in memory, where its gaps find room beside it.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, relation: Relation, names: list[str], held: bool
    ) -> None:
        self.connection, self.relation, self.names, self.held = connection, relation, names, held

    def rows(self, question: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        text, all_values = self.relation.ask(question, values or [])
        return self.connection.execute(text, all_values).fetchall()

    def row(self, question: str) -> tuple[Any, ...]:
        return self.rows(question)[0]

    def summary(self) -> Summary:
        counts = self.row(
            "SELECT coalesce(sum(events), 0)::BIGINT, count(*), count(DISTINCT variant), min(began), max(ended) FROM {cases}"
        )
        activities = self.row("SELECT count(DISTINCT activity) FROM {events}")[0]
        return Summary(counts[0], counts[1], activities, *counts[2:])

    @cached_property
    def size(self) -> int:
        """Events."""
        return int(self.row("SELECT count(*) FROM {events}")[0])

    @cached_property
    def at_once(self) -> bool:
        """Whether all of the view may be taken into memory."""
        return self.held or self.size <= PORTION

    @cached_property
    def steps(self) -> list[tuple[int, int | None, int]]:
        """How often an activity was followed by another; by None where the case (or what is left of it) ends."""
        if self.at_once:
            return [(one, other, count) for one, other, count, *_ in self._flows]
        return [
            (one, other, count)
            for one, other, count in self.rows("SELECT activity, next, count(*) FROM {events} GROUP BY 1, 2")
        ]

    @cached_property
    def _flows(self) -> list[tuple[Any, ...]]:
        """Steps with their times, of a view that may be held at once: it is worked out and read once for both."""
        return self.rows(f"SELECT {FLOW} FROM {{events}} GROUP BY 1, 2")

    def activities(self) -> list[Activity]:
        counts = _sums((one, count) for one, _, count in self.steps)
        cases = self._cases_with(sorted(counts))
        found = [Activity(self.names[code], count, cases[code]) for code, count in counts.items()]
        return sorted(found, key=lambda one: (-one.events, one.name))

    def _cases_with(self, codes: list[int]) -> dict[int, int]:
        """Cases by activity: from a bit for each where they are few, a quarter of the cost of telling cases apart."""
        if not codes or codes[-1] >= BITS:
            return dict(self.rows("SELECT activity, count(DISTINCT case_no) FROM {events} GROUP BY 1"))
        bits = ", ".join(f"sum((met >> {code}) & 1)::BIGINT" for code in codes)
        if self.relation.whole:
            return dict(zip(codes, self.row(f"SELECT {bits} FROM {{cases}}"), strict=True))
        found = Counter[int]()
        for portion in self._portions_of_cases():
            counted = self.row(
                f"SELECT {bits} FROM (SELECT bit_or(1::BIGINT << activity) AS met FROM {{events}}{portion} GROUP BY case_no)"
            )
            found.update({code: count or 0 for code, count in zip(codes, counted, strict=True)})
        return found

    def _portions_of_cases(self) -> list[str]:
        if self.at_once:
            return [""]
        last = schema.one(self.connection, "SELECT max(case_no) FROM cases")
        starts = range(0, last[0] + 1 if last else 0, CASES)
        return [f" WHERE case_no >= {start} AND case_no < {start + CASES}" for start in starts]

    def edges(self) -> list[Edge]:
        """Exact quantiles, in portions of activities that bound what is held in memory."""
        if self.at_once:
            return self._edges([row for row in self._flows if row[1] is not None])
        counts = _sums((one, count) for one, other, count in self.steps if other is not None)
        room = max(PORTION, sum(counts.values()) // PORTIONS)
        found: list[tuple[Any, ...]] = []
        for codes in _portions(sorted(counts.items()), room):
            chosen = f"activity IN ({', '.join(map(str, codes))})"
            found += self.rows(
                f"SELECT {FLOW} FROM {{events}} WHERE next IS NOT NULL AND {chosen} GROUP BY 1, 2"
            )
        return self._edges(found)

    def _edges(self, rows: list[tuple[Any, ...]]) -> list[Edge]:
        return sorted(
            (self._edge(*row) for row in rows), key=lambda one: (-one.count, one.source, one.target)
        )

    def _edge(
        self, one: int, other: int, count: int, mean: float, at: list[float], worked: float | None
    ) -> Edge:
        names, times = (self.names[one], self.names[other]), (mean / 1e6, at[0] / 1e6, at[1] / 1e6)
        if worked is None:
            return Edge(*names, count, *times)
        return Edge(*names, count, *times, waiting=(mean - worked) / 1e6, working=worked / 1e6)

    def ends(self, which: str) -> dict[str, int]:
        """What nothing follows is a last activity; a first one is what follows nothing. No case is looked at."""
        if which == "last":
            counts = _sums((one, count) for one, other, count in self.steps if other is None)
        else:
            counts = _sums((one, count) for one, _, count in self.steps)
            counts.subtract(_sums((other, count) for _, other, count in self.steps if other is not None))
        named = [(self.names[code], count) for code, count in counts.items() if count]
        return dict(sorted(named, key=lambda one: (-one[1], one[0])))

    def variants(self, limit: int | None) -> list[Variant]:
        total = self.row("SELECT count(*) FROM {cases}")[0]
        named = {chr(BASE + code): name for code, name in enumerate(self.names)}.__getitem__
        with _no_garbage():
            rows = self.rows(
                f"SELECT variant, count(*) AS cases, avg({LENGTH}), median({LENGTH}) FROM {{cases}} GROUP BY 1 "
                f"ORDER BY cases DESC, variant" + (f" LIMIT {int(limit)}" if limit is not None else "")
            )
            return [
                Variant(tuple(map(named, variant)), cases, cases / total, mean, median)
                for variant, cases, mean, median in rows
            ]

    def durations(self) -> Durations:
        row = self.row(
            f"SELECT count(*), avg({LENGTH}), quantile_cont({LENGTH}, [0.5, 0.9]), min({LENGTH}), max({LENGTH}) FROM {{cases}}"
        )
        if not row[0]:
            return Durations(0, 0.0, 0.0, 0.0, 0.0, 0.0)
        return Durations(row[0], row[1], *row[2], *row[3:])

    def cases(self, limit: int, order: str) -> list[Case]:
        rows = self.rows(
            f"SELECT case_id, began, ended, {LENGTH}, events, last FROM {{cases}} ORDER BY {order}, case_no LIMIT {int(limit)}"
        )
        return [Case(row[0], row[1], row[2], row[3], row[4], self.names[row[5]]) for row in rows]

    def lengths(self) -> list[float]:
        return [value for (value,) in self.rows(f"SELECT {LENGTH} FROM {{cases}}")]

    def gaps(self, source: int, target: int) -> list[float]:
        rows = self.rows("SELECT gap / 1e6 FROM {events} WHERE activity = ? AND next = ?", [source, target])
        return [value for (value,) in rows]


def _sums(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    found = Counter[int]()
    for code, count in pairs:
        found[code] += count
    return found


def _portions(counts: Iterable[tuple[int, int]], most: int) -> list[list[int]]:
    portions: list[list[int]] = []
    room = 0
    for code, count in counts:
        if not portions or count > room:
            portions.append([])
            room = most
        portions[-1].append(code)
        room -= count
    return portions


@contextmanager
def _no_garbage() -> Iterator[None]:
    """While hundreds of thousands of tuples are made that all stay: to look through them again and again would double the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
