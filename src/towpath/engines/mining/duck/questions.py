"""The questions about the map, times and variants, in SQL."""

from __future__ import annotations

from collections import Counter
from typing import Any

import duckdb

from towpath.engines.mining.duck.schema import BASE
from towpath.engines.mining.duck.view import Relation
from towpath.engines.mining.results import Activity, Case, Durations, Edge, Summary, Variant

PORTION = 1_500_000  # gaps held at once for exact quantiles: bounds the memory, not the log
PORTIONS = 8  # and yet no more than this, since each is a scan: a large log needs larger ones
CASES = 1_000_000  # held at once for counting those with an activity
BITS = 62  # activities that fit into one number
LENGTH = "(epoch_us(ended) - epoch_us(began)) / 1e6"


class Asker:
    """Puts questions about one view; `names` are the activities by code."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relation: Relation, names: list[str]) -> None:
        self.connection, self.relation, self.names = connection, relation, names

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

    def activities(self) -> list[Activity]:
        counts = self.rows("SELECT activity, count(*) FROM {events} GROUP BY 1")
        if max((code for code, _ in counts), default=0) < BITS:
            cases = self._marked(sorted(code for code, _ in counts))
        else:
            cases = dict(self.rows("SELECT activity, count(DISTINCT case_no) FROM {events} GROUP BY 1"))
        found = [Activity(self.names[code], count, cases[code]) for code, count in counts]
        return sorted(found, key=lambda one: (-one.events, one.name))

    def _marked(self, codes: list[int]) -> dict[int, int]:
        """Cases by activity, from a bit for each: a third of the cost of counting distinct cases."""
        bits = ", ".join(f"sum((met >> {code}) & 1)::BIGINT" for code in codes)
        found = dict.fromkeys(codes, 0)
        most = self.row("SELECT coalesce(max(case_no), 0) FROM {events}")[0] if codes else -1
        for start in range(0, most + 1, CASES):
            counted = self.row(
                f"SELECT {bits} FROM (SELECT bit_or(1::BIGINT << activity) AS met FROM {{events}} "
                f"WHERE case_no >= {start} AND case_no < {start + CASES} GROUP BY case_no)"
            )
            for code, count in zip(codes, counted, strict=True):
                found[code] += count or 0
        return found

    def edges(self) -> list[Edge]:
        """Exact quantiles, in portions of activities that bound what is held in memory."""
        counts = self.rows(
            "SELECT activity, count(*) FROM {events} WHERE next IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        found: list[Edge] = []
        room = max(PORTION, sum(count for _, count in counts) // PORTIONS)
        for codes in _portions(counts, room):
            chosen = "" if len(codes) == len(counts) else f" AND activity IN ({', '.join(map(str, codes))})"
            rows = self.rows(
                "SELECT activity, next, count(*), avg(gap), quantile_cont(gap, [0.5, 0.9]), avg(worked) "
                f"FROM {{events}} WHERE next IS NOT NULL{chosen} GROUP BY 1, 2"
            )
            found += [self._edge(*row) for row in rows]
        return sorted(found, key=lambda one: (-one.count, one.source, one.target))

    def _edge(
        self, one: int, other: int, count: int, mean: float, at: list[float], worked: float | None
    ) -> Edge:
        names, times = (self.names[one], self.names[other]), (mean / 1e6, at[0] / 1e6, at[1] / 1e6)
        if worked is None:
            return Edge(*names, count, *times)
        return Edge(*names, count, *times, waiting=(mean - worked) / 1e6, working=worked / 1e6)

    def ends(self, which: str) -> dict[str, int]:
        """Where cases were cut, an end has no next, and a start is what nothing leads to: no case is looked at."""
        if self.relation.whole:
            counts = dict(self.rows(f"SELECT {which}, count(*) FROM {{cases}} GROUP BY 1"))
        else:
            counts = self._open_ends(which)
        named = [(self.names[code], count) for code, count in counts.items() if count]
        return dict(sorted(named, key=lambda one: (-one[1], one[0])))

    def _open_ends(self, which: str) -> dict[int, int]:
        found = Counter[int]()
        for one, other, count in self.rows("SELECT activity, next, count(*) FROM {events} GROUP BY 1, 2"):
            if which == "first":
                found[one] += count
                if other is not None:
                    found[other] -= count
            elif other is None:
                found[one] += count
        return found

    def variants(self, limit: int | None) -> list[Variant]:
        total = self.row("SELECT count(*) FROM {cases}")[0]
        rows = self.rows(
            f"SELECT variant, count(*) AS cases, avg({LENGTH}), median({LENGTH}) FROM {{cases}} GROUP BY 1 "
            f"ORDER BY cases DESC, variant" + (f" LIMIT {int(limit)}" if limit is not None else "")
        )
        named = {chr(BASE + code): name for code, name in enumerate(self.names)}.__getitem__
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


def _portions(counts: list[tuple[Any, ...]], most: int) -> list[list[int]]:
    portions: list[list[int]] = []
    room = 0
    for code, count in counts:
        if not portions or count > room:
            portions.append([])
            room = most
        portions[-1].append(code)
        room -= count
    return portions
