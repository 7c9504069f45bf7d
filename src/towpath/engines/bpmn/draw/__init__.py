"""A process as accessible SVG, and the same as a table.

No style attributes and no scripts, so it passes a strict content security policy; the surface's style sheet
colours it by class. Without one it is still right: plain lines in the colour of the text, on the colour of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from towpath.engines.bpmn.draw.picture import Picture
from towpath.engines.bpmn.draw.rows import Row, rows
from towpath.engines.bpmn.draw.told import Deviation, Overlay, Told
from towpath.engines.bpmn.figures import Diagram
from towpath.engines.bpmn.layout import complete
from towpath.engines.bpmn.model import Process


def draw(
    process: Process | Diagram,
    overlay: Overlay | None = None,
    texts: Mapping[str, str] | None = None,
    *,
    deviations: Iterable[Deviation] = (),
    rtl: bool = False,
    ident: str = "",
) -> str:
    """The picture of a process, laid out if its author has drawn none.

    `overlay`: id of an element or flow -> {"class": "current", "label": "3", "note": "2 days", "weight": "4"}.
    Classes done, current and skipped have signs of their own, others only what the style sheet gives them; a label
    (how many) stands at the upper corner, a note (how long) at the lower one; a weight is the width of a flow in
    pixels. `texts`: id -> what is written there in the reader's language, also for the process itself and for
    the classes of the overlay. `deviations`: ways that were gone and are not in the model. `rtl` turns the picture
    round for readers from right to left. `ident` tells two pictures of one process on a page apart.
    """
    diagram = complete(process if isinstance(process, Diagram) else process.diagram)
    told = Told(diagram.mirrored() if rtl else diagram, overlay or {}, texts or {}, tuple(deviations))
    return Picture(told, rtl, ident).svg()


def table(
    process: Process | Diagram,
    overlay: Overlay | None = None,
    texts: Mapping[str, str] | None = None,
    *,
    deviations: Iterable[Deviation] = (),
) -> list[Row]:
    """What the picture shows, for those who can't see it: a row for each element, in the order of the process."""
    diagram = process if isinstance(process, Diagram) else process.diagram
    return rows(Told(diagram, overlay or {}, texts or {}, tuple(deviations)))


__all__ = ["Deviation", "Overlay", "Row", "draw", "table"]
