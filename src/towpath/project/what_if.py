"""`towpath what-if LOG --process process.bpmn --people desk=+1`: a change played through on a plan learned from a log.

Exit codes: 0 the table is printed; 2 a file or a change can't be used, and why.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from towpath.engines import bpmn, mining
from towpath.engines.bpmn.simulate.compare import Figure, Range
from towpath.project.assess import designed
from towpath.project.cli import parser
from towpath.project.terminal import aside, say

_SHOWN = {
    ("cycle", "median"): "Half of the cases are over within",
    ("cycle", "p90"): "Nine in ten are over within",
    ("waiting", "mean"): "A case waits for somebody",
    ("busy", "mean"): "The team is busy",
    ("queue", "mean"): "A task waits in its queue",
    ("stuck", ""): "Cases that got stuck",
}


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    try:
        process = designed.load(options.process)
        learned = mining.learn(mining.read(options.log, options.mapping, good_rows=True), process)
        changed = _changed(process, learned.plan, options)
        designs = {
            "today": bpmn.Design(process, learned.plan),
            "changed": bpmn.Design(process, changed),
        }
        figures = bpmn.what_if(designs, options.cases, range(10))
    except (mining.MiningError, bpmn.BpmnError, bpmn.PlanError, ValueError, OSError) as why:
        aside(why)
        return 2
    say("\n".join([*_table(figures), "", *_notes(learned)]))
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    commands = parser("what-if", "Learns a plan from an event log and plays a change through.")
    commands.add_argument("log", type=Path, metavar="LOG", help="XES(.gz), CSV, Parquet or OCEL 2.0")
    commands.add_argument("--process", type=Path, required=True, help="the process, as BPMN")
    commands.add_argument("--mapping", type=Path, help="a YAML file that says which column is what")
    commands.add_argument(
        "--people", action="append", default=[], metavar="TEAM=+N", help="more people in a team, or fewer"
    )
    commands.add_argument(
        "--arrivals", type=float, default=1.0, metavar="FACTOR", help="1.2: a fifth more come"
    )
    commands.add_argument(
        "--without",
        action="append",
        default=[],
        metavar="STEP",
        help="a step, by its id, that nobody has to do",
    )
    commands.add_argument("--cases", type=int, default=300, help="played in each of ten runs")
    return commands.parse_args(arguments)


def _changed(process: bpmn.Process, plan: bpmn.Plan, options: argparse.Namespace) -> bpmn.Plan:
    if options.arrivals <= 0 or options.cases < 1:
        raise ValueError("--arrivals and --cases: write a number above 0")
    for change in options.people:
        team, _, more = change.rpartition("=")
        if team not in plan.teams:
            known = (
                ", ".join(sorted(plan.teams))
                or "none, since the log does not say when work begins and who does it"
            )
            raise ValueError(f"--people {change}: there is no team '{team}'; there are: {known}")
        plan = plan.with_people(team, int(more))
    for step in options.without:
        if step not in process.elements:
            known = ", ".join(sorted(plan.work))
            raise ValueError(f"--without {step}: the process has no such step; there are: {known}")
        plan = plan.without_work_on(step)
    return plan if options.arrivals == 1 else plan.with_arrivals(options.arrivals)


def _table(figures: Sequence[Figure]) -> list[str]:
    rows = [("", "today", "changed", "difference (least to most of ten runs)")]
    for one in figures:
        if (one.name, one.part) not in _SHOWN:
            continue
        what = _SHOWN[one.name, one.part] + (f": {one.team}" if one.team else "")
        today, changed = (_told(one.name, value.middle) for value in one.values)
        rows.append((what, today, changed, _range(one.name, one.differences[1])))
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]


def _range(name: str, values: Range) -> str:
    return f"{_told(name, values.middle)} ({_told(name, values.low)} to {_told(name, values.high)})"


def _told(name: str, value: float) -> str:
    if name == "busy":
        return f"{value:.0%}"
    if name == "stuck":
        return f"{value:.0f}"
    for length, unit in ((86_400, "days"), (3_600, "hours")):
        if abs(value) >= length:
            return f"{value / length:.1f} {unit}"
    return f"{value / 60:.0f} minutes"


def _notes(learned: mining.Learned) -> list[str]:
    parts = {"Assumed, or doubtful:": learned.doubts, "Taken from the log:": learned.known}
    lines: list[str] = []
    for title, notes in parts.items():
        lines += [
            title,
            *(f"  {f'{note.element}: ' if note.element else ''}{note.text}" for note in notes),
            "",
        ]
    return lines[:-1]
