"""The service's process as a picture, with where this case is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from towpath.casework import queries as casework
from towpath.catalogue.queries import Package
from towpath.engines import bpmn
from towpath.surfaces.look import TagKind

STEPS = frozenset({"user", "step", "manual", "receive", "send", "script", "decision"})


@dataclass(frozen=True)
class Step:
    name: str
    state: str
    tag: TagKind


@dataclass(frozen=True)
class Map:
    """`svg` and, for those who can't see it, the same as a list; both empty where the process has no picture."""

    svg: SafeString | str
    steps: Sequence[Step]


def process_map(
    package: Package, tasks: Iterable[Any], story: Iterable[casework.Happening], language: str
) -> Map:
    process = package.process
    now = {task.element for task in tasks if task.state == "open"}
    done = {line.data.get("element") for line in story if line.kind == "activity.completed"} - now
    texts = {"current": _("now"), "done": _("done")}
    texts |= {
        id_: package.text(f"tasks.{element.task.form}.title", language, element.name)
        for id_, element in process.elements.items()
        if element.task.form
    }
    overlay = {id_: {"class": "current"} for id_ in now} | {id_: {"class": "done"} for id_ in done if id_}
    try:
        # The engine escapes every text of the package that it writes.
        svg: SafeString | str = mark_safe(bpmn.draw(process, overlay, texts))  # noqa: S308
    except bpmn.BpmnError:
        svg = ""
    return Map(svg, [_step(e, texts, now, done) for e in process.elements.values() if _is_step(e)])


def _is_step(element: Any) -> bool:
    return bool(element.name) and (element.asked or element.kind in STEPS)


def _step(element: Any, texts: dict[str, str], now: set[str], done: set[Any]) -> Step:
    name = texts.get(element.id, element.name)
    if element.id in now:
        return Step(name, _("now"), "active")
    return Step(name, _("done"), "done") if element.id in done else Step(name, "", "")
