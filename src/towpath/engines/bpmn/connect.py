"""Elements get their flows, boundary events, links and compensations, and the process the indexes that it runs by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import CHOOSING, Element, Flow, Process


def connect(process: Process, associations: Iterable[tuple[str, str]], findings: Findings) -> None:
    """Wire the elements up. An end that is refused already does not make this one unconnected."""
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
    _compensations(process, associations, findings)
    _links(process, findings)
    for element in process.elements.values():
        conditional = element.default or any(flow.condition is not None for flow in element.outgoing)
        element.chooses = element.kind in CHOOSING or (
            element.kind not in ("parallel", "event") and bool(conditional)
        )
        if element.kind in ("inclusive", "complex") and len(element.incoming) > 1:
            element.before = {flow.id: _before(process, element, flow) for flow in element.incoming}
    _keeping(process)


def indexes(process: Process) -> dict[str, Any]:
    """What `Process` has beside the elements: see there."""
    awaited = dict(process.elements)
    for element in process.elements.values():
        awaited.update({part.id: part for part in element.parts})
    listening: dict[str | None, tuple[tuple[Element, Element], ...]] = {}
    for element in process.elements.values():
        if element.triggered and (starts := process.starts(element.id)):
            listening[element.scope] = (*listening.get(element.scope, ()), (element, starts[0]))
    return {
        "awaited": awaited,
        "listening": listening,
        "conditional": any(element.condition is not None for element in awaited.values()),
        "stopping": any(element.timer and element.timer.stops_while for element in awaited.values()),
    }


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


def _compensations(process: Process, associations: Iterable[tuple[str, str]], findings: Findings) -> None:
    """An association leads from a compensation boundary event to the activity that undoes its host."""
    for source, target in associations:
        for one, other in ((source, target), (target, source)):
            event, activity = process.elements.get(one), process.elements.get(other)
            if event is None or event.kind != "boundary" or not event.compensation or activity is None:
                continue
            host = process.elements.get(event.attached)
            if not activity.for_compensation:
                findings.wrong(
                    activity,
                    f"compensates '{event.attached}', but is not for it",
                    "set isForCompensation='true'",
                )
            elif host is not None:
                host.undo = activity.id
    for element in process.elements.values():
        host = process.elements.get(element.attached)
        if element.kind == "boundary" and element.compensation and host is not None and not host.undo:
            findings.wrong(
                element,
                "nothing compensates",
                "connect it with an association to an activity for compensation",
            )
        if element.triggered and any(start.compensation for start in process.starts(element.id)):
            around = process.elements.get(element.scope or "")
            if around is not None and not around.undo:
                around.undo = element.id


def _links(process: Process, findings: Findings) -> None:
    """A link is a flow that is not drawn; it belongs to its two ends only."""
    for element in process.elements.values():
        if element.kind != "throw" or not element.link:
            continue
        ends = [
            other
            for other in process.elements.values()
            if other.kind == "catch" and other.link == element.link and other.scope == element.scope
        ]
        if len(ends) != 1:
            what = (
                f"its link '{element.link}' leads to {'no' if not ends else 'more than one'} catch event here"
            )
            findings.wrong(element, what, "draw one link catch event of the same name in the same process")
            continue
        flow = Flow(f"{element.id}/link", element.link, element.id, ends[0].id, None, element.line)
        element.outgoing.append(flow)
        ends[0].incoming.append(flow)
    thrown = {(e.scope, e.link) for e in process.elements.values() if e.kind == "throw"}
    for element in process.elements.values():
        if element.kind == "catch" and element.link and (element.scope, element.link) not in thrown:
            findings.wrong(element, f"no link '{element.link}' leads here", "draw a throw event of that name")


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


def _keeping(process: Process) -> None:
    """An activity whose completion is remembered, and all subprocesses around it."""
    for element in list(process.elements.values()):
        if not element.undo:
            continue
        at: Element | None = element
        while at is not None:
            at.keeps = True
            at = process.elements.get(at.scope or "")
