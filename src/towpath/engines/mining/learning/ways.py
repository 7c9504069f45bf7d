"""The way of a variant through the model: which flows were taken at gateways, and what each step had to wait for.

A cheapest alignment says which activities the model did; here the silent moves between them are found, the fewest.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from towpath.engines import bpmn
from towpath.engines.bpmn.model import ACTIVITIES, CHOOSING
from towpath.engines.bpmn.net import Marking, Net, TooMuch

BOUND = 20_000  # markings looked at for one variant


class Passed(NamedTuple):
    """A step of the trace, by place, that the model did as `element`; `after`: the step that made it ready, -1 for none."""

    place: int
    element: str
    after: int


@dataclass(slots=True)
class Way:
    """`taken`: flows by choosing gateway, `visits` of gateways and elements, `passed` steps.

    `ended`: the trace reached the end of the model; else it was cut where its last step was.
    """

    taken: Counter[tuple[str, str]] = field(default_factory=Counter)
    visits: Counter[str] = field(default_factory=Counter)
    passed: list[Passed] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    ended: bool = True


class Ways:
    """Variants through one process; `known`: the activities that the log has."""

    def __init__(self, process: bpmn.Process, known: frozenset[str]) -> None:
        self.process = process
        silent = {
            element.id
            for element in process.elements.values()
            if element.kind in ACTIVITIES
            and element.kind not in ("user", "manual")
            and (element.name or element.id) not in known
        }
        self._replayer = bpmn.Replayer(process, silent=silent)
        self._net = Net(process, silent, BOUND)
        self._after: dict[Marking, list[tuple[str, Marking]]] = {}

    def way(self, variant: Sequence[str]) -> Way | None:
        """None if it was given up, or the model can't end."""
        found = self._replayer.replay(variant)
        if found.cost is None:
            return None
        moves = list(found.moves)
        way = Way(strange=[move.activity for move in moves if move.kind == "trace"])
        while moves and moves[-1].kind == "model":
            moves.pop()
            way.ended = False
        way.missed = [move.activity for move in moves if move.kind == "model"]
        done = [move for move in moves if move.kind != "trace"]
        path = self._path([move.activity for move in done], way.ended)
        if path is None:
            return None
        self._count(way, path, list(_places(moves)))
        return way

    # The fewest silent moves

    def _path(self, names: Sequence[str], to_end: bool) -> list[tuple[str, Marking]] | None:
        """Moves as (activity or "", marking after); the first is the beginning."""
        begun = [(0, marking) for marking in sorted(self._net.first())]
        came: dict[tuple[int, Marking], tuple[tuple[int, Marking], str] | None] = dict.fromkeys(begun)
        waiting = deque(begun)
        while waiting:
            here = at, marking = waiting.popleft()
            if at == len(names) and (not to_end or marking == ()):
                return _back(came, here)
            if len(came) > BOUND:
                return None
            for name, after in self._moves(marking):
                there = at + bool(name), after
                if there in came or (name and (at == len(names) or name != names[at])):
                    continue
                came[there] = here, name
                waiting.append(there)
        return None

    def _moves(self, marking: Marking) -> list[tuple[str, Marking]]:
        known = self._after.get(marking)
        if known is None:
            self._net.looked_at = 0
            shown = sorted(set(self._net.visible(marking)))
            try:
                silent = self._net.following(marking) - {after for _, after in shown}
            except TooMuch:
                silent = set()
            known = self._after[marking] = [*shown, *(("", after) for after in sorted(silent))]
        return known

    # What it says

    def _count(self, way: Way, path: list[tuple[str, Marking]], places: list[int]) -> None:
        """`places`: of each activity of the path its place in the trace, or -1."""
        flows, elements = self._net.flows, self.process.elements
        since: dict[str, int] = {}
        done = iter(places)
        before: Marking = path[0][1]
        for name, after in path[1:]:
            gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
            ready = max((since.get(place, -1) for place in gone), default=-1)
            if name:
                place = next(done)
                element = next((self._net.at(one) for one in gone if self._named(one, name)), None)
                if element is not None:
                    way.visits[element.id] += 1
                    if place >= 0:
                        way.passed.append(Passed(place, element.id, ready))
                ready = place if place >= 0 else ready
            else:
                sources = {flows[one].source: elements[flows[one].source] for one in new if one in flows}
                for source in sources.values():
                    way.visits[source.id] += 1
                    if source.kind in CHOOSING:
                        way.taken.update((source.id, one) for one in new if flows[one].source == source.id)
            since.update(dict.fromkeys(new, ready))
            before = after

    def _named(self, place: str, name: str) -> bool:
        element = self._net.at(place)
        return (element.name or element.id) == name


def _back(
    came: dict[tuple[int, Marking], tuple[tuple[int, Marking], str] | None], at: tuple[int, Marking]
) -> list[tuple[str, Marking]]:
    path: list[tuple[str, Marking]] = []
    while (step := came[at]) is not None:
        path.append((step[1], at[1]))
        at = step[0]
    return [("", at[1]), *reversed(path)]


def _places(moves: Sequence[bpmn.Move]) -> Iterator[int]:
    place = 0
    for move in moves:
        if move.kind == "model":
            yield -1
        else:
            if move.kind == "both":
                yield place
            place += 1
