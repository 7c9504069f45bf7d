"""Times of day as files write them -> UTC, in SQL."""

from __future__ import annotations

import duckdb

from towpath.engines.mining.duck import schema
from towpath.engines.mining.duck.staging import Staged
from towpath.engines.mining.errors import Problem

ISO = ""  # what the database reads by itself: 2024-05-01, with or without time and zone
FORMATS = tuple(
    f"{date}{clock}"
    for date in ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d", "%Y%m%d", "%d %b %Y")
    for clock in (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %H:%M:%S.%f", "")
)
SAMPLE = 300
_ZONED = r":\d\d(?:[.,]\d+)?\s*(?:[zZ]|[+-]\d\d:?\d\d|[+-]\d\d)\s*$"  # only after a time of day


def formats(
    connection: duckdb.DuckDBPyConnection, staged: Staged, columns: list[str]
) -> dict[str, tuple[str, float]]:
    """Of each of these columns the format that reads most of a sample, and the share that it reads."""
    found = {}
    for name in columns:
        if staged.type(name) != "VARCHAR":
            found[name] = (ISO, 1.0 if _is_time(staged.type(name)) else 0.0)
            continue
        found[name] = _format(connection, staged.place(name))
    return found


def _format(connection: duckdb.DuckDBPyConnection, place: str) -> tuple[str, float]:
    sample = f"FROM (SELECT trim({place}) AS v FROM staged WHERE {place} IS NOT NULL LIMIT {SAMPLE})"
    looks = schema.one(
        connection,
        "SELECT count(*), count(try_cast(v AS TIMESTAMPTZ)) FILTER (v NOT SIMILAR TO '[0-9.]*'), "
        f"count(*) FILTER (regexp_matches(v, '^[0-9]{{1,4}}[-/. ]?[0-9A-Za-z]{{1,3}}[-/. ]?[0-9]{{2,4}}')) {sample}",
    )
    assert looks is not None
    total, standard, likely = looks
    if not total or standard == total or likely < total / 2:
        return ISO, standard / total if total else 0.0
    tried = ", ".join(["count(try_strptime(v, ?))"] * len(FORMATS))
    counts = schema.one(connection, f"SELECT {tried} {sample}", FORMATS) or ()
    best, written = max(
        (standard, ""), *((count, one) for count, one in zip(counts, FORMATS, strict=True)), key=_first
    )
    return written, best / total


def _first(pair: tuple[int, str]) -> int:
    return pair[0]


def _is_time(kind: str) -> bool:
    return kind.startswith(("TIMESTAMP", "DATE"))


def instant(staged: Staged, name: str, written: str, zone: str) -> str:
    """The SQL that reads this column as a time in UTC; null where it can't be read. `zone` holds where none is written.

    The session's zone must be `zone` as well.
    """
    place, kind = staged.place(name), staged.type(name)
    if kind == "VARCHAR" and written == ISO:
        read = _utc(f"try_cast({place} AS TIMESTAMPTZ)")
    elif kind == "VARCHAR":
        parsed = f"try_strptime(trim({place}), {literal(written)})"  # a format with %z gives UTC by itself
        read = parsed if "%z" in written else _local(parsed, zone)
    elif kind == "TIMESTAMP WITH TIME ZONE":
        read = _utc(place)
    else:
        naive = place if kind == "TIMESTAMP" else f"try_cast({place} AS TIMESTAMP)"
        read = naive if zone == "UTC" else _local(naive, zone)
    return f"CASE WHEN {read} BETWEEN TIMESTAMP '1000-01-01' AND TIMESTAMP '9999-12-31' THEN {read} END"


def _utc(read: str) -> str:
    """Of a time with its zone; by its microseconds, since the calendar's way costs fourteen times as much."""
    return f"make_timestamp(epoch_us({read}))"


def _local(read: str, zone: str) -> str:
    return _utc(f"timezone({literal(zone)}, {read})")


def doubts(
    connection: duckdb.DuckDBPyConnection, staged: Staged, name: str, written: str, zone: str
) -> list[Problem]:
    """Zones that are missing or mixed, and days that may be months."""
    if staged.type(name) != "VARCHAR":
        return []
    place = staged.place(name)
    either = written[:5] in ("%d/%m", "%m/%d", "%d-%m", "%m-%d")
    numbers = [
        f"max(try_cast(substr(trim({place}), {at}, 2) AS INTEGER))" if either else "99" for at in (1, 4)
    ]
    row = schema.one(
        connection,
        f"SELECT count({place}), count(*) FILTER (regexp_matches({place}, ?)), {', '.join(numbers)} FROM staged",
        [_ZONED],
    )
    assert row is not None
    total, zoned, first, second = row
    found = []
    if written == ISO and 0 < zoned < total:
        told = f"{total - zoned:,} of {total:,} times in '{name}' have no time zone, the others do; those were read as {zone}"
        found.append(Problem("mixed-zones", told, times=total - zoned))
    elif (written != ISO or not zoned) and total:
        found.append(
            Problem(
                "no-zone", f"the times in '{name}' have no time zone; they were read as {zone}", times=total
            )
        )
    if either and (first or 0) <= 12 and (second or 0) <= 12:
        order = "day, month" if written.startswith("%d") else "month, day"
        told = f"the dates in '{name}' could be read either way; they were read as {order}. Say it with 'time-format'"
        found.append(Problem("day-or-month", told, times=total))
    return found


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
