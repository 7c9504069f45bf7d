"""The cheapest way in which a trace and a model agree.

Costs are the usual ones of alignments (Adriansyah 2014): what both do is free, so is what leaves no mark; an event
that the model does not allow costs 1, and so does an activity that the trace lacks.

A model whose markings are few is numbered once; then each prefix of a trace has a layer, the least cost of coming to
each marking with it, and traces that begin alike share their layers. A larger model is searched by A*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from heapq import heappop, heappush
from typing import Literal, NamedTuple

from towpath.engines.bpmn.net import Marking, TooMuch

_FAR = 1 << 30
Out = tuple[Mapping[str, tuple[Marking, ...]], bool]


class Move(NamedTuple):
    """One step of an alignment: `both` do the activity, or only the `trace` or the `model` does."""

    kind: Literal["both", "trace", "model"]
    activity: str


Alignment = tuple[int, tuple[Move, ...]]
_Came = tuple[
    int, bool, str
]  # marking before; by an event (of the layer before) and not by the model alone; activity


class _Layer:
    """After one prefix: the least cost for each marking, and how one comes to it."""

    def __init__(self, cost: list[int], came: list[_Came | None]) -> None:
        self.cost = cost
        self.came = came


class Layers:
    """Alignments on a model that was explored as a whole, from its first markings on."""

    def __init__(self, first: Iterable[Marking], out: Mapping[Marking, Out]) -> None:
        numbers = {marking: number for number, marking in enumerate(out)}
        self.shared: list[dict[str, tuple[int, ...]]] = []
        self.alone: list[tuple[tuple[int, str], ...]] = []
        self.ends: list[int] = []
        for number, (names, ends) in enumerate(out.values()):
            to = {name: tuple(numbers[after] for after in markings) for name, markings in names.items()}
            self.shared.append(to)
            self.alone.append(tuple({after: (after, name) for name in to for after in to[name]}.values()))
            if ends:
                self.ends.append(number)
        begun = _Layer([_FAR] * len(numbers), [None] * len(numbers))
        for marking in first:
            begun.cost[numbers[marking]] = 0
        self._go_alone(begun)
        self.layers: dict[tuple[str, ...], _Layer] = {(): begun}

    def align(self, trace: tuple[str, ...]) -> Alignment | None:
        """None if the model cannot end."""
        last = self._layer(trace)
        end = min(self.ends, key=last.cost.__getitem__, default=-1)
        if end < 0 or last.cost[end] >= _FAR:
            return None
        moves: list[Move] = []
        at, done = end, len(trace)
        while (came := self.layers[trace[:done]].came[at]) is not None:
            before, event, name = came
            if not event:
                moves.append(Move("model", name))
            else:
                done -= 1
                moves.append(Move("both" if name else "trace", trace[done]))
            at = before
        return last.cost[end], tuple(reversed(moves))

    def _layer(self, prefix: tuple[str, ...]) -> _Layer:
        size = len(prefix)
        while prefix[:size] not in self.layers:
            size -= 1
        layer = self.layers[prefix[:size]]
        for place in range(size, len(prefix)):
            layer = self.layers[prefix[: place + 1]] = self._next(layer, prefix[place])
        return layer

    def _next(self, layer: _Layer, name: str) -> _Layer:
        cost = [known + 1 for known in layer.cost]
        came: list[_Came | None] = [(number, True, "") for number in range(len(cost))]
        for number, known in enumerate(layer.cost):
            for after in self.shared[number].get(name, ()):
                if known < cost[after]:
                    cost[after], came[after] = known, (number, True, name)
        after_event = _Layer(cost, came)
        self._go_alone(after_event)
        return after_event

    def _go_alone(self, layer: _Layer) -> None:
        """Moves of the model alone, the cheapest markings first."""
        cost, came = layer.cost, layer.came
        rings: dict[int, list[int]] = {}
        for number, known in enumerate(cost):
            if known < _FAR:
                rings.setdefault(known, []).append(number)
        price = min(rings, default=0)
        while rings:
            for number in rings.pop(price, ()):
                if cost[number] != price:
                    continue
                for after, name in self.alone[number]:
                    if cost[after] > price + 1:
                        cost[after], came[after] = price + 1, (number, False, name)
                        rings.setdefault(price + 1, []).append(after)
            price += 1


_Node = tuple[int, Marking]


def search(
    trace: tuple[str, ...],
    first: Iterable[Marking],
    out: Callable[[Marking], Out],
    known: frozenset[str],
    bound: int,
) -> Alignment | None:
    """A* over (how much of the trace is done, marking). At least the events that the model does not know are to pay.

    TooMuch after `bound` nodes; None if the model cannot end.
    """
    strange = [0]
    for name in reversed(trace):
        strange.append(strange[-1] + (name not in known))
    strange.reverse()
    best: dict[_Node, int] = {}
    came: dict[_Node, tuple[_Node, Move] | None] = {}
    # Of equal cost the one that is further through the trace first.
    queue: list[tuple[int, int, int, Marking]] = []
    for marking in first:
        best[0, marking], came[0, marking] = 0, None
        heappush(queue, (strange[0], 0, 0, marking))
    for _ in range(bound):
        if not queue:
            return None
        _, ahead, cost, marking = heappop(queue)
        at = -ahead, marking
        if cost > best[at]:
            continue
        names, ends = out(marking)
        if ends and at[0] == len(trace):
            return cost, _way(came, at)
        for after, price, move in _moves(names, at, trace):
            if cost + price < best.get(after, _FAR):
                best[after], came[after] = cost + price, (at, move)
                heappush(queue, (cost + price + strange[after[0]], -after[0], cost + price, after[1]))
    raise TooMuch


def _moves(
    names: Mapping[str, tuple[Marking, ...]], at: _Node, trace: tuple[str, ...]
) -> list[tuple[_Node, int, Move]]:
    done, marking = at
    found: list[tuple[_Node, int, Move]] = []
    if done < len(trace):
        name = trace[done]
        found = [((done + 1, after), 0, Move("both", name)) for after in names.get(name, ())]
        found.append(((done + 1, marking), 1, Move("trace", name)))
    for name, markings in names.items():
        found += [((done, after), 1, Move("model", name)) for after in markings]
    return found


def _way(came: dict[_Node, tuple[_Node, Move] | None], at: _Node) -> tuple[Move, ...]:
    moves = []
    while (before := came[at]) is not None:
        at, move = before
        moves.append(move)
    return tuple(reversed(moves))
