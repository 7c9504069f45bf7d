"""What a picture of a process is made of: figures, lines between them, and where each lies.

It knows the whole notation, also what is not run: a picture is drawn before a model is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

Point = tuple[float, float]
Sort = Literal["task", "event", "gateway", "subprocess", "data", "note", "group", "pool", "lane"]

_SORTS: Mapping[Sort, tuple[str, ...]] = {
    "task": (
        "task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask", "scriptTask",
        "businessRuleTask", "callActivity",
    ),
    "event": ("startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"),
    "gateway": (
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway",
    ),
    "subprocess": ("subProcess", "transaction", "adHocSubProcess"),
    "data": ("dataObjectReference", "dataObject", "dataStoreReference", "dataInput", "dataOutput"),
    "note": ("textAnnotation",),
    "group": ("group",),
    "pool": ("participant",),
    "lane": ("lane",),
}  # fmt: skip
SORTS: Mapping[str, Sort] = {tag: sort for sort, tags in _SORTS.items() for tag in tags}
NODES: frozenset[Sort] = frozenset({"task", "event", "gateway", "subprocess"})


@dataclass(frozen=True, slots=True)
class Box:
    """Where a shape lies on the diagram, in its own units (pixels)."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True, slots=True)
class Figure:
    """One element as it is drawn.

    `scope` is the subprocess that it lies in, else its process; `process` is that of a pool. `event` is what
    the event is about ("timer", "multiple" ...). `marks` stand at the foot of an activity (loop, parallel,
    sequential, compensation, adhoc, collapsed, call) or say more of its border (transaction, event).
    """

    id: str
    tag: str
    name: str
    scope: str = ""
    event: str = ""
    throws: bool = False
    interrupting: bool = True
    attached: str = ""
    lane: str = ""
    process: str = ""
    marks: tuple[str, ...] = ()

    @property
    def sort(self) -> Sort:
        return SORTS[self.tag]


@dataclass(frozen=True, slots=True)
class Line:
    """`mark`: "default" or "conditional" of a flow that leaves an activity, "one" or "both" of an association."""

    id: str
    tag: Literal["sequenceFlow", "messageFlow", "association"]
    name: str
    source: str
    target: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Diagram:
    """The picture of one process, with the pools that it talks to. `labels` are those of lines and events.

    Shapes and edges may be missing: `layout.complete` finds a place for everything.
    """

    id: str
    name: str
    figures: Mapping[str, Figure]
    lines: Mapping[str, Line]
    shapes: Mapping[str, Box]
    edges: Mapping[str, tuple[Point, ...]]
    labels: Mapping[str, Box]

    def inside(self, scope: str) -> list[Figure]:
        return [figure for figure in self.figures.values() if figure.scope == scope]

    def shown(self, figure: Figure) -> bool:
        """Nothing in a collapsed subprocess is drawn, unless it has a place of its own."""
        if figure.id in self.shapes:
            return True
        around = self.figures.get(figure.scope)
        while around is not None:
            if "collapsed" in around.marks:
                return False
            around = self.figures.get(around.scope)
        return True

    def mirrored(self) -> Diagram:
        """For readers from right to left: the same picture, seen from the other side."""
        return replace(
            self,
            shapes={name: _turned(box) for name, box in self.shapes.items()},
            labels={name: _turned(box) for name, box in self.labels.items()},
            edges={name: tuple((-x, y) for x, y in edge) for name, edge in self.edges.items()},
        )


def _turned(box: Box) -> Box:
    return Box(-box.right, box.y, box.width, box.height)
