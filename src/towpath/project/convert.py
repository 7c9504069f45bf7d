"""`towpath convert LOG -o FILE`: a log in another form, or the process that is found in it.

What FILE ends with says what is written: `.xes`, `.xes.gz`, `.parquet`, OCEL 2.0 as `.json` or `.sqlite`, `.towpath` (our
own store, which more can be appended to), `.bpmn` (a model of what was done, with its diagram); without an ending a
folder of Parquet for Spark (docs/running.md).

Exit codes: 0 it is written; 2 a file can't be used, and why.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from towpath.engines import mining
from towpath.project.cli import parser
from towpath.project.terminal import aside, say

STORE, MODEL = ".towpath", ".bpmn"


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        with mining.room_told():
            _write(options)
    except mining.LogError as wrong:
        aside(wrong)
        aside("Nothing was written. With --good-rows the other rows are.")
        return 2
    except (mining.MiningError, ValueError, OSError) as why:
        aside(why)
        return 2
    say(f"{options.output} is written.")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    commands = parser("convert", "Writes an event log in another form, or the process that is found in it.")
    commands.add_argument(
        "log", type=Path, metavar="LOG", help="XES(.gz), CSV, Parquet, OCEL 2.0, or a .towpath store"
    )
    commands.add_argument("--mapping", type=Path, help="a YAML file that says which column is what")
    commands.add_argument(
        "-o",
        "--output",
        type=Path,
        required=True,
        help=".xes(.gz), .parquet, .json or .sqlite (OCEL 2.0), .towpath (more can be appended), .bpmn (the process "
        "found in it); no ending: a folder of Parquet for Spark",
    )
    commands.add_argument(
        "--noise",
        type=float,
        default=0.2,
        metavar="SHARE",
        help="for .bpmn: ways rarer than this share of the usual one are left out; 0 keeps all",
    )
    commands.add_argument(
        "--good-rows", action="store_true", help="leave out rows that can't be taken, and list them"
    )
    return commands.parse_args(arguments)


def _write(options: argparse.Namespace) -> None:
    output: Path = options.output
    if output.suffix == STORE:
        if options.log.suffix == STORE:
            raise ValueError(f"{options.log} is a store already")
        _read(options, output).close()
    elif not output.suffix:
        with tempfile.TemporaryDirectory() as folder:
            kept = options.log
            if kept.suffix != STORE:
                kept = Path(folder) / f"log{STORE}"
                _read(options, kept).close()
            mining.spread(kept, output)
    else:
        log = mining.reopen(options.log) if options.log.suffix == STORE else _read(options)
        try:
            if output.suffix == MODEL:
                with mining.whole(output) as part:
                    part.write_text(log.discover(noise=options.noise), encoding="utf-8")
            else:
                log.save(output)
        finally:
            log.close()


def _read(options: argparse.Namespace, store: Path | None = None) -> mining.Log:
    log = mining.read(options.log, options.mapping, store=store, good_rows=options.good_rows)
    for problem in log.left_out:
        aside(f"Left out: {problem}")
    return log
