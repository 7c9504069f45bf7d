"""Where the time of cases goes, how many come and go, and the ways of single cases, in SQL."""

from __future__ import annotations

from typing import Any

from towpath.engines.mining.duck.questions import Asker
from towpath.engines.mining.duck.schema import Attribute
from towpath.engines.mining.results import FOLDS, Path, Period, Spent

_WHO = "lead({0}) OVER (PARTITION BY case_no ORDER BY time, seq)"


def spent(asker: Asker, by: Attribute | None) -> list[Spent]:
    """By the activity that comes next, or by what `by` says of the event that comes next."""
    whom = "next" if by is None else _WHO.format(by.place)
    rows = asker.rows(f"""
        WITH legs AS (SELECT case_no, gap, worked, {whom} AS whom FROM {{events}}),
        known AS (SELECT * FROM legs WHERE gap IS NOT NULL AND whom IS NOT NULL),
        usual AS (SELECT whom, median(gap) AS middle, quantile_cont(gap, 0.9) AS late, quantile_cont(gap, 0.75) AS usually FROM known GROUP BY 1),
        parts AS (SELECT whom, case_no % {FOLDS} AS fold, count(*) AS visits, count(DISTINCT case_no) AS cases, sum(gap) AS gap,
                         sum(worked) AS worked, sum(greatest(gap - usually, 0)) AS beyond, any_value(middle) AS middle,
                         any_value(late) AS late
                  FROM known JOIN usual USING (whom) GROUP BY 1, 2)
        SELECT whom, sum(visits)::BIGINT, sum(cases)::BIGINT, sum(gap) / 1e6, sum(worked) / 1e6, any_value(middle) / 1e6,
               any_value(late) / 1e6, map(list(fold), list(beyond / 1e6)) FROM parts GROUP BY 1""")
    found = [
        Spent(
            asker.names[whom] if by is None else whom, visits, cases, seconds, worked, middle, late,
            tuple(float(beyond.get(fold, 0.0)) for fold in range(FOLDS)),
        )
        for whom, visits, cases, seconds, worked, middle, late, beyond in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.seconds, one.name))


def volumes(asker: Asker, step: str) -> list[Period]:
    """Every period from the first to the last event, the empty ones too. `open` at its end: come and not yet ended."""
    rows = asker.rows(f"""
        WITH edges AS (SELECT min(began) AS first, max(ended) AS last FROM {{cases}}),
        periods AS (SELECT unnest(generate_series(date_trunc('{step}', first), date_trunc('{step}', last), INTERVAL 1 {step})) AS period
                    FROM edges),
        came AS (SELECT date_trunc('{step}', began) AS period, count(*) AS came FROM {{cases}} GROUP BY 1),
        went AS (SELECT date_trunc('{step}', ended) AS period, count(*) AS went, median(epoch_us(ended) - epoch_us(began)) AS middle
                 FROM {{cases}} GROUP BY 1)
        SELECT period, coalesce(came, 0), coalesce(went, 0), middle / 1e6
        FROM periods LEFT JOIN came USING (period) LEFT JOIN went USING (period) ORDER BY period""")
    return [Period(*row) for row in rows]


def weekdays(asker: Asker) -> list[int]:
    """Events by day of the week, Monday first.

    Old systems keep days without a time: a midnight east of Greenwich is then late on the day before in UTC. Where
    many events stand on a full hour of the late evening, those are counted for the day that they were written for.
    """
    late = "hour(time) >= 20 AND minute(time) = 0 AND second(time) = 0"
    counts = {
        (day, full): count
        for day, full, count in asker.rows(
            f"SELECT isodow(time), {late}, count(*) FROM {{events}} GROUP BY 1, 2"
        )
    }
    moved = sum(count for (_, full), count in counts.items() if full) > 0.2 * sum(counts.values())
    found = [0] * 7
    for (day, full), count in counts.items():
        found[(day - 1 + (full and moved)) % 7] += count
    return found


def labels(asker: Asker, by: Attribute) -> dict[str, tuple[str, float]]:
    """For each activity what `by` mostly says of it, and the share of its events that say so."""
    rows = asker.rows(f"""
        SELECT activity, arg_max(label, times), max(times) / sum(times)
        FROM (SELECT activity, {by.place} AS label, count(*) AS times FROM {{events}} WHERE {by.place} IS NOT NULL GROUP BY 1, 2)
        GROUP BY 1""")
    return {asker.names[code]: (label, float(share)) for code, label, share in rows}


def paths(asker: Asker, most: int) -> list[Path]:
    """At most so many cases, evenly chosen over the log, in the order of their first event."""
    total = asker.row("SELECT count(*) FROM {cases}")[0]
    every = max(1, -(-total // most))
    rows: list[tuple[Any, ...]] = asker.rows(f"""
        SELECT any_value(case_no), list(activity), list(epoch_us(time) / 1e6)
        FROM (SELECT * FROM {{events}} WHERE case_no % {every} = 0 ORDER BY case_no, time, seq) GROUP BY case_no""")
    found = [
        Path(tuple(asker.names[code] for code in codes), tuple(times)) for _, codes, times in sorted(rows)
    ]
    return sorted(found, key=lambda one: one.times[0])
