"""The process as it was designed, with what really happened on it."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import sqrt
from threading import Lock
from uuid import UUID

from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn, mining
from towpath.engines.bpmn.model import ACTIVITIES, Element, Process
from towpath.journeys import queries as journeys
from towpath.surfaces.insight import walks, words

SHOWN = frozenset({"user", "step", "manual", "receive", "send", "catch"})  # what the journal tells of
REPLAYED = SHOWN - {"catch"}
THICK = 9.0
SECONDS = 2.0  # for judging ways that were not judged before: what is left of them is judged when the page is seen again


@dataclass
class Odd:
    """One way of leaving the design: `extra` was done where it may not be, or left out."""

    extra: bool
    activity: str
    after: str = ""
    cases: int = 0
    variants: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return walks.digest(["extra" if self.extra else "left out", self.activity, self.after])


@dataclass
class Fitting:
    """`cases` were judged, `fitting` keep to the design so far; `given_up` were too long a search, `later` have to wait.

    `flows`: how often each was taken. `judged`: variant -> whether it fits.
    """

    cases: int = 0
    fitting: int = 0
    given_up: int = 0
    later: int = 0
    done: Counter[str] = field(default_factory=Counter)
    flows: Counter[str] = field(default_factory=Counter)
    odd: dict[str, Odd] = field(default_factory=dict)
    judged: dict[tuple[str, ...], bool] = field(default_factory=dict)
    bows: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def ranked(self) -> list[Odd]:
        return sorted(self.odd.values(), key=lambda odd: (-odd.cases, odd.activity))

    @property
    def share(self) -> float | None:
        return self.fitting / self.cases if self.cases else None


class Judge:
    """What is known of the ways through one version. A version never changes, so each way is judged once."""

    def __init__(self, process: Process) -> None:
        silent = [e.id for e in process.elements.values() if e.kind in ACTIVITIES and e.kind not in REPLAYED]
        self.process = process
        self.replayer = bpmn.Replayer(process, silent=silent)
        self.lock = Lock()

    def replay(self, trace: Sequence[str], until: float) -> bpmn.Replay | None:
        """None where it is not known, and the time is up."""
        with self.lock:
            return self.replayer.known(trace) or (
                self.replayer.replay(trace) if time.monotonic() < until else None
            )


@lru_cache(maxsize=16)  # each with the ways that it met: some hundred a version
def judge(version: UUID) -> Judge:
    return Judge(catalogue.package(version).process)


def fit(judge: Judge, variants: Sequence[mining.Variant]) -> Fitting:
    """Judges the variants, in their order, as far as one gets. An open or withdrawn request need not have come to the end."""
    process, until = judge.process, time.monotonic() + SECONDS
    caught = {e.name for e in process.elements.values() if e.kind == "catch"}
    ways, found = _Ways(process), Fitting()
    for variant in variants:
        steps = [one for one in variant.activities if one not in journeys.MARKS]
        judged = judge.replay([one for one in steps if one not in caught], until)
        if judged is None:
            found.later += variant.cases
            continue
        closed = journeys.CLOSED in variant.activities
        fits = judged.fits or (not closed and not judged.leaves and not judged.bounded)
        found.cases += variant.cases
        found.given_up += variant.cases if judged.bounded else 0
        found.fitting += variant.cases if fits else 0
        found.judged[variant.activities] = fits
        _count(found, ways, steps, variant.cases, closed)
        if not fits and not judged.bounded:
            _leave(found, ways, judged, variant, closed)
    return found


def _count(found: Fitting, ways: "_Ways", steps: list[str], cases: int, closed: bool) -> None:
    for step in steps:
        if step in ways.by_name:
            found.done[ways.by_name[step].id] += cases
    for flow, times in ways.taken(steps, closed).items():
        found.flows[flow] += times * cases


def _leave(found: Fitting, ways: "_Ways", judged: bpmn.Replay, variant: mining.Variant, closed: bool) -> None:
    moves = list(judged.moves)
    while not closed and moves and moves[-1].kind == "model":
        moves.pop()
    before, met = "", set()
    for move in moves:
        if move.kind != "both":
            odd = Odd(move.kind == "trace", move.activity, before if move.kind == "trace" else "")
            kept = found.odd.setdefault(odd.key, odd)
            if odd.key not in met:
                met.add(odd.key)
                kept.cases += variant.cases
                kept.variants.append(variant.activities)
            if odd.extra and before in ways.by_name and move.activity in ways.by_name:
                found.bows[ways.by_name[before].id, ways.by_name[move.activity].id] += variant.cases
        if move.kind != "model":
            before = move.activity


class _Ways:
    """Which flows lie between two things that show in the journal."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.by_name = {e.name: e for e in process.elements.values() if e.kind in SHOWN and e.name}
        self._between: dict[str, dict[str, frozenset[str]]] = {}

    def taken(self, steps: Sequence[str], closed: bool) -> Counter[str]:
        """How often each flow was taken by one case. What runs side by side joins and parts once."""
        places = [("start", -1)]
        places += [(self.by_name[step].id, n) for n, step in enumerate(steps) if step in self.by_name]
        places += [("end", len(steps))] if closed else []
        pairs: set[tuple[int, int]] = set()
        for here in range(len(places)):
            for then in range(here + 1, len(places)):
                if places[then][0] in self.between(places[here][0]):
                    pairs.add((here, then))
                    break
            for then in range(here - 1, -1, -1):
                if places[here][0] in self.between(places[then][0]):
                    pairs.add((then, here))
                    break
        sources, targets = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
        for one, other in pairs:
            for flow in self.between(places[one][0])[places[other][0]]:
                sources[flow].add(one)
                targets[flow].add(other)
        return Counter({flow: min(len(sources[flow]), len(targets[flow])) for flow in sources})

    def between(self, source: str) -> Mapping[str, frozenset[str]]:
        """From a thing that shows (or "start") to all that can show next (or "end"), by the fewest flows."""
        known = self._between.get(source)
        if known is None:
            known = self._between[source] = self._search(source)
        return known

    def _search(self, source: str) -> dict[str, frozenset[str]]:
        found: dict[str, frozenset[str]] = {}
        first = (
            [(entry, frozenset[str]()) for entry in self.process.entries()]
            if source == "start"
            else list(self._after(self.process.elements[source], frozenset()))
        )
        waiting, seen = first, set[str]()
        while waiting:
            coming: list[tuple[Element | None, frozenset[str]]] = []
            for element, flows in waiting:
                if element is None:
                    found.setdefault("end", flows)
                elif element.id not in seen:
                    seen.add(element.id)
                    if element.kind in SHOWN and element.name:
                        found.setdefault(element.id, flows)
                    else:
                        coming += self._through(element, flows)
            waiting = coming
        return found

    def _through(
        self, element: Element, flows: frozenset[str]
    ) -> Iterator[tuple[Element | None, frozenset[str]]]:
        if element.kind == "subprocess":
            for entry in self.process.entries(element.id):
                yield entry, flows
            for boundary in element.boundaries:
                yield boundary, flows
            return
        yield from self._after(element, flows)

    def _after(
        self, element: Element, flows: frozenset[str]
    ) -> Iterator[tuple[Element | None, frozenset[str]]]:
        for flow in element.outgoing:
            yield self.process.elements[flow.target], flows | {flow.id}
        for boundary in element.boundaries:
            yield boundary, flows
        if not element.outgoing:
            if element.scope is None:
                yield None, flows
            else:
                yield from self._after(self.process.elements[element.scope], flows)


def overlay(process: Process, found: Fitting) -> dict[str, dict[str, str]]:
    """How often each element was done and each flow taken; what never was is dashed."""
    told: dict[str, dict[str, str]] = {}
    for element in process.elements.values():
        if element.kind in SHOWN and element.name:
            count = found.done[element.id]
            told[element.id] = {"label": words.number(count)} if count else {"class": "skipped"}
    top = max(found.flows.values(), default=1)
    for flow in process.flows:
        count = found.flows[flow]
        weight = f"{1 + (THICK - 1) * sqrt(count / top):.1f}"
        told[flow] = (
            {"label": words.number(count), "weight": weight, "class": "done"}
            if count
            else {"class": "skipped"}
        )
    return told


def bows(found: Fitting, most: int = 12) -> list[bpmn.Deviation]:
    return [
        bpmn.Deviation(source, target, words.number(count))
        for (source, target), count in found.bows.most_common(most)
        if source != target
    ]
