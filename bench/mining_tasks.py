"""One task of ours in a process of its own: `python -m bench.mining_tasks TASK FILE [FILE ...]`.

Prints JSON: seconds and cpu after the imports, megabytes of the whole process, found.
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

WINDOW = (datetime(2023, 6, 1), datetime(2023, 9, 1))  # noqa: DTZ001 in UTC, as the log


begun: dict[str, float] = {}
OPEN: list[object] = []  # logs that are not closed while it counts


def begin() -> None:
    """From here on it counts."""
    begun.update(seconds=time.perf_counter(), cpu=time.process_time())


def stored_map(file: str) -> int:
    from towpath.engines import mining

    return sum(one.count for one in mining.reopen(file).map().edges)


def raw_map(file: str) -> int:
    from towpath.engines import mining

    return sum(one.count for one in mining.read(file).map().edges)


def variants(file: str) -> int:
    from towpath.engines import mining

    return len(mining.reopen(file).variants())


def window(file: str) -> int:
    from towpath.engines import mining

    return sum(one.count for one in mining.reopen(file).between(*WINDOW).map().edges)


def xes(file: str) -> int:
    from towpath.engines import mining

    return mining.read(file).summary.events


def align(file: str, model: str) -> int:
    """The moves on one side only, over all cases."""
    from towpath.engines import bpmn, mining

    (process,) = bpmn.load(Path(model).read_bytes(), drawn=True).processes.values()
    log = mining.read(file)
    OPEN.append(log)
    begin()  # what is read is there
    judged = log.conformance(process).variants
    return round(sum(one.cost * one.variant.cases for one in judged))


def keep(file: str) -> int:
    from towpath.engines import mining

    path = Path(file)
    return mining.read(path, store=path.with_suffix(".towpath")).summary.events


def assess(*files: str) -> int:
    from towpath.project import cli

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.json"
        assert cli.main(["assess", *files, "-o", str(Path(folder) / "report.html"), "--json", str(data)]) == 0
        return sum(one["summary"]["events"] for one in json.loads(data.read_text())["studies"])


TASKS: dict[str, Callable[..., int]] = {
    "map": stored_map, "raw": raw_map, "variants": variants, "window": window, "xes": xes, "align": align, "keep": keep,
    "assess": assess,
}  # fmt: skip


def peak() -> float:
    """Of this process since its start; the kernel's count for children includes what the parent had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    import towpath.engines.mining  # noqa: F401 not counted, as the imports of the peers are not

    begin()
    found = TASKS[sys.argv[1]](*sys.argv[2:])
    seconds, cpu = time.perf_counter() - begun["seconds"], time.process_time() - begun["cpu"]
    print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": peak(), "found": found}))


if __name__ == "__main__":
    main()
