"""How long until it is over, when some are not over yet: Kaplan and Meier 1958."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from operator import itemgetter


class Curve:
    """The share that is over by a time. Values seen to the end count in full, the others up to where they were seen."""

    __slots__ = ("shares", "size", "times", "top")

    def __init__(self, values: Iterable[tuple[float, bool]]) -> None:
        """Pairs of a length and whether it was seen to the end."""
        ordered = sorted(sorted(values, key=itemgetter(1), reverse=True), key=itemgetter(0))
        self.size = len(ordered)
        self.top = ordered[-1][0] if ordered else 0.0
        self.times: list[float] = []
        self.shares: list[float] = []
        left, rest = self.size, 1.0
        for value, seen in ordered:
            if seen:
                rest *= (left - 1) / left
                if self.times and self.times[-1] == value:
                    self.shares[-1] = 1 - rest
                else:
                    self.times.append(value)
                    self.shares.append(1 - rest)
            left -= 1

    def upto(self, value: float) -> float:
        """The share that is over by `value`, those that end right then included."""
        at = bisect_right(self.times, value)
        return self.shares[at - 1] if at else 0.0

    def below(self, value: float) -> float:
        at = bisect_left(self.times, value)
        return self.shares[at - 1] if at else 0.0

    def at(self, share: float, after: float = 0.0) -> float:
        """When that share is over, among those not over `after` so long; the longest seen if fewer are ever over."""
        known = self.upto(after) if after > 0 else 0.0
        at = bisect_left(self.shares, known + share * (1 - known) - 1e-12)
        return max(after, self.times[at] if at < len(self.times) else self.top)
