"""DuckDB beside Spark on one machine: `PYTHONPATH=src .venv/spark/bin/python -m bench.spark [--events N] [--folder FOLDER]`.

`make test-spark` makes .venv/spark. The same made-up log, kept by DuckDB and spread as Parquet; both count it through the same
door, and the answers must be equal. "First" holds the JVM's warming up; "again" is the same question once more.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import results
from bench.logs import make
from bench.mining_tasks import WINDOW
from bench.results import Result
from towpath.engines import mining
from towpath.engines.mining.spark.session import connected

SPARK = "Spark 4.0.5, local, through Ibis 12.0.0"
HOW = "The same made-up log through the same door: DuckDB from its store, Spark from Parquet on this machine."
QUESTIONS: dict[str, Callable[[mining.Log], int]] = {
    "map": lambda log: sum(one.count for one in log.map().edges),
    "variants": lambda log: len(log.variants()),
    "window and map": lambda log: sum(one.count for one in log.between(*WINDOW).map().edges),
    "rework": lambda log: sum(one.again for one in log.rework()),
    "handovers": lambda log: sum(one.count for one in log.handovers("org:group")),
}


def cpu(java: int | None = None) -> float:
    """Seconds of this process, and of the JVM that it has started."""
    if java is None:
        return time.process_time()
    user, system = Path(f"/proc/{java}/stat").read_text().rpartition(")")[2].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def timed(ask: Callable[[], object], java: int | None = None) -> tuple[float, float, object]:
    """Seconds on the clock, seconds of CPU, and the answer."""
    begun, worked = time.perf_counter(), cpu(java)
    found = ask()
    return time.perf_counter() - begun, cpu(java) - worked, found


def measure(folder: Path, events: int) -> list[Result]:
    raw = make(folder / f"{events}.parquet", events)
    stored, spread = raw.with_suffix(".towpath"), raw.with_suffix(".spread")
    if not stored.exists():
        mining.read(raw, store=stored).close()
    if not spread.exists():
        mining.spread(stored, spread)
    starting, _, _ = timed(connected)
    java = connected()._session.sparkContext._gateway.proc.pid
    found = [
        Result("mining: Spark begins", round(starting, 1), "s", "Imports, Java, the session."),
        Result("mining: Spark begins: CPU", round(cpu(java), 1), "s", "The same, with the imports of both."),
    ]
    duck, spark = mining.reopen(stored), mining.reopen(spread)
    for name, ask in QUESTIONS.items():
        ours, ours_cpu, answer = timed(partial(ask, duck))
        for when in ("first", "again"):
            theirs, theirs_cpu, same = timed(partial(ask, spark), java)
            assert same == answer, f"{name}: {answer} by DuckDB, {same} by Spark"
            label = f"mining: {name} of {events:,} events, beside Spark, {when}"
            found.append(Result(label, round(ours, 3), "s", HOW, SPARK, round(theirs, 3)))
            found.append(Result(f"{label}: CPU", round(ours_cpu, 3), "s", HOW, SPARK, round(theirs_cpu, 3)))
    return [*found, _memory(events, java)]


def _memory(events: int, java: int) -> Result:
    lines = Path(f"/proc/{java}/status").read_text().splitlines()
    peak = next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    how = (
        "Peaks after all questions; ours is Python with DuckDB, Ibis and both answers, theirs the JVM alone."
    )
    name = f"mining: memory for {events:,} events, beside Spark"
    return Result(name, round(ours), "MB", how, SPARK, round(peak))


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
