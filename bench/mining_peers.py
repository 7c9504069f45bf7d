"""Run by the Python of bench/.venv: one task of a peer in a process of its own. Prints JSON: seconds, cpu, megabytes, found.

PM4Py is AGPL: it lives here only. Tasks are named peer-task; `seconds` and `cpu` are loading and computing, without the imports.

PM4Py's manual loads a table in two steps: read it with pandas (or Polars), then `format_dataframe`, which checks and sorts
it. So do `formatted` and `polars`; `bare` and `bare_polars` leave the second step out, which works as long as the columns bear
the right names and types already.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

warnings.filterwarnings("ignore")
START, END = "2023-06-01 00:00:00", "2023-08-31 23:59:59"
KEYS = ("case:concept:name", "concept:name", "time:timestamp")


begun: dict[str, float] = {}


def begin() -> None:
    """From here on it counts."""
    begun.update(seconds=time.perf_counter(), cpu=time.process_time())


def _frame(file: str) -> Any:
    import pandas

    return pandas.read_parquet(file, columns=list(KEYS))


def _lazy(file: str) -> Any:
    import polars

    return polars.scan_parquet(file).select(KEYS)


def _formatted(frame: Any) -> Any:
    import pm4py

    return pm4py.format_dataframe(frame, *KEYS)


def _edges(log: Any) -> int:
    """Frequencies, and mean and median of the times between."""
    import pm4py

    edges, _, _ = pm4py.discover_dfg(log)
    pm4py.discover_performance_dfg(log)
    return int(sum(edges.values()))


def _variants(log: Any) -> int:
    import pm4py

    return len(pm4py.get_variants(log))


def _window(log: Any) -> int:
    import pm4py

    return _edges(pm4py.filter_time_range(log, START, END, mode="events"))


def pm4py_align(file: str, model: str) -> int:
    """The moves on one side only, over all cases; PM4Py's cost has 10,000 for each, and a little for silent steps."""
    import pm4py

    net = pm4py.convert_to_petri_net(pm4py.read_bpmn(model))
    log = pm4py.read_xes(file, variant="chunk_regex")
    begin()  # what is read is there
    aligned = pm4py.conformance_diagnostics_alignments(log, *net)
    return sum(int(one["cost"]) // 10_000 for one in aligned)


def pm4py_xes(file: str) -> int:
    import pm4py
    from pm4py.objects.log.importer.xes import importer

    read = importer.apply(
        file, variant=importer.Variants.CHUNK_REGEX, parameters={"show_progress_bar": False}
    )
    return len(pm4py.convert_to_dataframe(read))


def _item(file: str) -> str:
    import polars
    import r4pm

    return r4pm.import_item_from_df("EventLog", polars.read_parquet(file, columns=list(KEYS)))


def r4pm_map(file: str) -> int:
    from r4pm import bindings

    return sum(edge[-1] for edge in bindings.discover_dfg(_item(file))["directly_follows_relations"])


def r4pm_variants(file: str) -> int:
    from r4pm import bindings

    return len(bindings.get_variants(bindings.log_to_activity_projection(_item(file))))


def r4pm_xes(file: str) -> int:
    import r4pm

    return len(r4pm.df.import_xes(file)[0])


LOADED: dict[str, Callable[[str], Any]] = {
    "formatted": lambda file: _formatted(_frame(file)), "bare": _frame,
    "polars": lambda file: _formatted(_lazy(file)), "bare_polars": _lazy,
}  # fmt: skip
ASKED = {"map": _edges, "variants": _variants, "window": _window}
ALONE: dict[str, Callable[..., int]] = {
    "pm4py-align": pm4py_align, "pm4py-xes": pm4py_xes,
    "r4pm-map": r4pm_map, "r4pm-variants": r4pm_variants, "r4pm-xes": r4pm_xes,
}  # fmt: skip


def task(named: str, *files: str) -> int:
    peer, _, question = named.partition("-")
    if named in ALONE:
        return ALONE[named](*files)
    return ASKED[question](LOADED[peer](*files))


def peak() -> float:
    """Of this process since its start; the kernel's count for children includes what the parent had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def main() -> None:
    peer, _, _ = sys.argv[1].partition("-")
    __import__("r4pm" if peer == "r4pm" else "pm4py")
    __import__("pandas" if peer in ("pm4py", "formatted", "bare") else "polars")
    begin()
    found = task(*sys.argv[1:])
    seconds, cpu = time.perf_counter() - begun["seconds"], time.process_time() - begun["cpu"]
    print(json.dumps({"seconds": seconds, "cpu": cpu, "megabytes": peak(), "found": found}))


if __name__ == "__main__":
    main()
