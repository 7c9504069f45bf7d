"""The service's process as a picture and as a table: what this case has done, where it is, what it passed by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe
from django.utils.timesince import timesince
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from towpath.casework import queries as casework
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.surfaces.look import Cell, Column, Table, TagKind

_TAGS: Mapping[str, TagKind] = {"current": "active", "done": "done", "skipped": ""}


@dataclass(frozen=True)
class Map:
    """`svg` and, for those who can't see it, the same as a table."""

    svg: SafeString
    table: Table


def process_map(
    version: UUID,
    state: Mapping[str, Any],
    tasks: Iterable[Any],
    story: Sequence[casework.Happening],
    language: str,
) -> Map:
    """`state` is the engine's: where the case rests, whether or not somebody has a task there."""
    package = catalogue.package(version)
    process = package.process
    now = {task.element for task in tasks if task.state == "open"} | _resting(process, state)
    # What happens in a process that was called, or is in trouble, has a name that this one does not know.
    now &= process.elements.keys()
    took = {name: time for name, time in _times(story).items() if name in process.elements}
    done = took.keys() - now
    overlay: dict[str, dict[str, str]] = {name: {"class": "done", "note": took[name]} for name in done}
    overlay |= {name: {"class": "skipped"} for name in _passed_by(process, now, done)}
    overlay |= {name: {"class": "current"} for name in now}
    texts = {"current": _("now"), "done": _("done"), "skipped": _("not taken")} | package.names(language)
    svg = _drawn(version, get_language_bidi(), _fixed(overlay), tuple(texts.items()))
    # The engine escapes every text of the package that it writes.
    return Map(mark_safe(svg), _table(bpmn.table(process, overlay, texts), overlay, texts))  # noqa: S308


Marks = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def _fixed(overlay: Mapping[str, Mapping[str, str]]) -> Marks:
    return tuple((name, tuple(mark.items())) for name, mark in sorted(overlay.items()))


@lru_cache(maxsize=128)  # pictures of some 50 KB
def _drawn(version: UUID, rtl: bool, overlay: Marks, texts: tuple[tuple[str, str], ...]) -> str:
    """A version never changes: with the same marks it is the same picture, and cases stand where others stood."""
    marks = {name: dict(mark) for name, mark in overlay}
    return bpmn.draw(catalogue.package(version).process, marks, dict(texts), rtl=rtl)


def _resting(process: bpmn.Process, state: Mapping[str, Any]) -> set[str]:
    """What the case waits for; not the boundary events, which only may come."""
    if not state.get("tokens"):
        return set()
    try:
        waiting = {one.element for one in bpmn.enabled(process, state)}
    except bpmn.Refused:  # of another version of the process: its tasks still say where it is
        return set()
    return {name for name in waiting if process.elements[name].kind not in ("boundary", "subprocess")}


def _times(story: Sequence[casework.Happening]) -> dict[str, str]:
    """Each element that was completed, with the time of its last visit, if that can be told and is not nothing."""
    begun: dict[str, datetime] = {}
    took: dict[str, str] = {}
    for line in story:
        element = str(line.data.get("element") or "")
        if element and line.kind == "activity.started":
            begun[element] = line.at
        elif element and line.kind == "activity.completed":
            since = begun.get(element, line.at)
            took[element] = timesince(since, line.at, depth=1) if (line.at - since).seconds >= 60 else ""
    return took


def _passed_by(process: bpmn.Process, now: set[str], done: Iterable[str]) -> set[str]:
    """What was not done and can't be reached any more. Of a case that has hardly begun nothing is said."""
    if not done:
        return set()
    ahead, waiting = set(now), list(now)
    while waiting:
        element = process.elements[waiting.pop()]
        after = [flow.target for flow in element.outgoing]
        after += [event.id for event in element.boundaries]
        after += [inside.id for inside in process.entries(element.id) if element.kind == "subprocess"]
        if element.scope is not None:
            around = process.elements[element.scope]
            after += [around.id] if around.id in ahead else _beyond(around)
        new = [name for name in after if name not in ahead]
        ahead.update(new)
        waiting += new
    return {
        name
        for name, element in process.elements.items()
        if name not in ahead
        and name not in done
        and element.kind not in ("start", "exclusive", "parallel", "inclusive")
    } - _around(process, {*now, *done})


def _beyond(subprocess: Any) -> list[str]:
    """What may follow once a subprocess that is under way has ended, or is cut short."""
    return [flow.target for flow in subprocess.outgoing] + [event.id for event in subprocess.boundaries]


def _around(process: bpmn.Process, names: Iterable[str]) -> set[str]:
    """The subprocesses in which something is, or was, done."""
    found: set[str] = set()
    for name in names:
        scope = process.elements[name].scope if name in process.elements else None
        while scope is not None:
            found.add(scope)
            scope = process.elements[scope].scope
    return found


def _table(
    rows: Iterable[bpmn.Row], overlay: Mapping[str, Mapping[str, str]], texts: Mapping[str, str]
) -> Table:
    columns = [Column(_("Step")), Column(_("Where it stands")), Column(_("Took")), Column(_("Then"))]
    lines = []
    for row in rows:
        if row.name:
            mark = overlay.get(row.id, {}).get("class", "")
            said = Cell(texts[mark], tag=_TAGS[mark]) if mark else Cell("")
            lines.append([row.name, said, row.note, ", ".join(row.leads_to)])
    return Table(_("The steps of the process"), columns, lines, hide_caption=True)
