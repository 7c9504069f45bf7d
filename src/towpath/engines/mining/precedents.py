"""What comes next, as it was counted in cases before; silent where too few or too different precedents are known."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from towpath.engines.mining.results import Path

CASES, SHARE = 20, 0.8
LONGEST = 3  # steps back


@dataclass(frozen=True, slots=True)
class Next:
    """`step` came next in `cases` of `of` cases whose last steps were `after`."""

    step: str
    cases: int
    of: int
    after: tuple[str, ...]

    @property
    def share(self) -> float:
        return self.cases / self.of


class Precedents:
    """What followed what, each case counted once. That a case ended there counts as something else that came."""

    def __init__(self, paths: Sequence[Path]) -> None:
        self.followed: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self.cases: Counter[tuple[str, ...]] = Counter()
        for path in paths:
            seen: dict[tuple[str, ...], set[str]] = defaultdict(set)
            steps = path.activities
            for at in range(len(steps)):
                for back in range(1, min(LONGEST, at + 1) + 1):
                    seen[steps[at + 1 - back : at + 1]].update(steps[at + 1 : at + 2])
            for after, came in seen.items():
                self.cases[after] += 1
                self.followed[after].update(came)

    def next(self, steps: Sequence[str]) -> Next | None:
        """By as many of the last steps as at least 20 cases share; None unless 80 % of those went the same way."""
        for back in range(min(LONGEST, len(steps)), 0, -1):
            after = tuple(steps[len(steps) - back :])
            of = self.cases[after]
            if of >= CASES:
                best = self.followed[after].most_common(1)
                if best and best[0][1] / of >= SHARE:
                    return Next(best[0][0], best[0][1], of, after)
                return None
        return None
