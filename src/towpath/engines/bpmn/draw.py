"""A process as accessible SVG, from its diagram interchange.

No style attributes and no scripts, so it passes a strict content security policy; the surface's style sheet
colours it by class. Without one it is still right: plain lines in the colour of the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from towpath.engines.bpmn.errors import BpmnError, Problem
from towpath.engines.bpmn.model import ACTIVITIES, GATEWAYS, Box, Diagram, Element, Flow, Process

_MARGIN = 24
_LETTER = 6.6  # width of a letter at 12 px, on average
_LINE = 14

Overlay = Mapping[str, Mapping[str, str]]


def draw(process: Process, overlay: Overlay | None = None, texts: Mapping[str, str] | None = None) -> str:
    """The diagram of a process. BpmnError if the file has none.

    `overlay`: element or flow id -> {"class": "current", "label": "3"}. `texts`: id -> what is written there
    in the reader's language, for elements, flows, lanes and the process itself, and for the classes of the overlay.
    """
    if not any(name in process.diagram.shapes for name in process.elements):
        right = "open the file in a BPMN editor and save it"
        raise BpmnError([Problem(process.id, process.name, process.line, "has no diagram to draw", right)])
    return _Drawing(process, overlay or {}, texts or {}).svg()


class _Drawing:
    def __init__(self, process: Process, overlay: Overlay, texts: Mapping[str, str]) -> None:
        self.process = process
        self.diagram: Diagram = process.diagram
        self.overlay = overlay
        self.texts = texts

    def svg(self) -> str:
        title, described, arrow = (f"{part}-{self.process.id}" for part in ("title", "description", "arrow"))
        x, y, width, height = self._frame()
        parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="bpmn" role="img" '
            f'aria-labelledby="{title} {described}" viewBox="{_n(x)} {_n(y)} {_n(width)} {_n(height)}" '
            f'width="{_n(width)}" height="{_n(height)}" font-family="system-ui, sans-serif" font-size="12" '
            f'fill="none" stroke="currentColor" stroke-width="1.5">',
            f'<title id="{title}">{escape(self._text(self.process))}</title>',
            f'<desc id="{described}">{escape(self._description())}</desc>',
            f'<defs><marker id="{arrow}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
            'orient="auto-start-reverse"><path class="bpmn-arrow" d="M0 0 10 5 0 10z" fill="currentColor" '
            'stroke="none"/></marker></defs>',
            # From back to front: subprocesses lie under their contents, boundary events on their activities.
            *(self._surrounding(name) for name in self.diagram.surroundings),
            *(self._element(element) for element in self._drawn("subprocess")),
            *(self._flow(flow, arrow) for flow in self.process.flows.values()),
            *(self._element(element) for element in self._drawn()),
            *(self._element(element) for element in self._drawn("boundary")),
            "</svg>",
        ]
        return "\n".join(part for part in parts if part)

    def _drawn(self, layer: str = "") -> list[Element]:
        """The elements of a kind that needs a layer of its own, or all others."""
        return [
            element
            for element in self.process.elements.values()
            if element.id in self.diagram.shapes
            and (element.kind if element.kind in ("subprocess", "boundary") else "") == layer
        ]

    def _frame(self) -> tuple[float, float, float, float]:
        boxes = [*self.diagram.shapes.values(), *self.diagram.labels.values()]
        points = [point for edge in self.diagram.edges.values() for point in edge]
        left = min([box.x for box in boxes] + [x for x, _ in points])
        top = min([box.y for box in boxes] + [y for _, y in points])
        right = max([box.x + box.width for box in boxes] + [x for x, _ in points])
        # Below an event or gateway without a label of its own stands its name.
        bottom = max([box.y + box.height + 2 * _LINE for box in boxes] + [y for _, y in points])
        return left - _MARGIN, top - _MARGIN, right - left + 2 * _MARGIN, bottom - top + 2 * _MARGIN

    def _text(self, thing: Element | Flow | Process) -> str:
        return self.texts.get(thing.id, thing.name)

    def _description(self) -> str:
        """What the picture shows, in words: the activities, and what the overlay says of each."""
        parts = []
        for element in self.process.elements.values():
            if element.kind in ACTIVITIES or element.id in self.overlay:
                mark = self.overlay.get(element.id, {})
                said = [self.texts.get(word, word) for word in mark.get("class", "").split()]
                said += [mark["label"]] if mark.get("label") else []
                name = self._text(element) or element.id
                parts.append(f"{name} ({', '.join(said)})" if said else name)
        return "; ".join(parts)

    def _classes(self, name: str, *own: str) -> str:
        marks = self.overlay.get(name, {}).get("class", "").split()
        return escape(" ".join([*own, *(f"is-{mark}" for mark in marks)]))

    def _surrounding(self, name: str) -> str:
        tag, text = self.diagram.surroundings[name]
        box = self.diagram.shapes[name]
        text = self.texts.get(name, text)
        if tag == "textAnnotation":
            edge = f'<path d="M{_n(box.x + 8)} {_n(box.y)}h-8v{_n(box.height)}h8"/>'
            return f'<g class="bpmn-note">{edge}{_inside(box, text)}</g>'
        x, y = box.x + 15, box.y + box.height / 2
        label = f'<g transform="rotate(-90 {_n(x)} {_n(y)})">{_lines([text], x, y)}</g>'
        return f'<g class="bpmn-{tag}">{_rect(box, 0)}{label}</g>'

    def _flow(self, flow: Flow, arrow: str) -> str:
        points = self.diagram.edges.get(flow.id)
        if points is None:
            return ""
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        line = f'<polyline points="{path}" marker-end="url(#{arrow})"/>'
        (x1, y1), (x2, y2) = points[0], points[1]
        box = self.diagram.labels.get(flow.id) or Box((x1 + x2) / 2 - 30, (y1 + y2) / 2 - 18, 60, _LINE)
        said = " ".join(filter(None, [self._text(flow), self.overlay.get(flow.id, {}).get("label", "")]))
        return f'<g class="{self._classes(flow.id, "bpmn-flow")}">{line}{_inside(box, said)}</g>'

    def _element(self, element: Element) -> str:
        box = self.diagram.shapes[element.id]
        text = self._text(element)
        if element.kind == "subprocess":
            shape = _rect(box, 10) + _lines([text], box.x + box.width / 2, box.y + _LINE)
        elif element.kind in ACTIVITIES:
            shape = _rect(box, 10) + _inside(box, text)
        else:
            shape = _gateway(element, box) if element.kind in GATEWAYS else _event(element, box)
            under = Box(box.x + box.width / 2 - 45, box.y + box.height + 2, 90, 2 * _LINE)
            shape += _inside(self.diagram.labels.get(element.id, under), text)
        if element.many:
            x, y = box.x + box.width / 2, box.y + box.height - 4
            shape += f'<path d="M{_n(x - 4)} {_n(y)}v-8m4 8v-8m4 8v-8"/>'
        kind = "gateway" if element.kind in GATEWAYS else "task" if element.kind in ACTIVITIES else "event"
        classes = self._classes(element.id, f"bpmn-{kind}", f"bpmn-{element.kind}")
        return f'<g class="{classes}">{shape}{self._badge(element, box)}</g>'

    def _badge(self, element: Element, box: Box) -> str:
        label = self.overlay.get(element.id, {}).get("label", "")
        if not label:
            return ""
        width = max(20.0, len(label) * _LETTER + 10)
        x, y = box.x + box.width - width / 2, box.y - 10
        rect = f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="20" rx="10" fill="Canvas"/>'
        return f'<g class="bpmn-badge">{rect}{_lines([label], x + width / 2, y + 14)}</g>'


def _gateway(element: Element, box: Box) -> str:
    x, y, w, h = box.x, box.y, box.width / 2, box.height / 2
    shape = f'<path d="M{_n(x + w)} {_n(y)}l{_n(w)} {_n(h)}-{_n(w)} {_n(h)}-{_n(w)}-{_n(h)}z" fill="Canvas"/>'
    x, y = x + w, y + h
    marks = {
        "exclusive": f'<path d="M{_n(x - 6)} {_n(y - 8)}l12 16m0-16l-12 16" stroke-width="3"/>',
        "parallel": f'<path d="M{_n(x)} {_n(y - 10)}v20m-10-10h20" stroke-width="3"/>',
        "inclusive": f'<circle cx="{_n(x)}" cy="{_n(y)}" r="9" stroke-width="3"/>',
        "event": f'<circle cx="{_n(x)}" cy="{_n(y)}" r="11"/><path d="M{_n(x)} {_n(y - 7)}l7 5-3 8h-8l-3-8z"/>',
    }
    return shape + marks[element.kind]


def _event(element: Element, box: Box) -> str:
    x, y, r = box.x + box.width / 2, box.y + box.height / 2, min(box.width, box.height) / 2
    dashed = ' stroke-dasharray="4 3"' if not element.interrupting else ""
    ring = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r)}" fill="Canvas"{dashed}'
    ring += ' stroke-width="3"/>' if element.kind == "end" else "/>"
    if element.kind in ("catch", "throw", "boundary"):
        ring += f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r - 3)}"{dashed}/>'
    if element.timer:
        ring += f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r * 0.55)}"/><path d="M{_n(x)} {_n(y - 7)}v7h5"/>'
    elif element.message:
        fill = ' fill="currentColor"' if element.kind == "throw" else ""
        ring += f'<path d="M{_n(x - 8)} {_n(y - 5)}h16v11h-16zl8 6 8-6"{fill}/>'
    elif element.error is not None:
        ring += f'<path d="M{_n(x - 7)} {_n(y + 7)}l5-12 5 7 4-9-4 13-5-7z"/>'
    elif element.terminate:
        ring += f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(r * 0.55)}" fill="currentColor"/>'
    return ring


def _rect(box: Box, radius: int) -> str:
    size = f'width="{_n(box.width)}" height="{_n(box.height)}" rx="{radius}"'
    return f'<rect x="{_n(box.x)}" y="{_n(box.y)}" {size} fill="Canvas"/>'


def _inside(box: Box, text: str) -> str:
    """Text wrapped to a box and centred in it."""
    lines = _wrapped(text, box.width)
    top = box.y + box.height / 2 - len(lines) * _LINE / 2 + 11
    return _lines(lines, box.x + box.width / 2, top)


def _wrapped(text: str, width: float) -> list[str]:
    room = max(6, int((width - 8) / _LETTER))
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= room:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return lines


def _lines(lines: list[str], x: float, y: float) -> str:
    if not any(lines):
        return ""
    spans = "".join(
        f'<tspan x="{_n(x)}" y="{_n(y + number * _LINE)}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f'<text text-anchor="middle" fill="currentColor" stroke="Canvas" stroke-width="3" paint-order="stroke">{spans}</text>'


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
