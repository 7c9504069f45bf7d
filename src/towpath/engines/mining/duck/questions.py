"""The questions about the map, times and variants, in SQL."""

from __future__ import annotations

from typing import Any

import duckdb

from towpath.engines.mining.duck.schema import BASE
from towpath.engines.mining.duck.view import Relation
from towpath.engines.mining.results import Activity, Case, Durations, Edge, Summary, Variant

PORTION = 1_500_000  # gaps held at once for exact quantiles: bounds the memory, not the log
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
        """Cases by activity: counted in the variants, which are fewer and shorter than the events."""
        counts = dict(self.rows("SELECT activity, count(*) FROM {events} GROUP BY 1"))
        cases: dict[int, int] = {}
        for variant, times in self.rows("SELECT variant, count(*) FROM {cases} GROUP BY 1"):
            for character in set(variant):
                code = ord(character) - BASE
                cases[code] = cases.get(code, 0) + times
        found = [Activity(self.names[code], count, cases[code]) for code, count in counts.items()]
        return sorted(found, key=lambda one: (-one.events, one.name))

    def edges(self) -> list[Edge]:
        """Exact quantiles, in portions of activities that bound what is held in memory."""
        counts = self.rows(
            "SELECT activity, count(*) FROM {events} WHERE next IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        found: list[Edge] = []
        for codes in _portions(counts):
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
        rows = self.rows(f"SELECT {which}, count(*) FROM {{cases}} GROUP BY 1")
        return dict(
            sorted(((self.names[code], count) for code, count in rows), key=lambda one: (-one[1], one[0]))
        )

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


def _portions(counts: list[tuple[Any, ...]]) -> list[list[int]]:
    portions: list[list[int]] = []
    room = 0
    for code, count in counts:
        if not portions or count > room:
            portions.append([])
            room = PORTION
        portions[-1].append(code)
        room -= count
    return portions
