"""One BPMN element of the file -> one `Element`, with its expressions compiled."""

from __future__ import annotations

from towpath.engines.bpmn import activities, triggers
from towpath.engines.bpmn.dialect import BPMN, EVENTS, KINDS, refuse_unsupported
from towpath.engines.bpmn.model import ACTIVITIES, Element, Flow, Value
from towpath.engines.bpmn.reader import Reader, extension
from towpath.engines.xmltree import Node

CALENDARS = ("working-days", "working-hours")


def read_element(reader: Reader, node: Node, scope: str | None) -> Element:
    refuse_unsupported(node, reader.findings)
    kind = KINDS[node.tag]
    element = Element(node.attrs["id"], node.attrs.get("name", ""), kind, node.line, scope)
    element.default = node.attrs.get("default", "")
    element.transaction = node.tag == "transaction"
    element.triggered = node.attrs.get("triggeredByEvent") == "true"
    element.for_compensation = node.attrs.get("isForCompensation") == "true"
    element.direction = node.attrs.get("gatewayDirection", "").capitalize()
    element.instantiates = node.attrs.get("instantiate") == "true"
    _quantities(reader, node, element)
    _mapping(reader, node, element)
    _properties(reader, node, element)
    activities.read_data(reader, node, element)
    if kind in EVENTS:
        triggers.read_event(reader, node, element)
    if kind in ACTIVITIES or kind in ("throw", "end"):
        activities.read_activity(reader, node, element)
    if kind == "event":
        element.all_parts = node.attrs.get("eventGatewayType") == "Parallel"
    activation = node.find("activationCondition", BPMN)
    if activation is not None:
        element.activation = reader.formal(node, "the activationCondition", activation)
    return element


def read_flow(reader: Reader, node: Node) -> Flow:
    refuse_unsupported(node, reader.findings)
    condition = node.find("conditionExpression", BPMN)
    compiled: Value | None = None
    if condition is not None:
        refuse_unsupported(condition, reader.findings, node)
        compiled = reader.formal(node, "the condition", condition, typed=False)
    if node.attrs.get("isImmediate") == "false":
        reader.findings.wrong(
            node, "isImmediate='false' cannot be run", "remove it, or draw what comes between"
        )
    ends = node.attrs.get("sourceRef", ""), node.attrs.get("targetRef", "")
    return Flow(node.attrs["id"], node.attrs.get("name", ""), *ends, compiled, node.line)


def _quantities(reader: Reader, node: Node, element: Element) -> None:
    for name, where in (("startQuantity", "needs"), ("completionQuantity", "gives")):
        text = node.attrs.get(name, "1")
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 1000):
            reader.findings.wrong(node, f"{name}='{text}' is not a number from 1 to 1000", "write 1")
        else:
            setattr(element, where, int(text))


def _mapping(reader: Reader, node: Node, element: Element) -> None:
    mapping = extension(node, "ioMapping")
    if mapping is None:
        return
    element.inputs = _pairs(reader, node, mapping.all("input"), "the input")
    element.outputs = _pairs(reader, node, mapping.all("output"), "the output")


def _pairs(reader: Reader, owner: Node, nodes: list[Node], what: str) -> tuple[tuple[str, Value], ...]:
    pairs = []
    for node in nodes:
        target = reader.variable(owner, f"{what}'s target", node.attrs.get("target"))
        source = reader.value(owner, f"{what} {target}", node.attrs.get("source"))
        if not target or "source" not in node.attrs:
            reader.findings.wrong(owner, f"{what} lacks a source or a target")
        elif source is not None:
            pairs.append((target, source))
    return tuple(pairs)


def _properties(reader: Reader, node: Node, element: Element) -> None:
    properties = extension(node, "properties")
    if properties is not None:
        element.properties = {
            item.attrs.get("name", ""): item.attrs.get("value", "") for item in properties.children
        }
    calendar = element.properties.get("calendar", CALENDARS[0])
    if calendar not in CALENDARS:
        right = f"use {' or '.join(CALENDARS)}, or none"
        reader.findings.wrong(node, f"the calendar '{calendar}' is not known", right)
