"""A token game that plays all choices at once, blind to data: what traces can this process leave?

A marking is a sorted tuple of places: a sequence flow with a token on it, "@" and an element that a token is about
to enter, or a subprocess under way. Activities show their name in the trace; everything else moves silently:
gateways at once, events at any time. Several instances of one subprocess share their places, a complex join goes
on with any of its tokens, what compensates may come in any order: this lets a little more through than a real run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, islice

from towpath.engines.bpmn.model import ACTIVITIES, Element, Flow, Process

Marking = tuple[str, ...]


class TooMuch(Exception):
    """More markings than one is ready to look at."""


class Net:
    """`looked_at` counts the markings; whoever asks sets it back, and `bound` says when it is too much.

    `hasty`: nothing shows, and what nothing can interrupt is done at once. Who only asks where a case can come to
    need not look at all orders of what happens side by side.
    """

    def __init__(self, process: Process, silent: Collection[str], bound: int, *, hasty: bool = False) -> None:
        self.process = process
        self.elements = process.elements
        self.flows = {flow.id: flow for e in process.elements.values() for flow in e.outgoing}
        self.silent = frozenset(silent)
        self.bound = bound
        self.looked_at = 0
        self.shown = frozenset(
            name for name, element in process.elements.items() if not hasty and self._can_show(element)
        )
        self.quick = frozenset(
            name for name, element in process.elements.items() if hasty and not element.boundaries
        )
        self.names = frozenset(self.elements[name].name or name for name in self.shown)
        self.inner = {
            element.id: self._inside(element.id)
            for element in self.elements.values()
            if element.kind == "subprocess"
        }

    def _inside(self, scope: str) -> frozenset[str]:
        """Every place in a subprocess, at any depth."""
        places: set[str] = set()
        for element in self.process.inside(scope):
            places.add(f"@{element.id}")
            places.update(flow.id for flow in element.outgoing)
            if element.kind == "subprocess":
                places |= {element.id, *self._inside(element.id)}
        return frozenset(places)

    def first(self) -> set[Marking]:
        """The markings that a case can begin with."""
        entries = self.process.entries()
        starts = [entry for entry in entries if entry.kind == "start"]
        if starts:
            return {self.put((), start) for start in starts}
        alone = [entry for entry in entries if entry.instantiates]
        together = tuple(sorted(f"@{entry.id}" for entry in entries if not entry.instantiates))
        return {(f"@{entry.id}",) for entry in alone} | ({together} if together else set())

    def put(self, marking: Iterable[str], element: Element) -> Marking:
        """After `element` has been left."""
        return tuple(sorted([*marking, *self._sent(element)]))

    def _sent(self, element: Element) -> list[str]:
        return [flow.id for flow in element.outgoing for _ in range(element.gives)]

    def closure(self, markings: Iterable[Marking]) -> set[Marking]:
        """All markings that silent moves lead to."""
        seen = set(markings)
        waiting = list(seen)
        while waiting:
            for after in self._silently(waiting.pop()):
                if after not in seen:
                    self.looked_at += 1
                    if self.looked_at > self.bound:
                        raise TooMuch
                    seen.add(after)
                    waiting.append(after)
        return seen

    def following(self, marking: Marking) -> set[Marking]:
        """After one move, silent or not."""
        found = set(islice(self._silently(marking), self.bound))
        if len(found) >= self.bound:
            raise TooMuch
        return found.union(after for _, after in self.visible(marking))

    def visible(self, marking: Marking) -> Iterator[tuple[str, Marking]]:
        if self._pressing(marking):
            return
        for place in set(marking):
            element = self.at(place)
            if place != element.id and element.id in self.shown:
                rest = self._taken(marking, place, element)
                if rest is None:
                    continue
                name = element.name or element.id
                yield name, self.put(rest, element)
                if element.many or element.loop:
                    yield name, marking

    def _taken(self, marking: Marking, place: str, element: Element) -> Marking | None:
        """Without the tokens that the element takes; None if there are too few."""
        if element.needs == 1:
            return _without(marking, place)
        incoming = {flow.id for flow in element.incoming}
        there = [place for place in marking if place in incoming]
        if len(there) < element.needs:
            return None
        for one in there[: element.needs]:
            marking = _without(marking, one)
        return marking

    def at(self, place: str) -> Element:
        """The element that a token on a flow has before it, or the subprocess that is under way."""
        if place[0] == "@":
            return self.elements[place[1:]]
        flow = self.flows.get(place)
        return self.elements[flow.target if flow else place]

    def _can_show(self, element: Element) -> bool:
        if element.kind not in ACTIVITIES or element.kind == "subprocess":
            return False
        return element.id not in self.silent and element.name not in self.silent

    def _silently(self, marking: Marking) -> Iterator[Marking]:
        pressing = self._pressing(marking)
        for place in [pressing] if pressing else sorted(set(marking)):
            element = self.at(place)
            if place == element.id:
                yield from self._subprocess(marking, element)
            elif element.kind == "subprocess":
                yield self._begun(_without(marking, place), element)
                if element.loop or element.many:
                    yield self.put(_without(marking, place), element)  # none of it
            elif element.kind in ("end", "throw"):
                yield self._ended(_without(marking, place), element)
            elif element.kind in ("parallel", "inclusive", "complex"):
                yield from self._joined(marking, place, element)
            elif element.kind in ("exclusive", "event"):
                for flow in element.outgoing:
                    yield tuple(sorted([*_without(marking, place), flow.id]))
            else:
                yield from self._rested(marking, place, element)
        if marking and (not pressing or self.quick):
            yield from self._event_subprocesses(marking)
        if pressing and self.quick:
            yield from self._interrupted(marking)

    def _pressing(self, marking: Marking) -> str:
        """A place that a case never rests at; "" if there is none. It moves before anything else may happen.

        Inclusive joins come last, when it is known who else is on the way.
        """
        later = ""
        for place in marking:
            element = self.at(place)
            if place == element.id:
                if self.inner[place].isdisjoint(marking):
                    return place
            elif element.kind in ("inclusive", "complex") and len(element.incoming) > 1:
                later = later or (place if any(self._joined(marking, place, element)) else "")
            elif element.kind == "parallel":
                if any(self._joined(marking, place, element)):
                    return place
            elif element.needs > 1 or element.for_compensation:
                continue
            elif element.id in self.quick or not (
                element.id in self.shown or (element.waits and element.kind != "subprocess")
            ):
                return place
        return later

    def _rested(self, marking: Marking, place: str, element: Element) -> Iterator[Marking]:
        rest = self._taken(marking, place, element)
        if rest is None:
            return
        if element.id not in self.shown or element.many or element.loop or element.for_compensation:
            yield self.put(rest, element)
        yield from self._boundaries(marking, rest, element)

    # Subprocesses

    def _begun(self, rest: Iterable[str], element: Element) -> Marking:
        entries = self.process.entries(element.id)
        places: list[str] = []
        for entry in entries:
            places += self._sent(entry) if entry.kind == "start" else [f"@{entry.id}"]
        return tuple(sorted([*rest, element.id, *places]))

    def _subprocess(self, marking: Marking, element: Element) -> Iterator[Marking]:
        inner = self.inner[element.id]
        outside = tuple(place for place in marking if place not in inner)
        if outside == marking:
            yield self.put(_without(marking, element.id), element)
        again = element.many or element.loop or (element.adhoc and element.adhoc.completion)
        if again:
            begun = self._begun(_without(marking, element.id), element)
            if len(set(begun)) == len(begun):  # else it could come for ever
                yield begun
        if element.adhoc is not None and element.adhoc.completion is not None:
            yield self.put(_without(outside, element.id), element)
        yield from self._boundaries(marking, _without(outside, element.id), element)

    def _interrupted(self, marking: Marking) -> Iterator[Marking]:
        """What is hasty inside a subprocess can still be interrupted as a whole."""
        for place in set(marking) & self.inner.keys():
            outside = tuple(other for other in marking if other not in self.inner[place])
            yield from self._boundaries(marking, _without(outside, place), self.elements[place])

    def _event_subprocesses(self, marking: Marking) -> Iterator[Marking]:
        for scope, listening in self.process.listening.items():
            if scope is not None and scope not in marking:
                continue
            for inside, start in listening:
                if inside.id in marking or start.compensation:
                    continue
                kept = marking
                if start.interrupting:
                    gone = self.inner[scope] if scope is not None else frozenset(marking)
                    kept = tuple(place for place in marking if place not in gone)
                yield tuple(sorted([*kept, inside.id, *self._sent(start)]))

    def _boundaries(self, marking: Marking, interrupted: Marking, element: Element) -> Iterator[Marking]:
        for boundary in element.boundaries:
            if boundary.compensation:
                continue
            if boundary.interrupting:
                yield self.put(interrupted, boundary)
            elif not any(flow.id in marking for flow in boundary.outgoing):  # else it could come for ever
                yield self.put(marking, boundary)

    # Joins and ends

    def _joined(self, marking: Marking, place: str, element: Element) -> Iterator[Marking]:
        rest = marking
        incoming = {flow.id for flow in element.incoming} or {place}
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
        if element.kind == "complex" and len(incoming) > 1:
            yield rest  # a token that comes late is taken and nothing follows
        chosen = [element.outgoing] if element.kind == "parallel" else _subsets(element.outgoing)
        for flows in chosen:
            yield tuple(sorted([*rest, *(flow.id for flow in flows)]))

    def _still_to_come(self, marking: Marking, join: Element, arrived: set[str]) -> bool:
        for place in set(marking) - arrived:
            at = self.at(place).id
            ways = {flow for flow, before in join.before.items() if at in before}
            if ways and ways.isdisjoint(arrived):
                return True
        return False

    def _ended(self, marking: Marking, end: Element) -> Marking:
        """A throw or end event has been reached."""
        if any(part.compensates is not None for part in end.parts or (end,)):
            marking = tuple(sorted([*marking, *self._handlers(end)]))
        if end.kind == "throw":
            return self.put(marking, end)
        if end.error is not None or end.cancels:
            return self._caught(marking, end)
        if not end.terminate:
            return marking
        inner = self.inner[end.scope] if end.scope else marking
        return tuple(place for place in marking if place not in inner)

    def _handlers(self, thrower: Element) -> list[str]:
        return [
            f"@{other.undo}"
            for other in self.process.inside(thrower.scope)
            if other.undo and thrower.compensates in ("", other.id)
        ]

    def _caught(self, marking: Marking, end: Element) -> Marking:
        scope = end.scope
        while scope is not None:
            element = self.elements[scope]
            for boundary in sorted(element.boundaries, key=lambda boundary: boundary.error == ""):
                if boundary.cancels if end.cancels else boundary.error in (end.error, ""):
                    gone = self.inner[scope]
                    rest = tuple(place for place in marking if place not in gone)
                    return self.put(_without(rest, scope), boundary)
            for inside, start in self.process.listening.get(scope, ()):
                if end.error is not None and start.error in (end.error, "") and inside.id != end.scope:
                    rest = tuple(place for place in marking if place not in self.inner[scope])
                    return tuple(sorted([*rest, inside.id, *self._sent(start)]))
            scope = element.scope
        return ()


def _without(marking: Marking, place: str) -> Marking:
    at = marking.index(place)
    return marking[:at] + marking[at + 1 :]


def _subsets(flows: Sequence[Flow]) -> Iterator[tuple[Flow, ...]]:
    for size in range(1, len(flows) + 1):
        yield from combinations(flows, size)
