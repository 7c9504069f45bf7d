"""What an event waits for or throws, read from its event definitions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from towpath.engines.bpmn import timers
from towpath.engines.bpmn.dialect import BPMN, EVENTS, SUBPROCESS_STARTS, refuse_unsupported
from towpath.engines.bpmn.model import Element, Fixed, Timer
from towpath.engines.bpmn.reader import Reader, extension, local
from towpath.engines.xmltree import Node

_HOW: dict[str, Literal["duration", "date", "cycle"]] = {
    "timeDuration": "duration",
    "timeDate": "date",
    "timeCycle": "cycle",
}


def read_event(reader: Reader, node: Node, element: Element, parent: str = "") -> None:
    element.attached = node.attrs.get("attachedToRef", "")
    flag = "isInterrupting" if node.tag == "startEvent" else "cancelActivity"
    element.interrupting = node.attrs.get(flag) != "false"
    element.all_parts = node.attrs.get("parallelMultiple") == "true"
    definitions = event_definitions(reader, node)
    if len(definitions) == 1:
        _read(reader, node, definitions[0], element)
    elif definitions:
        element.parts = tuple(
            _part(reader, node, definition, element, n) for n, definition in enumerate(definitions, 1)
        )
        element.terminate = any(part.terminate for part in element.parts)
        element.cancels = any(part.cancels for part in element.parts)
        element.error = next((part.error for part in element.parts if part.error is not None), None)
    elif element.kind in ("catch", "boundary"):
        reader.findings.wrong(
            node,
            f"the {node.tag} waits for nothing",
            "give it a timer, a message or another event definition",
        )


def event_definitions(reader: Reader, node: Node) -> list[Node]:
    """Those in the event, and those at the top of the file that it refers to."""
    found = [child for child in node.children if child.tag.endswith("EventDefinition") and child.ns == BPMN]
    for ref in node.all("eventDefinitionRef", BPMN):
        definition = reader.definitions.get(local(ref.text))
        if definition is None:
            reader.findings.wrong(
                node, f"the event definition '{ref.text.strip()}' does not exist", "declare it"
            )
        else:
            found.append(definition)
    return found


def _part(reader: Reader, node: Node, definition: Node, whole: Element, number: int) -> Element:
    part = Element(f"{whole.id}/{number}", whole.name, whole.kind, whole.line, whole.scope)
    part.whole, part.interrupting, part.properties = whole.id, whole.interrupting, whole.properties
    part.attached = whole.attached
    _read(reader, node, definition, part)
    return part


def _read(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    sort = definition.tag.removesuffix("EventDefinition")
    # Which subprocess a start event lies in is known when the model is connected: see `check`.
    allowed = SUBPROCESS_STARTS if element.kind == "start" and element.scope else EVENTS[element.kind]
    if sort not in allowed:
        right = " or ".join(sorted(allowed))
        article = "an" if node.tag[0] in "aeiou" else "a"
        reader.findings.wrong(
            node, f"{definition.tag} is not supported on {article} {node.tag}", f"use {right}"
        )
        return
    refuse_unsupported(definition, reader.findings, node)
    DEFINITIONS[sort](reader, node, definition, element)


def read_thrown(reader: Reader, node: Node, ref: str, element: Element) -> Element:
    """The event that an instance of a multi-instance throws."""
    thrown = Element(f"{element.id}/{ref}", element.name, "throw", element.line, element.scope)
    definition = reader.definitions.get(local(ref))
    if definition is None:
        reader.findings.wrong(node, f"the event definition '{ref}' does not exist", "declare it at the top")
    else:
        _read(reader, node, definition, thrown)
    return thrown


# One for each event definition


def _timer(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    times = [child for child in definition.children if child.tag in _HOW and child.ns == BPMN]
    if len(times) != 1:
        right = "give one timeDuration, timeDate or timeCycle"
        reader.findings.wrong(node, "the timer has no time, or several", right)
        return
    value = reader.value(node, times[0].tag, times[0].text)
    if value is None:
        reader.findings.wrong(node, f"{times[0].tag} is empty", "write it like P10D")
        return
    how = _HOW[times[0].tag]
    calendar = element.properties.get("calendar", "")
    stops = tuple(filter(None, re.split(r"[\s,]+", element.properties.get("stops-while", ""))))
    element.timer = Timer(how, value, calendar == "working-days", calendar == "working-hours", stops)
    if how != "duration" and calendar:
        reader.findings.wrong(
            node, f"a {times[0].tag} cannot be counted in working time", "use a timeDuration"
        )
    elif isinstance(value, Fixed):
        _literal(reader, node, element.timer, value.text)
    if how == "cycle" and (element.kind == "catch" or (element.kind == "boundary" and element.interrupting)):
        reader.findings.doubtful(
            node, "the timer repeats, but only its first time counts", "use timeDuration"
        )


def _literal(reader: Reader, node: Node, timer: Timer, text: str) -> None:
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
        reader.findings.wrong(node, str(error))


def _message(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    if element.kind in ("throw", "end") and extension(node, "taskDefinition") is not None:
        return  # somebody carries it out, as the task definition says
    element.message = reader.message(node, definition.attrs.get("messageRef"))


def _signal(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    ref = definition.attrs.get("signalRef", "")
    element.signal = reader.signals.get(local(ref), "")
    if not ref:
        reader.findings.wrong(node, "names no signal", "give it a signalRef")
    elif local(ref) not in reader.signals:
        reader.findings.wrong(node, f"the signal '{ref}' does not exist", "declare a signal with that id")


def _error(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    ref = definition.attrs.get("errorRef", "")
    element.error = reader.errors.get(local(ref), "")
    if ref and local(ref) not in reader.errors:
        reader.findings.wrong(
            node, f"the error '{ref}' does not exist", "declare an error with that id and a code"
        )
    elif not ref and element.kind == "end":
        reader.findings.wrong(node, "names no error", "give it an errorRef")
    if not element.interrupting:
        flag = "cancelActivity" if element.kind == "boundary" else "isInterrupting"
        reader.findings.wrong(node, "an error always interrupts its activity", f"remove {flag}='false'")


def _escalation(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    ref = definition.attrs.get("escalationRef", "")
    element.escalation = reader.escalations.get(local(ref), "")
    if ref and local(ref) not in reader.escalations:
        reader.findings.wrong(node, f"the escalation '{ref}' does not exist", "declare it, with a code")
    elif not element.escalation and element.kind in ("throw", "end"):
        reader.findings.wrong(node, "escalates without an escalationCode", "name an escalation that has one")


def _conditional(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    condition = definition.find("condition", BPMN)
    if condition is None:
        reader.findings.wrong(node, "waits for a condition that is missing", "write a condition in FEEL")
    else:
        element.condition = reader.formal(node, "the condition", condition)


def _compensate(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    if element.kind in ("boundary", "start"):
        element.compensation = True
        if not element.interrupting:
            flag = "cancelActivity" if element.kind == "boundary" else "isInterrupting"
            reader.findings.wrong(node, "what is compensated has ended before", f"remove {flag}='false'")
    else:
        element.compensates = local(definition.attrs.get("activityRef", ""))


def _cancel(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    element.cancels = True
    if not element.interrupting:
        reader.findings.wrong(node, "a cancellation always interrupts", "remove cancelActivity='false'")


def _terminate(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    element.terminate = True


def _link(reader: Reader, node: Node, definition: Node, element: Element) -> None:
    element.link = definition.attrs.get("name", "").strip()
    if not element.link:
        reader.findings.wrong(node, "the link has no name", "name it like the other end")


DEFINITIONS: dict[str, Callable[[Reader, Node, Node, Element], None]] = {
    "timer": _timer,
    "message": _message,
    "signal": _signal,
    "error": _error,
    "escalation": _escalation,
    "conditional": _conditional,
    "compensate": _compensate,
    "cancel": _cancel,
    "terminate": _terminate,
    "link": _link,
}
