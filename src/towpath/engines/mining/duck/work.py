"""The questions about how work is done: again, by whom, through which channel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from towpath.engines.mining.duck.questions import Asker
from towpath.engines.mining.duck.schema import BASE, Attribute
from towpath.engines.mining.results import Funnel, Handover, PingPong, Rework


def rework(asker: Asker) -> list[Rework]:
    total = asker.row("SELECT count(*) FROM {cases}")[0]
    rows = asker.rows("""
        SELECT activity, count(*), sum(times - 1)::BIGINT, sum(straight)::BIGINT, avg(epoch_us(final) - epoch_us(begun)) / 1e6
        FROM (SELECT activity, count(*) AS times, count(*) FILTER (next = activity) AS straight, min(time) AS begun, max(time) AS final
              FROM {events} GROUP BY case_no, activity HAVING times > 1) GROUP BY 1""")
    found = [
        Rework(asker.names[code], cases, cases / total, again, directly, seconds)
        for code, cases, again, directly, seconds in rows
    ]
    return sorted(found, key=lambda one: (-one.again, one.activity))


def handovers(asker: Asker, by: Attribute) -> list[Handover]:
    rows = asker.rows(f"""
        SELECT source, target, count(*) AS times, count(DISTINCT case_no), avg(gap) / 1e6, median(gap) / 1e6
        FROM (SELECT case_no, gap, {by.place} AS source, lead({by.place}) OVER one AS target
              FROM {{events}} WHERE {by.place} IS NOT NULL WINDOW one AS (PARTITION BY case_no ORDER BY time, seq))
        WHERE source <> target AND gap IS NOT NULL GROUP BY 1, 2 ORDER BY times DESC, 1, 2""")
    return [Handover(*row) for row in rows]


def pingpong(asker: Asker, by: Attribute) -> list[PingPong]:
    """Stays: events one after the other in the same unit are one stay. A, B, A is one return."""
    rows = asker.rows(f"""
        WITH moves AS (
            SELECT case_no, time, seq, {by.place} AS here, lag({by.place}) OVER one AS came
            FROM {{events}} WHERE {by.place} IS NOT NULL WINDOW one AS (PARTITION BY case_no ORDER BY time, seq)),
        stays AS (SELECT case_no, time, seq, here FROM moves WHERE came IS NULL OR came <> here),
        trips AS (
            SELECT case_no, here, lead(here) OVER one AS away, lead(here, 2) OVER one AS back,
                   epoch_us(lead(time, 2) OVER one) - epoch_us(lead(time) OVER one) AS length
            FROM stays WINDOW one AS (PARTITION BY case_no ORDER BY time, seq))
        SELECT here, away, count(*) AS times, count(DISTINCT case_no), avg(length) / 1e6
        FROM trips WHERE here = back GROUP BY 1, 2 ORDER BY times DESC, 1, 2""")
    return [PingPong(*row) for row in rows]


def funnel(asker: Asker, codes: Sequence[int], names: Sequence[str], by: Attribute | None) -> list[Funnel]:
    """Each step counts where it comes after the step before, not necessarily next. The order of a case is its variant's."""
    group = "''"
    values: list[Any] = []
    if by is not None and by.level == "case":
        group = f"coalesce(c.{by.place}, '')"
    elif by is not None:
        group = f"coalesce(e.{by.place}, '')"
    joined = "{cases} c"
    if by is not None and by.level == "event":
        joined += f" JOIN (SELECT case_no, arg_min({by.place}, (time, seq)) AS {by.place} FROM {{events}} GROUP BY 1) e USING (case_no)"
    rows = asker.rows(
        f"SELECT {group} AS label, c.variant, count(*) FROM {joined} GROUP BY 1, 2 ORDER BY 1", values
    )
    wanted = [chr(BASE + code) for code in codes]
    counts: dict[str, list[int]] = {}
    for label, variant, times in rows:
        reached = counts.setdefault(label, [0] * len(wanted))
        at = 0
        for number, character in enumerate(wanted):
            at = variant.find(character, at) + 1
            if not at:
                break
            reached[number] += times
    return [Funnel(label, tuple(names), tuple(reached)) for label, reached in counts.items()]
