"""Each figure of BPMN 2.0 (chapter 7 and annex) as SVG, without what a reader lays over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from towpath.engines.bpmn.draw import icons
from towpath.engines.bpmn.draw.ink import centred, circle, hanging, hung, n, rect, sign, text_lines
from towpath.engines.bpmn.figures import Box, Figure, Sort
from towpath.engines.bpmn.lettering import LINE, fit, lines

FULL = ' fill="currentColor"'
_THIN = ' stroke-width="1.2"'
_UNDER = 100.0  # how wide a name under an event may be
_STRIP = 30.0


def shape(figure: Figure, box: Box, text: str, label: Box | None, rtl: bool) -> str:
    """One figure with its name. `label`: where its author put the name of an event, a gateway or data."""
    drawn = _SHAPES[figure.sort](figure, box, text, rtl)
    if figure.sort in ("event", "gateway", "data"):
        drawn += hanging(_place(box, label), text, _UNDER, upwards=_above(box, label))
    return drawn


def named_at(box: Box, text: str, label: Box | None) -> Box:
    """Where the name of an event, a gateway or data lies."""
    return hung(_place(box, label), text, _UNDER, upwards=_above(box, label))


def _place(box: Box, label: Box | None) -> Box:
    return label or Box(box.centre[0] - _UNDER / 2, box.bottom + 4, _UNDER, 2 * LINE)


def _above(box: Box, label: Box | None) -> bool:
    return label is not None and label.centre[1] < box.y


def _task(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    border = rect(box, 10, ' fill="Canvas" stroke-width="4"' if "call" in figure.marks else ' fill="Canvas"')
    corner = (box.right - 15 if rtl else box.x + 15), box.y + 15
    sent = sign(icons.SENT, corner, FULL + _THIN) + sign(icons.SENT_FLAP, corner, ' stroke="Canvas"')
    icon = icons.TASKS.get(figure.tag)
    mark = sent if figure.tag == "sendTask" else sign(icon, corner, _THIN, 0.85) if icon else ""
    foot = 18 if figure.marks and figure.marks != ("call",) else 4
    # A short name stands in the middle of the whole box; a long one keeps clear of the sign in the corner.
    high = len(lines(text, box.width - 14)) * LINE
    top = 22 if mark and (box.height - foot - high) / 2 < 21 else 4
    inside = Box(box.x + 3, box.y + top, box.width - 6, max(LINE, box.height - top - foot))
    return border + mark + centred(inside, text) + _marks(figure, box)


def _subprocess(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    dashed = ' stroke-dasharray="1 4" stroke-linecap="round"' if "event" in figure.marks else ""
    border = rect(box, 10, f' fill="Canvas"{dashed}')
    if "transaction" in figure.marks:
        border += rect(Box(box.x + 4, box.y + 4, box.width - 8, box.height - 8), 7, "")
    if "collapsed" in figure.marks:
        return (
            border
            + centred(Box(box.x + 3, box.y + 4, box.width - 6, box.height - 22), text)
            + _marks(figure, box)
        )
    return border + _headed(box, text, box.y + 19, ' font-weight="600"') + _marks(figure, box)


def _headed(box: Box, text: str, y: float, more: str = "") -> str:
    """One line at the top of what lies around others."""
    size, found = fit(text, box.width - 16, LINE)
    return text_lines(found, box.centre[0], y, size, more)


def _marks(figure: Figure, box: Box) -> str:
    """The signs at the foot of an activity, side by side."""
    names = [mark for mark in figure.marks if mark in icons.MARKS]
    left = box.centre[0] - 9 * (len(names) - 1)
    return "".join(
        sign(icons.MARKS[name], (left + 18 * number, box.bottom - 10)) for number, name in enumerate(names)
    )


def _gateway(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    (x, y), w, h = box.centre, box.width / 2, box.height / 2
    border = (
        f'<path d="M{n(x)} {n(y - h)}L{n(x + w)} {n(y)} {n(x)} {n(y + h)} {n(x - w)} {n(y)}z" fill="Canvas"/>'
    )
    scale = min(box.width, box.height) / 50
    thick = ' stroke-width="3"'
    if figure.tag == "eventBasedGateway":
        rings = circle((x, y), 14 * scale) + (circle((x, y), 11.5 * scale) if not figure.event else "")
        path = icons.EVENTS["parallel-multiple" if figure.event == "parallel" else "multiple"]
        return border + rings + sign(path, (x, y), _THIN, 0.75 * scale)
    return border + sign(_GATEWAYS[figure.tag], (x, y), thick, scale)


_GATEWAYS: Mapping[str, str] = {
    "exclusiveGateway": "M-6.5-8 6.5 8M6.5-8-6.5 8",
    "parallelGateway": "M0-11V11M-11 0H11",
    "inclusiveGateway": "M-10.5 0a10.5 10.5 0 1 0 21 0a10.5 10.5 0 1 0-21 0z",
    "complexGateway": "M0-11V11M-11 0H11M-7.5-7.5 7.5 7.5M7.5-7.5-7.5 7.5",
}


def _event(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    radius = min(box.width, box.height) / 2
    dashed = "" if figure.interrupting else ' stroke-dasharray="4 3"'
    thick = ' stroke-width="3.5"' if figure.tag == "endEvent" else dashed
    ring = circle(box.centre, radius, f' fill="Canvas"{thick}')
    if figure.tag in ("intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"):
        ring += circle(box.centre, radius - 3.2, dashed)
    return ring + _about(figure, box, radius / 18)


def _about(figure: Figure, box: Box, scale: float) -> str:
    scale *= 0.92
    if figure.event == "timer":
        return circle(box.centre, 11.5 * scale, _THIN) + sign(icons.CLOCK, box.centre, _THIN, scale)
    if figure.event == "terminate":
        return circle(box.centre, 11 * scale, FULL)
    if figure.event not in icons.EVENTS:
        return ""
    if figure.throws and figure.event == "message":
        envelope = sign("M-9-6.5H9V6.5H-9z", box.centre, FULL + _THIN, scale)
        return envelope + sign("M-9-6.5 0 1 9-6.5", box.centre, ' stroke="Canvas"', scale)
    return sign(icons.EVENTS[figure.event], box.centre, (FULL if figure.throws else "") + _THIN, scale)


def _data(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    x, y, w, h = box.x, box.y, box.width, box.height
    if figure.tag == "dataStoreReference":
        r = h * 0.13
        body = f"M{n(x)} {n(y + r)}v{n(h - 2 * r)}a{n(w / 2)} {n(r)} 0 0 0 {n(w)} 0v{n(2 * r - h)}"
        lid = f"a{n(w / 2)} {n(r)} 0 0 0 {n(-w)} 0a{n(w / 2)} {n(r)} 0 0 0 {n(w)} 0"
        return f'<path d="{body}{lid}" fill="Canvas"/>'
    fold = min(12.0, w / 3)
    page = (
        f'<path d="M{n(x)} {n(y)}h{n(w - fold)}l{n(fold)} {n(fold)}v{n(h - fold)}h{n(-w)}z" fill="Canvas"/>'
    )
    page += f'<path d="M{n(x + w - fold)} {n(y)}v{n(fold)}h{n(fold)}"/>'
    if figure.tag in ("dataInput", "dataOutput"):
        page += sign("M-6-2H0V-6L6 0 0 6V2H-6z", (x + 10, y + 10), FULL if figure.tag == "dataOutput" else "")
    return page + _marks(figure, box)


def _note(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    edge, arm = (box.right, -10.0) if rtl else (box.x, 10.0)
    bracket = f'<path d="M{n(edge + arm)} {n(box.y)}h{n(-arm)}v{n(box.height)}h{n(arm)}"/>'
    inside = Box(box.x + (0 if rtl else 6), box.y, box.width - 6, box.height)
    return bracket + centred(inside, text)


def _group(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    border = rect(box, 10, ' stroke-dasharray="8 4 1 4"')
    return border + _headed(box, text, box.y + LINE)


def _pool(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    """A pool's name stands in a strip along its beginning; that of one that shows nothing, in its middle."""
    if not figure.process:
        return rect(box) + centred(box, text) + _marks(figure, box)
    if "vertical" in figure.marks:
        line = f'<path d="M{n(box.x)} {n(box.y + _STRIP)}h{n(box.width)}"/>'
        return rect(box) + line + centred(Box(box.x, box.y, box.width, _STRIP), text)
    edge = box.right - _STRIP if rtl else box.x + _STRIP
    return rect(box) + f'<path d="M{n(edge)} {n(box.y)}v{n(box.height)}"/>' + _along(box, text, rtl)


def _lane(figure: Figure, box: Box, text: str, rtl: bool) -> str:
    if "vertical" in figure.marks:
        return rect(box) + centred(Box(box.x, box.y, box.width, _STRIP), text)
    return rect(box) + _along(box, text, rtl)


def _along(box: Box, text: str, rtl: bool) -> str:
    """A name turned into the strip at the beginning of a pool or lane."""
    x, y = (box.right - 15 if rtl else box.x + 15), box.centre[1]
    inside = Box(x - box.height / 2, y - _STRIP / 2, box.height, _STRIP)
    return f'<g transform="rotate({90 if rtl else -90} {n(x)} {n(y)})">{centred(inside, text)}</g>'


_SHAPES: Mapping[Sort, Callable[[Figure, Box, str, bool], str]] = {
    "task": _task,
    "event": _event,
    "gateway": _gateway,
    "subprocess": _subprocess,
    "data": _data,
    "note": _note,
    "group": _group,
    "pool": _pool,
    "lane": _lane,
}
