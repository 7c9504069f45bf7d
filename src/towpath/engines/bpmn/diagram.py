"""The picture in a BPMN file: its notation, and its diagram interchange (where each element lies).

Never refuses a model: what is drawn badly is left out of the picture, not of the process.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Literal

from towpath.engines.bpmn.figures import SORTS, Box, Diagram, Figure, Line, Point
from towpath.engines.xmltree import Node, parse

_BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_SANE = 1e6  # a picture wider than a million pixels is a mistake
_BETWEEN = 60.0  # a subprocess drawn on a plane of its own comes under the others
_LOOPS = {"standardLoopCharacteristics": "loop", "multiInstanceLoopCharacteristics": "parallel"}
_TAGS: Mapping[str, Literal["sequenceFlow", "messageFlow", "association"]] = {
    "sequenceFlow": "sequenceFlow",
    "messageFlow": "messageFlow",
    "association": "association",
}
_DIRECTIONS = {"One": "one", "Both": "both"}


def sketch(xml: str | bytes, process: str = "") -> Diagram:
    """The picture of a process of a file, whether it can be run or not; of the first one, if none is named.

    XmlError if the text is no XML that we read; ValueError if there is no such process.
    """
    root = parse(xml)
    for node in root.all("process", _BPMN):
        if process in ("", node.attrs.get("id")):
            return _Reader(root, node).diagram()
    raise ValueError(f"there is no process '{process}' in this file" if process else "there is no process")


def read(root: Node, ids: Collection[str]) -> Diagram:
    """The picture of the process that holds the elements and flows `ids`, with the pools around it."""
    for node in root.all("process", _BPMN):
        if any(inner.attrs.get("id") in ids for inner in node.iter()):
            return _Reader(root, node).diagram()
    return Diagram("", "", {}, {}, {}, {}, {})


class _Reader:
    def __init__(self, root: Node, process: Node) -> None:
        self.root = root
        self.process = process
        self.figures: dict[str, Figure] = {}
        self.lines: dict[str, Line] = {}
        self.defaults: set[str] = set()
        self.lane_of: dict[str, str] = {}
        self.definitions = {
            node.attrs.get("id", ""): node for node in root.children if node.tag.endswith("EventDefinition")
        }

    def diagram(self) -> Diagram:
        own = self.process.attrs.get("id", "")
        pools = self._pools(own)
        beside = {pool.process for pool in pools} | {own}
        for pool in pools:
            self.figures[pool.id] = pool
        for node in self.root.all("process", _BPMN):
            if node.attrs.get("id", "") in beside:
                self._container(node)
        for collaboration in self.root.all("collaboration", _BPMN) if pools else ():
            self._artefacts(collaboration)
        self._finish_lines()
        shapes, edges, labels = self._places()
        name = self.process.attrs.get("name", "")
        return Diagram(own, name, self.figures, self.lines, shapes, edges, labels)

    # Notation

    def _pools(self, process: str) -> list[Figure]:
        """The pools of the collaboration that the process takes part in."""
        for collaboration in self.root.all("collaboration", _BPMN):
            pools = [
                Figure(
                    node.attrs["id"],
                    "participant",
                    node.attrs.get("name", ""),
                    process=_last(node.attrs.get("processRef", "")),
                    marks=("parallel",) if node.find("participantMultiplicity", _BPMN) else (),
                )
                for node in collaboration.all("participant", _BPMN)
                if "id" in node.attrs
            ]
            if any(pool.process == process for pool in pools):
                return pools
        return []

    def _container(self, node: Node) -> None:
        scope = node.attrs.get("id", "")
        for lanes in node.all("laneSet", _BPMN):
            self._lanes(lanes, scope)
        for child in node.children:
            if child.ns == _BPMN and child.tag in SORTS and "id" in child.attrs:
                self._figure(child, scope)
        self._artefacts(node)

    def _lanes(self, node: Node, scope: str, around: str = "") -> None:
        for lane in node.all("lane", _BPMN):
            name = lane.attrs.get("id", "")
            if not name:
                continue
            self.figures[name] = Figure(name, "lane", lane.attrs.get("name", ""), scope, lane=around)
            self.lane_of |= {_last(ref.text): name for ref in lane.all("flowNodeRef", _BPMN)}
            for nested in lane.all("childLaneSet", _BPMN):
                self._lanes(nested, scope, name)

    def _figure(self, node: Node, scope: str) -> None:
        event, interrupting = self._event(node)
        self.figures[node.attrs["id"]] = Figure(
            node.attrs["id"],
            node.tag,
            self._name(node),
            scope,
            event,
            throws=node.tag in ("endEvent", "intermediateThrowEvent"),
            interrupting=interrupting,
            attached=_last(node.attrs.get("attachedToRef", "")),
            lane=self.lane_of.get(node.attrs["id"], ""),
            marks=tuple(_marks(node)),
        )
        self.defaults.add(_last(node.attrs.get("default", "")))
        for tag in ("dataInputAssociation", "dataOutputAssociation"):
            for number, association in enumerate(node.all(tag, _BPMN)):
                self._data_association(association, node.attrs["id"], number)
        if SORTS[node.tag] == "subprocess":
            self._container(node)

    def _name(self, node: Node) -> str:
        if node.tag == "textAnnotation":
            text = node.find("text", _BPMN)
            return text.text.strip() if text is not None else ""
        name = node.attrs.get("name", "")
        state = node.find("dataState", _BPMN)
        said = state.attrs.get("name", "") if state is not None else ""
        return f"{name} [{said}]" if said else name

    def _event(self, node: Node) -> tuple[str, bool]:
        if node.tag == "eventBasedGateway":
            instantiates = node.attrs.get("instantiate") == "true"
            parallel = node.attrs.get("eventGatewayType") == "Parallel"
            return ("parallel" if parallel else "start" if instantiates else ""), True
        found = [
            child.tag.removesuffix("EventDefinition")
            for child in node.children
            if child.tag.endswith("EventDefinition")
        ]
        for reference in node.all("eventDefinitionRef", _BPMN):
            definition = self.definitions.get(_last(reference.text))
            found.append(definition.tag.removesuffix("EventDefinition") if definition else "none")
        many = "parallel-multiple" if node.attrs.get("parallelMultiple") == "true" else "multiple"
        interrupting = (
            node.attrs.get("cancelActivity") != "false" and node.attrs.get("isInterrupting") != "false"
        )
        return (found[0] if len(found) == 1 else many if found else ""), interrupting

    def _artefacts(self, node: Node) -> None:
        for number, child in enumerate(node.children):
            if child.ns != _BPMN:
                continue
            if (
                node.tag == "collaboration"
                and child.tag in ("textAnnotation", "group")
                and "id" in child.attrs
            ):
                self._figure(child, "")
            elif child.tag in ("sequenceFlow", "messageFlow", "association"):
                self._line(child, f"{node.attrs.get('id', '')}-{child.tag}-{number}")

    def _line(self, node: Node, otherwise: str) -> None:
        mark = _DIRECTIONS.get(node.attrs.get("associationDirection", ""), "")
        if node.tag == "sequenceFlow":
            mark = "conditional" if node.find("conditionExpression", _BPMN) is not None else ""
        name = node.attrs.get("id", otherwise)
        ends = _last(node.attrs.get("sourceRef", "")), _last(node.attrs.get("targetRef", ""))
        self.lines[name] = Line(name, _TAGS[node.tag], node.attrs.get("name", ""), *ends, mark)

    def _data_association(self, node: Node, owner: str, number: int) -> None:
        """Its end at the activity is an input or output of that activity, which is not drawn."""
        ends = [child.text for tag in ("sourceRef", "targetRef") for child in node.all(tag, _BPMN)]
        name = node.attrs.get("id", f"{owner}-{node.tag}-{number}")
        known = [_last(end) for end in ends]
        if node.tag == "dataInputAssociation" and known:
            self.lines[name] = Line(name, "association", "", known[0], owner, "one")
        elif known:
            self.lines[name] = Line(name, "association", "", owner, known[-1], "one")

    def _finish_lines(self) -> None:
        self.lines = {
            name: replace(line, mark="default") if name in self.defaults else line
            for name, line in self.lines.items()
            if line.source in self.figures and line.target in self.figures
        }
        linked = {end for line in self.lines.values() for end in (line.source, line.target)}
        drawn = {node.attrs.get("bpmnElement", "") for node in self.root.iter() if node.tag == "BPMNShape"}
        self.figures = {
            name: figure
            for name, figure in self.figures.items()
            if figure.tag not in ("dataObject", "group", "dataInput", "dataOutput")
            or name in drawn
            or name in linked
        }

    # Places

    def _places(self) -> tuple[dict[str, Box], dict[str, tuple[Point, ...]], dict[str, Box]]:
        shapes: dict[str, Box] = {}
        edges: dict[str, tuple[Point, ...]] = {}
        labels: dict[str, Box] = {}
        for plane in self._planes():
            lowest = max((box.bottom for box in shapes.values()), default=0.0)
            below = lowest + _BETWEEN - _top(plane) if shapes else 0.0
            for node in plane.children:
                target = _last(node.attrs.get("bpmnElement", ""))
                if node.ns != _DI or target in shapes or target in edges:
                    continue
                if node.tag == "BPMNShape" and target in self.figures and (box := _box(node)):
                    shapes[target] = box.moved(0, below)
                    self._presented(target, node)
                elif node.tag == "BPMNEdge" and target in self.lines and len(points := _points(node)) > 1:
                    edges[target] = tuple((x, y + below) for x, y in points)
                else:
                    continue
                label = node.find("BPMNLabel", _DI)
                if label is not None and (box := _box(label)):
                    labels[target] = box.moved(0, below)
        return shapes, edges, labels

    def _planes(self) -> Iterator[Node]:
        """Those that show something of this picture; that of the process or the collaboration first."""
        found = []
        for node in self.root.all("BPMNDiagram", _DI):
            for plane in node.all("BPMNPlane", _DI):
                targets = {_last(child.attrs.get("bpmnElement", "")) for child in plane.children}
                if not targets.isdisjoint(self.figures):
                    found.append(plane)
        yield from sorted(found, key=lambda plane: _last(plane.attrs.get("bpmnElement", "")) in self.figures)

    def _presented(self, name: str, shape: Node) -> None:
        """What only the diagram says: whether a subprocess is open, and which way a pool lies."""
        figure, more = self.figures[name], ""
        if figure.sort == "subprocess" and shape.attrs.get("isExpanded", "true") == "false":
            more = "collapsed"
        elif figure.sort in ("pool", "lane") and shape.attrs.get("isHorizontal", "true") == "false":
            more = "vertical"
        if more:
            self.figures[name] = replace(figure, marks=(*figure.marks, more))


def _marks(node: Node) -> Iterator[str]:
    for tag, mark in _LOOPS.items():
        for loop in node.all(tag, _BPMN):
            yield "sequential" if loop.attrs.get("isSequential") == "true" else mark
    if node.attrs.get("isForCompensation") == "true":
        yield "compensation"
    if node.attrs.get("isCollection") == "true":
        yield "parallel"
    if node.attrs.get("triggeredByEvent") == "true":
        yield "event"
    more = {"adHocSubProcess": "adhoc", "transaction": "transaction", "callActivity": "call"}
    if node.tag in more:
        yield more[node.tag]


def _last(reference: str) -> str:
    """A reference may have a prefix of its namespace."""
    return reference.strip().rpartition(":")[2]


def _top(plane: Node) -> float:
    return min((box.y for child in plane.children if (box := _box(child))), default=0.0)


def _box(node: Node) -> Box | None:
    bounds = node.find("Bounds")
    if bounds is None:
        return None
    numbers = [_number(bounds.attrs.get(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = (number or 0.0 for number in numbers)
    return None if None in numbers or width < 0 or height < 0 else Box(x, y, width, height)


def _points(node: Node) -> tuple[Point, ...]:
    points = [
        (_number(child.attrs.get("x")), _number(child.attrs.get("y"))) for child in node.all("waypoint")
    ]
    return tuple((x, y) for x, y in points if x is not None and y is not None)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if abs(number) < _SANE else None
