"""From staged rows to the store: codes, order, next and gap, the summaries. Only the cases concerned are touched.

All of it goes by the order in which the rows lie: they are numbered, joined to the next one and summed up one after the
other. `parts` keeps every core busy with that.
"""

from __future__ import annotations

import duckdb

from towpath.engines.mining.duck import parts, schema
from towpath.engines.mining.duck.parts import Part
from towpath.engines.mining.duck.schema import BASE, BITS, CORE, Attribute
from towpath.engines.mining.errors import StoreError, refused

LIFECYCLE_BEGINS = "('start', 'resume')"
LIFECYCLE_RESTS = "('complete', 'suspend', 'ate_abort', 'pi_abort', 'withdraw', 'autoskip', 'manualskip')"


def build(
    connection: duckdb.DuckDBPyConnection, given: dict[str, Attribute], lifecycle: str, renew: bool
) -> None:
    """Take what the view `good` holds: (seq, case_id, activity, time, start and the columns of `given`).

    `given` maps columns of `good` to attributes of the store; `lifecycle` is the place of that attribute or "".
    Cases that are known get the new events besides those they have, or in their place (`renew`).
    """
    chosen = "SEMI JOIN part_cases USING (case_no)" if _count(connection, "cases") else ""
    _activities(connection)
    rows = parts.of_rows(connection)
    ordered = _cases(connection, rows)
    own = [one.place for one in schema.attributes(connection) if one.level == "event"]
    by_case = [part.where("case_no") for part in parts.of_cases(connection, len(rows))]
    sources = (
        [_as_they_come(given, own, part) for part in rows] if ordered else [_arriving(given, own, renew)]
    )
    if lifecycle or not ordered:
        parts.together(connection, "CREATE TEMP TABLE sorted AS {source}", sources)
        sources = [f"FROM sorted {cases}" for cases in by_case]
    _replace(connection, sources, own, lifecycle)
    arrived = "events" if ordered else "sorted"  # all of a case, either way
    _summaries(connection, [f"FROM {arrived} {cases}" for cases in by_case])
    _whole(connection, chosen)
    connection.execute("DROP TABLE IF EXISTS sorted; DROP TABLE part_cases; DROP TABLE concerned")
    connection.execute("DROP TYPE activity_name")


def _activities(connection: duckdb.DuckDBPyConnection) -> None:
    """Activities get numbers in the order of their first event, whatever parts the log comes in.

    They are the values of a type, too: it turns a text into its number without a join.
    """
    connection.execute("""
        INSERT INTO activities
        SELECT (SELECT count(*) FROM activities) + row_number() OVER (ORDER BY met) - 1, name
        FROM (SELECT activity AS name, min(seq) AS met FROM good GROUP BY 1)
        WHERE name NOT IN (SELECT name FROM activities)""")
    if (count := _count(connection, "activities")) > schema.MAX_ACTIVITIES:
        told = (
            f"{count:,} different activities: the wrong column was taken for the activity; name the right one"
        )
        raise refused("many-activities", told)
    connection.execute("CREATE TEMP TYPE activity_name AS ENUM (SELECT name FROM activities ORDER BY code)")


def _cases(connection: duckdb.DuckDBPyConnection, rows: list[Part]) -> bool:
    """Cases get numbers likewise. True if all are new and each row lies where it belongs: case after case, by time.

    `runs`: where a case begins, or goes on after another one; and rows that come after a later one.
    """
    parts.together(
        connection,
        "CREATE TEMP TABLE runs AS {source}",
        [
            f"""
            SELECT case_id, seq, seq < above OR case_id IS NOT DISTINCT FROM before AS late
            FROM (SELECT case_id, seq, time, lag(case_id) OVER () AS before, lag(time) OVER () AS earlier, lag(seq) OVER () AS above
                  FROM good {part.where("seq")})
            WHERE case_id IS DISTINCT FROM before OR time < earlier OR seq < above"""
            for part in rows
        ],
    )
    connection.execute("""
        CREATE TEMP TABLE part_cases AS
        WITH run AS (SELECT case_id, min(seq) AS came FROM runs GROUP BY 1)
        SELECT case_id, (row_number() OVER (ORDER BY came) - 1 + (SELECT coalesce(max(case_no) + 1, 0) FROM cases))::UINTEGER AS case_no,
               came, false AS known
        FROM run ANTI JOIN cases USING (case_id)
        UNION ALL SELECT case_id, case_no, came, true FROM run JOIN cases USING (case_id)""")
    connection.execute("CREATE TEMP TABLE concerned AS SELECT case_no FROM part_cases WHERE known")
    found = schema.one(
        connection,
        """SELECT NOT EXISTS (FROM concerned) AND NOT EXISTS (FROM runs WHERE late)
               AND (SELECT count(*) FROM runs) = (SELECT count(*) FROM part_cases)""",
    )
    connection.execute("DROP TABLE runs")
    return bool(found and found[0])


def _brought(given: dict[str, Attribute], own: list[str]) -> str:
    """The columns of an event in the store's words, from `good`, but for its case."""
    places = {one.place: column for column, one in given.items()}
    columns = ["time", "seq", "enum_code(activity::activity_name)::UINTEGER AS activity", "start"]
    columns += [
        f"{places[place]}::VARCHAR AS {place}" if place in places else f"NULL::VARCHAR AS {place}"
        for place in own
    ]
    return ", ".join(columns)


def _as_they_come(given: dict[str, Attribute], own: list[str], part: Part) -> str:
    """The new events where they lie in order already: a case's number is that of the cases begun so far."""
    return f"""
        SELECT (begun - 1 + (SELECT min(case_no) FROM part_cases {part.where("came")}))::UINTEGER AS case_no, * EXCLUDE (begun)
        FROM (SELECT {_brought(given, own)},
                     count(*) FILTER (case_id IS DISTINCT FROM before) OVER (ROWS UNBOUNDED PRECEDING) AS begun
              FROM (SELECT *, lag(case_id) OVER () AS before FROM good {part.where("seq")}))"""


def _arriving(given: dict[str, Attribute], own: list[str], renew: bool) -> str:
    """The new events, and those of known cases that get company, in their order."""
    arriving = f"SELECT case_no, {_brought(given, own)} FROM good JOIN part_cases USING (case_id)"
    if not renew:
        old = ", ".join([*CORE[:5], *own])
        arriving += f" UNION ALL BY NAME SELECT {old} FROM events SEMI JOIN concerned USING (case_no)"
    return f"FROM ({arriving}) ORDER BY case_no, time, seq"


def _replace(
    connection: duckdb.DuckDBPyConnection, sources: list[str], own: list[str], lifecycle: str
) -> None:
    columns = ", ".join([*CORE[:5], *own])
    if _count(connection, "concerned"):
        connection.execute("DELETE FROM events WHERE case_no IN (FROM concerned)")
    worked, extra = "NULL::BIGINT", ""
    if lifecycle and _has_starts(connection, lifecycle):
        sources, extra = [_under_way(lifecycle, one) for one in sources], ", under_way"
        worked = "CASE WHEN same THEN CASE WHEN under_way > 0 THEN gap ELSE 0 END END"
    elif schema.one(connection, "SELECT 1 FROM good WHERE start IS NOT NULL LIMIT 1"):
        worked = "CASE WHEN same AND next_start IS NOT NULL THEN greatest(0, least(gap, epoch_us(next_time) - epoch_us(next_start))) END"
    joined = [
        f"""
        SELECT {columns}, CASE WHEN same THEN next_activity END, CASE WHEN same THEN gap END, {worked}
        FROM (SELECT {columns}{extra}, next_activity, next_time, next_start, next_case = case_no AS same,
                     epoch_us(next_time) - epoch_us(time) AS gap
              FROM (SELECT *, lead(case_no) OVER () AS next_case, lead(activity) OVER () AS next_activity,
                           lead(time) OVER () AS next_time, lead(start) OVER () AS next_start
                    FROM ({source})))"""
        for source in sources
    ]
    parts.together(connection, f"INSERT INTO events ({columns}, next, gap, worked) {{source}}", joined)


def _has_starts(connection: duckdb.DuckDBPyConnection, lifecycle: str) -> bool:
    found = schema.one(
        connection, f"SELECT 1 FROM sorted WHERE lower({lifecycle}) IN {LIFECYCLE_BEGINS} LIMIT 1"
    )
    return found is not None


def _under_way(lifecycle: str, source: str) -> str:
    """How many activities of the case are begun and not ended after each event; an end without a beginning counts nothing."""
    step = f"CASE WHEN lower({lifecycle}) IN {LIFECYCLE_BEGINS} THEN 1 WHEN lower({lifecycle}) IN {LIFECYCLE_RESTS} THEN -1 ELSE 0 END"
    return f"""SELECT * EXCLUDE (net, held), sum(held - before) OVER (PARTITION BY case_no ORDER BY time, seq) AS under_way
        FROM (SELECT *, coalesce(lag(held) OVER one, 0) AS before
              FROM (SELECT *, net - least(0, min(net) OVER one) AS held
                    FROM (SELECT *, sum({step}) OVER one AS net FROM ({source})
                          WINDOW one AS (PARTITION BY case_no, activity ORDER BY time, seq))
                    WINDOW one AS (PARTITION BY case_no, activity ORDER BY time, seq))
              WINDOW one AS (PARTITION BY case_no, activity ORDER BY time, seq))
        ORDER BY case_no, time, seq"""


def _summaries(connection: duckdb.DuckDBPyConnection, sources: list[str]) -> None:
    """Texts follow the order of the rows, since a window looks back at each (`looked`): it lets them through one by one.

    An ORDER BY in the aggregate is ten times slower. First and last are read from the text: with more than two cores a
    case may have two states in the aggregate, of which last() takes the wrong one.
    """
    kept = [one.place for one in schema.attributes(connection) if one.level == "case"]
    old = "".join(f", c.{place}" for place in kept)
    shown = f"(SELECT list(chr(({BASE} + code)::INTEGER) ORDER BY code) FROM activities)"
    lined_up = [f"SELECT case_no, time, activity, lag(case_no) OVER () AS before {one}" for one in sources]
    parts.together(
        connection,
        f"""
        CREATE TEMP TABLE summed AS
        SELECT case_no, min(time) AS began, max(time) AS ended, count(*)::UINTEGER AS events,
               string_agg({shown}[activity + 1], '') AS variant, count(before) AS looked,
               bit_or(CASE WHEN activity < {BITS} THEN 1::BIGINT << activity ELSE 0 END) AS met
        FROM ({{source}}) GROUP BY case_no""",
        lined_up,
    )
    summaries = f"""
        SELECT s.case_no, p.case_id, s.began, s.ended, s.events, unicode(s.variant[1]) - {BASE} AS first,
               unicode(s.variant[-1]) - {BASE} AS last, s.variant, s.met{old}
        FROM summed s JOIN part_cases p USING (case_no) LEFT JOIN cases c USING (case_no) ORDER BY s.case_no"""
    if _count(connection, "concerned"):
        connection.execute(f"CREATE TEMP TABLE summaries AS {summaries}")
        connection.execute("DELETE FROM cases WHERE case_no IN (FROM concerned)")
        summaries = "FROM summaries"
    connection.execute(f"INSERT INTO cases BY NAME {summaries}")
    connection.execute("DROP TABLE IF EXISTS summaries; DROP TABLE summed")


def _whole(connection: duckdb.DuckDBPyConnection, chosen: str) -> None:
    """StoreError if an event that came is in no case, or a case has no end."""
    found = schema.one(
        connection,
        f"""SELECT (SELECT (count(*), count(*) - count(next)) FROM events {chosen})
                 = (SELECT (sum(events), count(*)) FROM cases {chosen})""",
    )
    if not (found and found[0]):
        raise StoreError(
            "the cases do not have all events that came: a fault of this program; nothing was kept"
        )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = schema.one(connection, f"SELECT count(*) FROM {table}")
    assert row is not None
    return int(row[0])
