"""Constraints of BPMN 2.0 that are seen in the file itself: what its references point to, what belongs together.

The numbers are those of the constraints in Geiger et al., "BPMN 2.0 constraints" (University of Bamberg).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from towpath.engines.bpmn import data_rules
from towpath.engines.bpmn.dialect import ACTIVITY_TAGS, BPMN, DEFINITIONS, GLOBAL_TASKS, KINDS
from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.reader import local
from towpath.engines.xmltree import Node

_NODES = frozenset(KINDS)
_ITEM_AWARE = frozenset(
    {
        "dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "dataInput", "dataOutput",
        "property", "inputDataItem", "outputDataItem",
    }
)  # fmt: skip
# Attribute, or tag of a child that holds a reference -> what it may point to.
_REFERENCES: Mapping[str, frozenset[str]] = {
    "messageRef": frozenset({"message"}),
    "inMessageRef": frozenset({"message"}),
    "outMessageRef": frozenset({"message"}),
    "errorRef": frozenset({"error"}),
    "signalRef": frozenset({"signal"}),
    "escalationRef": frozenset({"escalation"}),
    "operationRef": frozenset({"operation"}),
    "processRef": frozenset({"process"}),
    "itemSubjectRef": frozenset({"itemDefinition"}),
    "itemRef": frozenset({"itemDefinition"}),
    "dataObjectRef": frozenset({"dataObject"}),
    "dataStoreRef": frozenset({"dataStore"}),
    "flowNodeRef": _NODES,
    "attachedToRef": ACTIVITY_TAGS,
    "activityRef": ACTIVITY_TAGS,
    "incoming": frozenset({"sequenceFlow"}),
    "outgoing": frozenset({"sequenceFlow"}),
    "default": frozenset({"sequenceFlow"}),
    "eventDefinitionRef": DEFINITIONS,
    "oneBehaviorEventRef": DEFINITIONS,
    "noneBehaviorEventRef": DEFINITIONS,
    "dataInputRefs": frozenset({"dataInput"}),
    "dataOutputRefs": frozenset({"dataOutput"}),
    "optionalInputRefs": frozenset({"dataInput"}),
    "optionalOutputRefs": frozenset({"dataOutput"}),
    "whileExecutingInputRefs": frozenset({"dataInput"}),
    "whileExecutingOutputRefs": frozenset({"dataOutput"}),
    "inputSetRefs": frozenset({"inputSet"}),
    "outputSetRefs": frozenset({"outputSet"}),
    "loopDataInputRef": frozenset({"dataInput", "dataObject", "dataObjectReference", "property"}),
    "loopDataOutputRef": frozenset({"dataOutput", "dataObject", "dataObjectReference", "property"}),
    "supportedInterfaceRef": frozenset({"interface"}),
    "categoryValueRef": frozenset({"categoryValue"}),
}
_MIME = re.compile(r"[\w.+-]+/[\w.+-]+( *;.*)?")


class File:
    """The nodes of one file by their ids, and what each of them lies in."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.nodes: dict[str, Node] = {}
        self.parents: dict[int, Node] = {}
        self.pools: dict[str, Node] = {}
        for node in root.iter():
            if node.ns == BPMN and "id" in node.attrs:
                self.nodes[node.attrs["id"]] = node
            if node.ns == BPMN and node.tag == "participant":
                self.pools.setdefault(local(node.attrs.get("processRef", "")), node)
            for child in node.children:
                self.parents[id(child)] = node

    def owner(self, node: Node) -> Node:
        """The nearest node that an author sees: one with an id."""
        while "id" not in node.attrs and id(node) in self.parents:
            node = self.parents[id(node)]
        return node

    def inside(self, node: Node, *tags: str) -> Node | None:
        """The nearest node around it of these tags."""
        at: Node | None = node
        while at is not None and at.tag not in tags:
            at = self.parents.get(id(at))
        return at

    def element(self, node: Node) -> Node:
        """The flow element that a piece of it belongs to."""
        found = self.inside(node, *_NODES, *GLOBAL_TASKS, "sequenceFlow", "process", "participant")
        return self.owner(node) if found is None else found


def check(root: Node, findings: Findings) -> None:
    file = File(root)
    for node in root.iter():
        if node.ns == BPMN:
            _references(file, node, findings)
            _attributes(node, findings)
    _flow_lists(file, findings)
    _collaborations(file, findings)
    for owner, what, right in data_rules.broken(file.root, file.nodes, file.element):
        findings.wrong(owner, what, right)


def _references(file: File, node: Node, findings: Findings) -> None:
    for name, text in _named(node):
        allowed = _REFERENCES[name]
        target = file.nodes.get(local(text))
        owner = file.element(node)
        if target is None and name in ("errorRef", "signalRef", "messageRef", "escalationRef", "attachedToRef",
                                       "default", "eventDefinitionRef", "activityRef",
                                       "oneBehaviorEventRef", "noneBehaviorEventRef"):  # fmt: skip
            continue  # said where it is read, in better words
        if target is None:
            findings.wrong(owner, f"its {name} '{text}' points to nothing", "name an element of this file")
        elif target.tag not in allowed:
            right = " or ".join(sorted(allowed)) if len(allowed) < 6 else "something of the right kind"
            findings.wrong(owner, f"its {name} '{text}' points to a {target.tag}", f"name {right}")


def _named(node: Node) -> Iterator[tuple[str, str]]:
    for name, text in node.attrs.items():
        if name in _REFERENCES and text:
            yield name, text
    if node.tag in _REFERENCES and node.text.strip():
        yield node.tag, node.text.strip()


def _attributes(node: Node, findings: Findings) -> None:
    public = node.tag == "process" and node.attrs.get("processType") == "Public"
    if public and node.attrs.get("isExecutable") == "true":  # 035
        findings.wrong(node, "a public process is not executable", "set processType='Private'")
    if node.tag == "textAnnotation" and not _MIME.fullmatch(node.attrs.get("textFormat", "text/plain")):
        findings.wrong(
            node, f"textFormat '{node.attrs['textFormat']}' is no MIME type", "write text/plain"
        )  # 010
    if node.tag == "participant":
        _multiplicity(node, findings)


def _multiplicity(node: Node, findings: Findings) -> None:  # 029, 030
    for multiplicity in node.all("participantMultiplicity", BPMN):
        try:
            least = int(multiplicity.attrs.get("minimum", "0"))
            most = int(multiplicity.attrs.get("maximum", "1"))
        except ValueError:
            least, most = 0, -1
        if least < 0 or most < max(1, least):
            what = "its multiplicity is not from 0 or more to 1 or more"
            findings.wrong(node, what, "set minimum and maximum right")


def _flow_lists(file: File, findings: Findings) -> None:
    """023: who lists incoming and outgoing flows lists them all. Files that list none leave it to the flows."""
    nodes = [node for node in file.root.iter() if node.ns == BPMN and node.tag in _NODES]
    if not any(node.all(way, BPMN) for node in nodes for way in ("incoming", "outgoing")):
        return
    ends: dict[tuple[str, str], set[str]] = {}
    for flow in file.root.iter():
        if flow.ns == BPMN and flow.tag == "sequenceFlow":
            ends.setdefault(("outgoing", local(flow.attrs.get("sourceRef", ""))), set()).add(flow.attrs["id"])
            ends.setdefault(("incoming", local(flow.attrs.get("targetRef", ""))), set()).add(flow.attrs["id"])
    for node in nodes:
        for way in ("incoming", "outgoing"):
            listed = {local(child.text) for child in node.all(way, BPMN)}
            true = ends.get((way, node.attrs.get("id", "")), set())
            for flow_id in sorted(true - listed):
                findings.wrong(node, f"does not list the flow '{flow_id}' as {way}", "add it")
            for flow_id in sorted(listed - true):
                if flow_id in file.nodes:
                    findings.wrong(node, f"lists the flow '{flow_id}' as {way}, which it is not", "remove it")


def _collaborations(file: File, findings: Findings) -> None:
    for node in file.root.iter():
        if node.ns == BPMN and node.tag == "messageFlow":
            _message_flow(file, node, findings)


def _message_flow(file: File, flow: Node, findings: Findings) -> None:
    ends = [file.nodes.get(local(flow.attrs.get(name, ""))) for name in ("sourceRef", "targetRef")]
    for name, end in zip(("sourceRef", "targetRef"), ends, strict=True):
        text = flow.attrs.get(name, "")
        if end is None:
            findings.wrong(flow, f"its {name} '{text}' points to nothing", "name a pool, a task or an event")
        elif end.tag not in _NODES and end.tag != "participant":  # 008, 009
            findings.wrong(
                flow, f"its {name} '{text}' points to a {end.tag}", "name a pool, a task or an event"
            )
    source, target = ends
    if source is None or target is None:
        return
    one, other = _pool(file, source), _pool(file, target)
    if one is not None and one is other:  # 031
        findings.wrong(flow, "leads back into its own pool", "messages go between pools; use a sequence flow")
    if source.tag in ("startEvent", "intermediateCatchEvent"):  # 102, 119
        findings.wrong(flow, f"leads out of '{source.attrs.get('id')}', which only receives", "turn it round")
    if target.tag in ("endEvent", "intermediateThrowEvent"):
        findings.wrong(flow, f"leads to '{target.attrs.get('id')}', which only sends", "turn it round")


def _pool(file: File, end: Node) -> Node | None:
    if end.tag == "participant":
        return end
    process = file.inside(end, "process")
    return None if process is None else file.pools.get(process.attrs.get("id", ""), process)
