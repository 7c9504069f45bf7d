"""`python -m bench [--cases N] [--mining-events N] [--only NAME]`: measures, prints a table, writes bench/results/latest.json."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import results
from bench.results import Result

NAMES = ("engines", "mining", "news", "application", "question", "weight", "timers", "screens")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--cases", type=int, default=100_000, help="how many cases the screens are measured at"
    )
    parser.add_argument(
        "--mining-events", type=int, default=1_000_000, help="how many events the mining is measured at"
    )
    parser.add_argument("--only", choices=NAMES, help="one part; what was kept of the others stays")
    given = parser.parse_args()
    begun, found = time.monotonic(), []
    for one in _measured(given.cases, given.only, given.mining_events):
        found.append(one)
        results.show([one])
    results.keep(found, part=given.only is not None)
    print(f"\n{len(found)} figures in {time.monotonic() - begun:.0f} s; kept in {results.LATEST}\n")
    results.show(found)
    return 0


def _measured(cases: int, only: str | None, events: int) -> Iterator[Result]:
    from bench.scene import scene

    if only in (None, "engines"):
        from bench import engines, simulation

        yield from engines.measure()
        yield from simulation.measure()
    if only in (None, "mining"):
        yield from _mining(events)
    if only in ("engines", "mining"):
        return
    with scene() as made:
        from bench import application, news, timers, weight

        parts: dict[str, Callable[..., list[Result]]] = {
            "news": news.measure,  # first: its requests must stand on the first page of a queue
            "application": application.measure,
            "question": application.next_question,
            "weight": weight.measure,
            "timers": timers.measure,
        }
        for name, measure in parts.items():
            if only in (None, name):
                yield from measure(made)
        if only in (None, "screens"):
            yield from _screens(made, cases)


def _mining(events: int) -> list[Result]:
    """Logs and the curve up to 100 million events: `python -m bench.mining`."""
    import tempfile

    from bench import mining

    with tempfile.TemporaryDirectory() as folder:
        return mining.measure(Path(folder), events)


def _screens(made: "object", cases: int) -> Iterator[Result]:
    from bench import copies, screens
    from bench.scene import Scene

    assert isinstance(made, Scene) and made.site.server is not None
    copier = copies.Copier(made.site.server.dsn("superuser"), made.tenant, made.kinds)
    try:
        for count in dict.fromkeys((1_000, min(cases, 100_000), cases)):
            begun = time.monotonic()
            with made.still("worker"):
                copier.until(count)
                copies.taken_as_read(made.tenant)
            yield Result(
                f"copying up to {count:,} cases",
                round(time.monotonic() - begun, 1),
                "s",
                "In SQL, for measuring.",
            )
            yield from screens.measure(made.tenant, made.session, copier, count)
    finally:
        copier.close()


if __name__ == "__main__":
    sys.exit(main())
