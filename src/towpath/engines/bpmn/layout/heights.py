"""How high each node of a layered graph lies, so that lines are straight.

First every layer by itself, by least squares; then what lies on one straight way is bound together, as Brandes and
Köpf (2002) do, and moves as one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from towpath.engines.bpmn.layout.layers import Layers, Node

_SWEEPS, _ROUNDS = 16, 6
_GAP, _LINE_GAP = 34.0, 18.0


def settle(graph: Layers) -> None:
    """Band after band, so that lanes can be put under each other; within one, as straight as may be."""
    for band in sorted({node.band for node in graph.nodes.values()}):
        _Band(graph, band).settle()


class _Band:
    def __init__(self, graph: Layers, band: int) -> None:
        self.graph = graph
        self.band = band
        rows = [[graph.nodes[name] for name in row if graph.nodes[name].band == band] for row in graph.rows]
        self.rows = [row for row in rows if row]

    def settle(self) -> None:
        for row in self.rows:
            _settle(row, [0.0] * len(row), [1.0] * len(row))
        for sweep in range(_SWEEPS):
            for row in self.rows if sweep % 2 == 0 else reversed(self.rows):
                wanted = [self._wanted(node) for node in row]
                _settle(row, [height for height, _ in wanted], [weight for _, weight in wanted])
        blocks = self._blocks()
        for _ in range(_ROUNDS):
            self._move(blocks)

    def _ways(self, node: Node) -> Iterator[tuple[Node, float, float]]:
        """Each neighbour in this band, how much lower it lies if the line is straight, and how much that matters."""
        graph = self.graph
        for name in graph.before[node.id]:
            yield graph.nodes[name], graph.offsets[name, node.id], self._weight(name, node.id)
        for name in graph.after[node.id]:
            yield graph.nodes[name], -graph.offsets[node.id, name], self._weight(node.id, name)

    def _weight(self, source: str, target: str) -> float:
        """Long lines most, then those on the way that is written first; least those from a boundary event."""
        graph = self.graph
        if graph.offsets[source, target]:
            return 0.3
        weight = 8.0 if graph.nodes[source].bend and graph.nodes[target].bend else 1.0
        return weight + (2.0 if graph.after[source][0] == target else 0.0)

    def _wanted(self, node: Node) -> tuple[float, float]:
        ways = [
            (other.y + lower, weight) for other, lower, weight in self._ways(node) if other.band == self.band
        ]
        total = sum(weight for _, weight in ways)
        return (sum(y * weight for y, weight in ways) / total, total) if ways else (node.y, 0.1)

    # Blocks

    def _blocks(self) -> list[list[Node]]:
        """Chains of nodes that lie on one height: no two of the lines that bind them cross."""
        following: dict[str, str] = {}
        bound: set[str] = set()
        for left, right in pairwise(self.graph.rows):
            place = {name: number for row in (left, right) for number, name in enumerate(row)}
            taken: list[tuple[int, int]] = []
            for source, target in self._candidates(left):
                a, b = place[source], place[target]
                crosses = any((a - c) * (b - d) <= 0 for c, d in taken)
                if not crosses:
                    taken.append((a, b))
                    following[source] = target
                    bound.add(target)
        blocks = []
        for row in self.rows:
            for node in row:
                if node.id not in bound:
                    block = [node]
                    while block[-1].id in following:
                        block.append(self.graph.nodes[following[block[-1].id]])
                    blocks.append(block)
        return blocks

    def _candidates(self, row: Sequence[str]) -> list[tuple[str, str]]:
        """Lines that could be straight, those that matter most first."""
        graph = self.graph
        found = [
            (source, target)
            for source in row
            for target in graph.after[source]
            if graph.nodes[source].band == graph.nodes[target].band == self.band
            and not graph.offsets[source, target]
        ]
        far = {way: abs(graph.nodes[way[0]].y - graph.nodes[way[1]].y) for way in found}
        return sorted(found, key=lambda way: (-self._weight(*way) if self._weight(*way) > 8 else 0, far[way]))

    def _move(self, blocks: list[list[Node]]) -> None:
        """Every block to where it wants to be, as far as the order allows.

        Pushed downwards by those above, and upwards by those below: between two such answers lies a third.
        """
        block_of = {node.id: number for number, block in enumerate(blocks) for node in block}
        wanted = [self._wanted_by(block, block_of) for block in blocks]
        down, up = self._pushed(block_of, wanted, 1), self._pushed(block_of, wanted, -1)
        for block, high, low in zip(blocks, down, up, strict=True):
            for node in block:
                node.y = (high + low) / 2

    def _wanted_by(self, block: list[Node], block_of: dict[str, int]) -> float:
        ways = [
            (other.y + lower, weight)
            for node in block
            for other, lower, weight in self._ways(node)
            if other.band == self.band and block_of[other.id] != block_of[node.id]
        ]
        total = sum(weight for _, weight in ways)
        own = sum(node.y for node in block) / len(block)
        return sum(y * weight for y, weight in ways) / total if ways else own

    def _pushed(self, block_of: dict[str, int], wanted: Sequence[float], way: int) -> list[float]:
        """Heights that keep the gaps, each as near to the wanted one as those before it (above or below) allow."""
        next_to: dict[int, list[tuple[int, float]]] = defaultdict(list)
        waiting = [0] * len(wanted)
        for row in self.rows:
            for upper, lower in pairwise(row):
                first, then = (upper, lower)[::way]
                next_to[block_of[first.id]].append((block_of[then.id], _gap(upper, lower)))
                waiting[block_of[then.id]] += 1
        heights = [way * height for height in wanted]
        ready = [number for number, count in enumerate(waiting) if not count]
        for number in ready:
            for other, gap in next_to[number]:
                heights[other] = max(heights[other], heights[number] + gap)
                waiting[other] -= 1
                if not waiting[other]:
                    ready.append(other)
        return [way * height for height in heights]


def _gap(upper: Node, lower: Node) -> float:
    return upper.down + (_LINE_GAP if upper.bend or lower.bend else _GAP) + lower.up


def _settle(row: Sequence[Node], wanted: Sequence[float], weights: Sequence[float]) -> None:
    """As near to the wanted heights as the order and the gaps allow: least squares, by pooling neighbours."""
    reach = [0.0]
    for upper, lower in pairwise(row):
        reach.append(reach[-1] + _gap(upper, lower))
    pools: list[tuple[float, float, int]] = []  # the height of a pool, its weight, how many are in it
    for height, far, weight in zip(wanted, reach, weights, strict=True):
        pool = (height - far, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            other = pools.pop()
            both = other[1] + pool[1]
            pool = ((other[0] * other[1] + pool[0] * pool[1]) / both, both, other[2] + pool[2])
        pools.append(pool)
    heights = [height for height, _, count in pools for _ in range(count)]
    for node, height, far in zip(row, heights, reach, strict=True):
        node.y = height + far
