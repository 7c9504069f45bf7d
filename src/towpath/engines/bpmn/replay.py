"""Does a trace fit the model, where does it first leave it, and what is the least that would mend it?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from towpath.engines.bpmn.align import Layers, Move, search
from towpath.engines.bpmn.model import Process
from towpath.engines.bpmn.net import Marking, Net, TooMuch

BOUND = 20_000  # markings looked at for one trace
WHOLE = 2_000  # markings of a model that is explored as a whole


@dataclass(frozen=True, slots=True)
class Replay:
    """`played` activities of the trace fit. If it leaves the model, `leaves` is the first that does not fit and
    `expected` what could have come instead; both are empty if only the end is missing (`fits` is false, too).
    `moves` is a cheapest alignment and `cost` its cost; None if the model can never end, or if the search was
    given up: then `bounded` is true, and the rest is what was known by then."""

    fits: bool
    played: int
    leaves: str = ""
    expected: tuple[str, ...] = ()
    bounded: bool = False
    cost: int | None = None
    moves: tuple[Move, ...] = ()


def replay(process: Process, trace: Sequence[str], *, silent: Collection[str] = ()) -> Replay:
    """Play a trace of activity names. `silent` names activities (or their ids) that leave no mark in traces."""
    return Replayer(process, silent=silent).replay(trace)


class Replayer:
    """Replays many traces on one process: what is known of the model is kept, and a variant is judged once."""

    def __init__(self, process: Process, *, silent: Collection[str] = ()) -> None:
        self._net = Net(process, silent, BOUND)
        self._edges: dict[Marking, tuple[dict[str, tuple[Marking, ...]], bool]] = {}
        self._variants: dict[tuple[str, ...], Replay] = {}
        self._layers: Layers | None = None
        self._too_large = False

    def replay(self, trace: Sequence[str]) -> Replay:
        variant = tuple(trace)
        found = self._variants.get(variant)
        if found is None:
            found = self._variants[variant] = self._judge(variant)
        return found

    def known(self, trace: Sequence[str]) -> Replay | None:
        """As it was judged before; None where it was not."""
        return self._variants.get(tuple(trace))

    def replay_all(self, traces: Iterable[Sequence[str]]) -> list[Replay]:
        return [self.replay(trace) for trace in traces]

    def _judge(self, trace: tuple[str, ...]) -> Replay:
        self._net.looked_at = 0
        played = 0
        try:
            here = self._net.first()
            for played, name in enumerate(trace):
                after = {place for marking in here for place in self._out(marking)[0].get(name, ())}
                if not after:
                    return self._aligned(trace, Replay(False, played, name, self._expected(here)))
                here = after
            played = len(trace)
            if any(self._out(marking)[1] for marking in here):
                return Replay(True, played, cost=0, moves=tuple(Move("both", name) for name in trace))
            return self._aligned(trace, Replay(False, played, expected=self._expected(here)))
        except TooMuch:
            return Replay(False, played, bounded=True)

    def _expected(self, here: Iterable[Marking]) -> tuple[str, ...]:
        return tuple(sorted({name for marking in here for name in self._out(marking)[0]}))

    def _out(self, marking: Marking) -> tuple[dict[str, tuple[Marking, ...]], bool]:
        """The activities that may come next, each with the markings after it; and whether the case may end."""
        known = self._edges.get(marking)
        if known is None:
            found: dict[str, set[Marking]] = {}
            reached = self._net.closure((marking,))
            for each in reached:
                for name, after in self._net.visible(each):
                    found.setdefault(name, set()).add(after)
            known = {name: tuple(sorted(after)) for name, after in found.items()}, () in reached
            self._edges[marking] = known
        return known

    # Alignments

    def _aligned(self, trace: tuple[str, ...], so_far: Replay) -> Replay:
        try:
            layers = self._explored()
            found = (
                layers.align(trace)
                if layers is not None
                else search(trace, self._net.first(), self._out, self._net.names, BOUND)
            )
        except TooMuch:
            return replace(so_far, bounded=True)
        return so_far if found is None else replace(so_far, cost=found[0], moves=found[1])

    def _explored(self) -> Layers | None:
        """The whole model, if it is small."""
        if self._layers is None and not self._too_large:
            self._too_large = True  # unless all of it is seen before the bound
            waiting = list(self._net.first())
            seen = set(waiting)
            while waiting:
                marking = waiting.pop()
                for markings in self._out(marking)[0].values():
                    waiting.extend(set(markings) - seen)
                    seen.update(markings)
                if len(seen) > WHOLE:
                    return None
            self._too_large = False
            self._layers = Layers(self._net.first(), {marking: self._out(marking) for marking in seen})
        return self._layers
