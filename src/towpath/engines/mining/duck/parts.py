"""A large log in parts that go through at the same time, where the order of the rows leaves a statement to one core.

DuckDB takes the branches of a UNION ALL at once if it need not keep their order, and each branch that has a window
over its rows as they lie goes through one core, row after row. So cases stay whole and in order, whichever part is first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import duckdb

from towpath.engines.mining.duck import schema

ROWS = 500_000  # of a part, at least: below, the cut costs more than the second core brings
NEAR = 200_000  # rows in which a case must end, for a cut there


@dataclass(frozen=True, slots=True)
class Part:
    """From a number (included) to another (excluded); without both it is everything."""

    least: int | None = None
    until: int | None = None

    def where(self, column: str) -> str:
        bounds = []
        if self.least is not None:
            bounds.append(f"{column} >= {self.least}")
        if self.until is not None:
            bounds.append(f"{column} < {self.until}")
        return f"WHERE {' AND '.join(bounds)}" if bounds else ""


def of_rows(connection: duckdb.DuckDBPyConnection) -> list[Part]:
    """Of the view `good`, by `seq`: cut between two rows of different cases."""
    span = schema.one(connection, "SELECT count(*), min(seq), max(seq) FROM coming")
    assert span is not None
    rows, first, last = span
    wanted = min(_cores(connection), rows // ROWS)
    cuts = []
    for number in range(1, wanted):
        near = first + (last - first) * number // wanted
        found = schema.one(
            connection,
            f"""SELECT min(seq) FROM (SELECT seq, case_id, lag(case_id) OVER () AS before FROM good
                                      WHERE seq >= {near} AND seq < {near + NEAR}) WHERE case_id <> before""",
        )
        if found and found[0] is not None:
            cuts.append(found[0])
    return _between(cuts)


def of_cases(connection: duckdb.DuckDBPyConnection, wanted: int) -> list[Part]:
    """Of the cases in `part_cases`, by `case_no`; so many parts."""
    span = schema.one(connection, "SELECT min(case_no), max(case_no) FROM part_cases")
    assert span is not None
    cuts = [span[0] + (span[1] - span[0]) * number // wanted for number in range(wanted)]
    return _between(cuts)[1:]


def together(connection: duckdb.DuckDBPyConnection, statement: str, sources: Sequence[str]) -> None:
    """Run the statement with the sources in the place of "{source}", in whatever order they come.

    After an error nothing can be set in a transaction; whoever undoes it sets `preserve_insertion_order` again.
    """
    whole = statement.replace("{source}", " UNION ALL ".join(sources))
    if len(sources) == 1:
        connection.execute(whole)
        return
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(whole)
    connection.execute("SET preserve_insertion_order = true")


def _cores(connection: duckdb.DuckDBPyConnection) -> int:
    found = schema.one(connection, "SELECT current_setting('threads')")
    assert found is not None
    return int(found[0])


def _between(cuts: Sequence[int]) -> list[Part]:
    return [Part(least, until) for least, until in pairwise([None, *sorted({*cuts}), None])]
