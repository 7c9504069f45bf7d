"""What must hold between the elements of a process: everything connected, every choice decidable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import ACTIVITIES, Element, Flow, Process


def connect(process: Process, findings: Findings) -> None:
    """Give each element its flows and boundary events, and each inclusive join what lies before it.

    An element at the other end that is refused already does not make this one unconnected.
    """
    refused = {problem.element for problem in findings.problems}
    for flow in process.flows.values():
        source = _end(process, flow, flow.source, refused, findings)
        target = _end(process, flow, flow.target, refused, findings)
        if source is not None and target is not None and source.scope != target.scope:
            findings.wrong(flow, "crosses the border of a subprocess", "connect to the subprocess itself")
        if source is not None:
            source.outgoing.append(flow)
        if target is not None:
            target.incoming.append(flow)
    for element in process.elements.values():
        host = process.elements.get(element.attached)
        if host is not None:
            host.boundaries.append(element)
    for element in process.elements.values():
        if element.kind == "inclusive" and len(element.incoming) > 1:
            element.before = {flow.id: _before(process, element, flow) for flow in element.incoming}


def check(process: Process, findings: Findings) -> None:
    for element in process.elements.values():
        _connected(element, findings)
        _CHECKS.get(element.kind, _nothing)(process, element, findings)
        _conditions(element, findings)
        _multiple(element, findings)
    _scope(process, None, process, findings)
    for element in process.elements.values():
        if element.kind == "subprocess":
            _scope(process, element.id, element, findings)
    if not findings.problems:  # with a piece missing, everything after it would seem lost
        _reachable(process, findings)


def _end(process: Process, flow: Flow, place: str, refused: set[str], findings: Findings) -> Element | None:
    element = process.elements.get(place)
    if element is None and place not in refused:
        what = (
            f"leads from or to '{place}', which is no element of this process"
            if place
            else "has an end that is missing"
        )
        findings.wrong(flow, what, "give it a sourceRef and a targetRef")
    return element


def _before(process: Process, join: Element, flow: Flow) -> frozenset[str]:
    """The elements from which a token can come to `flow` without passing the join itself."""
    seen: set[str] = set()
    waiting = [flow.source]
    while waiting:
        place = waiting.pop()
        if place in seen or place == join.id or place not in process.elements:
            continue
        seen.add(place)
        element = process.elements[place]
        waiting.extend(incoming.source for incoming in element.incoming)
        if element.attached:
            waiting.append(element.attached)
    return frozenset(seen)


def _connected(element: Element, findings: Findings) -> None:
    if element.kind in ("start", "boundary"):
        if element.incoming:
            findings.wrong(element, "a flow leads into it", "only its event brings a token here")
    elif not element.incoming:
        findings.wrong(element, "unconnected: no flow leads to it", "connect it, or remove it")
    if element.kind == "end":
        if element.outgoing:
            findings.wrong(element, "a flow leads out of an end event", "remove it, or use a throw event")
    elif not element.outgoing:
        findings.wrong(
            element, "unconnected: it leads nowhere", "connect it to what follows, or to an end event"
        )


def _conditions(element: Element, findings: Findings) -> None:
    choosing = element.kind in ("exclusive", "inclusive")
    for flow in element.outgoing:
        if choosing and flow.id == element.default:
            if flow.condition is not None:
                findings.wrong(flow, "is the default and has a condition", "remove the condition")
        elif choosing and len(element.outgoing) > 1 and flow.condition is None:
            findings.wrong(flow, "has no condition", "write one, or make it the gateway's default")
        elif not choosing and flow.condition is not None:
            findings.wrong(flow, f"has a condition, but does not leave a gateway that chooses ({element.id})",
                           "put an exclusive or inclusive gateway before it")  # fmt: skip
    if element.default and element.default not in {flow.id for flow in element.outgoing}:
        findings.wrong(
            element, f"its default '{element.default}' is not one of its flows", "name an outgoing flow"
        )
    conditional = [flow for flow in element.outgoing if flow.condition is not None]
    if choosing and conditional and not element.default:
        findings.doubtful(element, "if no condition holds, the case stops here", "give it a default flow")


def _multiple(element: Element, findings: Findings) -> None:
    for _, same in groupby(sorted(element.outgoing, key=lambda flow: flow.target), lambda flow: flow.target):
        double = list(same)
        if len(double) > 1 and element.kind not in ("exclusive", "inclusive"):
            findings.doubtful(double[1], f"doubles the flow {double[0].id}", "remove one of them")


def _boundary(process: Process, element: Element, findings: Findings) -> None:
    host = process.elements.get(element.attached)
    if host is None or host.kind not in ACTIVITIES:
        what = (
            f"attached to '{element.attached}', which is no activity"
            if element.attached
            else "attached to nothing"
        )
        findings.wrong(element, what, "attach it to a task or a subprocess")
    elif host.scope != element.scope:
        findings.wrong(
            element, f"lies in another subprocess than '{host.id}'", "move it to where its activity is"
        )
    elif not host.waits:
        findings.wrong(element, f"can never happen: '{host.id}' is done at once", "remove it")


def _event_gateway(process: Process, element: Element, findings: Findings) -> None:
    if len(element.outgoing) < 2:
        findings.wrong(element, "has fewer than two events to wait for", "connect it to several catch events")
    for flow in element.outgoing:
        target = process.elements.get(flow.target)
        if target is None:
            continue
        if target.kind != "catch":
            findings.wrong(
                element, f"leads to '{target.id}', which is no catch event", "put a timer or message there"
            )
        elif len(target.incoming) > 1:
            findings.wrong(
                target, "is also reached otherwise than from its event-based gateway", "draw another event"
            )


def _nothing(process: Process, element: Element, findings: Findings) -> None:
    pass


_CHECKS: dict[str, Callable[[Process, Element, Findings], None]] = {
    "boundary": _boundary,
    "event": _event_gateway,
}


def _scope(process: Process, scope: str | None, where: Process | Element, findings: Findings) -> None:
    inside = process.inside(scope)
    starts = [element for element in inside if element.kind == "start"]
    plain = [start for start in starts if start.message is None]
    if not starts:
        findings.wrong(where, "has no start event", "add one")
    for start in plain[1:]:
        findings.wrong(start, "a second start event without a message", "keep one, or give it a message")
    for start in starts:
        if scope is not None and start.message is not None:
            findings.wrong(start, "a subprocess cannot start with a message", "use a plain start event")
    if not any(element.kind == "end" for element in inside):
        findings.wrong(where, "has no end event", "add one")


def _reachable(process: Process, findings: Findings) -> None:
    seen: set[str] = set()
    waiting = [element.id for element in process.elements.values() if element.kind == "start"]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting.extend(_after(process.elements[place]))
    for element in process.elements.values():
        if element.id not in seen:
            findings.wrong(element, "unconnected: it can never be reached", "connect it to what comes before")


def _after(element: Element) -> Iterable[str]:
    yield from (flow.target for flow in element.outgoing)
    yield from (boundary.id for boundary in element.boundaries)
