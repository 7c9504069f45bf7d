"""Made-up event logs of any size: cases of 4 to 40 steps along a main road with turnings and loops, 30 activities."""

import tempfile
from pathlib import Path

import duckdb

# Each case draws its length and start, each step its activity and pause, from a hash: the same log every time.
STATEMENT = """
COPY (
    WITH cases AS (
        SELECT i AS c, 4 + least(36, floor(-ln(1 - (hash(i * 7 + 1) % 1000000) / 1000000.0) * 6.0))::INT AS steps,
               TIMESTAMP '2023-01-01' + to_microseconds((hash(i * 11 + 3) % 63072000000000)::BIGINT) AS began
        FROM range($first, $until) r(i)),
    events AS (SELECT c, k, began, hash(c * 64 + k) AS h FROM cases, unnest(range(steps)) u(k))
    SELECT 'case-' || c AS "case:concept:name",
           'Step ' || lpad((CASE WHEN h % 100 < 72 THEN (k * 3) % 30 WHEN h % 100 < 88 THEN (k * 3 + 1) % 30
                            WHEN h % 100 < 96 THEN (k * 3 + 2) % 30 ELSE 3 * ((h >> 20) % 3) END)::VARCHAR, 2, '0') AS "concept:name",
           (began + to_microseconds((sum((h >> 8) % 259200000000) OVER (PARTITION BY c ORDER BY k))::BIGINT))::TIMESTAMPTZ AS "time:timestamp",
           'Unit ' || ((h >> 16) % 12) AS "org:group"
    FROM events ORDER BY c, k
) TO '{path}' (FORMAT parquet)
"""
PER_CASE = 9.5  # events, on average
PART = 1_000_000  # cases made at once: bounds the memory


def make(path: Path, events: int) -> Path:
    """About so many events as Parquet; kept if it is there."""
    if not path.exists():
        cases, part = round(events / PER_CASE), path.with_suffix(".part")
        with duckdb.connect() as connection, tempfile.TemporaryDirectory(dir=path.parent) as folder:
            connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
            parts = [Path(folder) / f"{first}.parquet" for first in range(0, cases, PART)]
            for number, one in enumerate(parts):
                values = {"first": number * PART, "until": min(cases, (number + 1) * PART)}
                connection.execute(STATEMENT.replace("{path}", _quoted(one)), values)
            # In their order: it is the order of the log.
            files = ", ".join(f"'{_quoted(one)}'" for one in parts)
            connection.execute(f"COPY (FROM read_parquet([{files}])) TO '{_quoted(part)}' (FORMAT parquet)")
        part.rename(path)
    return path


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
