"""Which input to ask next, so that few questions are needed on average.

The decision is tried with the values that its inputs may have (see `domains`), as far as each path needs; that
gives leaves: what was assumed on the way, and the outcome. The rest is arithmetic on the leaves: a question
splits them, and nothing more needs to be asked where the outcomes that are left can't become fewer.

The best order is worked out exactly where there are few states, else the question is taken after which the
outcome is least uncertain (its entropy). Assumed are inputs that are independent, with equally likely values.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from itertools import count
from math import log2, prod
from typing import Any

from towpath.engines.dmn.domains import Domain, Value
from towpath.engines.dmn.elements import Input
from towpath.engines.dmn.run import Run
from towpath.engines.dmn.trace import MatchedRule
from towpath.engines.feel.limits import MAX_STEPS
from towpath.engines.feel.values import FunctionValue, kind

MAX_TRIES = 600  # evaluations for one question
MAX_STATES = 2_000  # of what may have been answered, to work out the best order exactly
MAX_EXACT = 20  # inputs that may be asked, likewise
Given = Mapping[Input, Any]
Try = Callable[[Given], tuple[Run, Any, Input | None]]  # the run, the value, and what it hangs on
_OTHER = -1  # the place of a value that no example stands for


@dataclass(slots=True)
class Leaf:
    """`path` has the place of the value that was assumed, by input. `wants` is what it hangs on, if not settled."""

    path: dict[Input, int]
    outcome: Hashable
    value: Any = None
    rules: tuple[MatchedRule, ...] = ()
    wants: Input | None = None
    settled: bool = True


@dataclass(slots=True)
class Inquiry:
    """`domains` has what may be tried of the inputs that are not known, in the order of the model.

    `unsure` are those that nobody knows, `empty` tells whether an input may turn out to be empty.
    """

    attempt: Try
    given: Given
    domains: Mapping[Input, Domain | None]
    unsure: frozenset[Input]
    empty: bool
    leaves: list[Leaf] = field(default_factory=list)

    def expand(self) -> None:
        """The likeliest paths first; those that are too many stay open."""
        number, tries, steps = count(), 0, 0
        heap: list[tuple[float, int, dict[Input, int]]] = [(-1.0, next(number), {})]
        while heap:
            weight, _, path = heapq.heappop(heap)
            if tries >= MAX_TRIES or steps > MAX_STEPS:
                self._open(path, self._askable(path) if self.unsure else None)
                continue
            tries += 1
            run, value, hangs_on = self.attempt({**self.given, **self._values(path)})
            steps += run.spent
            if hangs_on is None:
                rules = run.steps[-1].rules if run.steps else ()
                self.leaves.append(Leaf(path, ("is", frozen(value)), value, rules))
                continue
            split = self._split(hangs_on, path)
            if split is None:
                self._open(path, self._wanted(hangs_on, path))
                continue
            for place, share in enumerate(self.shares(split)):
                heapq.heappush(heap, (weight * share, next(number), {**path, split: place}))
            domain = self.domains[split]
            if domain and not domain.whole:
                self._open({**path, split: _OTHER}, None)

    def _open(self, path: dict[Input, int], wants: Input | None) -> None:
        self.leaves.append(Leaf(path, ("open", len(self.leaves)), wants=wants, settled=False))

    def _split(self, hangs_on: Input, path: Mapping[Input, int]) -> Input | None:
        """The input whose values are tried: what it hangs on, or another where nobody knows that one."""
        if self.domains[hangs_on] or hangs_on not in self.unsure:
            return hangs_on if self.domains[hangs_on] else None
        return next((each for each, domain in self.domains.items() if domain and each not in path), None)

    def _wanted(self, hangs_on: Input, path: Mapping[Input, int]) -> Input:
        return self._askable(path) or hangs_on if hangs_on in self.unsure else hangs_on

    def _askable(self, path: Mapping[Input, int]) -> Input | None:
        return next((each for each in self.domains if each not in path and each not in self.unsure), None)

    def options(self, data: Input) -> tuple[Value, ...]:
        domain = self.domains[data]
        values = domain.values if domain else ()
        return (*values, Value(None, 0)) if self.empty and data not in self.unsure else values

    def shares(self, data: Input) -> list[float]:
        """How likely each value is."""
        weights = [each.weight for each in self.options(data)]
        if not sum(weights):
            return [1 / len(weights)] * len(weights)
        return [weight / sum(weights) for weight in weights]

    def _values(self, path: Mapping[Input, int]) -> dict[Input, Any]:
        return {data: self.options(data)[place].value for data, place in path.items()}


def frozen(value: Any) -> Hashable:
    """What tells values apart; 1 and true are two, 1 and 1.0 are one."""
    if isinstance(value, dict):
        return "context", tuple(sorted((name, frozen(each)) for name, each in value.items()))
    if isinstance(value, list):
        return "list", tuple(map(frozen, value))
    if isinstance(value, FunctionValue):
        return "function", id(value)
    return kind(value), value


class _TooMany(Exception):
    """There are more states than are worked out exactly."""


class Plan:
    """Sets of leaves are the bits of one number, as are sets of inputs that were asked."""

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.leaves = inquiry.leaves
        self.all = (1 << len(self.leaves)) - 1
        self.inputs = [data for data in inquiry.domains if data not in inquiry.unsure]
        self.shares = {data: inquiry.shares(data) for data in inquiry.domains if inquiry.domains[data]}
        self.with_: dict[Input, list[int]] = {}  # the leaves that assume each of its values
        self.without: dict[Input, int] = {}  # those that assume none
        self.wanted: dict[Input, int] = {}  # those that can't go on without it
        for data in inquiry.domains:
            self._index(data)
        self.weights = [self._weight(leaf) for leaf in self.leaves]
        self.outcomes: dict[Hashable, int] = {}
        for place, leaf in enumerate(self.leaves):
            self.outcomes[leaf.outcome] = self.outcomes.get(leaf.outcome, 0) | 1 << place
        self.known_costs: dict[tuple[int, int], float] = {}
        self.known_ends: dict[tuple[int, int], bool] = {}

    def _index(self, data: Input) -> None:
        masks = [0] * len(self.shares.get(data, ()))
        without, wants = 0, 0
        for place, leaf in enumerate(self.leaves):
            where = leaf.path.get(data)
            if where is None:
                without |= 1 << place
                wants |= (leaf.wants is data) << place
            elif where != _OTHER:
                masks[where] |= 1 << place
        self.with_[data], self.without[data], self.wanted[data] = masks, without, wants

    def next(self) -> Input | None:
        """The input to ask; None if no answer makes the outcomes fewer."""
        asked = self._candidates(self.all, 0)
        if not asked or self._is_settled(self.all):
            return None
        try:
            if len(asked) > MAX_EXACT:
                raise _TooMany
            if self._ended(self.all, 0):
                return None
            return min(asked, key=lambda data: round(self._cost_of(data, self.all, 0), 9))
        except _TooMany:
            return min(asked, key=lambda data: round(self._doubt_after(data), 9))

    def left(self) -> list[Leaf]:
        """One leaf for each outcome, the likeliest first."""
        weight = {
            outcome: sum(self.weights[place] for place in _bits(mask))
            for outcome, mask in self.outcomes.items()
        }
        ordered = sorted(self.outcomes, key=lambda outcome: -weight[outcome])
        return [self.leaves[next(_bits(self.outcomes[outcome]))] for outcome in ordered]

    def settling(self) -> list[Input]:
        """What nobody knew and the outcome hangs on, the most telling first."""
        unsure = [data for data in self.inquiry.unsure if self._matters(data, self.all)]
        order = list(self.inquiry.domains)
        return sorted(unsure, key=lambda data: (round(self._doubt_after(data), 9), order.index(data)))

    # -- states

    def _after(self, data: Input, place: int, leaves: int) -> int:
        return leaves & (self.with_[data][place] | self.without[data])

    def _matters(self, data: Input, leaves: int) -> bool:
        return bool(leaves & (~self.without[data] | self.wanted[data]))

    def _candidates(self, leaves: int, asked: int) -> list[Input]:
        return [
            data
            for place, data in enumerate(self.inputs)
            if not asked >> place & 1 and self._matters(data, leaves)
        ]

    def _possible(self, leaves: int) -> frozenset[Hashable]:
        return frozenset(outcome for outcome, mask in self.outcomes.items() if mask & leaves)

    def _is_settled(self, leaves: int) -> bool:
        first = self.leaves[next(_bits(leaves))]
        return first.settled and not leaves & ~self.outcomes[first.outcome]

    def _ended(self, leaves: int, asked: int) -> bool:
        """Whether all answers leave the outcomes as they are."""
        key = (leaves, asked)
        if key not in self.known_ends:
            self._bound()
            self.known_ends[key] = self._work_out_end(leaves, asked)
        return self.known_ends[key]

    def _work_out_end(self, leaves: int, asked: int) -> bool:
        candidates = self._candidates(leaves, asked)
        if not candidates or self._is_settled(leaves):
            return True
        if not self.inquiry.unsure or any(leaves & self.wanted[data] for data in candidates):
            return False
        data, possible = candidates[0], self._possible(leaves)
        parts = [self._after(data, place, leaves) for place in range(len(self.shares[data]))]
        return all(
            self._possible(part) == possible and self._ended(part, asked | self._bit(data)) for part in parts
        )

    def _bit(self, data: Input) -> int:
        return 1 << self.inputs.index(data)

    def _bound(self) -> None:
        if len(self.known_ends) + len(self.known_costs) > MAX_STATES:
            raise _TooMany

    # -- what is best

    def _cost(self, leaves: int, asked: int) -> float:
        """The questions that are still needed on average."""
        key = (leaves, asked)
        if key not in self.known_costs:
            self._bound()
            cost = 0.0
            if not self._ended(leaves, asked):
                cost = min(self._cost_of(data, leaves, asked) for data in self._candidates(leaves, asked))
            self.known_costs[key] = cost
        return self.known_costs[key]

    def _cost_of(self, data: Input, leaves: int, asked: int) -> float:
        asked |= self._bit(data)
        shares = self.shares.get(data)
        if shares is None:  # nothing is known of its values: it parts nothing
            return 1 + self._cost(leaves, asked)
        return 1 + sum(
            share * self._cost(self._after(data, place, leaves), asked)
            for place, share in enumerate(shares)
            if share
        )

    def _doubt_after(self, data: Input) -> float:
        shares = self.shares.get(data)
        if shares is None:
            return self._doubt(self.all)
        parts = enumerate(shares)
        return sum(
            share * self._doubt(self._after(data, place, self.all), self.with_[data][place], share)
            for place, share in parts
            if share
        )

    def _doubt(self, leaves: int, sure: int = 0, share: float = 1.0) -> float:
        """The entropy of the outcome, in bits. What the leaves `sure` assumed with this share is known."""
        weights = [
            sum(self.weights[place] for place in _bits(mask & leaves & ~sure))
            + sum(self.weights[place] for place in _bits(mask & sure)) / share
            for mask in self.outcomes.values()
        ]
        total = sum(weights)
        return -sum(w / total * log2(w / total) for w in weights if w) if total else 0.0

    def _weight(self, leaf: Leaf) -> float:
        return prod(self.shares[data][where] if where != _OTHER else 0.0 for data, where in leaf.path.items())


def _bits(mask: int) -> Any:
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit
