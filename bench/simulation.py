"""Simulation beside the engine's own `step`, which plays the same cases one command after the other."""

import time
from datetime import date

from bench import tasks
from bench.results import Result
from towpath.engines import bpmn
from towpath.engines.bpmn.simulate import Arrivals, Exponential, Hours, LogNormal, Team, Work, simulate

CASES, FEWER = 100_000, 2_000
HOW = (
    f"Ten user tasks one after the other, each queueing for a team of 80 with two intervals of work a day; "
    f"CPU time of one process for {CASES:,} cases. The peer did {FEWER:,} in the same run."
)


def measure() -> list[Result]:
    process = bpmn.load(tasks.process("=true")).processes["p"]
    plan = _plan(process)
    ours = _seconds(process, plan, CASES, by_step=False)
    stepped = _seconds(process, plan, FEWER, by_step=True) * CASES / FEWER
    name = f"BPMN: {CASES:,} cases of ten steps simulated"
    return [Result(name, round(ours, 2), "s CPU", HOW, "the same by step", round(stepped, 1))]


def _plan(process: bpmn.Process) -> bpmn.Plan:
    office = Hours(dict.fromkeys(range(5), ((540, 750), (810, 1020))))
    users = [name for name, element in process.elements.items() if element.kind == "user"]
    return bpmn.Plan(
        begin=date(2026, 1, 5),
        arrivals=Arrivals(Exponential(300.0), office),
        work={name: Work(LogNormal(1_200.0, 3_600.0), "office") for name in users},
        branches={"which": {"yes": 1.0}},
        teams={"office": Team(80, office, 42.0)},
    )


def _seconds(process: bpmn.Process, plan: bpmn.Plan, cases: int, *, by_step: bool) -> float:
    begun = time.process_time()
    events = simulate(process, plan, cases, 1, by_step=by_step)
    spent = time.process_time() - begun
    done = [event for event in events if event[5] == "office"]
    assert len(done) == cases * tasks.STEPS
    return spent
