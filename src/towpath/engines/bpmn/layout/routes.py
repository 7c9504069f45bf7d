"""Lines at right angles between layers. Where they run up and down, each has a track of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from towpath.engines.bpmn.figures import Point
from towpath.engines.bpmn.layout.layers import Edge, Layers, Node

_TRACK, _LANE, _CLEAR, _CORNER = 14.0, 16.0, 26.0, 40.0


@dataclass(slots=True)
class _Run:
    """A piece of a line that goes up or down in the space before a layer. Runs of one group share a track."""

    group: str
    start: float
    end: float


class Routes:
    """`columns`: left edge and width of each layer. `edges`: the bends of each line, without its two ends."""

    def __init__(self, graph: Layers) -> None:
        self.graph = graph
        self.leaving: dict[str, int] = defaultdict(int)
        self.entering: dict[str, int] = defaultdict(int)
        for edge in graph.edges:
            self.leaving[edge.source] += 1
            self.entering[edge.target] += 1
        nodes = [node for node in graph.nodes.values() if not node.bend]
        self.top = min((node.y - node.up for node in nodes), default=0.0)
        self.bottom = max((node.y + node.down for node in nodes), default=0.0)
        self.lanes = self._lanes()
        self.runs: dict[int, dict[str, list[_Run]]] = defaultdict(lambda: defaultdict(list))
        self._find_runs()
        self.tracks = {channel: _tracks(groups) for channel, groups in self.runs.items()}
        self.columns = self._columns()
        self.edges = {edge.id: self._way(edge) for edge in graph.edges}

    def _lanes(self) -> dict[str, float]:
        """Lines that go back run above or below all that lies between, the short ones inside the long ones."""
        lanes: dict[str, float] = {}
        taken: list[tuple[int, int, float]] = []
        for edge in sorted((edge for edge in self.graph.edges if edge.back), key=self._span):
            first, last = self.graph.nodes[edge.target].layer, self.graph.nodes[edge.source].layer
            between = [node for node in self.graph.nodes.values() if first <= node.layer <= last]
            high = min(node.y - node.up for node in between)
            low = max(node.y + node.down for node in between)
            middle = (self._leaves(edge) + self.graph.nodes[edge.target].y) / 2
            way = -1 if middle - high < low - middle else 1
            lane = (high if way < 0 else low) + way * _LANE
            while any(a <= last + 1 and first <= b + 1 and abs(lane - y) < _LANE for a, b, y in taken):
                lane += way * _LANE
            taken.append((first, last, lane))
            lanes[edge.id] = lane
        self.top = min([self.top, *lanes.values()])
        self.bottom = max([self.bottom, *lanes.values()])
        return lanes

    def _span(self, edge: Edge) -> int:
        return self.graph.nodes[edge.source].layer - self.graph.nodes[edge.target].layer

    def _leaves(self, edge: Edge) -> float:
        return self.graph.nodes[edge.source].y + edge.offset

    def _find_runs(self) -> None:
        nodes = self.graph.nodes
        for edge in self.graph.edges:
            if edge.back:
                channel = nodes[edge.source].layer + 1
                self._run(channel, f"back {edge.id}", self._leaves(edge), self.lanes[edge.id])
                self._run(
                    nodes[edge.target].layer, f"back {edge.id}", self.lanes[edge.id], nodes[edge.target].y
                )
                continue
            height = self._leaves(edge)
            for before, name in pairwise(edge.way):
                if not self._by_corner(edge, before, name):
                    self._run(nodes[name].layer, self._group(edge, name), height, nodes[name].y)
                height = nodes[name].y

    def _by_corner(self, edge: Edge, before: str, name: str) -> bool:
        """Whether it leaves a gateway, or comes to one, above or below: where nothing lies in the way."""
        return self._leaves_by_corner(edge, before, name) or self._enters_by_corner(edge, before, name)

    def _leaves_by_corner(self, edge: Edge, before: str, name: str) -> bool:
        source = self.graph.nodes[before]
        return (
            source.corners
            and self.leaving[edge.source] > 1
            and self._is_free(source, self.graph.nodes[name].y)
        )

    def _enters_by_corner(self, edge: Edge, before: str, name: str) -> bool:
        source, target = self.graph.nodes[before], self.graph.nodes[name]
        height = source.y + (edge.offset if before == edge.source else 0.0)
        return (
            target.corners
            and self.entering[edge.target] > 1
            and self.leaving[edge.target] == 1
            and not self._leaves_by_corner(edge, before, name)
            and self._is_free(target, height)
        )

    def _is_free(self, node: Node, height: float) -> bool:
        """Nothing of the same layer lies between a gateway and this height."""
        low, high = sorted((node.y, height))
        if high - low < _CORNER:
            return False
        others = (self.graph.nodes[name] for name in self.graph.rows[node.layer] if name != node.id)
        return all(other.y + other.down < low - 6 or other.y - other.up > high + 6 for other in others)

    def _run(self, channel: int, group: str, start: float, end: float) -> None:
        if abs(start - end) > 0.5:
            self.runs[channel][group].append(_Run(group, start, end))

    def _group(self, edge: Edge, name: str) -> str:
        if name == edge.way[1] and self.leaving[edge.source] > 1 and not edge.offset:
            return f"from {edge.source}"
        if name == edge.target and self.entering[edge.target] > 1:
            return f"to {edge.target}"
        return edge.id

    def _columns(self) -> list[tuple[float, float]]:
        columns, x = [], 0.0
        for number, row in enumerate(self.graph.rows):
            x += self._room(number)
            width = max((self.graph.nodes[name].width for name in row), default=0.0)
            columns.append((x, width))
            x += width
        columns.append((x + self._room(len(self.graph.rows)), 0.0))
        return columns

    def _room(self, channel: int) -> float:
        tracks = max(self.tracks.get(channel, {}).values(), default=-1) + 1
        names = [edge.room for edge in self.graph.edges if self.graph.nodes[edge.source].layer == channel - 1]
        room = max([*names, self._leads(channel)])
        if tracks:
            return _CLEAR + (tracks - 1) * _TRACK + max(_CLEAR, room)
        return 0.0 if channel in (0, len(self.graph.rows)) else max(2 * _CLEAR - 6, room)

    def _leads(self, channel: int) -> float:
        """What names need in front of gateways from which a line goes down."""
        return max(
            (
                self.graph.nodes[edge.source].lead
                for edge in self.graph.edges
                if not edge.back
                and self.graph.nodes[edge.source].layer == channel
                and self.graph.nodes[edge.way[1]].y > self.graph.nodes[edge.source].y
                and self._leaves_by_corner(edge, edge.way[0], edge.way[1])
            ),
            default=0.0,
        )

    def _x(self, channel: int, group: str) -> float:
        left = self.columns[channel][0] - self._room(channel)
        return left + _CLEAR + self.tracks[channel].get(group, 0) * _TRACK

    def _way(self, edge: Edge) -> list[Point]:
        nodes = self.graph.nodes
        height = self._leaves(edge)
        if edge.back:
            lane, group = self.lanes[edge.id], f"back {edge.id}"
            right, left = (
                self._x(nodes[edge.source].layer + 1, group),
                self._x(nodes[edge.target].layer, group),
            )
            return [(right, height), (right, lane), (left, lane), (left, nodes[edge.target].y)]
        way: list[Point] = []
        for before, name in pairwise(edge.way):
            end = nodes[name].y
            if self._leaves_by_corner(edge, before, name):
                way += [(self._middle(before), height), (self._middle(before), end)]
            elif self._enters_by_corner(edge, before, name):
                way += [(self._middle(name), height), (self._middle(name), end)]
            elif abs(height - end) > 0.5:
                x = self._x(nodes[name].layer, self._group(edge, name))
                way += [(x, height), (x, end)]
            height = end
        return way

    def _middle(self, name: str) -> float:
        left, width = self.columns[self.graph.nodes[name].layer]
        return left + width / 2


def _tracks(groups: Mapping[str, list[_Run]]) -> dict[str, int]:
    """The first track to the right of all that it would lie upon, in an order that makes few of them cross."""
    spans = {
        name: (
            min(min(run.start, run.end) for run in runs),
            max(max(run.start, run.end) for run in runs),
            sum(run.start for run in runs) / len(runs),
            sum(run.end - run.start for run in runs),
        )
        for name, runs in groups.items()
    }
    order = sorted(spans, key=lambda name: (_back(name), spans[name][3] < 0, _inside(spans[name])))
    tracks: dict[str, int] = {}
    for name in order:
        low, high = spans[name][:2]
        taken = [
            tracks[other] for other in tracks if spans[other][0] < high + 8 and low - 8 < spans[other][1]
        ]
        tracks[name] = max(taken, default=-1) + 1
    return tracks


def _back(name: str) -> bool:
    return name.startswith("back ")


def _inside(span: tuple[float, float, float, float]) -> float:
    """Of lines that go down the lowest turns first, of those that go up the highest."""
    return -span[2] if span[3] >= 0 else span[2]
