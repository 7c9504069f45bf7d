"""What of BPMN 2.0 and of Camunda's `zeebe:` extensions we run; anything else is refused by its name.

Never ignoring what an author wrote is the promise; what is listed as silent here changes nothing in a run.
"""

from __future__ import annotations

from collections.abc import Mapping

from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import Kind
from towpath.engines.xmltree import Node

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"

KINDS: Mapping[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "intermediateThrowEvent": "throw",
    "intermediateCatchEvent": "catch",
    "boundaryEvent": "boundary",
    "userTask": "user",
    "manualTask": "manual",
    "serviceTask": "step",
    "sendTask": "send",
    "receiveTask": "receive",
    "scriptTask": "script",
    "businessRuleTask": "decision",
    "subProcess": "subprocess",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "eventBasedGateway": "event",
}
EVENTS: Mapping[str, frozenset[str]] = {
    "start": frozenset({"message"}),
    "end": frozenset({"terminate", "error"}),
    "throw": frozenset({"message"}),
    "catch": frozenset({"timer", "message"}),
    "boundary": frozenset({"timer", "message", "error"}),
}
TOP = frozenset(
    {"process", "collaboration", "message", "error", "signal", "escalation", "itemDefinition", "category"}
)
_SILENT = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})
ARTEFACTS = frozenset({"laneSet", "textAnnotation", "association", "group"})
_CHILDREN: Mapping[str, frozenset[str]] = {
    "process": frozenset({"sequenceFlow", *KINDS, *ARTEFACTS}),
    "subProcess": frozenset({"sequenceFlow", "multiInstanceLoopCharacteristics", *KINDS, *ARTEFACTS}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    "userTask": frozenset({"multiInstanceLoopCharacteristics"}),
    "serviceTask": frozenset({"multiInstanceLoopCharacteristics"}),
    "timerEventDefinition": frozenset({"timeDuration", "timeDate", "timeCycle"}),
}

_ANY: frozenset[str] = frozenset()
_FALSE = frozenset({"false"})
_TASK = {
    "isForCompensation": _FALSE,
    "startQuantity": frozenset({"1"}),
    "completionQuantity": frozenset({"1"}),
}
_ATTRIBUTES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "process": {
        "isExecutable": _ANY,
        "isClosed": _FALSE,
        "processType": frozenset({"None", "Private", "Public"}),
    },
    "sequenceFlow": {"sourceRef": _ANY, "targetRef": _ANY},
    "startEvent": {"isInterrupting": frozenset({"true"}), "parallelMultiple": _FALSE},
    "intermediateCatchEvent": {"parallelMultiple": _FALSE},
    "boundaryEvent": {
        "attachedToRef": _ANY,
        "cancelActivity": frozenset({"true", "false"}),
        "parallelMultiple": _FALSE,
    },
    "userTask": {**_TASK, "implementation": _ANY},
    "manualTask": _TASK,
    "serviceTask": {**_TASK, "implementation": _ANY},
    "sendTask": {**_TASK, "implementation": _ANY, "messageRef": _ANY},
    "receiveTask": {**_TASK, "implementation": _ANY, "messageRef": _ANY, "instantiate": _FALSE},
    "scriptTask": _TASK,
    "businessRuleTask": {**_TASK, "implementation": _ANY},
    "subProcess": {**_TASK, "triggeredByEvent": _FALSE},
    "exclusiveGateway": {"gatewayDirection": _ANY, "default": _ANY},
    "parallelGateway": {"gatewayDirection": _ANY},
    "inclusiveGateway": {"gatewayDirection": _ANY, "default": _ANY},
    "eventBasedGateway": {
        "gatewayDirection": _ANY,
        "instantiate": _FALSE,
        "eventGatewayType": frozenset({"Exclusive"}),
    },
    "messageEventDefinition": {"messageRef": _ANY},
    "errorEventDefinition": {"errorRef": _ANY},
    "multiInstanceLoopCharacteristics": {"isSequential": _FALSE, "behavior": frozenset({"All"})},
    "conditionExpression": {"language": _ANY},
}

_VERSIONS = frozenset({"latest", "deployment"})
_IO = frozenset({"ioMapping", "properties"})
_PERSON = _IO | {"assignmentDefinition", "taskSchedule", "taskHeaders"}
_EXTENSIONS: Mapping[str, frozenset[str]] = {
    "process": frozenset({"properties", "versionTag"}),
    "userTask": _PERSON | {"userTask", "formDefinition"},
    "manualTask": _PERSON,
    "receiveTask": _PERSON,
    "serviceTask": _IO | {"taskDefinition", "taskHeaders"},
    "sendTask": _IO | {"taskDefinition", "taskHeaders"},
    "intermediateThrowEvent": _IO | {"taskDefinition", "taskHeaders"},
    "scriptTask": _IO | {"script"},
    "businessRuleTask": _IO | {"calledDecision"},
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
    "message": frozenset({"subscription"}),
    **dict.fromkeys(("startEvent", "intermediateCatchEvent", "boundaryEvent", "subProcess"), _IO),
}
_EXTENSION_ATTRIBUTES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "userTask": {},
    "properties": {},
    "property": {"name": _ANY, "value": _ANY},
    "versionTag": {"value": _ANY},
    "formDefinition": {"formId": _ANY, "formKey": _ANY, "bindingType": _VERSIONS},
    "assignmentDefinition": {"assignee": _ANY, "candidateGroups": _ANY, "candidateUsers": _ANY},
    "taskSchedule": {"dueDate": _ANY},
    "taskDefinition": {"type": _ANY},
    "taskHeaders": {},
    "header": {"key": _ANY, "value": _ANY},
    "ioMapping": {},
    "input": {"source": _ANY, "target": _ANY},
    "output": {"source": _ANY, "target": _ANY},
    "script": {"expression": _ANY, "resultVariable": _ANY},
    "calledDecision": {"decisionId": _ANY, "resultVariable": _ANY, "bindingType": _VERSIONS},
    "subscription": {"correlationKey": _ANY},
    "loopCharacteristics": {
        "inputCollection": _ANY,
        "inputElement": _ANY,
        "outputCollection": _ANY,
        "outputElement": _ANY,
    },
}
_EXTENSION_CHILDREN: Mapping[str, frozenset[str]] = {
    "properties": frozenset({"property"}),
    "taskHeaders": frozenset({"header"}),
    "ioMapping": frozenset({"input", "output"}),
}

_INSTEAD: Mapping[str, str] = {
    "task": "say who does it: userTask, serviceTask, manualTask, scriptTask, ...",
    "callActivity": "use an embedded subProcess",
    "transaction": "use an embedded subProcess",
    "adHocSubProcess": "use an embedded subProcess",
    "complexGateway": "use exclusive, inclusive or parallel gateways",
    "standardLoopCharacteristics": "draw the loop with a gateway",
    "dataObject": "case data are variables; describe it in a text annotation",
    "dataObjectReference": "case data are variables; describe it in a text annotation",
    "dataStoreReference": "ask a register with a serviceTask",
}


def refuse_unsupported(node: Node, findings: Findings, owner: Node | None = None) -> None:
    """Everything about one BPMN element, its direct children and its extensions that we do not run.

    `owner` is the element that the author sees, if `node` is only a part of it.
    """
    owner = owner or node
    allowed = {"id": _ANY, "name": _ANY, **_ATTRIBUTES.get(node.tag, {})}
    _attributes(node, allowed, findings, owner)
    children = _SILENT | _CHILDREN.get(node.tag, frozenset())
    for child in node.children:
        if child.ns != BPMN or child.tag in children or child.tag.endswith("EventDefinition"):
            continue
        culprit = child if "id" in child.attrs and node.tag in ("process", "subProcess") else owner
        findings.wrong(culprit, f"{child.tag} is not supported", _INSTEAD.get(child.tag, ""))
    for extensions in node.all("extensionElements", BPMN):
        _extensions(extensions, _EXTENSIONS.get(node.tag, frozenset({"properties"})), findings, owner)


def _attributes(node: Node, allowed: Mapping[str, frozenset[str]], findings: Findings, owner: Node) -> None:
    prefix = "zeebe:" if node.ns == ZEEBE else ""
    for name, value in node.attrs.items():
        if name.startswith("{"):  # of another namespace: a note of some tool
            continue
        if name not in allowed:
            findings.wrong(owner, f"the attribute {name} of {prefix}{node.tag} is not supported", "remove it")
        elif allowed[name] and value not in allowed[name]:
            right = " or ".join(sorted(allowed[name]))
            findings.wrong(owner, f"{name}='{value}' of {prefix}{node.tag} is not supported", f"use {right}")


def _extensions(node: Node, allowed: frozenset[str], findings: Findings, owner: Node) -> None:
    for child in node.children:
        if child.ns != ZEEBE:
            continue
        if child.tag not in allowed:
            findings.wrong(owner, f"zeebe:{child.tag} is not supported here")
            continue
        _attributes(child, _EXTENSION_ATTRIBUTES[child.tag], findings, owner)
        _extensions(child, _EXTENSION_CHILDREN.get(child.tag, frozenset()), findings, owner)
