"""A process tree as BPMN 2.0, sound by its making, with its diagram."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from towpath.engines import bpmn
from towpath.engines.bpmn.layout import complete
from towpath.engines.mining.discover import Tree

_SPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)


class _Writer:
    def __init__(self) -> None:
        self.elements: list[str] = []
        self.flows: list[str] = []

    def element(self, tag: str, name: str = "") -> str:
        ident = f"{tag}_{len(self.elements) + 1}"
        shown = "".join(one if one.isprintable() else " " for one in name)
        self.elements.append(f"<{tag} id={quoteattr(ident)}{f' name={quoteattr(shown)}' if name else ''}/>")
        return ident

    def flow(self, source: str, target: str) -> str:
        ident = f"flow_{len(self.flows) + 1}"
        self.flows.append(f'<sequenceFlow id="{ident}" sourceRef="{source}" targetRef="{target}"/>')
        return target

    def part(self, tree: Tree, source: str) -> str:
        """Writes what comes after `source`; its last element."""
        match tree.kind:
            case "nothing":
                return source
            case "task":
                return self.flow(source, self.element("task", tree.name))
            case "sequence":
                for one in tree.parts:
                    source = self.part(one, source)
                return source
            case "loop":
                begun = self.flow(source, self.element("exclusiveGateway"))
                done = self.flow(self.part(tree.parts[0], begun), self.element("exclusiveGateway"))
                for one in tree.parts[1:]:
                    self.flow(self.part(one, done), begun)
                return done
            case "choice" | "parallel":
                tag = "exclusiveGateway" if tree.kind == "choice" else "parallelGateway"
                split = self.flow(source, self.element(tag))
                join = self.element(tag)
                for one in tree.parts:
                    self.flow(self.part(one, split), join)
                return join


def text(tree: Tree) -> str:
    """Not to be run: its choices have no conditions. `bpmn.load(..., drawn=True)` reads it."""
    writer = _Writer()
    last = writer.part(tree, writer.element("startEvent"))
    writer.flow(last, writer.element("endEvent"))
    process = f'<process id="found" isExecutable="false">{"".join(writer.elements + writer.flows)}</process>'
    plane = _plane(bpmn.sketch(f"<definitions {_SPACES}>{process}</definitions>"))
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {_SPACES} targetNamespace="urn:towpath:found">'
    )
    return f"{head}{process}{plane}</definitions>\n".replace("><", ">\n<")


def _plane(diagram: bpmn.Diagram) -> str:
    placed = complete(diagram)
    shown = [
        f'<bpmndi:BPMNShape id="{name}_shape" bpmnElement="{name}">'
        f'<dc:Bounds x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"/></bpmndi:BPMNShape>'
        for name, box in placed.shapes.items()
    ]
    for name, points in placed.edges.items():
        way = "".join(f'<di:waypoint x="{x:g}" y="{y:g}"/>' for x, y in points)
        shown.append(f'<bpmndi:BPMNEdge id="{name}_edge" bpmnElement="{name}">{way}</bpmndi:BPMNEdge>')
    return (
        f'<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="found">{"".join(shown)}'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
