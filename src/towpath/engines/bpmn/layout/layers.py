"""A directed graph in layers: which layer each node is in, in what order, and how high."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from towpath.engines.bpmn.layout import heights

_SWEEPS = 8


@dataclass(slots=True)
class Node:
    """`up` and `down`: how far it reaches from its middle. A node without a figure is a bend of a line."""

    id: str
    up: float = 0.0
    down: float = 0.0
    width: float = 0.0
    band: int = 0  # the lane that it must lie in
    bend: bool = False
    corners: bool = False  # lines may meet it above and below as well: a gateway
    lead: float = 0.0  # what its name needs in front of it, if a line goes down where the name would stand
    layer: int = 0
    y: float = 0.0


@dataclass(slots=True)
class Edge:
    """`offset`: how far from the source's middle it leaves. `room`: what its name needs beside the source.

    `way`: the nodes that it passes, once layered.
    """

    id: str
    source: str
    target: str
    offset: float = 0.0
    room: float = 0.0
    back: bool = False
    way: list[str] = field(default_factory=list)


class Layers:
    """The graph being laid out. Nodes keep the order in which they were written, where it makes no difference."""

    def __init__(self, nodes: Iterable[Node], edges: Iterable[Edge]) -> None:
        self.nodes = {node.id: node for node in nodes}
        self.edges = list(edges)
        self._mark_back_edges()
        self._find_layers()
        self._bend_long_edges()
        self.after: dict[str, list[str]] = defaultdict(list)
        self.before: dict[str, list[str]] = defaultdict(list)
        self.offsets: dict[tuple[str, str], float] = {}
        for edge in self._forward():
            for source, target in zip(edge.way, edge.way[1:], strict=False):
                self.after[source].append(target)
                self.before[target].append(source)
                self.offsets[source, target] = edge.offset if source == edge.source else 0.0
        self.rows = self._rows()
        self._order()
        heights.settle(self)

    def _forward(self) -> list[Edge]:
        return [edge for edge in self.edges if not edge.back]

    # Layers

    def _mark_back_edges(self) -> None:
        """Depth first from where things begin: an edge to a node under way closes a circle."""
        leaving: dict[str, list[Edge]] = defaultdict(list)
        for one in self.edges:
            leaving[one.source].append(one)
        entered = {one.target for one in self.edges if one.source != one.target}
        state: dict[str, int] = {}
        for root in sorted(self.nodes, key=lambda name: name in entered):
            if root in state:
                continue
            state[root] = 1
            stack = [(root, iter(leaving[root]))]
            while stack:
                name, rest = stack[-1]
                edge = next(rest, None)
                if edge is None:
                    state[name] = 2
                    stack.pop()
                elif state.get(edge.target) == 1:
                    edge.back = True
                elif edge.target not in state:
                    state[edge.target] = 1
                    stack.append((edge.target, iter(leaving[edge.target])))

    def _find_layers(self) -> None:
        """The longest way from the beginning, so that every line goes forward."""
        forward = self._forward()
        waiting = dict.fromkeys(self.nodes, 0)
        leaving: dict[str, list[str]] = defaultdict(list)
        for edge in forward:
            waiting[edge.target] += 1
            leaving[edge.source].append(edge.target)
        ready = [name for name, count in waiting.items() if not count]
        for name in ready:
            for target in leaving[name]:
                self.nodes[target].layer = max(self.nodes[target].layer, self.nodes[name].layer + 1)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)

    def _bend_long_edges(self) -> None:
        for edge in self._forward():
            source, target = self.nodes[edge.source], self.nodes[edge.target]
            bends = [
                Node(f"{edge.id} {layer}", 5, 5, band=target.band, bend=True, layer=layer)
                for layer in range(source.layer + 1, target.layer)
            ]
            self.nodes |= {bend.id: bend for bend in bends}
            edge.way = [edge.source, *(bend.id for bend in bends), edge.target]

    # Order

    def _rows(self) -> list[list[str]]:
        rows: list[list[str]] = [
            [] for _ in range(max((n.layer for n in self.nodes.values()), default=0) + 1)
        ]
        seen: set[str] = set()
        for root in sorted(self.nodes, key=lambda name: (bool(self.before[name]), self.nodes[name].layer)):
            stack = [root]
            while stack:
                name = stack.pop()
                if name not in seen:
                    seen.add(name)
                    rows[self.nodes[name].layer].append(name)
                    # What leaves by a boundary event leaves below.
                    stack.extend(reversed(self._from_top(name)))
        return [sorted(row, key=lambda name: self.nodes[name].band) for row in rows]

    def _from_top(self, name: str) -> list[str]:
        return sorted(self.after[name], key=lambda target: self.offsets[name, target] > 0)

    def _order(self) -> None:
        """Sweeps forth and back, each row by the middle of its neighbours; the best order is kept."""
        best, fewest = [list(row) for row in self.rows], self._crossings()
        for sweep in range(_SWEEPS):
            if not fewest:
                break
            forth = sweep % 2 == 0
            for number in range(1, len(self.rows)) if forth else range(len(self.rows) - 2, -1, -1):
                self._reorder(
                    number, number - 1 if forth else number + 1, self.before if forth else self.after
                )
            if (count := self._crossings()) < fewest:
                best, fewest = [list(row) for row in self.rows], count
        self.rows = best

    def _reorder(self, row: int, beside: int, neighbours: dict[str, list[str]]) -> None:
        place = {name: number for number, name in enumerate(self.rows[beside])}
        now = {name: number for number, name in enumerate(self.rows[row])}

        def middle(name: str) -> float:
            places = [
                place[other] + (0.4 if self.offsets.get((other, name)) else 0.0)
                for other in neighbours[name]
                if other in place
            ]
            return sum(places) / len(places) if places else now[name]

        self.rows[row].sort(key=lambda name: (self.nodes[name].band, middle(name)))

    def _crossings(self) -> int:
        count = 0
        for row, following in zip(self.rows, self.rows[1:], strict=False):
            place = {name: number for number, name in enumerate(following)}
            passed: list[int] = []
            for name in row:
                ends = sorted(place[target] for target in self.after[name])
                count += sum(len(passed) - bisect_left(passed, end + 1) for end in ends)
                for end in ends:
                    insort(passed, end)
        return count
