"""The figures and lines of one diagram put together, from back to front, with what is laid over them."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from towpath.engines.bpmn.draw import icons
from towpath.engines.bpmn.draw.ink import along, circle, hanging, head, middle, n, path, pill, sign
from towpath.engines.bpmn.draw.rows import in_order
from towpath.engines.bpmn.draw.shapes import FULL, named_at, shape
from towpath.engines.bpmn.draw.told import Deviation, Told
from towpath.engines.bpmn.figures import Box, Diagram, Figure, Line, Point, Sort
from towpath.engines.bpmn.lettering import LINE, fit, width

_MARGIN = 24
_LAYERS: tuple[tuple[Sort, ...], ...] = (("pool",), ("lane",), ("group",), ("subprocess",))
_SHORT = {
    "intermediateThrowEvent": "throw",
    "intermediateCatchEvent": "catch",
    "eventBasedGateway": "event",
    "businessRuleTask": "decision",
    "serviceTask": "step",
    "callActivity": "call",
    "transaction": "subprocess",
    "adHocSubProcess": "subprocess",
    "subProcess": "subprocess",
}


class Picture:
    def __init__(self, told: Told, rtl: bool, ident: str) -> None:
        self.told = told
        self.diagram: Diagram = told.diagram
        self.rtl = rtl
        self.ident = f"{told.diagram.id}{ident}"

    def svg(self) -> str:
        title, described = f"title-{self.ident}", f"description-{self.ident}"
        x, y, width, height = self._frame()
        direction = ' direction="rtl"' if self.rtl else ""
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" '
            f'aria-labelledby="{title} {described}" viewBox="{n(x)} {n(y)} {n(width)} {n(height)}" '
            f'width="{n(width)}" height="{n(height)}" font-family="system-ui, sans-serif" font-size="12"{direction} '
            f'fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round">',
            f'<title id="{title}">{escape(self.told.text(self.diagram) or self.diagram.id)}</title>',
            f'<desc id="{described}">{escape(self._description())}</desc>',
            *(self._figure(figure) for sorts in _LAYERS for figure in self._of(*sorts)),
            *(self._line(line) for line in self.diagram.lines.values()),
            *(self._figure(figure) for figure in self._of("task", "event", "gateway", "data", "note")),
            *(self._name(line) for line in self.diagram.lines.values()),
            *(self._deviation(way) for way in self.told.deviations),
            *(self._laid_over(figure) for figure in self.diagram.figures.values()),
            "</svg>",
        ]
        return "\n".join(part for part in parts if part)

    def _of(self, *sorts: Sort) -> list[Figure]:
        """Figures of one layer; boundary events last, for they lie on their activities."""
        found = [f for f in self.diagram.figures.values() if f.sort in sorts and f.id in self.diagram.shapes]
        return sorted(found, key=lambda figure: bool(figure.attached))

    def _frame(self) -> tuple[float, float, float, float]:
        boxes = [*self.diagram.shapes.values(), *self.diagram.labels.values(), *self._names()]
        points = [point for edge in self.diagram.edges.values() for point in edge]
        left = min([box.x for box in boxes] + [x for x, _ in points], default=0)
        top = min([box.y for box in boxes] + [y for _, y in points], default=0)
        right = max([box.right for box in boxes] + [x for x, _ in points], default=0)
        bottom = max([box.bottom for box in boxes] + [y for _, y in points], default=0)
        if self.told.deviations:
            top -= 60
        return left - _MARGIN, top - _MARGIN, right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN

    def _names(self) -> list[Box]:
        """Where the names of events, gateways and data reach to."""
        return [
            named_at(self.diagram.shapes[figure.id], text, self.diagram.labels.get(figure.id))
            for figure in self._of("event", "gateway", "data")
            if (text := self.told.text(figure))
        ]

    def _description(self) -> str:
        """What the picture shows, in words: the activities, and what the overlay says of each."""
        return "; ".join(
            self.told.full(figure)
            for figure in in_order(self.told)
            if figure.sort in ("task", "subprocess") or figure.id in self.told.overlay
        )

    def _figure(self, figure: Figure) -> str:
        told = self.told
        box = self.diagram.shapes[figure.id]
        drawn = shape(figure, box, told.text(figure), self.diagram.labels.get(figure.id), self.rtl)
        sort = "task" if figure.sort == "subprocess" else figure.sort
        classes = told.classes(figure.id, f"bpmn-{sort}", f"bpmn-{_short(figure)}")
        if told.has(figure.id, "skipped"):  # its border only, which is drawn first
            drawn = drawn.replace(' fill="Canvas"', ' fill="Canvas" stroke-dasharray="5 4"', 1)
        return f'<g class="{classes}"><title>{escape(told.full(figure))}</title>{drawn}</g>'

    # Lines

    def _line(self, line: Line) -> str:
        points = self.diagram.edges.get(line.id)
        if points is None:
            return ""
        if line.tag == "association":
            ends = head(points, "open") if line.mark else ""
            ends += head(points[::-1], "open") if line.mark == "both" else ""
            drawn = path(points, ' stroke-dasharray="1 4" stroke-linecap="round"') + ends
            return f'<g class="{self.told.classes(line.id, "bpmn-association")}">{drawn}</g>'
        if line.tag == "messageFlow":
            drawn = path(points, ' stroke-dasharray="7 5"') + circle(points[0], 4) + head(points, "hollow")
            return f'<g class="{self.told.classes(line.id, "bpmn-message-flow")}">{drawn}</g>'
        weight = self.told.overlay.get(line.id, {}).get("weight", "")
        pixels = min(12.0, float(weight)) if _is_number(weight) else 1.5
        wide = f' stroke-width="{n(pixels)}"' if weight else ""
        dashed = ' stroke-dasharray="5 4"' if self.told.has(line.id, "skipped") else ""
        drawn = path(points, wide + dashed) + head(points, size=8.5 + pixels) + self._start(line, points)
        return f'<g class="{self.told.classes(line.id, "bpmn-flow")}">{drawn}</g>'

    def _start(self, line: Line, points: tuple[Point, ...]) -> str:
        """The stroke across a default flow, and the diamond of a condition on a flow out of an activity."""
        if line.mark == "default":
            (x, y), (dx, dy) = along(points, 11)
            ends = x - 3 * dx + 5 * dy, y - 3 * dy - 5 * dx, x + 3 * dx - 5 * dy, y + 3 * dy + 5 * dx
            return f'<path d="M{n(ends[0])} {n(ends[1])}L{n(ends[2])} {n(ends[3])}"/>'
        if line.mark == "conditional" and self.diagram.figures[line.source].sort in ("task", "subprocess"):
            (x, y), (dx, dy) = along(points, 9)
            return sign("M-9 0 0-5.5 9 0 0 5.5z", (x + dx * 0.5, y + dy * 0.5), ' fill="Canvas"')
        return ""

    def _name(self, line: Line) -> str:
        """The name of a line, and what is laid over it, above the figures so that both can be read."""
        points, mark = self.diagram.edges.get(line.id), self.told.overlay.get(line.id, {})
        text = self.told.text(line)
        said = " · ".join(filter(None, [mark.get("label", ""), mark.get("note", "")]))
        if points is None or not (text or said):
            return ""
        where = self.diagram.labels.get(line.id) or _beside(points, text, self.rtl)
        drawn = hanging(where, text, 90, upwards=_stands_on(where, points)) + (
            pill(said, middle(points), "badge") if said else ""
        )
        return f'<g class="{self.told.classes(line.id, "bpmn-line-name")}">{drawn}</g>'

    def _deviation(self, way: Deviation) -> str:
        """A bow above the picture's own lines, dashed: nobody will take it for a flow of the model."""
        shapes = self.diagram.shapes
        if way.source not in shapes or way.target not in shapes:
            return ""
        start, end = shapes[way.source], shapes[way.target]
        x1, x2 = start.centre[0] + 8, end.centre[0] - 8
        high = min(start.y, end.y) - 30 - min(60.0, abs(x2 - x1) / 8)
        bow = f"M{n(x1)} {n(start.y)}C{n(x1)} {n(high)} {n(x2)} {n(high)} {n(x2)} {n(end.y)}"
        text = (
            pill(way.label, ((x1 + x2) / 2, (min(start.y, end.y) + 3 * high) / 4), "badge")
            if way.label
            else ""
        )
        drawn = f'<path d="{bow}" stroke-dasharray="7 5" stroke-width="2"/>{head(((x2, high), (x2, end.y)))}{text}'
        return f'<g class="bpmn-deviation is-deviating">{drawn}</g>'

    # What is laid over

    def _laid_over(self, figure: Figure) -> str:
        mark, box = self.told.overlay.get(figure.id, {}), self.diagram.shapes.get(figure.id)
        if not mark or box is None:
            return ""
        small = figure.sort in ("event", "gateway")
        label, note = mark.get("label", ""), mark.get("note", "")
        end, start = (box.x, box.right) if self.rtl else (box.right, box.x)
        inwards = 1 if self.rtl else -1
        drawn = pill(label, (end + inwards * (width(label) / 2 - 4), box.y), "badge") if label else ""
        if note:
            foot = box.y - 23 if small else box.bottom
            drawn += pill(note, (end + inwards * (width(note) / 2 - 4), foot), "badge")
        corner = (start - inwards * (3 if small else 2), box.y + 2)
        if self.told.has(figure.id, "current"):
            drawn += circle(corner, 9) + circle(corner, 4.5, FULL)
        elif self.told.has(figure.id, "done"):
            drawn += circle(corner, 9, FULL) + sign(icons.DONE, corner, ' stroke="Canvas" stroke-width="2"')
        return f'<g class="{self.told.classes(figure.id, "bpmn-over")}">{drawn}</g>' if drawn else ""


def _short(figure: Figure) -> str:
    plain = figure.tag.removesuffix("Task").removesuffix("Event").removesuffix("Gateway")
    return _SHORT.get(figure.tag, plain.lower() or "task")


def _is_number(text: str) -> bool:
    try:
        return 0 < float(text) < 1000
    except ValueError:
        return False


def _stands_on(label: Box, points: tuple[Point, ...]) -> bool:
    """Whether a piece of the line runs closely under its name."""
    return any(
        abs(y1 - y2) < 1
        and 0 <= y1 - label.centre[1] < 2 * LINE
        and min(x1, x2) < label.right
        and label.x < max(x1, x2)
        for (x1, y1), (x2, y2) in pairwise(points)
    )


def _beside(points: tuple[Point, ...], text: str, rtl: bool) -> Box:
    """Above the first piece of a line that goes sideways and has room, else beside the first piece."""
    size, found = fit(text, 90, 5 * LINE)
    wide, tall = max((width(line, size) for line in found), default=0.0), len(found) * LINE
    # The first piece out of a gateway is often shared by several lines.
    pieces = list(pairwise(points))
    for (x1, y1), (x2, y2) in pieces[1:] + pieces[:1]:
        if abs(y1 - y2) < 1 and abs(x2 - x1) >= wide + 6:
            x = (min(x1, x2) if (x2 > x1) != rtl or len(pieces) == 1 else max(x1, x2) - wide - 8) + 4
            return Box(x, y1 - tall - 4, wide, tall)
    (x1, y1), (x2, y2) = pieces[-1]
    return Box((x1 + x2) / 2 - wide / 2, (y1 + y2) / 2 - tall - 4, wide, tall)
