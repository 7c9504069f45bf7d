"""How well is the future told? Each log's own past, gone through in blocks: `python -m bench.forecasts FOLDER`.

Remaining time: mean absolute error beside the plain median by last step, and how many outcomes lay in their 80 % range;
then the same for new cases a week. FOLDER holds logs (.xes, .xes.gz, .csv). Exits with 1 if an error is above the
plain one's, or if the ranges of a log with enough outcomes hold fewer than 75 or more than 85 % of them.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import results
from bench.results import Result
from towpath.engines import mining

KINDS = (".xes", ".xes.gz", ".csv")
DAY = 86_400.0
ENOUGH = 1_000  # outcomes; with fewer a share is too uncertain to be held to ten points
HOW = "On the log's own past in blocks, each with what was known before it; the peer is the plain way."


def measure(folder: Path) -> Iterator[Result]:
    for path in sorted(folder.iterdir()):
        if not path.name.endswith(KINDS):
            continue
        try:
            log = mining.read(path, good_rows=True)
        except mining.MiningError as why:
            print(f"{path.name}: {str(why).splitlines()[0]}", file=sys.stderr)
            continue
        yield from _remaining(path.name, log)
        yield from _volumes(path.name, log)
        log.close()


def _remaining(name: str, log: mining.Log) -> Iterator[Result]:
    begun = time.process_time()
    forecast = mining.Forecast(log.paths())
    spent, tried = time.process_time() - begun, forecast.backtest
    if tried is None:
        print(f"{name}: too few cases have ended to try it", file=sys.stderr)
        return
    how = f"{HOW} {tried.judged:,} moments, {spent:.1f} s; used now: {forecast.method}."
    yield Result(
        f"{name}: remaining time, error", round(tried.error / DAY, 3), "days", how, "median by last step", round(tried.baseline / DAY, 3)
    )  # fmt: skip
    yield Result(f"{name}: remaining time, in an 80 % range", round(100 * tried.covered, 1), "%", how)


def _volumes(name: str, log: mining.Log) -> Iterator[Result]:
    told = mining.weekly_volumes(log.volumes("week"))
    if told is None:
        return
    how = f"{HOW} {told.judged:,} guesses up to 8 weeks ahead; used now: {told.method}."
    yield Result(
        f"{name}: new cases a week, error", round(told.error, 3), "cases", how, "same week a year ago", round(told.baseline, 3)
    )  # fmt: skip
    yield Result(f"{name}: new cases a week, in an 80 % range", round(100 * told.covered, 1), "%", how)


def misses(found: list[Result]) -> list[str]:
    """What is not as it should be; a share by fewer outcomes than `ENOUGH` is shown and not judged."""
    worse = [one.name for one in found if one.peer_value is not None and one.value > one.peer_value]
    return worse + [
        one.name
        for one in found
        if one.unit == "%"
        and "remaining" in one.name
        and int(one.how.removeprefix(HOW).split()[0].replace(",", "")) >= ENOUGH
        and not 75 <= one.value <= 85
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.forecasts", description=__doc__)
    parser.add_argument("folder", type=Path, help="a folder with event logs")
    parser.add_argument("--keep", action="store_true", help="write the figures to bench/results/latest.json")
    given = parser.parse_args()
    if not given.folder.is_dir():
        print(f"{given.folder}: there is no such folder", file=sys.stderr)
        return 2
    found = list(measure(given.folder))
    results.show(found)
    if given.keep:
        results.keep(found, part=True)
    for name in misses(found):
        print(f"{name}: not as it should be")
    return 1 if misses(found) or not found else 0


if __name__ == "__main__":
    sys.exit(main())
