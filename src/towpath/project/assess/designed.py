"""What happened beside the process as it was designed: each variant judged once, within bounds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from towpath.engines import bpmn, mining
from towpath.engines.mining import chance

MOST = 3_000  # variants judged; the rarest beyond that are told as not judged
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Deviation:
    """`kind`: "added" (done though the design has no such step there), "skipped", or "moved" (done at another place).

    `median` seconds of its cases.
    """

    kind: str
    step: str
    cases: int
    median: float


@dataclass(frozen=True, slots=True)
class Judged:
    """One log beside the design: cases that fit, that left it, and that were not judged (too long, or beyond bounds)."""

    name: str
    process: str
    fitting: int
    left: int
    unjudged: int
    cost: float  # of a case on average: steps added or skipped
    median_fitting: float
    median_left: float
    p: float
    deviations: tuple[Deviation, ...]
    unknown: tuple[str, ...]  # steps of the log that the design doesn't have


def load(path: Path) -> bpmn.Process:
    """BpmnError as told by the engine; ValueError if the file has no process."""
    model = bpmn.load(path.read_bytes(), drawn=True)
    process = next(iter(model.processes.values()), None)
    if process is None:
        raise ValueError(f"{path.name}: there is no process in it")
    return process


def judge(
    log: mining.Log,
    name: str,
    process: bpmn.Process,
    design: str,
    said: Callable[[str], None] = lambda _: None,
) -> Judged:
    """Cheapest alignments: as few steps added or skipped as explain a variant."""
    replayer = bpmn.Replayer(process)
    fitting: list[float] = []
    left: list[float] = []
    cost = unjudged = 0
    deviating: dict[tuple[str, str], list[tuple[int, float]]] = {}
    variants = log.variants()
    for number, variant in enumerate(variants):
        if number % 50 == 0:
            said(f"replaying order {number + 1:,} of {len(variants):,} on the designed process")
        found = replayer.replay(variant.activities) if number < MOST else None
        if found is None or (found.bounded and found.cost is None):
            unjudged += variant.cases
            continue
        (fitting if found.fits else left).extend([variant.median] * variant.cases)
        cost += (found.cost or 0) * variant.cases
        for key in _deviations(found.moves):
            deviating.setdefault(key, []).append((variant.cases, variant.median))
    ranked = sorted(deviating.items(), key=lambda one: (-sum(cases for cases, _ in one[1]), one[0]))
    return Judged(
        name=name,
        process=design,
        fitting=len(fitting),
        left=len(left),
        unjudged=unjudged,
        cost=cost / max(1, len(fitting) + len(left)),
        median_fitting=median(fitting) if fitting else 0.0,
        median_left=median(left) if left else 0.0,
        p=chance.mann_whitney(fitting, left),
        deviations=tuple(_told(key, found) for key, found in ranked[:SHOWN]),
        unknown=tuple(_unknown(log, variants, deviating)),
    )


def _deviations(moves: Sequence[bpmn.Move]) -> set[tuple[str, str]]:
    added = {move.activity for move in moves if move.kind == "trace"}
    skipped = {move.activity for move in moves if move.kind == "model"}
    return (
        {("moved", step) for step in added & skipped}
        | {("added", step) for step in added - skipped}
        | {("skipped", step) for step in skipped - added}
    )


def _told(key: tuple[str, str], found: list[tuple[int, float]]) -> Deviation:
    lengths = [length for cases, length in found for _ in range(cases)]
    return Deviation(*key, len(lengths), median(lengths))


def _unknown(
    log: mining.Log, variants: list[mining.Variant], deviating: dict[tuple[str, str], list[tuple[int, float]]]
) -> list[str]:
    """Steps that were added wherever they happened: most likely the design calls them otherwise."""
    times = Counter[str]()
    for variant in variants[:MOST]:
        times.update(dict.fromkeys(variant.activities, variant.cases))
    added = {
        step: sum(cases for cases, _ in found) for (kind, step), found in deviating.items() if kind == "added"
    }
    return sorted(step for step, cases in added.items() if cases == times[step])
