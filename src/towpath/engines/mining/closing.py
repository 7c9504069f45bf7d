"""Which cases are over? A log seldom says. A case counts as over when its last step is one after which mostly nothing
comes, or when nothing has happened in it for longer than 19 in 20 cases pause after that step."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from towpath.engines.mining.results import Path

LEAST = 7 * 86_400.0
FEWEST = 20  # pauses after a step; below that, those after all steps say how long is long


@dataclass(frozen=True, slots=True)
class Closing:
    """`silences`: by step, seconds within which 19 in 20 cases that go on after it have gone on, at least a week;
    `silence` after any other step. `ending`: steps that mostly were the last."""

    silence: float
    silences: dict[str, float]
    ending: frozenset[str]

    def is_over(self, last_step: str, silent: float) -> bool:
        return last_step in self.ending or silent > self.silences.get(last_step, self.silence)


def learn(paths: Sequence[Path], until: float | None = None) -> Closing:
    """From cases as they stood at `until` (seconds since 1970); all of them without it."""
    if until is not None:
        paths = [path for path in paths if path.times[-1] <= until] or paths
    pauses: dict[str, list[float]] = defaultdict(list)
    for path in paths:
        for step, (before, after) in zip(path.activities, pairwise(path.times), strict=False):
            pauses[step].append(after - before)
    silence = _long([pause for found in pauses.values() for pause in found])
    silences = {step: _long(found) for step, found in pauses.items() if len(found) >= FEWEST}
    now = max((path.times[-1] for path in paths), default=0.0)
    settled = [
        path for path in paths if now - path.times[-1] > silences.get(path.activities[-1], silence)
    ] or paths
    final = Counter(path.activities[-1] for path in settled)
    every = Counter(step for path in settled for step in path.activities)
    return Closing(
        silence, silences, frozenset(step for step, count in final.items() if 2 * count >= every[step])
    )


def _long(pauses: list[float]) -> float:
    pauses.sort()
    return max(LEAST, pauses[int(0.95 * (len(pauses) - 1))]) if pauses else LEAST
