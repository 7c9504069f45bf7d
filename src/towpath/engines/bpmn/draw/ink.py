"""The pieces that a picture is put together from: numbers, boxes, text, lines. All text is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from math import hypot

from towpath.engines.bpmn.figures import Box, Point
from towpath.engines.bpmn.lettering import LINE, SIZE, fit, width

_ROUND = 8.0  # the corners of lines


def n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def rect(box: Box, radius: float = 0, more: str = ' fill="Canvas"') -> str:
    size = f'width="{n(box.width)}" height="{n(box.height)}" rx="{n(radius)}"'
    return f'<rect x="{n(box.x)}" y="{n(box.y)}" {size}{more}/>'


def circle(centre: Point, radius: float, more: str = ' fill="Canvas"') -> str:
    return f'<circle cx="{n(centre[0])}" cy="{n(centre[1])}" r="{n(radius)}"{more}/>'


def sign(path: str, centre: Point, more: str = "", scale: float = 1) -> str:
    """A path drawn around 0, 0, put where it belongs."""
    scaled = "" if scale == 1 else f" scale({scale:.2f})"
    return f'<path transform="translate({n(centre[0])} {n(centre[1])}){scaled}" d="{path}"{more}/>'


def centred(box: Box, text: str) -> str:
    """Text wrapped to a box and centred in it, in smaller letters if it must be."""
    size, found = fit(text, box.width - 8, box.height)
    step = LINE * size / SIZE
    return text_lines(found, box.centre[0], box.centre[1] - len(found) * step / 2 + 0.8 * step, size)


def hung(box: Box, text: str, room: float, *, upwards: bool = False) -> Box:
    """Where the text of `hanging` lies."""
    size, found = fit(text, max(room, box.width), 5 * LINE)
    wide, tall = max((width(line, size) for line in found), default=0.0), len(found) * LINE * size / SIZE
    return Box(box.centre[0] - wide / 2, box.bottom - tall if upwards else box.y, wide, tall)


def hanging(box: Box, text: str, room: float, *, upwards: bool = False) -> str:
    """Text as wide as `room`, from the upper edge of a box downwards, or from its foot upwards: names of events and lines.

    So a name that is longer than its author's never grows over what it stands beside.
    """
    size, found = fit(text, max(room, box.width), 5 * LINE)
    top = hung(box, text, room, upwards=upwards).y
    return text_lines(found, box.centre[0], top + 0.8 * LINE, size)


def text_lines(found: Sequence[str], x: float, y: float, size: float = SIZE, more: str = "") -> str:
    if not any(found):
        return ""
    step = LINE * size / SIZE
    spans = "".join(
        f'<tspan x="{n(x)}" y="{n(y + number * step)}">{escape(line)}</tspan>'
        for number, line in enumerate(found)
    )
    small = "" if size == SIZE else f' font-size="{n(size)}"'
    return (
        f'<text text-anchor="middle"{small} fill="currentColor" stroke="Canvas" stroke-width="3" '
        f'stroke-linejoin="round" paint-order="stroke"{more}>{spans}</text>'
    )


def pill(text: str, centre: Point, kind: str) -> str:
    """A short text on a rounded ground."""
    wide = max(20.0, width(text) + 12)
    box = Box(centre[0] - wide / 2, centre[1] - 10, wide, 20)
    return f'<g class="bpmn-{kind}">{rect(box, 10)}{text_lines([text], centre[0], centre[1] + 4.2)}</g>'


def path(points: Sequence[Point], more: str = "") -> str:
    """A line with rounded corners."""
    parts = [f"M{n(points[0][0])} {n(points[0][1])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, _far(before, corner) / 2, _far(corner, after) / 2)
        (x1, y1), (x2, y2) = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{n(x1)} {n(y1)}Q{n(corner[0])} {n(corner[1])} {n(x2)} {n(y2)}")
    parts.append(f"L{n(points[-1][0])} {n(points[-1][1])}")
    return f'<path d="{"".join(parts)}"{more}/>'


def head(points: Sequence[Point], kind: str = "full", size: float = 10) -> str:
    """An arrow's head where a line ends; its colour is that of the line, which a marker could not have."""
    end, before = points[-1], next((p for p in reversed(points[:-1]) if p != points[-1]), points[0])
    back = _towards(end, before, size)
    dx, dy = (end[1] - back[1]) * 0.42, (back[0] - end[0]) * 0.42
    left, right = (back[0] + dx, back[1] + dy), (back[0] - dx, back[1] - dy)
    line = f"M{n(left[0])} {n(left[1])}L{n(end[0])} {n(end[1])}L{n(right[0])} {n(right[1])}"
    if kind == "full":
        return f'<path class="bpmn-arrow" d="{line}z" fill="currentColor" stroke-width="1"/>'
    closed = 'z" fill="Canvas"' if kind == "hollow" else '"'
    return f'<path class="bpmn-arrow" d="{line}{closed}/>'


def middle(points: Sequence[Point]) -> Point:
    """Half the way along a line."""
    left = sum(_far(a, b) for a, b in pairwise(points)) / 2
    for a, b in pairwise(points):
        if left <= (long := _far(a, b)):
            return _towards(a, b, left)
        left -= long
    return points[-1]


def along(points: Sequence[Point], distance: float) -> tuple[Point, Point]:
    """A point near the beginning of a line, and the direction there."""
    a, b = points[0], next((p for p in points[1:] if p != points[0]), points[-1])
    far = _far(a, b) or 1
    return _towards(a, b, distance), ((b[0] - a[0]) / far, (b[1] - a[1]) / far)


def _far(a: Point, b: Point) -> float:
    return hypot(b[0] - a[0], b[1] - a[1])


def _towards(a: Point, b: Point, distance: float) -> Point:
    share = distance / (_far(a, b) or 1)
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
