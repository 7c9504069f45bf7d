"""The picture as a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from towpath.engines.bpmn.draw.told import Told
from towpath.engines.bpmn.figures import NODES, Figure, Line

Flows = Mapping[str, Sequence[Line]]  # of what they leave; nothing leaves what is not in it


@dataclass(frozen=True, slots=True)
class Row:
    """One element. `kind` is its BPMN tag, `inside` the name of the subprocess or lane that it lies in.

    `said` is what the overlay says, in words; `label` and `note` are also there by themselves, for columns.
    `leads_to`: names of what comes next, with the name of the flow where it has one and what the overlay says of it;
    what has no row, such as a gateway without a name, is passed through.
    """

    id: str
    name: str
    kind: str
    inside: str
    said: tuple[str, ...]
    label: str
    note: str
    leads_to: tuple[str, ...]
    deviates_to: tuple[str, ...] = ()


def rows(told: Told) -> list[Row]:
    """Steps, events and gateways that have a name, a mark or a deviation, in the order of the process."""
    deviating = {end for way in told.deviations for end in (way.source, way.target)}
    shown = [
        figure
        for figure in in_order(told)
        if told.text(figure) or figure.id in told.overlay or figure.id in deviating
    ]
    ids, after = {figure.id for figure in shown}, defaultdict(list)
    for line in told.diagram.lines.values():
        if line.tag == "sequenceFlow" and line.target:
            after[line.source].append(line)
    return [_row(told, figure, after, ids) for figure in shown]


def in_order(told: Told) -> list[Figure]:
    """As one reads the process: from the beginnings, first the way that is written first; subprocesses opened."""
    following: dict[str, list[str]] = defaultdict(list)
    for line in told.diagram.lines.values():
        if line.tag == "sequenceFlow":
            following[line.source].append(line.target)
    figures = [figure for figure in told.diagram.figures.values() if figure.sort in NODES]
    for figure in figures:
        if figure.attached:
            following[figure.attached].append(figure.id)
    entered = {target for targets in following.values() for target in targets}
    found: dict[str, Figure] = {}
    _walk([f for f in figures if f.scope not in told.diagram.figures], figures, following, entered, found)
    return list(found.values())


def _walk(
    roots: list[Figure],
    figures: list[Figure],
    following: dict[str, list[str]],
    entered: set[str],
    found: dict[str, Figure],
) -> None:
    by_id = {figure.id: figure for figure in figures}
    stack = sorted(roots, key=lambda figure: figure.id in entered)[::-1]
    while stack:
        figure = stack.pop()
        if figure.id in found:
            continue
        found[figure.id] = figure
        stack += [by_id[name] for name in reversed(following[figure.id]) if name in by_id]
        inner = [inside for inside in figures if inside.scope == figure.id]
        stack += sorted(inner, key=lambda inside: inside.id in entered)[::-1]


def _row(told: Told, figure: Figure, after: Flows, shown: set[str]) -> Row:
    mark = told.overlay.get(figure.id, {})
    around = told.diagram.figures.get(figure.lane) or told.diagram.figures.get(figure.scope)
    return Row(
        figure.id,
        told.text(figure),
        figure.tag,
        told.text(around) if around else "",
        tuple(told.words(figure.id)),
        mark.get("label", ""),
        mark.get("note", ""),
        tuple(dict.fromkeys(_leads_to(told, figure, after, shown))),
        tuple(
            _with(told.text(told.diagram.figures[way.target]) or way.target, [way.label])
            for way in told.deviations
            if way.source == figure.id and way.target in told.diagram.figures
        ),
    )


def _leads_to(told: Told, figure: Figure, after: Flows, shown: set[str]) -> list[str]:
    return [
        _with(told.text(told.diagram.figures[end]) or end, [told.text(line), *told.words(line.id)])
        for line in after[figure.id]
        for end in _ends(line.target, after, shown)
    ]


def _ends(target: str, after: Flows, shown: set[str]) -> list[str]:
    """The target, or what comes after it where it has no row; what nothing comes after stands for itself."""
    found, passed, waiting = [], set(), [target]
    while waiting:
        here = waiting.pop()
        if here in passed:
            continue
        passed.add(here)
        if here in shown or not after[here]:
            found.append(here)
        else:
            waiting += [line.target for line in reversed(after[here])]
    return found


def _with(name: str, said: list[str]) -> str:
    words = ", ".join(filter(None, said))
    return f"{name} ({words})" if words else name
