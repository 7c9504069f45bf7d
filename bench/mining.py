"""Process mining beside PM4Py, its Polars mode and r4pm: the same tasks on the same logs, each in a process of its own.

`python -m bench.mining [--events N] [--logs FOLDER] [--assess LOG ...] [--align LOG MODEL ...] [--curve [MOST]]`. Made-up logs are
kept in --folder; FOLDER holds real ones as .xes.gz, MODEL is a .bpmn. Times are those of the task, loading included, after Python has started and imported
everything, on both sides. Memory is the whole process's peak.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import results
from bench.engines import environment
from bench.logs import make
from bench.results import Result

HERE = Path(__file__).parent
PM4PY = "PM4Py 2.7.23.11"
PEERS = {
    "pm4py": PM4PY, "formatted": f"{PM4PY} with format_dataframe", "bare": f"{PM4PY} without format_dataframe",
    "polars": "PM4Py on Polars with format_dataframe", "bare_polars": "PM4Py on Polars without format_dataframe",
    "r4pm": "r4pm 0.6.2",
}  # fmt: skip
TABLES = ("formatted", "bare", "polars", "bare_polars")
STORED = "Ours from its store, theirs from Parquet"
HOW = {
    "map": f"{STORED}: frequency, mean and median of each edge (ours: p90, too).",
    "raw": "From Parquet on both sides, nothing kept; ours with all columns, theirs with three.",
    "variants": f"{STORED}: all variants with their activities and counts.",
    "window": f"{STORED}: three months of events, and the map of those.",
    "align": "A cheapest alignment of every case with the model, once the log is read; in sum the moves on one side only are equal.",
    "xes": "Read with all attributes of events and traces; r4pm keeps no store.",
}


SHORT = 5.0  # seconds; what takes less is run three times, on both sides, and the middle one counts
START = "Without the start of Python and the imports, on both sides; the middle of three runs where one takes under five seconds."


@dataclass(frozen=True)
class Run:
    """One task in its own process: seconds and CPU within it, peak memory of all of it, what it found (to be equal)."""

    seconds: float
    cpu: float
    megabytes: float
    found: int


def often(command: list[str | Path]) -> Run | None:
    """As `run`; of a short task the middle of three."""
    first = run(command)
    if first is None or first.seconds >= SHORT:
        return first
    runs = [first, *(again for again in (run(command), run(command)) if again)]
    assert {one.found for one in runs} == {first.found}, f"{command[-2:]} does not find the same each time"
    middle = {name: median(getattr(one, name) for one in runs) for name in ("seconds", "cpu", "megabytes")}
    return Run(**middle, found=first.found)


def run(command: list[str | Path]) -> Run | None:
    """None where it fails, which is said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        status = subprocess.call(command, cwd=HERE.parent, stdout=out, stderr=errors)
        out.seek(0)
        errors.seek(0)
        said, why = out.read().decode().strip().splitlines(), errors.read().decode().strip().splitlines()
    if status or not said:
        print(
            f"{' '.join(map(str, command[-2:]))} failed: {why[-1] if why else status}",
            file=sys.stderr,
        )
        return None
    told = json.loads(said[-1])
    return Run(**told)


def ours(task: str, *files: Path) -> Run:
    done = run(_own(task, files))
    assert done is not None, task
    return done


def _own(task: str, files: Sequence[Path]) -> list[str | Path]:
    return [sys.executable, "-m", "bench.mining_tasks", task, *files]


def beside(
    task: str, own: Sequence[Path], files: Sequence[Path], name: str, peers: tuple[str, ...], theirs: str = ""
) -> list[Result]:
    """Time and memory of one task against each peer that can do it; the answers must be the same.

    `own`: the files that ours reads, `files` those of the peers.
    """
    mine = often(_own(task, own))
    assert mine is not None, task
    found = []
    for peer in peers:
        python = environment()
        other = often([python, HERE / "mining_peers.py", f"{peer}-{theirs or task}", *files])
        if other is None:
            continue
        assert other.found == mine.found, f"{task}: {mine.found} here, {other.found} by {peer}"
        label = f"mining: {name}, beside {PEERS[peer]}"
        how = f"{HOW[task]} {START} CPU {mine.cpu:.2f} s against {other.cpu:.2f} s."
        found.append(Result(label, round(mine.seconds, 3), "s", how, PEERS[peer], round(other.seconds, 3)))
        memory = f"{HOW[task]} Peak of the whole process."
        found.append(
            Result(
                f"{label}: memory", round(mine.megabytes), "MB", memory, PEERS[peer], round(other.megabytes)
            )
        )
    return found


def measure(folder: Path, events: int = 1_000_000, logs: Path | None = None, only: str = "") -> list[Result]:
    raw = make(folder / f"{events}.parquet", events)
    stored = raw.with_suffix(".towpath")
    if not stored.exists():
        ours("keep", raw)
    every, size = (*TABLES, "r4pm"), f"{events:,} events"
    tasks = {
        "map": (stored, f"map of {size}", every, ""),
        "raw": (raw, f"map from Parquet, {size}", TABLES, "map"),
        "variants": (stored, f"variants of {size}", every, ""),
        "window": (stored, f"window and map, {size}", TABLES, ""),
    }
    found = []
    for task, (file, name, peers, theirs) in tasks.items():
        if only in ("", task):
            found += beside(task, [file], [raw], name, peers, theirs)
    for path in sorted(logs.glob("*.xes.gz")) if logs and only in ("", "xes") else []:
        found += beside("xes", [path], [path], f"reading {path.name}", ("pm4py", "r4pm"))
    return found


def assess(logs: list[Path]) -> list[Result]:
    """The whole program, its start included; nothing stands beside it."""
    begun = time.perf_counter()
    done = run([sys.executable, "-m", "bench.mining_tasks", "assess", *logs])
    seconds = time.perf_counter() - begun
    assert done is not None
    name = f"mining: towpath assess, {len(logs)} logs, {done.found:,} events"
    how = f"{', '.join(log.name for log in logs)}: from the start of the program to the report; CPU of the work {done.cpu:.2f} s."
    return [
        Result(name, round(seconds, 2), "s", how),
        Result(f"{name}: memory", round(done.megabytes), "MB", f"{how} Peak of the whole process."),
    ]


def align(log: Path, models: list[Path]) -> list[Result]:
    found = []
    for model in models:
        name = f"alignments of {log.name} with {model.name}"
        found += beside("align", [log, model], [log, model], name, ("pm4py",))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.mining", description=__doc__)
    parser.add_argument("--events", type=int, default=10_000_000)
    parser.add_argument("--logs", type=Path, help="a folder with .xes.gz files, for reading")
    parser.add_argument(
        "--folder", type=Path, help="where made-up logs are kept; a throw-away folder otherwise"
    )
    parser.add_argument("--only", default="", choices=HOW, help="one task")
    parser.add_argument(
        "--curve", type=int, nargs="?", const=100_000_000, metavar="MOST",
        help="the map of 1 million to 100 million (or MOST) events instead",
    )  # fmt: skip
    parser.add_argument("--assess", type=Path, nargs="+", metavar="LOG", help="the report of these instead")
    parser.add_argument("--align", type=Path, nargs="+", metavar="FILE", help="a log and its models instead")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as thrown:
        folder = given.folder or Path(thrown)
        if given.curve:
            from bench import mining_curve

            sizes = [events for events in mining_curve.SIZES if events <= given.curve]
            found = mining_curve.measure(folder, given.folder is not None, sizes)
        elif given.align:
            found = align(given.align[0], given.align[1:])
        elif given.assess:
            found = assess(given.assess)
        else:
            found = measure(folder, given.events, given.logs, given.only)
    results.keep(found, part=True)
    results.show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
