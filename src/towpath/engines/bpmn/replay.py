"""Does a trace fit the model? A token game that plays all choices at once, blind to data.

A marking is a sorted tuple of places: a sequence flow with a token on it, or a subprocess under way.
Activities show their name in the trace; everything else moves silently: gateways at once, events at any time.
Several instances of one subprocess share their places, which lets a little more through than a real run would.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from towpath.engines.bpmn.model import ACTIVITIES, Element, Flow, Process

BOUND = 20_000  # markings looked at for one trace

Marking = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """`played` activities of the trace fit. If it leaves the model, `leaves` is the first that does not fit and
    `expected` what could have come instead; both are empty if only the end is missing (`fits` is false, too).
    `bounded`: the search was given up, so the rest is what was known by then."""

    fits: bool
    played: int
    leaves: str = ""
    expected: tuple[str, ...] = ()
    bounded: bool = False


class _TooMuch(Exception):
    pass


def replay(process: Process, trace: Sequence[str], *, silent: Collection[str] = ()) -> Replay:
    """Play a trace of activity names. `silent` names activities (or their ids) that leave no mark in traces."""
    net = _Net(process, silent)
    markings = {net.put((), start.outgoing) for start in process.starts()}
    try:
        for played, name in enumerate(trace):
            reached = net.closure(markings)
            markings = {
                after for marking in reached for label, after in net.visible(marking) if label == name
            }
            if not markings:
                expected = {label for marking in reached for label, _ in net.visible(marking)}
                return Replay(False, played, name, tuple(sorted(expected)))
        reached = net.closure(markings)
    except _TooMuch:
        return Replay(False, played if trace else 0, bounded=True)
    if () in reached:
        return Replay(True, len(trace))
    expected = {label for marking in reached for label, _ in net.visible(marking)}
    return Replay(False, len(trace), expected=tuple(sorted(expected)))


class _Net:
    def __init__(self, process: Process, silent: Collection[str]) -> None:
        self.process = process
        self.elements = process.elements
        self.silent = frozenset(silent)
        self.looked_at = 0
        self.inner = {
            element.id: self._inside(element.id)
            for element in self.elements.values()
            if element.kind == "subprocess"
        }

    def _inside(self, scope: str) -> frozenset[str]:
        """Every place in a subprocess, at any depth."""
        places: set[str] = set()
        for element in self.process.inside(scope):
            places.update(flow.id for flow in element.outgoing)
            if element.kind == "subprocess":
                places |= {element.id, *self._inside(element.id)}
        return frozenset(places)

    def put(self, marking: Iterable[str], flows: Iterable[Flow]) -> Marking:
        return tuple(sorted([*marking, *(flow.id for flow in flows)]))

    def closure(self, markings: Iterable[Marking]) -> set[Marking]:
        """All markings that silent moves lead to."""
        seen = set(markings)
        waiting = list(seen)
        while waiting:
            for after in self._silently(waiting.pop()):
                if after not in seen:
                    self.looked_at += 1
                    if self.looked_at > BOUND:
                        raise _TooMuch
                    seen.add(after)
                    waiting.append(after)
        return seen

    def visible(self, marking: Marking) -> Iterator[tuple[str, Marking]]:
        if self._pressing(marking):
            return
        for place in set(marking):
            element = self._at(place)
            if place != element.id and self._shows(element):
                name = element.name or element.id
                yield name, self.put(_without(marking, place), element.outgoing)
                if element.many:
                    yield name, marking

    def _at(self, place: str) -> Element:
        """The element that a token on a flow has before it, or the subprocess that is under way."""
        flow = self.process.flows.get(place)
        return self.elements[flow.target if flow else place]

    def _shows(self, element: Element) -> bool:
        if element.kind not in ACTIVITIES or element.kind == "subprocess":
            return False
        return element.id not in self.silent and element.name not in self.silent

    def _silently(self, marking: Marking) -> Iterator[Marking]:
        pressing = self._pressing(marking)
        for place in [pressing] if pressing else sorted(set(marking)):
            element = self._at(place)
            if place == element.id:
                yield from self._subprocess(marking, element)
            elif element.kind == "subprocess":
                yield self.put((*_without(marking, place), element.id), self._inner_start(element))
            elif element.kind == "end":
                yield self._ended(_without(marking, place), element)
            elif element.kind in ("parallel", "inclusive"):
                yield from self._joined(marking, place, element)
            elif element.kind in ("exclusive", "event"):
                for flow in element.outgoing:
                    yield self.put(_without(marking, place), [flow])
            else:
                yield from self._rested(marking, place, element)

    def _pressing(self, marking: Marking) -> str:
        """A place that a case never rests at; "" if there is none. It moves before anything else may happen.

        Inclusive joins come last, when it is known who else is on the way.
        """
        later = ""
        for place in marking:
            element = self._at(place)
            if place == element.id:
                if self.inner[place].isdisjoint(marking):
                    return place
            elif element.kind == "inclusive" and len(element.incoming) > 1:
                later = later or (place if any(self._joined(marking, place, element)) else "")
            elif element.kind == "parallel":
                if any(self._joined(marking, place, element)):
                    return place
            elif not (self._shows(element) or element.asked or element.kind in ("catch", "event")):
                return place
        return later

    def _rested(self, marking: Marking, place: str, element: Element) -> Iterator[Marking]:
        rest = _without(marking, place)
        if not self._shows(element) or element.many:
            yield self.put(rest, element.outgoing)
        yield from self._boundaries(marking, rest, element)

    def _inner_start(self, element: Element) -> list[Flow]:
        return [flow for start in self.process.starts(element.id) for flow in start.outgoing]

    def _subprocess(self, marking: Marking, element: Element) -> Iterator[Marking]:
        inner = self.inner[element.id]
        outside = tuple(place for place in marking if place not in inner)
        if outside == marking:
            yield self.put(_without(marking, element.id), element.outgoing)
        begun = self._inner_start(element)
        if element.many and not any(flow.id in marking for flow in begun):
            yield self.put(marking, begun)
        yield from self._boundaries(marking, _without(outside, element.id), element)

    def _boundaries(self, marking: Marking, interrupted: Marking, element: Element) -> Iterator[Marking]:
        for boundary in element.boundaries:
            if boundary.interrupting:
                yield self.put(interrupted, boundary.outgoing)
            elif not any(flow.id in marking for flow in boundary.outgoing):  # else it could come for ever
                yield self.put(marking, boundary.outgoing)

    def _joined(self, marking: Marking, place: str, element: Element) -> Iterator[Marking]:
        rest = marking
        incoming = {flow.id for flow in element.incoming}
        arrived = incoming & set(marking)
        if element.kind == "parallel" and arrived != incoming:
            return
        if (
            element.kind == "inclusive"
            and len(incoming) > 1
            and self._still_to_come(marking, element, arrived)
        ):
            return
        for flow in arrived:
            rest = _without(rest, flow)
        for flows in _subsets(element.outgoing) if element.kind == "inclusive" else [element.outgoing]:
            yield self.put(rest, flows)

    def _still_to_come(self, marking: Marking, join: Element, arrived: set[str]) -> bool:
        for place in set(marking) - arrived:
            at = self._at(place).id
            ways = {flow for flow, before in join.before.items() if at in before}
            if ways and ways.isdisjoint(arrived):
                return True
        return False

    def _ended(self, marking: Marking, end: Element) -> Marking:
        if end.error is not None:
            return self._caught(marking, end)
        if not end.terminate:
            return marking
        inner = self.inner[end.scope] if end.scope else marking
        return tuple(place for place in marking if place not in inner)

    def _caught(self, marking: Marking, end: Element) -> Marking:
        scope = end.scope
        while scope is not None:
            element = self.elements[scope]
            for wanted in (end.error, ""):
                for boundary in element.boundaries:
                    if boundary.error == wanted:
                        gone = self.inner[scope]
                        rest = tuple(place for place in marking if place not in gone)
                        return self.put(_without(rest, scope), boundary.outgoing)
            scope = element.scope
        return ()


def _without(marking: Marking, place: str) -> Marking:
    at = marking.index(place)
    return marking[:at] + marking[at + 1 :]


def _subsets(flows: Sequence[Flow]) -> Iterator[tuple[Flow, ...]]:
    for size in range(1, len(flows) + 1):
        yield from combinations(flows, size)
