"""Places for a process that has no diagram, or not all of one: layers from left to right, lines at right angles.

After Sugiyama, Tagawa and Toda (1981): break the cycles, put each element a layer behind what leads to it, order
the layers so that few lines cross, then straighten. Subprocesses are laid out first and are then one big element.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from towpath.engines.bpmn.figures import NODES, Box, Diagram, Point
from towpath.engines.bpmn.layout.scope import Placed, arrange
from towpath.engines.bpmn.lettering import LINE, width

_STRIP = 30.0  # a pool's and a lane's name stands in it
_BETWEEN = 60.0


def complete(diagram: Diagram) -> Diagram:
    """The same diagram with a place for everything; what its author placed stays, unless a step has none.

    A picture in which steps are missing would lie, so then everything is laid out anew.
    """
    figures = list(diagram.figures.values())
    if any(
        figure.sort in NODES and diagram.shown(figure) and figure.id not in diagram.shapes
        for figure in figures
    ):
        return _laid_out(diagram)
    return replace(diagram, edges={**_straight(diagram), **diagram.edges})


def _laid_out(diagram: Diagram) -> Diagram:
    shapes: dict[str, Box] = {}
    edges: dict[str, tuple[Point, ...]] = {}
    top = 0.0
    for pool, scope in _bands(diagram):
        inside = arrange(diagram, scope) if scope else Placed({}, {}, 480, 60)
        dx = 2 * _STRIP if pool else 0.0
        shapes |= {name: box.moved(dx, top) for name, box in inside.shapes.items()}
        edges |= {name: tuple((x + dx, y + top) for x, y in edge) for name, edge in inside.edges.items()}
        if pool:
            shapes[pool] = Box(0, top, inside.width + dx + _STRIP, inside.height)
        top += inside.height + _BETWEEN
    widest = max((shapes[pool].width for pool, _ in _bands(diagram) if pool), default=0.0)
    for pool, _ in _bands(diagram):
        if pool:
            shapes[pool] = replace(shapes[pool], width=widest)
    for lane in diagram.figures.values():
        if lane.tag == "lane" and lane.id in shapes and widest:
            shapes[lane.id] = replace(shapes[lane.id], width=widest - shapes[lane.id].x)
    placed = replace(diagram, shapes=shapes, edges=edges, labels={})
    return replace(placed, edges={**_straight(placed), **edges}, labels=dict(_labels(placed)))


def _labels(diagram: Diagram) -> Iterator[tuple[str, Box]]:
    """Names that would stand under an event or gateway, where a line goes down from it."""
    down = {
        line.source
        for line in diagram.lines.values()
        if line.id in diagram.edges and diagram.edges[line.id][0][1] >= diagram.shapes[line.source].bottom
    }
    for name in down:
        figure, box = diagram.figures[name], diagram.shapes[name]
        wide = min(90.0, width(figure.name))
        if figure.attached:
            yield name, Box(box.right + 3, box.bottom - 13, wide, LINE)
        elif figure.sort == "gateway" and figure.name:
            yield name, Box(box.centre[0] - 8 - wide, box.bottom - 6, wide, LINE)


def _bands(diagram: Diagram) -> list[tuple[str, str]]:
    """Pools and the processes in them, from top to bottom; a process without a pool stands alone."""
    pools = [figure for figure in diagram.figures.values() if figure.tag == "participant"]
    scopes = {figure.scope for figure in diagram.figures.values()} - set(diagram.figures) - {""}
    bands = [(pool.id, pool.process if pool.process in scopes else "") for pool in pools]
    alone = sorted(scopes - {pool.process for pool in pools}, key=lambda scope: scope != diagram.id)
    return [*bands, *(("", scope) for scope in alone)]


def _straight(diagram: Diagram) -> dict[str, tuple[Point, ...]]:
    """Lines whose way nobody has drawn: between pools with two corners, elsewhere from border to border."""
    found = {}
    for line in diagram.lines.values():
        if line.id in diagram.edges or not {line.source, line.target} <= diagram.shapes.keys():
            continue
        start, end = diagram.shapes[line.source], diagram.shapes[line.target]
        if line.tag == "messageFlow":
            found[line.id] = tuple(_between_pools(start, end))
        else:
            found[line.id] = (_border(start, end.centre), _border(end, start.centre))
    return found


def _between_pools(start: Box, end: Box) -> Iterator[Point]:
    (x1, y1), (x2, y2) = start.centre, end.centre
    down = y2 > y1
    # A pool is wide: its end of the line stands right above or below the other.
    x1, x2 = (x2 if start.width > 400 else x1), (x1 if end.width > 400 else x2)
    y1, y2 = (start.bottom, end.y) if down else (start.y, end.bottom)
    yield x1, y1
    if abs(x1 - x2) > 1:
        yield x1, (y1 + y2) / 2
        yield x2, (y1 + y2) / 2
    yield x2, y2


def _border(box: Box, towards: Point) -> Point:
    """Where the line from the middle of a box to a point leaves it."""
    (x, y), (dx, dy) = box.centre, (towards[0] - box.centre[0], towards[1] - box.centre[1])
    ways = [half / abs(way) for half, way in ((box.width / 2, dx), (box.height / 2, dy)) if way]
    share = min([1.0, *ways])
    return x + dx * share, y + dy * share
