"""Can a case come to its end from everywhere? All ways are tried, up to a bound, blind to data."""

from __future__ import annotations

from collections.abc import Iterator

from towpath.engines.bpmn.model import Element, Process
from towpath.engines.bpmn.net import Marking, Net, TooMuch

BOUND = 3_000  # markings; a process with more is not judged
TOKENS = 50  # at once; a process with more makes them without end
_CONNECT = "look at the gateways before it: what splits must be joined by its like"
_LEAVE = "draw a way out of the circle"


def explore(process: Process) -> Iterator[tuple[Element, str, str]]:
    """(element, what may go wrong, what would be right); nothing if all is well, or if there is too much to see."""
    net = Net(process, (), BOUND, hasty=True)
    after = _graph(net)
    if after is None:
        return
    good = _reaching_the_end(after)
    stuck = [marking for marking, following in after.items() if not following and marking not in good]
    named: set[str] = set()
    for marking in sorted(stuck):
        for element in _waiting(net, marking):
            if element.id not in named:
                named.add(element.id)
                yield element, "a case can get stuck here: it may wait for what never comes", _CONNECT
    if stuck:
        return
    for marking in sorted(after.keys() - good):
        for element in {net.at(place).id: net.at(place) for place in marking}.values():
            if element.id not in named:
                named.add(element.id)
                yield element, "a case that comes here can never end", _LEAVE


def _graph(net: Net) -> dict[Marking, set[Marking]] | None:
    waiting = list(net.first())
    after: dict[Marking, set[Marking]] = {}
    try:
        while waiting:
            marking = waiting.pop()
            if marking in after:
                continue
            if len(after) >= BOUND or len(marking) > TOKENS:
                return None
            after[marking] = net.following(marking) if marking else set()
            waiting.extend(after[marking] - after.keys())
    except TooMuch:
        return None
    return after


def _reaching_the_end(after: dict[Marking, set[Marking]]) -> set[Marking]:
    before: dict[Marking, list[Marking]] = {}
    for marking, following in after.items():
        for other in following:
            before.setdefault(other, []).append(marking)
    good: set[Marking] = set()
    waiting: list[Marking] = [()]
    while waiting:
        marking = waiting.pop()
        if marking not in good:
            good.add(marking)
            waiting.extend(before.get(marking, ()))
    return good


def _waiting(net: Net, marking: Marking) -> list[Element]:
    """The joins at which the tokens stand; failing that, wherever they are."""
    elements = list({net.at(place).id: net.at(place) for place in marking}.values())
    joins = [
        e for e in elements if e.needs > 1 or (e.kind in ("parallel", "inclusive") and len(e.incoming) > 1)
    ]
    return joins or elements
