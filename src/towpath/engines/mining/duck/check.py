"""Which staged rows can't be taken, and what is doubtful in those that can."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import duckdb

from towpath.engines.mining.duck import schema
from towpath.engines.mining.duck.staging import SHOWN, Staged
from towpath.engines.mining.errors import Problem

MANY_EVENTS = 10_000
MANY_ACTIVITIES = 2_000


def bad_rows(connection: duckdb.DuckDBPyConnection, unit: str, names: dict[str, str]) -> list[Problem]:
    """Rows of the view `coming` without case, activity or readable time. `names`: the columns of these roles."""

    def empty(role: str) -> Callable[[str], str]:
        return lambda written: f"no {role} (column '{names[role]}' is empty)"

    faults: dict[str, tuple[str, Callable[[str], str]]] = {
        "case_id IS NULL": ("no-case", empty("case")),
        "activity IS NULL": ("no-activity", empty("activity")),
        "written IS NULL": ("no-time", empty("time")),
        "time IS NULL AND written IS NOT NULL": (
            "bad-time",
            lambda written: f"'{written}' is not a time that can be read",
        ),
    }
    found = []
    for (condition, (kind, tell)), count in zip(
        faults.items(), _counts(connection, "coming", faults), strict=True
    ):
        if not count:
            continue
        rows = connection.execute(
            f"SELECT line, written::VARCHAR FROM coming WHERE {condition} ORDER BY seq LIMIT {SHOWN}"
        ).fetchall()
        found += [Problem(kind, tell(written), f"{unit} {line}", bad=True) for line, written in rows]
        if count > SHOWN:
            rest = count - SHOWN
            found.append(Problem(kind, f"{rest:,} more rows: {tell('…')}", times=rest, bad=True))
    return found


def _counts(connection: duckdb.DuckDBPyConnection, table: str, conditions: Iterable[str]) -> tuple[int, ...]:
    """How many rows meet each condition, in one pass. What the file says of its columns answers most of the WHERE."""
    counted = ", ".join(f"count(*) FILTER ({one})" for one in conditions)
    either = " OR ".join(f"({one})" for one in conditions)
    return schema.one(connection, f"SELECT {counted} FROM {table} WHERE {either}") or ()


def doubtful_rows(connection: duckdb.DuckDBPyConnection, staged: Staged) -> list[Problem]:
    """Dates of 1970 and other centuries, ends before starts, formulas."""
    faults = {
        "time < TIMESTAMP '1971-01-01'": (
            "epoch",
            "dated {} or earlier: often an empty date of the old system",
        ),
        "time > TIMESTAMP '2100-01-01'": ("far-future", "dated {}: far in the future"),
        "start > time": ("end-before-start", "ended at {}, before it began"),
    }
    if staged.text:
        formula = "(starts_with({0}, '=') OR starts_with({0}, '@') OR regexp_matches({0}, '^[+-][A-Za-z(]'))"
        told = "a cell begins like a formula of a spreadsheet; it is kept as text and never computed"
        faults[" OR ".join(formula.format(f"r{n}") for n in range(len(staged.names)))] = ("formula", told)
    found = []
    for (condition, (kind, told)), count in zip(
        faults.items(), _counts(connection, "good", faults), strict=True
    ):
        if count:
            line, time = connection.execute(
                f"SELECT line, time::VARCHAR FROM good WHERE {condition} ORDER BY seq LIMIT 1"
            ).fetchall()[0]
            found.append(Problem(kind, told.format(time), f"{staged.unit} {line}", count))
    return found


def doubtful_cases(connection: duckdb.DuckDBPyConnection) -> list[Problem]:
    """Of the whole store: events twice, cases and numbers of activities beyond what a process has."""
    found = []
    own = [one.place for one in schema.attributes(connection) if one.level == "event"]
    columns = ", ".join(["case_no", "time", "activity", "start", *own])
    twice = schema.one(
        connection,
        f"""
        SELECT coalesce(sum(times - 1), 0), arg_min(case_no, case_no), arg_min(activity, case_no) FROM
        (SELECT {columns}, count(*) AS times FROM events SEMI JOIN (SELECT case_no, time FROM events WHERE gap = 0)
         USING (case_no, time) GROUP BY ALL HAVING times > 1)""",
    )
    if twice and twice[0]:
        named = schema.one(
            connection,
            "SELECT case_id, (SELECT name FROM activities WHERE code = ?) FROM cases WHERE case_no = ?",
            [twice[2], twice[1]],
        )
        assert named is not None
        told = f"'{named[1]}' stands there twice with the same time and attributes; both are counted"
        found.append(Problem("duplicate", told, f"case {named[0]}", int(twice[0])))
    largest = schema.one(
        connection, "SELECT case_id, events FROM cases ORDER BY events DESC, case_no LIMIT 1"
    )
    if largest and largest[1] > MANY_EVENTS:
        told = f"this one case has {largest[1]:,} events: is the right column taken for the case?"
        found.append(Problem("huge-case", told, f"case {largest[0]}"))
    count = schema.one(connection, "SELECT count(*) FROM activities")
    if count and count[0] > MANY_ACTIVITIES:
        told = f"{count[0]:,} different activities: is the right column taken for the activity?"
        found.append(Problem("many-activities", told))
    return found
