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
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

KINDS: Mapping[str, Kind] = {
    "startEvent": "start",
    "endEvent": "end",
    "intermediateThrowEvent": "throw",
    "intermediateCatchEvent": "catch",
    "boundaryEvent": "boundary",
    "task": "manual",
    "userTask": "user",
    "manualTask": "manual",
    "serviceTask": "step",
    "sendTask": "send",
    "receiveTask": "receive",
    "scriptTask": "script",
    "businessRuleTask": "decision",
    "callActivity": "call",
    "subProcess": "subprocess",
    "transaction": "subprocess",
    "adHocSubProcess": "subprocess",
    "exclusiveGateway": "exclusive",
    "parallelGateway": "parallel",
    "inclusiveGateway": "inclusive",
    "complexGateway": "complex",
    "eventBasedGateway": "event",
}
CONTAINERS = frozenset({"process", "subProcess", "transaction", "adHocSubProcess"})
TASKS = frozenset(tag for tag in KINDS if tag.endswith("Task") or tag == "task")
ACTIVITY_TAGS = TASKS | {"callActivity", "subProcess", "transaction", "adHocSubProcess"}
GLOBAL_TASKS: Mapping[str, str] = {
    "globalTask": "task",
    "globalUserTask": "userTask",
    "globalManualTask": "manualTask",
    "globalScriptTask": "scriptTask",
    "globalBusinessRuleTask": "businessRuleTask",
}
DEFINITIONS = frozenset(
    f"{sort}EventDefinition"
    for sort in (
        "message", "timer", "signal", "error", "escalation", "conditional", "compensate", "cancel", "terminate", "link"
    )
)  # fmt: skip
EVENTS: Mapping[str, frozenset[str]] = {
    "start": frozenset({"message", "timer", "signal", "conditional"}),
    "end": frozenset({"message", "signal", "escalation", "error", "cancel", "compensate", "terminate"}),
    "throw": frozenset({"message", "signal", "escalation", "compensate", "link"}),
    "catch": frozenset({"timer", "message", "signal", "conditional", "link"}),
    "boundary": frozenset(
        {"timer", "message", "signal", "conditional", "error", "escalation", "cancel", "compensate"}
    ),
}
SUBPROCESS_STARTS = EVENTS["start"] | {"error", "escalation", "compensate"}
TOP = frozenset(
    {
        "process", "collaboration", "message", "error", "signal", "escalation", "itemDefinition", "category",
        "interface", "dataStore", "resource", "endPoint", "documentation", "extensionElements", "extension",
        "relationship", *GLOBAL_TASKS, *DEFINITIONS,
    }
)  # fmt: skip
_SILENT = frozenset({"documentation", "extensionElements", "incoming", "outgoing"})
ARTEFACTS = frozenset({"laneSet", "textAnnotation", "association", "group"})
DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "property"})
_LOOPS = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})
_IO_SPEC = frozenset({"ioSpecification", "dataInputAssociation", "dataOutputAssociation", "property"})
_ACTIVITY = _LOOPS | _IO_SPEC
_INSIDE = frozenset({"sequenceFlow", *KINDS, *ARTEFACTS, *DATA})
_CATCH = frozenset({"dataOutput", "dataOutputAssociation", "outputSet", "eventDefinitionRef", "property"})
_THROW = frozenset({"dataInput", "dataInputAssociation", "inputSet", "eventDefinitionRef", "property"})
_CHILDREN: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(ACTIVITY_TAGS, _ACTIVITY),
    "process": _INSIDE | {"ioSpecification", "correlationSubscription"},
    "subProcess": _INSIDE | _LOOPS,
    "transaction": _INSIDE | _LOOPS,
    "adHocSubProcess": _INSIDE | _LOOPS | {"completionCondition"},
    "scriptTask": _ACTIVITY | {"script"},
    "complexGateway": frozenset({"activationCondition"}),
    "sequenceFlow": frozenset({"conditionExpression"}),
    **dict.fromkeys(("startEvent", "intermediateCatchEvent", "boundaryEvent"), _CATCH),
    **dict.fromkeys(("endEvent", "intermediateThrowEvent"), _THROW),
    "timerEventDefinition": frozenset({"timeDuration", "timeDate", "timeCycle"}),
    "messageEventDefinition": frozenset({"operationRef"}),
    "conditionalEventDefinition": frozenset({"condition"}),
    "linkEventDefinition": frozenset({"source", "target"}),
    "multiInstanceLoopCharacteristics": frozenset(
        {
            "loopCardinality", "completionCondition", "loopDataInputRef", "loopDataOutputRef", "inputDataItem",
            "outputDataItem", "complexBehaviorDefinition",
        }
    ),
    "standardLoopCharacteristics": frozenset({"loopCondition"}),
}  # fmt: skip

_ANY: frozenset[str] = frozenset()
_FALSE = frozenset({"false"})
_BOOL = frozenset({"true", "false"})
_TASK = {
    "isForCompensation": _BOOL,
    "startQuantity": _ANY,
    "completionQuantity": _ANY,
    "default": _ANY,
}
_WITH_OPERATION = {**_TASK, "implementation": _ANY, "messageRef": _ANY, "operationRef": _ANY}
_GATEWAY = {"gatewayDirection": _ANY}  # its author's note; `check` looks whether it is true
_CATCHING = {"parallelMultiple": _BOOL}
_ATTRIBUTES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "process": {
        "isExecutable": _BOOL,
        "isClosed": _BOOL,
        "processType": frozenset({"None", "Private", "Public"}),
        "definitionalCollaborationRef": _ANY,
    },
    "sequenceFlow": {"sourceRef": _ANY, "targetRef": _ANY, "isImmediate": _BOOL},
    "startEvent": {"isInterrupting": _BOOL, **_CATCHING},
    "intermediateCatchEvent": _CATCHING,
    "boundaryEvent": {"attachedToRef": _ANY, "cancelActivity": _BOOL, **_CATCHING},
    "task": _TASK,
    "userTask": {**_TASK, "implementation": _ANY},
    "manualTask": _TASK,
    "serviceTask": _WITH_OPERATION,
    "sendTask": _WITH_OPERATION,
    "receiveTask": {**_WITH_OPERATION, "instantiate": _BOOL},
    "scriptTask": {**_TASK, "scriptFormat": _ANY},
    "businessRuleTask": {**_TASK, "implementation": _ANY},
    "callActivity": {**_TASK, "calledElement": _ANY},
    "subProcess": {**_TASK, "triggeredByEvent": _BOOL},
    "transaction": {**_TASK, "triggeredByEvent": _FALSE, "method": _ANY},
    "adHocSubProcess": {
        **_TASK,
        "triggeredByEvent": _FALSE,
        "cancelRemainingInstances": _BOOL,
        "ordering": frozenset({"Parallel", "Sequential"}),
    },
    "exclusiveGateway": {**_GATEWAY, "default": _ANY},
    "parallelGateway": _GATEWAY,
    "inclusiveGateway": {**_GATEWAY, "default": _ANY},
    "complexGateway": {**_GATEWAY, "default": _ANY},
    "eventBasedGateway": {
        **_GATEWAY,
        "instantiate": _BOOL,
        "eventGatewayType": frozenset({"Exclusive", "Parallel"}),
    },
    "messageEventDefinition": {"messageRef": _ANY},
    "errorEventDefinition": {"errorRef": _ANY},
    "signalEventDefinition": {"signalRef": _ANY},
    "escalationEventDefinition": {"escalationRef": _ANY},
    "compensateEventDefinition": {"activityRef": _ANY, "waitForCompletion": frozenset({"true"})},
    "multiInstanceLoopCharacteristics": {
        "isSequential": _BOOL,
        "behavior": frozenset({"None", "One", "All", "Complex"}),
        "oneBehaviorEventRef": _ANY,
        "noneBehaviorEventRef": _ANY,
    },
    "standardLoopCharacteristics": {"testBefore": _BOOL, "loopMaximum": _ANY},
    "conditionExpression": {"language": _ANY, "evaluatesToTypeRef": _ANY},
}

_VERSIONS = frozenset({"latest", "deployment"})
_IO = frozenset({"ioMapping", "properties"})
_JOB = _IO | {"taskDefinition", "taskHeaders"}
_PERSON = _IO | {"assignmentDefinition", "taskSchedule", "taskHeaders", "priorityDefinition"}
_EXTENSIONS: Mapping[str, frozenset[str]] = {
    "process": frozenset({"properties", "versionTag"}),
    "task": _PERSON,
    "userTask": _PERSON | {"userTask", "formDefinition"},
    "manualTask": _PERSON,
    "receiveTask": _PERSON,
    "serviceTask": _JOB,
    "sendTask": _JOB,
    "intermediateThrowEvent": _JOB,
    "endEvent": _JOB,
    "scriptTask": _JOB | {"script"},
    "businessRuleTask": _JOB | {"calledDecision"},
    "callActivity": _IO | {"calledElement"},
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
    "message": frozenset({"subscription"}),
    **dict.fromkeys(
        ("startEvent", "intermediateCatchEvent", "boundaryEvent", "subProcess", "transaction", "adHocSubProcess"),
        _IO,
    ),
}  # fmt: skip
_EXTENSION_ATTRIBUTES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "userTask": {},
    "properties": {},
    "property": {"name": _ANY, "value": _ANY},
    "versionTag": {"value": _ANY},
    "formDefinition": {"formId": _ANY, "formKey": _ANY, "bindingType": _VERSIONS},
    "assignmentDefinition": {"assignee": _ANY, "candidateGroups": _ANY, "candidateUsers": _ANY},
    "taskSchedule": {"dueDate": _ANY, "followUpDate": _ANY},
    "priorityDefinition": {"priority": _ANY},
    "taskDefinition": {"type": _ANY, "retries": _ANY},
    "taskHeaders": {},
    "header": {"key": _ANY, "value": _ANY},
    "ioMapping": {},
    "input": {"source": _ANY, "target": _ANY},
    "output": {"source": _ANY, "target": _ANY},
    "script": {"expression": _ANY, "resultVariable": _ANY},
    "calledDecision": {"decisionId": _ANY, "resultVariable": _ANY, "bindingType": _VERSIONS},
    "calledElement": {
        "processId": _ANY,
        "propagateAllChildVariables": _BOOL,
        "propagateAllParentVariables": _BOOL,
        "bindingType": _VERSIONS,
    },
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
    "choreographyTask": "a choreography is not run by one body; draw a process",
    "callChoreography": "a choreography is not run by one body; draw a process",
    "subChoreography": "a choreography is not run by one body; draw a process",
    "resourceRole": "say who does it with zeebe:assignmentDefinition",
    "potentialOwner": "say who does it with zeebe:assignmentDefinition",
    "humanPerformer": "say who does it with zeebe:assignmentDefinition",
    "performer": "say who does it with zeebe:assignmentDefinition",
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
        culprit = child if "id" in child.attrs and node.tag in CONTAINERS else owner
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
