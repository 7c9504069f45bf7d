"""What must hold between the elements of a process: everything connected, every choice decidable."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby

from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import ACTIVITIES, CHOOSING, GATEWAYS, Element, Flow, Process
from towpath.engines.bpmn.soundness import explore

_TO_WAIT_FOR = "put a message, timer, signal or conditional catch event, or a receive task, there"


def check(process: Process, findings: Findings) -> None:
    begun = {element.scope for element in process.elements.values() if element.kind in ("start", "end")}
    for element in process.elements.values():
        _connected(element, element.scope not in begun, findings)
        _CHECKS.get(element.kind, _nothing)(process, element, findings)
        _conditions(process, element, findings)
        _multiple(element, findings)
        _clock(process, element, findings)
        if element.kind in GATEWAYS:
            _gateway(element, findings)
    _scope(process, None, process, findings)
    for element in process.elements.values():
        if element.kind == "subprocess":
            _scope(process, element.id, element, findings)
    if not findings.problems:  # with a piece missing, everything after it would seem lost
        _reachable(process, findings)


def doubts(process: Process, findings: Findings) -> None:
    """What the author should look at although it runs. Only for a process without problems."""
    for element, what, right in explore(process):
        findings.doubtful(element, what, right)


def _connected(element: Element, implicit: bool, findings: Findings) -> None:
    """`implicit`: without start and end events a scope begins where no flow leads to, and ends likewise."""
    if element.for_compensation or element.triggered:
        if element.incoming or element.outgoing:
            why = "is for compensation" if element.for_compensation else "is an event subprocess"
            flow = (element.incoming or element.outgoing)[0]
            findings.wrong(flow, f"connects '{element.id}', which {why} and stands alone", "remove it")
        return
    if element.kind in ("start", "boundary") or (element.kind == "catch" and element.link):
        if any(not flow.id.endswith("/link") for flow in element.incoming):
            findings.wrong(element, "a flow leads into it", "only its event brings a token here")
    elif element.instantiates:
        if element.incoming:
            findings.wrong(element, "starts the process, but a flow leads into it", "remove the flow")
    elif not element.incoming and (element.kind == "end" or not implicit):
        findings.wrong(element, "unconnected: no flow leads to it", "connect it, or remove it")
    if element.kind == "end":
        if element.outgoing:
            findings.wrong(element, "a flow leads out of an end event", "remove it, or use a throw event")
    elif element.kind == "boundary" and element.compensation:
        if element.outgoing:
            findings.wrong(
                element, "a flow leads out of a compensation event", "use an association to what compensates"
            )
    elif element.kind == "throw" and element.link:
        if any(not flow.id.endswith("/link") for flow in element.outgoing):
            findings.wrong(element, "a flow leads out of a link that is thrown", "remove it")
    elif not element.outgoing and (element.kind not in ACTIVITIES or not implicit):
        findings.wrong(
            element, "unconnected: it leads nowhere", "connect it to what follows, or to an end event"
        )


def _conditions(process: Process, element: Element, findings: Findings) -> None:
    choosing = element.kind in CHOOSING
    free = not process.executable or (element.kind == "complex" and element.activation is not None)
    for flow in element.outgoing:
        if flow.id == element.default:
            if flow.condition is not None:
                findings.wrong(flow, "is the default and has a condition", "remove the condition")
        elif choosing and len(element.outgoing) > 1 and flow.condition is None and not free:
            findings.wrong(flow, "has no condition", "write one, or make it the gateway's default")
        elif flow.condition is not None and element.kind == "event":
            findings.wrong(
                flow, f"has a condition, but '{element.id}' goes the way of its event", "remove it"
            )
        elif flow.condition is not None and element.kind == "parallel":
            findings.doubtful(
                flow, f"its condition is not looked at: '{element.id}' does not choose", "remove it"
            )
        elif flow.condition is not None and not choosing and element.kind not in ACTIVITIES:
            findings.wrong(flow, f"has a condition, but does not leave a gateway that chooses ({element.id})",
                           "put an exclusive or inclusive gateway before it")  # fmt: skip
    if (
        element.kind in ACTIVITIES
        and len(element.outgoing) == 1
        and element.outgoing[0].condition is not None
    ):
        findings.wrong(
            element.outgoing[0],
            f"is the only flow out of '{element.id}' and has a condition",
            "remove the condition, or draw the other way as well",
        )
    if element.default and element.default not in {flow.id for flow in element.outgoing}:
        findings.wrong(
            element, f"its default '{element.default}' is not one of its flows", "name an outgoing flow"
        )
    conditional = [flow for flow in element.outgoing if flow.condition is not None]
    if choosing and conditional and not element.default:
        findings.doubtful(element, "if no condition holds, the case stops here", "give it a default flow")
    elif element.kind in ACTIVITIES and conditional and len(conditional) == len(element.outgoing):
        findings.doubtful(element, "if no condition holds, its way ends here", "give it a default flow")


def _multiple(element: Element, findings: Findings) -> None:
    for _, same in groupby(sorted(element.outgoing, key=lambda flow: flow.target), lambda flow: flow.target):
        double = list(same)
        if len(double) > 1 and element.kind not in CHOOSING and not any(f.condition for f in double):
            findings.doubtful(double[1], f"doubles the flow {double[0].id}", "remove one of them")


def _clock(process: Process, element: Element, findings: Findings) -> None:
    for part in element.parts or (element,):
        for name in part.timer.stops_while if part.timer else ():
            if name not in process.elements:
                findings.wrong(
                    element,
                    f"its clock stops at '{name}', which is no element of this process",
                    "name an element",
                )


def _gateway(element: Element, findings: Findings) -> None:
    if element.direction == "Converging" and len(element.outgoing) > 1:
        findings.wrong(
            element, "is converging and has several flows out of it", "set gatewayDirection='Mixed'"
        )
    if element.direction == "Diverging" and len(element.incoming) > 1:
        findings.wrong(element, "is diverging and has several flows into it", "set gatewayDirection='Mixed'")
    if element.kind == "event":
        return
    if len(element.incoming) < 2 and len(element.outgoing) < 2:
        findings.doubtful(element, "neither splits nor joins", "connect it to another element, or remove it")


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
    elif host.triggered:
        findings.wrong(
            element, f"is attached to the event subprocess '{host.id}'", "attach it to what is around"
        )
    elif element.cancels and not host.transaction:
        findings.wrong(
            element, f"'{host.id}' is no transaction; it cannot be cancelled", "use an error event"
        )
    elif not (host.waits or host.many or host.loop or element.compensation):
        findings.wrong(element, f"can never happen: '{host.id}' is done at once", "remove it")


def _event_gateway(process: Process, element: Element, findings: Findings) -> None:
    if len(element.outgoing) < 2:
        findings.wrong(element, "has fewer than two events to wait for", "connect it to several catch events")
    if element.all_parts and not element.instantiates:
        findings.wrong(element, "waits for all of its events, but does not start the process",
                       "set instantiate='true', or use a parallel gateway")  # fmt: skip
    targets = [process.elements[flow.target] for flow in element.outgoing if flow.target in process.elements]
    if any(t.kind == "receive" for t in targets) and any(t.message and t.kind == "catch" for t in targets):
        what = "leads to receive tasks and to message events"
        findings.wrong(element, what, "use one kind of them, so that it is clear who gets a message")
    for target in targets:
        if target.kind not in ("catch", "receive") or target.link:
            findings.wrong(element, f"leads to '{target.id}', which is no event to wait for", _TO_WAIT_FOR)
        elif len(target.incoming) > 1:
            findings.wrong(
                target, "is also reached otherwise than from its event-based gateway", "draw another event"
            )
        elif target.boundaries:
            findings.wrong(target, "has boundary events, but is begun by a gateway's event", "remove them")


def _end(process: Process, element: Element, findings: Findings) -> None:
    if not element.cancels:
        return
    scope = process.elements.get(element.scope or "")
    while scope is not None and scope.triggered:
        scope = process.elements.get(scope.scope or "")
    if scope is None or not scope.transaction:
        findings.wrong(element, "cancels, but lies in no transaction", "use an error event")


def _thrown(process: Process, element: Element, findings: Findings) -> None:
    for part in element.parts or (element,):
        name = part.compensates
        if name and (name not in process.elements or not process.elements[name].keeps):
            findings.wrong(
                element, f"compensates '{name}', which nothing compensates", "give it a compensation event"
            )
    if element.kind == "end":
        _end(process, element, findings)


def _nothing(process: Process, element: Element, findings: Findings) -> None:
    pass


_CHECKS: dict[str, Callable[[Process, Element, Findings], None]] = {
    "boundary": _boundary,
    "event": _event_gateway,
    "end": _thrown,
    "throw": _thrown,
}


def _scope(process: Process, scope: str | None, where: Process | Element, findings: Findings) -> None:
    inside = process.inside(scope)
    starts = [element for element in inside if element.kind == "start"]
    ends = [element for element in inside if element.kind == "end"]
    adhoc = isinstance(where, Element) and where.adhoc is not None
    if adhoc:
        if not any(element.kind in ACTIVITIES for element in inside):
            findings.wrong(where, "has no activity", "put one into it")
        for element in starts + ends:
            findings.wrong(element, "an ad-hoc subprocess has neither start nor end events", "remove it")
        return
    begins = starts or [element for element in inside if element.instantiates]
    if not inside:
        findings.wrong(where, "is empty", "add a start event, what follows, and an end event")
    elif not begins and ends:
        findings.wrong(where, "has no start event", "add one")
    if starts and not ends:
        findings.wrong(where, "has no end event", "add one")
    _starts(starts, scope, where, findings)


def _starts(starts: list[Element], scope: str | None, where: Process | Element, findings: Findings) -> None:
    if isinstance(where, Element) and where.triggered:
        if len(starts) != 1:
            findings.wrong(where, "an event subprocess has one start event", "keep one, with a trigger")
        for start in starts:
            if start.plain:
                findings.wrong(start, "nothing triggers this event subprocess", "give it an event definition")
        return
    plain = [start for start in starts if start.plain]
    for start in plain[1:]:
        findings.wrong(start, "a second start event without a message", "keep one, or give it a message")
    for start in starts:
        if scope is not None and not start.plain:
            what = "a subprocess that is entered by a flow cannot start with an event of its own"
            findings.wrong(start, what, "use a plain start event, or an event subprocess")
        if scope is None and not start.interrupting:
            findings.wrong(start, "isInterrupting='false' says nothing here", "remove it")


def _reachable(process: Process, findings: Findings) -> None:
    seen: set[str] = set()
    scopes = [None, *(element.id for element in process.elements.values() if element.kind == "subprocess")]
    waiting = [entry.id for scope in scopes for entry in process.entries(scope)]
    waiting += [
        element.id for element in process.elements.values() if element.for_compensation or element.triggered
    ]
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting.extend(_after(process.elements[place]))
    for element in process.elements.values():
        if element.id not in seen:
            findings.wrong(element, "unconnected: it can never be reached", "connect it to what comes before")


def _after(element: Element) -> Iterable[str]:
    flows: list[Flow] = element.outgoing
    yield from (flow.target for flow in flows)
    yield from (boundary.id for boundary in element.boundaries)
