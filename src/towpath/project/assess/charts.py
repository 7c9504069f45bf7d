"""Charts whose numbers are a table: bars in the rows of the table, curves with a table under them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from towpath.engines import mining
from towpath.project.assess import words
from towpath.project.assess.markup import Html, tag


@dataclass(frozen=True, slots=True)
class Row:
    """`share`: how long the bar is, 0 to 1; `solid`: the part of it that is worked on, None if that is not told."""

    label: object
    share: float
    cells: tuple[object, ...]
    solid: float | None = None


def bars(caption: str, columns: Sequence[str], rows: Sequence[Row]) -> Html:
    """A table with a bar under each label."""
    heads = [
        tag("th", name, scope="col", role="columnheader", class_="number" if number else None)
        for number, name in enumerate(columns)
    ]
    return tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", heads, role="row"), role="rowgroup"),
        tag("tbody", [_row(row, columns) for row in rows], role="rowgroup"),
        class_="bars",
        role="table",
    )


def _row(row: Row, columns: Sequence[str]) -> Html:
    """On narrow screens a row is a block: roles and the names of columns are said again, as styles take them away."""
    width = f"inline-size:{100 * min(1.0, max(0.004, row.share)):.1f}%"
    inner = tag("span", style=f"inline-size:{100 * row.solid:.1f}%") if row.solid is not None else None
    bar = tag(
        "span",
        tag("span", inner, style=width, class_="waits" if row.solid is not None else None),
        class_="bar",
        aria_hidden="true",
    )
    cells = [
        tag("td", cell, class_="number", role="cell", data_name=name)
        for cell, name in zip(row.cells, columns[1:], strict=True)
    ]
    label = tag("span", row.label, class_="label") if not isinstance(row.label, Html) else row.label
    return tag("tr", tag("th", label, bar, scope="row", role="rowheader"), cells, role="row")


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Html:
    """A plain table; the first column names the row, the others are numbers."""
    heads = [
        tag("th", name, scope="col", class_="number" if number else None)
        for number, name in enumerate(columns)
    ]
    body = [
        tag("tr", tag("th", row[0], scope="row"), [tag("td", cell, class_="number") for cell in row[1:]])
        for row in rows
    ]
    return tag("table", tag("caption", caption), tag("thead", tag("tr", heads)), tag("tbody", body))


def folded(summary: str, *content: object) -> Html:
    """Closed on a screen, open in print."""
    return tag("details", tag("summary", summary), content)


def scrolled(label: str, *content: object) -> Html:
    """What may be wider than the page: it scrolls by itself, by keyboard as well."""
    return tag("div", content, class_="scroll", role="region", aria_label=label, tabindex="0")


# Curves


def volumes(periods: Sequence[mining.Period], told: str) -> Html:
    """Came (whole line) and ended (dashed); drawn twice, for wide and for narrow screens."""
    return tag("div", _curves(periods, told, 720, 240, "wide"), _curves(periods, told, 340, 220, "narrow"))


def _curves(periods: Sequence[mining.Period], told: str, width: int, height: int, name: str) -> Html:
    left, right, top, bottom = 40.0, 12.0, 14.0, 26.0
    most = _round_up(max(max(one.came, one.went) for one in periods))
    step = (width - left - right) / max(1, len(periods) - 1)

    def x(number: int) -> float:
        return left + number * step

    def y(value: float) -> float:
        return top + (height - top - bottom) * (1 - value / most)

    marks: list[Html] = []
    for value in (0, most / 2, most):
        marks.append(
            tag("line", x1=left, x2=width - right, y1=f"{y(value):.1f}", y2=f"{y(value):.1f}", class_="grid")
        )
        marks.append(tag("text", f"{value:,.0f}", x=left - 6, y=f"{y(value) + 4:.1f}", class_="axis end"))
    every = -(-len(periods) // (width // 90))
    for number in range(0, len(periods), every):
        marks.append(tag("text", words.month(periods[number].start), x=f"{x(number):.1f}", y=height - 8,
                         class_="axis begin" if not number else "axis end" if x(number) > width - 40 else "axis"))  # fmt: skip
    lines = [
        tag(
            "polyline",
            points=" ".join(f"{x(number):.1f},{y(value):.1f}" for number, value in enumerate(values)),
            class_=kind,
        )
        for kind, values in (("went", [one.went for one in periods]), ("came", [one.came for one in periods]))
    ]
    return tag(
        "svg",
        tag("title", told),
        marks,
        lines,
        viewBox=f"0 0 {width} {height}",
        role="img",
        class_=f"curves {name}",
    )


def _round_up(value: int) -> float:
    size = 10 ** (len(str(max(1, value))) - 1)
    return float(next(size * step for step in (1, 2, 4, 5, 8, 10) if size * step >= value))


def key() -> Html:
    """What the two lines of `volumes` are."""
    came = tag(
        "svg", tag("line", x1=0, x2=34, y1=6, y2=6, class_="came"), width=34, height=12, aria_hidden="true"
    )
    went = tag(
        "svg", tag("line", x1=0, x2=34, y1=6, y2=6, class_="went"), width=34, height=12, aria_hidden="true"
    )
    return tag("p", came, " came, whole line ", went, " ended, dashed line", class_="key")
