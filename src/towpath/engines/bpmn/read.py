"""One BPMN element of the file -> one `Element`, with its expressions compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from towpath.engines import feel
from towpath.engines.bpmn import timers
from towpath.engines.bpmn.dialect import BPMN, EVENTS, KINDS, ZEEBE, refuse_unsupported
from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import (
    ACTIVITIES,
    Element,
    Fixed,
    Flow,
    Many,
    Message,
    Reference,
    Task,
    Timer,
    Value,
)
from towpath.engines.xmltree import Node

_VARIABLE = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Reader:
    """One file being read: what it declares at the top, and what has been found so far."""

    findings: Findings
    messages: dict[str, Message] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)

    # Expressions

    def feel(self, owner: Node, what: str, text: str) -> Value:
        """A FEEL expression, with or without its leading "="; of a wrong one, something that is never run."""
        source = text.strip().removeprefix("=")
        if not source.strip():
            self.findings.wrong(owner, f"{what} is empty", "write a FEEL expression")
            return _never
        try:
            return feel.compile(source)
        except feel.FeelError as error:
            self.findings.wrong(owner, f"{what} '{text.strip()}' is not FEEL: {error}")
            return _never

    def value(self, owner: Node, what: str, text: str | None) -> Value | None:
        """A FEEL expression if it begins with "=", else the text itself; None if there is none."""
        if text is None or not text.strip():
            return None
        return self.feel(owner, what, text) if text.lstrip().startswith("=") else Fixed(text.strip())

    def variable(self, owner: Node, what: str, name: str | None) -> str:
        if name and not _VARIABLE.fullmatch(name):
            self.findings.wrong(owner, f"{what} '{name}' is not a variable", "use letters, digits and _")
        return name or ""

    def refer(
        self, kind: Literal["form", "decision", "team", "step"], value: Value | None, owner: Node
    ) -> None:
        """Note a name that the host has to resolve; one that is computed can only be checked when it runs."""
        if isinstance(value, Fixed):
            for name in value.text.split(",") if kind == "team" else [value.text]:
                reference = Reference(
                    kind, name.strip(), owner.attrs["id"], owner.attrs.get("name", ""), owner.line
                )
                self.references.append(reference)

    # Elements

    def element(self, node: Node, scope: str | None) -> Element:
        refuse_unsupported(node, self.findings)
        kind = KINDS[node.tag]
        element = Element(node.attrs["id"], node.attrs.get("name", ""), kind, node.line, scope)
        element.default = node.attrs.get("default", "")
        self._mapping(node, element)
        self._properties(node, element)
        if kind in EVENTS:
            self._event(node, element)
        if kind in ACTIVITIES or kind == "throw":
            self._task(node, element)
        for loop in node.all("multiInstanceLoopCharacteristics", BPMN):
            element.many = self._many(node, loop)
        return element

    def flow(self, node: Node) -> Flow:
        refuse_unsupported(node, self.findings)
        condition = node.find("conditionExpression", BPMN)
        compiled = None
        if condition is not None:
            refuse_unsupported(condition, self.findings, node)
            language = condition.attrs.get("language", "feel")
            if "feel" not in language.lower():
                self.findings.wrong(
                    node, f"the language '{language}' is not supported", "write the condition in FEEL"
                )
            else:
                compiled = self.feel(node, "the condition", condition.text)
        ends = node.attrs.get("sourceRef", ""), node.attrs.get("targetRef", "")
        return Flow(node.attrs["id"], node.attrs.get("name", ""), *ends, compiled, node.line)

    def _mapping(self, node: Node, element: Element) -> None:
        mapping = extension(node, "ioMapping")
        if mapping is None:
            return
        element.inputs = self._pairs(node, mapping.all("input"), "the input")
        element.outputs = self._pairs(node, mapping.all("output"), "the output")

    def _pairs(self, owner: Node, nodes: list[Node], what: str) -> tuple[tuple[str, Value], ...]:
        pairs = []
        for node in nodes:
            target = self.variable(owner, f"{what}'s target", node.attrs.get("target"))
            source = self.value(owner, f"{what} {target}", node.attrs.get("source"))
            if not target or "source" not in node.attrs:
                self.findings.wrong(owner, f"{what} lacks a source or a target")
            elif source is not None:
                pairs.append((target, source))
        return tuple(pairs)

    def _properties(self, node: Node, element: Element) -> None:
        properties = extension(node, "properties")
        if properties is not None:
            element.properties = {
                item.attrs.get("name", ""): item.attrs.get("value", "") for item in properties.children
            }
        calendar = element.properties.get("calendar", "working-days")
        if calendar != "working-days":
            self.findings.wrong(node, f"the calendar '{calendar}' is not known", "use working-days, or none")

    # Events

    def _event(self, node: Node, element: Element) -> None:
        definitions = [child for child in node.children if child.tag.endswith("EventDefinition")]
        if len(definitions) > 1:
            self.findings.wrong(node, "has several event definitions", "keep one")
        element.attached = node.attrs.get("attachedToRef", "")
        element.interrupting = node.attrs.get("cancelActivity") != "false"
        for definition in definitions[:1]:
            sort = definition.tag.removesuffix("EventDefinition")
            if sort not in EVENTS[element.kind]:
                right = " or ".join(sorted(EVENTS[element.kind]))
                self.findings.wrong(
                    node, f"{definition.tag} is not supported on a {node.tag}", f"use {right}"
                )
                continue
            refuse_unsupported(definition, self.findings, node)
            _DEFINITIONS[sort](self, node, definition, element)
        if not definitions and element.kind in ("catch", "boundary"):
            self.findings.wrong(node, f"the {node.tag} waits for nothing", "give it a timer or a message")

    def _timer_definition(self, node: Node, definition: Node, element: Element) -> None:
        times = [child for child in definition.children if child.tag.startswith("time")]
        if len(times) != 1:
            self.findings.wrong(
                node, "the timer has no time, or several", "give one timeDuration, timeDate or timeCycle"
            )
            return
        value = self.value(node, times[0].tag, times[0].text)
        if value is None:
            self.findings.wrong(node, f"{times[0].tag} is empty", "write it like P10D")
            return
        how = _HOW[times[0].tag]
        element.timer = Timer(how, value, "calendar" in element.properties)
        if how != "duration" and element.timer.working_days:
            self.findings.wrong(
                node, f"a {times[0].tag} cannot be counted in working days", "use a timeDuration"
            )
        elif isinstance(value, Fixed):
            self._literal_time(node, element.timer, value.text)
        if how == "cycle" and (element.kind != "boundary" or element.interrupting):
            self.findings.wrong(
                node, "a timer cannot repeat here", "use timeDuration, or do not interrupt the activity"
            )

    def _literal_time(self, node: Node, timer: Timer, text: str) -> None:
        try:
            if timer.how == "duration":
                duration = timers.read_duration(text)
                if timer.working_days:
                    timers.check_working_days(duration)
            elif timer.how == "cycle":
                timers.read_cycle(text)
            else:
                timers.read_moment(text)
        except timers.TimerError as error:
            self.findings.wrong(node, str(error))

    def _message_definition(self, node: Node, definition: Node, element: Element) -> None:
        if element.kind == "throw" and extension(node, "taskDefinition") is not None:
            return  # somebody carries it out, as the task definition says
        element.message = self._message(node, definition.attrs.get("messageRef"))

    def _message(self, node: Node, ref: str | None) -> Message | None:
        if not ref:
            self.findings.wrong(node, "names no message", "give it a messageRef")
            return None
        message = self.messages.get(ref.rpartition(":")[2])
        if message is None:
            self.findings.wrong(node, f"the message '{ref}' does not exist", "declare a message with that id")
        return message

    def _error_definition(self, node: Node, definition: Node, element: Element) -> None:
        ref = definition.attrs.get("errorRef", "")
        element.error = self.errors.get(ref.rpartition(":")[2], "")
        if ref and ref.rpartition(":")[2] not in self.errors:
            self.findings.wrong(
                node, f"the error '{ref}' does not exist", "declare an error with that id and a code"
            )
        elif not ref and element.kind == "end":
            self.findings.wrong(node, "names no error", "give it an errorRef")
        if element.kind == "boundary" and not element.interrupting:
            self.findings.wrong(
                node, "an error always interrupts its activity", "remove cancelActivity='false'"
            )

    def _terminate_definition(self, node: Node, definition: Node, element: Element) -> None:
        element.terminate = True

    # Activities

    def _task(self, node: Node, element: Element) -> None:
        found = {child.tag: child.attrs for child in extensions(node)}
        definition = found.get("taskDefinition", {})
        assignment = found.get("assignmentDefinition", {})
        form = found.get("formDefinition", {})
        step = self.value(node, "the task type", definition.get("type"))
        form_name = form.get("formId") or form.get("formKey") or ""
        if not isinstance(step, Fixed | None):
            self.findings.wrong(node, "the task type is computed", "write the step kind as it is")
        element.task = Task(
            type=step.text if isinstance(step, Fixed) else "",
            form=form_name,
            groups=self.value(node, "candidateGroups", assignment.get("candidateGroups")),
            users=self.value(node, "candidateUsers", assignment.get("candidateUsers")),
            assignee=self.value(node, "assignee", assignment.get("assignee")),
            due=self.value(node, "dueDate", found.get("taskSchedule", {}).get("dueDate")),
            headers=_headers(node),
        )
        self.refer("step", step, node)
        self.refer("form", Fixed(form_name) if form_name else None, node)
        self.refer("team", element.task.groups, node)
        self._carried_out(node, element, found)

    def _carried_out(self, node: Node, element: Element, found: dict[str, dict[str, str]]) -> None:
        """What each kind of activity needs beyond what all of them may have."""
        if element.kind == "script":
            self._script(node, element, found.get("script", {}))
        elif element.kind == "decision":
            self._decision(node, element, found.get("calledDecision", {}))
        elif element.kind == "receive" or (element.kind == "send" and not element.task.type):
            element.message = self._message(node, node.attrs.get("messageRef"))
        elif element.kind == "step" and "taskDefinition" not in found:
            self.findings.wrong(
                node, "nothing says what the service task does", "give it a zeebe:taskDefinition type"
            )
        if "taskDefinition" in found and not found["taskDefinition"].get("type"):
            self.findings.wrong(node, "the zeebe:taskDefinition has no type", "name a step kind")

    def _script(self, node: Node, element: Element, script: dict[str, str]) -> None:
        element.result = self.variable(node, "the resultVariable", script.get("resultVariable"))
        if not element.result or "expression" not in script:
            right = "give it a zeebe:script with expression and resultVariable"
            self.findings.wrong(node, "the script task has no FEEL expression or no result variable", right)
        else:
            element.value = self.feel(node, "the script", script["expression"])

    def _decision(self, node: Node, element: Element, called: dict[str, str]) -> None:
        element.result = self.variable(node, "the resultVariable", called.get("resultVariable"))
        element.value = self.value(node, "the decisionId", called.get("decisionId"))
        if not element.result or not called.get("decisionId"):
            right = "give it a zeebe:calledDecision with decisionId and resultVariable"
            self.findings.wrong(node, "the business rule task names no decision or no result variable", right)
        self.refer("decision", element.value, node)

    def _many(self, node: Node, loop: Node) -> Many | None:
        refuse_unsupported(loop, self.findings, node)
        found = extension(loop, "loopCharacteristics")
        attrs = found.attrs if found is not None else {}
        if not attrs.get("inputCollection"):
            right = "give zeebe:loopCharacteristics an inputCollection"
            self.findings.wrong(node, "nothing says for what the instances are", right)
            return None
        collection = self.feel(node, "the inputCollection", attrs["inputCollection"])
        item = self.variable(node, "the inputElement", attrs.get("inputElement"))
        output = self.variable(node, "the outputCollection", attrs.get("outputCollection"))
        output_value = None
        if bool(output) != bool(attrs.get("outputElement")):
            self.findings.wrong(
                node, "outputCollection and outputElement go together", "give both, or neither"
            )
        elif output:
            output_value = self.feel(node, "the outputElement", attrs["outputElement"])
        return Many(collection, item, output, output_value)


_HOW: dict[str, Literal["duration", "date", "cycle"]] = {
    "timeDuration": "duration",
    "timeDate": "date",
    "timeCycle": "cycle",
}
_DEFINITIONS: dict[str, Callable[[Reader, Node, Node, Element], None]] = {
    "timer": Reader._timer_definition,
    "message": Reader._message_definition,
    "error": Reader._error_definition,
    "terminate": Reader._terminate_definition,
}


def _never(context: Mapping[str, Any]) -> None:
    raise AssertionError("a model with problems is refused")


def extensions(node: Node) -> list[Node]:
    return [
        child
        for found in node.all("extensionElements", BPMN)
        for child in found.children
        if child.ns == ZEEBE
    ]


def extension(node: Node, tag: str) -> Node | None:
    return next((child for child in extensions(node) if child.tag == tag), None)


def _headers(node: Node) -> dict[str, str]:
    headers = extension(node, "taskHeaders")
    if headers is None:
        return {}
    return {item.attrs.get("key", ""): item.attrs.get("value", "") for item in headers.children}
