"""One process or subprocess laid out, with everything in it."""

from __future__ import annotations

from dataclasses import dataclass

from towpath.engines.bpmn.figures import NODES, Box, Diagram, Figure, Point
from towpath.engines.bpmn.layout.layers import Edge, Layers, Node
from towpath.engines.bpmn.layout.routes import Routes
from towpath.engines.bpmn.lettering import lines, width

_SIZES = {"task": (124.0, 80.0), "event": (36.0, 36.0), "gateway": (50.0, 50.0), "subprocess": (124.0, 80.0)}
_PAD, _TITLE, _STRIP, _MARGIN = 24.0, 34.0, 30.0, 30.0
_NAME = 34.0  # the name under an event or a gateway
_STUB = 26.0  # how far a line from a boundary event goes down before it turns
_ANNEX = 28.0  # between an element and the note or data above it


@dataclass(frozen=True, slots=True)
class Placed:
    shapes: dict[str, Box]
    edges: dict[str, tuple[Point, ...]]
    width: float
    height: float


def arrange(diagram: Diagram, scope: str) -> Placed:
    """Everything directly in a scope and, inside of that, everything else; the top left corner is at 0, 0."""
    return _Scope(diagram, scope).placed()


class _Scope:
    def __init__(self, diagram: Diagram, scope: str) -> None:
        self.diagram = diagram
        figures = diagram.inside(scope)
        self.figures = {
            figure.id: figure for figure in figures if figure.sort in NODES and not figure.attached
        }
        self.boundary: dict[str, list[Figure]] = {name: [] for name in self.figures}
        for figure in figures:
            if figure.attached in self.figures:
                self.boundary[figure.attached].append(figure)
        self.lanes = _leaves([figure for figure in figures if figure.tag == "lane"])
        self.inner = {
            figure.id: arrange(diagram, figure.id)
            for figure in self.figures.values()
            if "collapsed" not in figure.marks and diagram.inside(figure.id)
        }
        self.annexes = self._annexes([figure for figure in figures if figure.sort in ("note", "data")])
        self.edges = self._edges()
        linked = {end for edge in self.edges for end in (edge.source, edge.target)}
        self.loose = [name for name in self.figures if name not in linked and len(self.figures) > 1]
        nodes = [self._node(figure) for name, figure in self.figures.items() if name not in self.loose]
        self.graph = Layers(nodes, [edge for edge in self.edges if edge.source != edge.target])
        self._stack_lanes()
        self.routes = Routes(self.graph)

    # What there is

    def _size(self, figure: Figure) -> tuple[float, float]:
        if figure.id in self.inner:
            inner = self.inner[figure.id]
            return max(inner.width + 2 * _PAD, 160), inner.height + _PAD + _TITLE
        return _SIZES[figure.sort]

    def _annexes(self, figures: list[Figure]) -> dict[str, list[Figure]]:
        """Notes and data stand above the first element that they belong to; those of nothing, above the first."""
        found: dict[str, list[Figure]] = {name: [] for name in self.figures}
        for figure in figures:
            for line in self.diagram.lines.values():
                other = {line.source: line.target, line.target: line.source}.get(figure.id, "")
                other = getattr(self.diagram.figures.get(other), "attached", "") or other
                if other in found:
                    found[other].append(figure)
                    break
            else:
                if found:
                    found[next(iter(found))].append(figure)
        return found

    def _edges(self) -> list[Edge]:
        found = []
        for line in self.diagram.lines.values():
            host = getattr(self.diagram.figures[line.source], "attached", "") or line.source
            if line.tag == "messageFlow" or host not in self.figures or line.target not in self.figures:
                continue
            offset = 0.0
            if host != line.source:
                offset = self._size(self.figures[host])[1] / 2 + self._stub(host, line.source)
            room = min(90.0, width(line.name)) + 24 if line.name else 0.0
            found.append(Edge(line.id, host, line.target, offset, room))
        return found

    def _stub(self, host: str, event: str) -> float:
        """Lines from the left boundary events turn below those from the right, so that none cross."""
        names = [figure.id for figure in self.boundary[host]]
        named = _NAME if any(figure.name for figure in self.boundary[host]) else 0.0
        return 18 + named + _STUB / 2 + 12 * (len(names) - names.index(event) - 1)

    def _node(self, figure: Figure) -> Node:
        wide, height = self._size(figure)
        below = _NAME if figure.sort in ("event", "gateway") and figure.name else 0.0
        if self.boundary[figure.id]:
            below = self._stub(figure.id, self.boundary[figure.id][0].id) + 8
        above = sum(annex_size(annex)[1] + _ANNEX for annex in self.annexes[figure.id])
        band = self.lanes.index(figure.lane) if figure.lane in self.lanes else 0
        events = 46.0 * len(self.boundary[figure.id])
        corners = figure.sort == "gateway"
        lead = min(90.0, width(figure.name)) - 16 if corners and figure.name else 0.0
        return Node(
            figure.id,
            height / 2 + above,
            height / 2 + below,
            max(wide, events, 60.0),
            band,
            corners=corners,
            lead=lead,
        )

    def _stack_lanes(self) -> None:
        """One lane under the other; each is as high as what is in it."""
        top = 0.0
        self.strips: list[tuple[float, float]] = []
        for band in range(max(1, len(self.lanes))):
            nodes = [node for node in self.graph.nodes.values() if node.band == band]
            high = min((node.y - node.up for node in nodes), default=0.0)
            low = max((node.y + node.down for node in nodes), default=60.0)
            for node in nodes:
                node.y += top + _MARGIN - high
            self.strips.append((top, low - high + 2 * _MARGIN))
            top += low - high + 2 * _MARGIN

    # Where it goes

    def placed(self) -> Placed:
        shapes = self._shapes()
        edges = {line: self._line(line, shapes) for line in self.routes.edges}
        edges |= {edge.id: _around(shapes[edge.source]) for edge in self.edges if edge.source == edge.target}
        for name, inner in self.inner.items():
            dx = shapes[name].x + (shapes[name].width - inner.width) / 2
            dy = shapes[name].y + _TITLE
            shapes |= {inside: box.moved(dx, dy) for inside, box in inner.shapes.items()}
            edges |= {line: tuple((x + dx, y + dy) for x, y in edge) for line, edge in inner.edges.items()}
        return self._framed(shapes, edges)

    def _shapes(self) -> dict[str, Box]:
        shapes: dict[str, Box] = {}
        for node in self.graph.nodes.values():
            if node.bend:
                continue
            left, room = self.routes.columns[node.layer]
            width, height = self._size(self.figures[node.id])
            shapes[node.id] = Box(left + (room - width) / 2, node.y - height / 2, width, height)
        x, y = 0.0, self.routes.bottom + 40
        for name in self.loose:
            width, height = self._size(self.figures[name])
            y = max(y, self.routes.bottom + 40 + sum(annex_size(a)[1] + _ANNEX for a in self.annexes[name]))
            shapes[name] = Box(x, y, width, height)
            x += width + 60
        for name in self.figures:
            shapes |= self._attached(name, shapes[name])
        return shapes

    def _attached(self, name: str, box: Box) -> dict[str, Box]:
        """Boundary events along the foot of their activity, notes and data above it."""
        found = {}
        events = self.boundary[name]
        room = box.width / (len(events) + 1)
        for number, event in enumerate(events, 1):
            found[event.id] = Box(box.x + room * number - 18, box.bottom - 18, 36, 36)
        top = box.y
        for annex in self.annexes[name]:
            width, height = annex_size(annex)
            top -= height + _ANNEX
            found[annex.id] = Box(box.centre[0] - width / 2, top, width, height)
        return found

    def _line(self, name: str, shapes: dict[str, Box]) -> tuple[Point, ...]:
        line = self.diagram.lines[name]
        start, end = shapes[line.source], shapes[line.target]
        way = self.routes.edges[name]
        if self.diagram.figures[line.source].attached:
            edge = next(edge for edge in self.edges if edge.id == name)
            turn = self.graph.nodes[edge.source].y + edge.offset
            first: list[Point] = [(start.centre[0], start.bottom), (start.centre[0], turn)]
        else:
            first = [(start.right, start.centre[1])]
            if way and abs(way[0][0] - start.centre[0]) < 1:
                first, way = [_corner(start, way[1][1])], way[1:]
        if way and abs(way[-1][0] - end.centre[0]) < 1:
            return (*first, *way[:-1], _corner(end, way[-2][1]))
        return (*first, *way, (end.x, end.centre[1]))

    def _framed(self, shapes: dict[str, Box], edges: dict[str, tuple[Point, ...]]) -> Placed:
        """Moved so that the corner is at 0, 0, with the lanes around."""
        points = [point for edge in edges.values() for point in edge]
        boxes = list(shapes.values())
        left = min([box.x for box in boxes] + [x for x, _ in points], default=0.0)
        top = min([box.y for box in boxes] + [y - 8 for _, y in points] + [0.0], default=0.0)
        right = max([box.right for box in boxes] + [x for x, _ in points], default=0.0)
        named = [box.bottom + (_NAME if self._is_named(name) else 8) for name, box in shapes.items()]
        bottom = max(
            [*named, *(y + 8 for _, y in points), sum(self.strips[-1]) if self.lanes else 0.0], default=0.0
        )
        dx = (_STRIP if self.lanes else 0.0) - left
        placed = {name: box.moved(dx, -top) for name, box in shapes.items()}
        width = right - left + (2 * _STRIP if self.lanes else 0.0)
        for number, name in enumerate(self.lanes):
            high = 0.0 if number == 0 else self.strips[number][0] - top
            low = bottom - top if number == len(self.lanes) - 1 else sum(self.strips[number]) - top
            placed[name] = Box(-_STRIP, high, width + _STRIP, low - high)
        ways = {name: tuple((x + dx, y - top) for x, y in edge) for name, edge in edges.items()}
        return Placed(placed, ways, width, bottom - top)

    def _is_named(self, name: str) -> bool:
        figure = self.diagram.figures[name]
        return figure.sort in ("event", "gateway") and bool(figure.name)


def _leaves(lanes: list[Figure]) -> list[str]:
    around = {lane.lane for lane in lanes}
    return [lane.id for lane in lanes if lane.id not in around]


def _around(box: Box) -> tuple[Point, ...]:
    """A line from an element to itself."""
    (x, y), out = box.centre, 22.0
    low = box.bottom + out
    return ((box.right, y), (box.right + out, y), (box.right + out, low), (x, low), (x, box.bottom))


def _corner(box: Box, height: float) -> Point:
    """The upper or lower corner of a gateway, as seen from this height."""
    return box.centre[0], box.y if height < box.y else box.bottom


def annex_size(figure: Figure) -> tuple[float, float]:
    if figure.sort == "note":
        return 130.0, max(30.0, 15.0 * len(lines(figure.name, 118)) + 10)
    return (50.0, 50.0) if figure.tag == "dataStoreReference" else (36.0, 50.0)
