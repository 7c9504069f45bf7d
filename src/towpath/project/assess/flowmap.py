"""The map of a process as SVG, from top to bottom. Lines that go back run beside it; slow ones are dashed and say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from towpath.engines.bpmn.layout.layers import Edge, Layers, Node
from towpath.project.assess import words
from towpath.project.assess.markup import Html, joined, tag
from towpath.project.assess.study import Study

WIDTH, HEIGHT, ROW, MARGIN = 196.0, 62.0, 124.0, 24.0
_BEGIN, _END = "\0begin", "\0end"
_LINES = 22  # beyond these a map is no help any more; the table has all that are drawn
_RARE = 0.04  # of the cases
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Line:
    """One way between two steps of the map. `slow`: longer than the others by far."""

    source: str
    target: str
    count: int
    median: float | None
    slow: bool = False


def lines(study: Study) -> list[Line]:
    """The frequent ways, and of each step at least its most frequent one in and out."""
    flow, place = study.picture.flow, order(study)
    edges = [one for one in flow.edges if one.source != one.target]
    kept = {(one.source, one.target) for one in edges[:_LINES] if one.count >= _RARE * study.summary.cases}
    # The edges come most frequent first. One that goes on is worth more than one that goes back.
    on = [one for one in edges if place[one.source] < place[one.target]]
    for activity in flow.activities:
        for end in ("source", "target"):
            best = next((one for one in (*on, *edges) if getattr(one, end) == activity.name), None)
            if best:
                kept.add((best.source, best.target))
    chosen = [one for one in edges if (one.source, one.target) in kept]
    slow = (
        sorted((one.median for one in chosen), reverse=True)[: max(1, len(chosen) // 5)][-1]
        if chosen
        else 0.0
    )
    found = [
        Line(one.source, one.target, one.count, one.median, one.median >= max(slow, words.DAY))
        for one in chosen
    ]
    found += [Line(_BEGIN, step, count, None) for step, count in _main(flow.starts)]
    return found + [Line(step, _END, count, None) for step, count in _main(flow.ends)]


def order(study: Study) -> dict[str, float]:
    """A place for each step from the beginning on, so that as many moves of cases as can be found go forward.

    From the order of their average place in a case, one step after the other is put where it serves best.
    """
    flow = study.picture.flow
    weight = {(one.source, one.target): one.count for one in flow.edges}
    found = sorted(study.picture.place, key=lambda step: (study.picture.place[step], step))
    for _ in range(3):
        for step in list(found):
            rest = [one for one in found if one != step]
            # What is won by standing behind another one.
            gains = [weight.get((one, step), 0) - weight.get((step, one), 0) for one in rest]
            sums = [sum(gains[:at]) for at in range(len(rest) + 1)]
            now = found.index(step)
            best = max(range(len(sums)), key=lambda at: (sums[at], -abs(at - now)))
            found = [*rest[:best], step, *rest[best:]]
    return {step: float(number) for number, step in enumerate(found)}


def _main(counts: dict[str, int]) -> list[tuple[str, int]]:
    total = sum(counts.values())
    return [one for number, one in enumerate(counts.items()) if number == 0 or one[1] >= 0.1 * total]


def draw(study: Study, ident: str) -> Html:
    """The picture; `ident` tells it from others on the page."""
    drawn = lines(study)
    place = {**order(study), _BEGIN: -1.0, _END: float(len(study.picture.place))}
    steps = sorted(
        {name for line in drawn for name in (line.source, line.target)}, key=lambda one: (place[one], one)
    )
    forward = [
        line for line in drawn if (place[line.source], line.source) < (place[line.target], line.target)
    ]
    layers = Layers(
        [Node(name, _half(name), _half(name)) for name in steps],
        [Edge(f"e{number}", line.source, line.target) for number, line in enumerate(forward)],
    )
    return _Canvas(study, layers, forward, [line for line in drawn if line not in forward], ident).svg()


def _half(name: str) -> float:
    return 30.0 if name in (_BEGIN, _END) else WIDTH / 2


class _Canvas:
    def __init__(
        self, study: Study, layers: Layers, forward: Sequence[Line], back: Sequence[Line], ident: str
    ) -> None:
        self.study, self.layers, self.forward, self.back, self.ident = study, layers, forward, back, ident
        nodes = layers.nodes.values()
        self.left = min(node.y - node.up for node in nodes) - MARGIN
        self.right = max(node.y + node.down for node in nodes)
        self.most = max([line.count for line in (*forward, *back)], default=1)
        self.counts = {one.name: one for one in study.picture.flow.activities}
        self.marks: list[Html] = []
        self.lanes: list[tuple[int, int, float]] = []

    def svg(self) -> Html:
        edges = {edge.id: edge for edge in self.layers.edges}
        drawn = [self._forward(line, edges[f"e{number}"]) for number, line in enumerate(self.forward)]
        drawn += [self._back(line) for line in sorted(self.back, key=self._span)]
        boxes = [self._box(name) for name, node in self.layers.nodes.items() if not node.bend]
        width = max([self.right, *(lane + 30 for _, _, lane in self.lanes)]) - self.left + MARGIN
        height = (max(node.layer for node in self.layers.nodes.values()) + 1) * ROW
        told = f"Map of the process: {words.many(len(self.counts), 'step')} and the ways between them; the table below says the same."
        arrow = tag("path", d="M0,0 L8,4 L0,8 z", class_="head")
        marker = tag("marker", arrow, id=f"{self.ident}-arrow", viewBox="0 0 8 8", refX="7", refY="4",
                     markerWidth="9", markerHeight="9", markerUnits="userSpaceOnUse", orient="auto")  # fmt: skip
        return tag(
            "svg", tag("title", told), tag("defs", marker), drawn, boxes, self.marks,
            viewBox=f"{self.left:.0f} 0 {width:.0f} {height:.0f}", width=f"{width:.0f}", height=f"{height:.0f}",
            role="img", class_="map", style=f"min-inline-size:{min(width, 720):.0f}px",
        )  # fmt: skip

    def _span(self, line: Line) -> int:
        nodes = self.layers.nodes
        return abs(nodes[line.source].layer - nodes[line.target].layer)

    def _at(self, name: str) -> tuple[float, float]:
        node = self.layers.nodes[name]
        return node.y, node.layer * ROW + ROW / 2

    def _tall(self, name: str) -> float:
        return 15.0 if name in (_BEGIN, _END) else HEIGHT / 2

    def _forward(self, line: Line, edge: Edge) -> Html:
        points = [self._at(name) for name in edge.way]
        points[0] = (points[0][0], points[0][1] + self._tall(line.source))
        points[-1] = (points[-1][0], points[-1][1] - self._tall(line.target) - 1)
        way = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        for (x1, y1), (x2, y2) in pairwise(points):
            middle = (y1 + y2) / 2
            way += f" C{x1:.1f},{middle:.1f} {x2:.1f},{middle:.1f} {x2:.1f},{y2:.1f}"
        (x1, y1), (x2, y2) = points[0], points[1]
        share = 0.5 if len(points) == 2 else 0.8
        self._label(line, x1 + (x2 - x1) * share, y1 + (y2 - y1) * share)
        return self._path(line, way)

    def _lane(self, line: Line) -> float:
        """Right of all that lies between, and of the lines that already run there."""
        nodes = self.layers.nodes
        first, last = sorted((nodes[line.source].layer, nodes[line.target].layer))
        between = [node.y + node.down for node in nodes.values() if first <= node.layer <= last]
        lane = max(between) + 34.0
        while any(a <= last and first <= b and abs(x - lane) < 58 for a, b, x in self.lanes):
            lane += 58.0
        self.lanes.append((first, last, lane))
        return lane

    def _back(self, line: Line) -> Html:
        (x1, y1), (x2, y2) = self._at(line.source), self._at(line.target)
        x1, x2 = x1 + _half(line.source), x2 + _half(line.target) + 2
        y1, y2 = y1 + 12, y2 + 12
        lane = self._lane(line)
        way = f"M{x1:.1f},{y1:.1f} C{lane:.1f},{y1:.1f} {lane:.1f},{y1:.1f} {lane:.1f},{(y1 + y2) / 2:.1f}"
        way += f" C{lane:.1f},{y2:.1f} {lane:.1f},{y2:.1f} {x2:.1f},{y2:.1f}"
        self._label(line, lane, (y1 + y2) / 2)
        return self._path(line, way)

    def _path(self, line: Line, way: str) -> Html:
        width = 1.2 + 5.0 * line.count / self.most
        name = "way slow" if line.slow else "way"
        return tag(
            "path", d=way, class_=name, stroke_width=f"{width:.1f}", marker_end=f"url(#{self.ident}-arrow)"
        )

    def _label(self, line: Line, x: float, y: float) -> None:
        if line.median is None or line.count < 0.02 * self.most:
            return
        told = [f"{line.count:,}"]
        if line.median >= words.HOUR:
            told.append(_brief(line.median))
        spans = [
            tag("tspan", part, x=f"{x:.1f}", dy="0" if not number else "13")
            for number, part in enumerate(told)
        ]
        y -= 6.5 * (len(told) - 1) - 4
        self.marks.append(
            tag("text", spans, x=f"{x:.1f}", y=f"{y:.1f}", class_="told slow" if line.slow else "told")
        )

    def _box(self, name: str) -> Html:
        x, y = self._at(name)
        if name in (_BEGIN, _END):
            shape = tag(
                "rect", x=f"{x - 30:.1f}", y=f"{y - 15:.1f}", width="60", height="30", rx="15", class_="edge"
            )
            return joined(
                shape,
                tag(
                    "text",
                    "begin" if name == _BEGIN else "end",
                    x=f"{x:.1f}",
                    y=f"{y + 5:.1f}",
                    class_="name",
                ),
            )
        found = _wrapped(self.study.named(name))
        top = y - HEIGHT / 2 + (21 if len(found) == 2 else 28)
        written = [
            tag("text", line, x=f"{x:.1f}", y=f"{top + 16 * number:.1f}", class_="name")
            for number, line in enumerate(found)
        ]
        count = tag(
            "text",
            words.many(self.counts[name].cases, "case"),
            x=f"{x:.1f}",
            y=f"{y + HEIGHT / 2 - 8:.1f}",
            class_="count",
        )
        box = tag(
            "rect",
            x=f"{x - WIDTH / 2:.1f}",
            y=f"{y - HEIGHT / 2:.1f}",
            width=f"{WIDTH:.0f}",
            height=f"{HEIGHT:.0f}",
            rx="8",
            class_="box",
        )
        return tag("g", tag("title", self.study.named(name)), box, written, count)


def _brief(seconds: float) -> str:
    return f"{seconds / words.DAY:,.0f} d" if seconds >= 1.5 * words.DAY else f"{seconds / words.HOUR:,.0f} h"


def _wrapped(name: str) -> list[str]:
    """At most two lines."""
    rows: list[str] = [""]
    for word in name.replace("\n", " ").split(" "):
        if rows[-1] and len(rows[-1]) + 1 + len(word) > _LETTERS:
            rows.append("")
        rows[-1] = f"{rows[-1]} {word}".strip()
    found = [words.shortened(row, _LETTERS) for row in rows[:2]]
    if len(rows) > 2:
        found[1] = words.shortened(f"{rows[1]} {rows[2]}", _LETTERS)
    return found


def widest(study: Study) -> Line | None:
    """The slowest of the frequent ways, for the heading."""
    known = defaultdict(float, {line: line.median or 0.0 for line in lines(study)})
    best = max(known, key=lambda line: known[line], default=None)
    return best if best and known[best] > 0 else None
