"""The map of what really happens: each step a box, each way between two steps a line, as wide as it is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from math import sqrt

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from towpath.engines import bpmn, mining
from towpath.engines.bpmn.figures import Figure, Line
from towpath.journeys import queries as journeys
from towpath.surfaces.insight import words

BOXES = (16, 40)  # of the map of the main ways, and of everything
LINES = (26, 120)
THICK = 6.0
BEGIN, END = ":begin", ":end"  # where a log says neither
EVENTS = {
    journeys.SENT: "startEvent",
    BEGIN: "startEvent",
    journeys.CLOSED: "endEvent",
    journeys.WITHDRAWN: "endEvent",
    END: "endEvent",
}


@dataclass(frozen=True)
class Seen:
    """The map with what is left out of the picture; `longest` is the way where most time is lost in all,
    and `marked` whether it is drawn."""

    svg: SafeString
    boxes: int
    lines: int
    all_boxes: int
    all_lines: int
    longest: mining.Edge | None = field(default=None)
    marked: bool = False


def name(activity: str, titles: Mapping[str, str]) -> str:
    """What an activity of a log is called on the page."""
    told = {
        journeys.SENT: _("Sent"),
        journeys.CLOSED: _("Over"),
        journeys.WITHDRAWN: _("Withdrawn"),
        BEGIN: _("Begin"),
        END: _("Last event"),
    }
    return told.get(activity) or titles.get(activity, activity)


def longest(edges: list[mining.Edge]) -> mining.Edge | None:
    """Where most days go, over all cases together."""
    return max(edges, key=lambda edge: edge.count * _waited(edge), default=None)


def _waited(edge: mining.Edge) -> float:
    return edge.mean if edge.waiting is None else edge.waiting


def draw(found: mining.Map, titles: Mapping[str, str], title: str, *, whole: bool, live: bool) -> Seen:
    counts = {one.name: one.events for one in found.activities}
    edges = [edge for edge in found.edges if edge.source != edge.target]
    ends = [] if live else _ends(found)
    boxes = list(counts)[: BOXES[whole]]
    shown = _chosen([edge for edge in edges if {edge.source, edge.target} <= set(boxes)], LINES[whole])
    # A log that is not of the journal has no marks of its own for where its cases begin and end.
    bounds = [end for end in ends if {end[0], end[1]} & set(boxes)][: len(boxes)]
    ids = {activity: f"box{number}" for number, activity in enumerate([*boxes, BEGIN, END])}
    most = longest(list(found.edges))
    shown.sort(key=lambda edge: edge is most)  # drawn last, so that nothing covers it
    repeats = {edge.source: edge.count for edge in found.edges if edge.source == edge.target}
    overlay = {ids[box]: _box(counts[box], repeats.get(box, 0)) for box in boxes}
    overlay |= _lines(shown, most, max(counts.values(), default=1))
    top = max(counts.values(), default=1)
    overlay |= {
        f"end{number}": {"weight": _weight(count, top), "label": words.number(count)}
        for number, (_a, _b, count) in enumerate(bounds)
    }
    used = {end for one in bounds for end in one[:2]}
    figures = {
        ids[one]: Figure(ids[one], EVENTS.get(one, "task"), name(one, titles), scope="map")
        for one in [*([BEGIN] if BEGIN in used else []), *boxes, *([END] if END in used else [])]
    }
    ways = {f"line{number}": (edge.source, edge.target) for number, edge in enumerate(shown)}
    ways |= {f"end{number}": end[:2] for number, end in enumerate(bounds)}
    lines = {
        # The layout makes room for a name; what is written there is the overlay's.
        id_: Line(id_, "sequenceFlow", _said(overlay[id_]), ids[source], ids[target])
        for id_, (source, target) in ways.items()
    }
    diagram = bpmn.Diagram("map", title, figures, lines, {}, {}, {})
    svg = bpmn.draw(diagram, overlay, dict.fromkeys(lines, ""), rtl=get_language_bidi(), ident="-real")
    # The engine escapes every text that it writes.
    marked = any(edge is most for edge in shown)
    return Seen(mark_safe(svg), len(boxes), len(shown), len(counts), len(edges), most, marked)  # noqa: S308


def _ends(found: mining.Map) -> list[tuple[str, str, int]]:
    begun = [(BEGIN, one, count) for one, count in list(found.starts.items())[:4]]
    ended = [(one, END, count) for one, count in list(found.ends.items())[:4]]
    return [*begun, *ended]


def _chosen(edges: list[mining.Edge], most: int) -> list[mining.Edge]:
    """The most used, and of each box at least the most used way in and out. `edges` come most used first."""
    first_in: dict[str, mining.Edge] = {}
    first_out: dict[str, mining.Edge] = {}
    for edge in edges:
        first_in.setdefault(edge.target, edge)
        first_out.setdefault(edge.source, edge)
    kept = {id(edge) for edge in [*first_in.values(), *first_out.values(), *edges[:most]]}
    return [edge for edge in edges if id(edge) in kept]


def _box(count: int, again: int) -> dict[str, str]:
    told = {"label": words.number(count)}
    return told | ({"note": _("%(n)s × again") % {"n": words.number(again)}} if again else {})


def _lines(edges: list[mining.Edge], most: mining.Edge | None, top: int) -> dict[str, dict[str, str]]:
    found = {}
    for number, edge in enumerate(edges):
        took = words.length(timedelta(seconds=edge.median))
        if edge is most:
            took = _("most time: %(time)s on average") % {"time": words.length(timedelta(seconds=edge.mean))}
        found[f"line{number}"] = {
            "label": words.number(edge.count),
            "note": took,
            "weight": _weight(edge.count, top),
            "class": "current" if edge is most else "",
        }
    return found


def _said(mark: Mapping[str, str]) -> str:
    """As long as what is written on the line, without a place to break it."""
    return "0" * (len(mark["label"]) + len(mark.get("note", "")) + 4)


def _weight(count: int, top: int) -> str:
    return f"{1 + (THICK - 1) * sqrt(count / top):.1f}"
