"""A process tree from variants: the inductive miner, infrequent (Leemans, Fahland and van der Aalst 2013, 2014).

The log is cut where its directly-follows graph falls apart: into choices, a sequence, what goes side by side, or a
loop; then each part again. With noise 0 the tree plays every trace of the log. Where no cut is found the edges rarer
than `noise` times the most frequent of their activity are left out of sight; at last anything may come in any order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Traces = Mapping[tuple[str, ...], int]


@dataclass(frozen=True, slots=True)
class Tree:
    """`loop`: the first part, then as often as one likes one of the others and the first again. `task`: its name."""

    kind: Literal["task", "nothing", "sequence", "choice", "parallel", "loop"]
    parts: tuple[Tree, ...] = ()
    name: str = ""


NOTHING = Tree("nothing")
_Groups = list[set[str]]


class _Graph:
    """Which activity follows which directly, which begin and which end; without the rare with `noise`."""

    def __init__(self, traces: Traces, noise: float = 0.0) -> None:
        edges: dict[str, Counter[str]] = {}
        starts: Counter[str] = Counter()
        ends: Counter[str] = Counter()
        for trace, times in traces.items():
            starts[trace[0]] += times
            ends[trace[-1]] += times
            for one in trace:
                edges.setdefault(one, Counter())
            for one, other in pairwise(trace):
                edges[one][other] += times
        self.starts, self.ends = _frequent(starts, noise), _frequent(ends, noise)
        self.after = {one: _frequent(to, noise, ends[one]) for one, to in edges.items()}
        self.names = sorted(edges)


def _frequent(counts: Counter[str], noise: float, beside: int = 0) -> set[str]:
    least = noise * max([beside, *counts.values()])
    return {name for name, count in counts.items() if count >= least}


def tree(traces: Traces, noise: float = 0.0) -> Tree:
    """`traces`: each with how often it occurred. `noise` from 0 to 1."""
    total, empty = sum(traces.values()), traces.get((), 0)
    if empty:
        traces = {trace: times for trace, times in traces.items() if trace}
        if not traces:
            return NOTHING
        found = tree(traces, noise)
        return found if empty <= noise * total else Tree("choice", (NOTHING, found))
    names = {name for trace in traces for name in trace}
    if not names:
        return NOTHING
    if len(names) == 1:
        (name,) = names
        once = traces.get((name,), 0)
        task = Tree("task", name=name)
        return task if once == total or (noise and once >= (1 - noise) * total) else _again(task)
    cut = _cut(traces, 0.0, noise)
    if cut is None and noise:
        cut = _cut(traces, noise, noise)
    return cut or _otherwise(traces, names, noise)


def _again(body: Tree) -> Tree:
    return Tree("loop", (body, NOTHING))


def _cut(traces: Traces, hidden: float, noise: float) -> Tree | None:
    graph = _Graph(traces, hidden)
    if len(groups := _choices(graph)) > 1:
        return Tree("choice", tuple(tree(part, noise) for part in _by_most(traces, groups)))
    if len(groups := _sequence(graph)) > 1:
        return Tree("sequence", tuple(tree(_within(traces, group), noise) for group in groups))
    if len(groups := _parallel(graph)) > 1:
        return Tree("parallel", tuple(tree(_within(traces, group), noise) for group in groups))
    if len(groups := _loop(graph)) > 1:
        return Tree("loop", tuple(tree(part, noise) for part in _rounds(traces, groups)))
    return None


def _otherwise(traces: Traces, names: set[str], noise: float) -> Tree:
    """What is once in every trace goes beside the rest; a trace that begins again is a loop; else anything goes."""
    for name in sorted(names):
        if all(trace.count(name) == 1 for trace in traces):
            return Tree("parallel", (Tree("task", name=name), tree(_within(traces, names - {name}), noise)))
    graph = _Graph(traces)
    rounds: Counter[tuple[str, ...]] = Counter()
    for trace, times in traces.items():
        begun = 0
        for at, (one, other) in enumerate(pairwise(trace), 1):
            if one in graph.ends and other in graph.starts:
                rounds[trace[begun:at]] += times
                begun = at
        rounds[trace[begun:]] += times
    if rounds.total() > sum(traces.values()):
        return _again(tree(rounds, noise))
    return _again(Tree("choice", tuple(Tree("task", name=name) for name in sorted(names))))


# Cuts


def _components(names: Iterable[str], joined: Mapping[str, set[str]]) -> _Groups:
    """Those that are joined, in either direction, lie in one group."""
    rest = sorted(names)
    both: dict[str, set[str]] = {name: set() for name in rest}
    for one in rest:
        for other in joined[one] & both.keys():
            both[one].add(other)
            both[other].add(one)
    groups: _Groups = []
    seen: set[str] = set()
    for name in rest:
        if name not in seen:
            group, waiting = {name}, [name]
            while waiting:
                new = both[waiting.pop()] - group
                group |= new
                waiting += new
            seen |= group
            groups.append(group)
    return groups


def _choices(graph: _Graph) -> _Groups:
    return _components(graph.names, graph.after)


def _sequence(graph: _Graph) -> _Groups:
    """Groups of which one leads to the other and never back."""
    groups: _Groups = [{name} for name in graph.names]
    while True:
        reach = _reached(groups, graph)
        alike = {
            str(one): {str(other) for other in range(len(groups)) if (other in reach[one]) == (one in reach[other])}
            for one in range(len(groups))
        }  # fmt: skip
        merged = _components(alike, alike)
        if len(merged) == len(groups):
            return [
                groups[one] for one in sorted(range(len(groups)), key=lambda one: -len(reach[one] - {one}))
            ]
        groups = [{name for number in part for name in groups[int(number)]} for part in merged]


def _reached(groups: _Groups, graph: _Graph) -> list[set[int]]:
    place = {name: number for number, group in enumerate(groups) for name in group}
    after = [{place[to] for name in group for to in graph.after[name]} for group in groups]
    found = []
    for number in range(len(groups)):
        seen, waiting = set(after[number]), list(after[number])
        while waiting:
            new = after[waiting.pop()] - seen
            seen |= new
            waiting += new
        found.append(seen)
    return found


def _parallel(graph: _Graph) -> _Groups:
    """Everything in one group comes before and after everything in the others; each has a start and an end."""
    apart = {
        one: {o for o in graph.names if o not in graph.after[one] or one not in graph.after[o]}
        for one in graph.names
    }
    whole: _Groups = []
    lame: set[str] = set()
    for group in _components(graph.names, apart):
        if group & graph.starts and group & graph.ends:
            whole.append(group)
        else:
            lame |= group
    if whole:
        whole[0] |= lame
    return whole


def _loop(graph: _Graph) -> _Groups:
    """The body with all starts and ends first, then the ways back: entered from every end, left to every start."""
    body = graph.starts | graph.ends
    back: _Groups = []
    for group in _components(set(graph.names) - body, graph.after):
        into = {one: {to for to in graph.after[one] if to in group} for one in body}
        out = {one: graph.after[one] & body for one in group}
        entered = set().union(*into.values())
        left = {one for one in group if out[one]}
        fine = (
            all(not to or one in graph.ends for one, to in into.items())
            and all(to <= graph.starts for to in out.values())
            and all(entered <= into[end] for end in graph.ends)
            and all(graph.starts <= out[one] for one in left)
        )
        if fine and entered and left:
            back.append(group)
        else:
            body |= group
    return [body, *back]


# The parts of the log


def _within(traces: Traces, group: set[str]) -> Traces:
    part: Counter[tuple[str, ...]] = Counter()
    for trace, times in traces.items():
        part[tuple(name for name in trace if name in group)] += times
    return part


def _by_most(traces: Traces, groups: _Groups) -> list[Traces]:
    """Each trace goes where most of it lies; what lies elsewhere is noise."""
    parts: list[Counter[tuple[str, ...]]] = [Counter() for _ in groups]
    for trace, times in traces.items():
        shares = [sum(name in group for name in trace) for group in groups]
        best = shares.index(max(shares))
        parts[best][tuple(name for name in trace if name in groups[best])] += times
    return list(parts)


def _rounds(traces: Traces, groups: _Groups) -> list[Traces]:
    place = {name: number for number, group in enumerate(groups) for name in group}
    parts: list[Counter[tuple[str, ...]]] = [Counter() for _ in groups]
    for trace, times in traces.items():
        here, begun = 0, 0
        for at, name in enumerate(trace):
            if place[name] == here:
                continue
            parts[here][trace[begun:at]] += times
            if here and place[name]:
                parts[0][()] += times  # from one way back to another: a round of nothing between
            here, begun = place[name], at
        parts[here][trace[begun:]] += times
        if here:
            parts[0][()] += times
    return list(parts)
