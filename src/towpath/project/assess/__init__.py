"""`towpath assess LOG [LOG ...] -o report.html`: what really happens, from whatever an old system can export.

Exit codes: 0 the report is written; 2 a log or a file beside it can't be used, and why.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from towpath.engines import bpmn, mining
from towpath.project.assess import costs, designed, mend, towns
from towpath.project.assess.page import Report, page
from towpath.project.assess.progress import Progress
from towpath.project.assess.study import Study, study
from towpath.project.cli import parser
from towpath.project.terminal import aside


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        with mining.room_told():
            report = assess(options.logs, options.mapping, options.designed, options.costs, options.engine)
        with mining.whole(options.output) as part:
            part.write_text(page(report), encoding="utf-8")
        if options.json:
            text = json.dumps(as_json(report), indent=1, ensure_ascii=False)
            with mining.whole(options.json) as part:
                part.write_text(f"{text}\n", encoding="utf-8")
    except (mining.MiningError, bpmn.BpmnError, costs.CostsError, ValueError, OSError) as why:
        aside(why)
        return 2
    aside(f"{options.output}: the report is written")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    commands = parser(
        "assess",
        "Reads event logs and writes a report: what happens, where the time goes, what to mend first.",
    )
    commands.add_argument(
        "logs",
        nargs="+",
        type=Path,
        metavar="LOG",
        help="XES(.gz), CSV, Parquet or OCEL 2.0, or a folder that mining.spread made; one for each town",
    )
    commands.add_argument("--mapping", type=Path, help="a YAML file that says which column is what")
    commands.add_argument("--designed", type=Path, help="the process as it was designed, as BPMN")
    commands.add_argument("--costs", type=Path, help="a YAML file with what a day and a step cost")
    commands.add_argument("-o", "--output", type=Path, required=True, help="the report, one HTML file")
    commands.add_argument("--json", type=Path, help="the same as data")
    commands.add_argument(
        "--engine",
        choices=mining.ENGINES,
        default=os.environ.get("TOWPATH_MINING_ENGINE") or mining.ENGINES[0],
        help="who counts: duckdb, or spark where one machine is too small (TOWPATH_MINING_ENGINE)",
    )
    return commands.parse_args(arguments)


def assess(
    logs: list[Path],
    mapping: Path | None = None,
    design: Path | None = None,
    prices: Path | None = None,
    engine: str = mining.ENGINES[0],
) -> Report:
    """Reads and counts. Bad rows are left out and told; LogError if nothing can be read."""
    known = costs.load(prices) if prices else costs.Costs()
    process = designed.load(design) if design else None
    names = _names(logs)
    with Progress(len(logs) * (3 if process else 2)) as progress:
        opened, studies, judged = [], [], []
        for path, name in zip(logs, names, strict=True):
            progress.next(f"reading {path.name}")
            log = _dated(_opened(path, mapping, engine))
            opened.append(log)
            progress.next(f"{name}: counting")
            studies.append(study(log, name, path.name, progress.tell))
            if process and design:
                progress.next(f"{name}: replaying")
                judged.append(designed.judge(log, name, process, design.stem, progress.tell))
        progress.tell("comparing the towns")
        pairs = _pairs(opened, studies)
    for log in opened:
        log.close()
    return Report(
        tuple(studies), tuple(mend.ranked(studies, judged, known)), tuple(judged), tuple(pairs), known
    )


def _opened(path: Path, mapping: Path | None, engine: str) -> mining.Log:
    if path.is_dir():
        return mining.reopen(path)
    return mining.read(path, mapping, good_rows=True, engine=engine)


def _dated(log: mining.Log) -> mining.Log:
    """Without cases dated 1970 or far in the future: one such date would stretch every chart over half a century."""
    if not any(one.kind in ("epoch", "far-future") for one in log.doubts):
        return log
    dated = log.between(datetime(1971, 1, 1), datetime(2100, 1, 1), keep="contained")  # noqa: DTZ001 UTC
    return dated if dated.summary.cases else log


def _names(logs: list[Path]) -> list[str]:
    """The files' names without their endings; with a number where two are the same."""
    plain = [path.name.split(".")[0].replace("_", " ").strip() or path.name for path in logs]
    plain = [name.capitalize() if name.islower() else name for name in plain]
    return [name if plain.count(name) == 1 else f"{name} ({number + 1})" for number, name in enumerate(plain)]


def _pairs(logs: list[mining.Log], studies: list[Study]) -> list[towns.Pair]:
    """The quickest town beside each of the others."""
    if len(logs) < 2:
        return []
    best = min(range(len(logs)), key=lambda one: studies[one].durations.median)
    return [
        towns.compare(logs[best], logs[other], (studies[best].name, studies[other].name))
        for other in range(len(logs))
        if other != best
    ]


def as_json(report: Report) -> dict[str, Any]:
    """The report as data; lengths of time in seconds, days at stake in days."""
    found: dict[str, Any] = json.loads(json.dumps(asdict(report), default=_plain))
    return found


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
