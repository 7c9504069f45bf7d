"""Diagram interchange: where each element of a process lies."""

from __future__ import annotations

from collections.abc import Collection

from towpath.engines.bpmn.dialect import BPMN
from towpath.engines.bpmn.model import Box, Diagram
from towpath.engines.xmltree import Node

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_SURROUNDINGS = ("participant", "lane", "textAnnotation")
_SANE = 1e6  # a picture wider than a million pixels is a mistake


def read(root: Node, ids: Collection[str]) -> Diagram:
    """Shapes and edges of `ids` (elements and flows) and of the pools, lanes and notes around them.

    Never refuses a model: what is drawn badly is left out of the picture, not of the process.
    """
    surroundings = {
        node.attrs["id"]: (node.tag, _words(node))
        for node in root.iter()
        if node.ns == BPMN and node.tag in _SURROUNDINGS and "id" in node.attrs
    }
    shapes: dict[str, Box] = {}
    edges: dict[str, tuple[tuple[float, float], ...]] = {}
    labels: dict[str, Box] = {}
    for node in root.iter():
        target = node.attrs.get("bpmnElement", "").rpartition(":")[2]
        if node.ns != _DI or (target not in ids and target not in surroundings):
            continue
        if node.tag == "BPMNShape" and (box := _box(node)):
            shapes[target] = box
        elif node.tag == "BPMNEdge" and len(points := _points(node)) > 1:
            edges[target] = points
        label = node.find("BPMNLabel", _DI)
        if label is not None and (box := _box(label)):
            labels[target] = box
    return Diagram(
        shapes, edges, labels, {name: said for name, said in surroundings.items() if name in shapes}
    )


def _words(node: Node) -> str:
    text = node.find("text", BPMN)
    return text.text.strip() if text is not None else node.attrs.get("name", "")


def _box(node: Node) -> Box | None:
    bounds = node.find("Bounds")
    if bounds is None:
        return None
    numbers = [_number(bounds.attrs.get(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = (number or 0.0 for number in numbers)
    return None if None in numbers or width < 0 or height < 0 else Box(x, y, width, height)


def _points(node: Node) -> tuple[tuple[float, float], ...]:
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
