"""DuckDB beside Spark on one machine: `.venv/spark/bin/python -m bench.spark [--events N] [--folder FOLDER]`.

`make test-spark` makes .venv/spark. The same made-up log, kept by DuckDB and spread as Parquet; both count it through the same
door, and the answers must be equal. "First" holds the JVM's warming up; "again" is the same question once more.
"""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import results
from bench.logs import make
from bench.mining_tasks import WINDOW
from bench.results import Result
from towpath.engines import mining
from towpath.engines.mining.spark.session import connected

SPARK = "Spark 4.0.5, local, through Ibis 12.0.0"
QUESTIONS: dict[str, Callable[[mining.Log], int]] = {
    "map": lambda log: sum(one.count for one in log.map().edges),
    "variants": lambda log: len(log.variants()),
    "window and map": lambda log: sum(one.count for one in log.between(*WINDOW).map().edges),
    "rework": lambda log: sum(one.again for one in log.rework()),
    "handovers": lambda log: sum(one.count for one in log.handovers("org:group")),
}


def timed(ask: Callable[[], object]) -> tuple[float, object]:
    begun = time.perf_counter()
    found = ask()
    return time.perf_counter() - begun, found


def measure(folder: Path, events: int) -> list[Result]:
    raw = make(folder / f"{events}.parquet", events)
    stored, spread = raw.with_suffix(".towpath"), raw.with_suffix(".spread")
    if not stored.exists():
        mining.read(raw, store=stored).close()
    if not spread.exists():
        mining.spread(stored, spread)
    starting, _ = timed(connected)
    found = [Result("mining: Spark begins", round(starting, 1), "s", "Imports, Java, the session.")]
    duck, spark = mining.reopen(stored), mining.reopen(spread)
    for name, ask in QUESTIONS.items():
        theirs = {}
        ours, answer = timed(lambda ask=ask: ask(duck))  # type: ignore[misc]
        for when in ("first", "again"):
            theirs[when], same = timed(lambda ask=ask: ask(spark))  # type: ignore[misc]
            assert same == answer, f"{name}: {answer} by DuckDB, {same} by Spark"
        for when, seconds in theirs.items():
            label = f"mining: {name} of {events:,} events, beside Spark, {when}"
            found.append(Result(label, round(ours, 3), "s", __doc__ or "", SPARK, round(seconds, 3)))
    return [*found, *_memory(events)]


def _memory(events: int) -> list[Result]:
    """Peaks of the whole processes: Python with DuckDB here, and the JVM that it has started."""
    java = connected()._session.sparkContext._gateway.proc.pid
    lines = Path(f"/proc/{java}/status").read_text().splitlines()
    peak = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    how = "All questions; ours is DuckDB and what both answers are in Python, theirs the JVM alone."
    return [
        Result(
            f"mining: memory for {events:,} events, beside Spark", round(ours), "MB", how, SPARK, round(peak)
        )
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.spark", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument(
        "--folder", type=Path, help="where made-up logs are kept; a throw-away folder otherwise"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown:
        found = measure(given.folder or Path(thrown), given.events)
    results.show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
