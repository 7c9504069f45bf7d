"""The components of the look. A template says `{% load towpath %}`; the values are those of `surfaces.look`.

Values                                    {% field f %} {% error_summary fields %} {% button "Send" %} {% tag "Waiting" %}
                                          {% summary_list rows %} {% task_list tasks %} {% table t %} {% bar_chart c %}
                                          {% timeline happenings %} {% stages stages %} {% back_link href %}
                                          {% breadcrumbs links %} {% side_nav links %} {% pagination pages %}
Around content, closed by `end...`        {% notice %} {% inset %} {% details "More" %} {% panel "Sent" %} {% state "Nothing here" %}
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import starmap
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from towpath.surfaces.look import (
    Cell,
    Chart,
    Column,
    Field,
    Happening,
    Link,
    Pages,
    Row,
    Stage,
    Table,
    TagKind,
    TaskItem,
)

register = template.Library()
PLACE = "towpath/components/"


@register.simple_tag
def field(bound: object) -> SafeString:
    """The whole question: label or legend, hint, error and control, by its kind."""
    shown = Field.of(bound)
    return render_to_string(f"{PLACE}field/{shown.kind}.html", {"field": shown})


@register.inclusion_tag(f"{PLACE}error_summary.html")
def error_summary(errors: Iterable[Any]) -> dict[str, Any]:
    """At the top of the page. Takes fields (those with an error are listed) or pairs of (id or "", message)."""
    found: list[tuple[str, str]] = []
    for error in errors:
        if isinstance(error, tuple):
            found.append((str(error[0]), str(error[1])))
        elif error.error:
            shown = Field.of(error)
            found.append((shown.anchor, shown.error))
    return {"errors": found}


@register.inclusion_tag(f"{PLACE}button.html")
def button(
    text: str, kind: str = "primary", *, href: str = "", name: str = "", value: str = "", key: str = ""
) -> dict[str, Any]:
    """`kind`: primary (one a page), secondary, warning, quiet. With `href` it is a link that looks like a button."""
    return {"text": text, "kind": kind, "href": href, "name": name, "value": value, "key": key}


@register.inclusion_tag(f"{PLACE}tag.html")
def tag(text: str, kind: TagKind = "") -> dict[str, Any]:
    """A status in a word or two. `kind`: "" (not begun, waiting), active, done, attention."""
    return {"text": text, "kind": kind}


@register.inclusion_tag(f"{PLACE}summary_list.html")
def summary_list(rows: Sequence[Row], label: str = "") -> dict[str, Any]:
    """Questions and answers, each with its way back when `change` is set."""
    return {"rows": rows, "label": label}


@register.inclusion_tag(f"{PLACE}task_list.html")
def task_list(tasks: Sequence[TaskItem], prefix: str = "task") -> dict[str, Any]:
    """The parts of a longer task with their states. `prefix` keeps ids apart when a page has two lists."""
    return {"tasks": tasks, "prefix": prefix}


@register.inclusion_tag(f"{PLACE}table.html")
def table(shown: Table, ident: str = "table") -> dict[str, Any]:
    """A table that scrolls sideways by keyboard when it is too wide. `ident` must be unique on the page."""
    # A long table has more cells than the page has other parts: written here they cost a tenth.
    lines = [mark_safe("".join(starmap(_cell, enumerate(line)))) for line in shown.lines]  # noqa: S308 (escaped there)
    return {"table": shown, "lines": lines, "ident": ident}


def _cell(number: int, place: tuple[Column, Cell]) -> str:
    """As HTML: what is inside is escaped."""
    column, cell = place
    numeric = " govuk-table__cell--numeric" if column.numeric else ""
    inside = conditional_escape(_inside(cell))
    if number == 0:
        return f'<th scope="row" class="govuk-table__cell{numeric}">{inside}</th>'
    return f'<td class="govuk-table__cell{numeric}">{inside}</td>'


def _inside(cell: Cell) -> str:
    if cell.href:
        return format_html('<a href="{}">{}</a>', cell.href, cell.text)
    if cell.tag is not None:
        return render_to_string(f"{PLACE}tag.html", tag(cell.text, cell.tag))
    return cell.text


@register.inclusion_tag(f"{PLACE}bar_chart.html")
def bar_chart(chart: Chart, ident: str = "chart", level: int = 2) -> dict[str, Any]:
    """Bars drawn on the server under a heading of the given level (2 or 3), with the same numbers as a table."""
    return {"chart": chart, "ident": ident, "level": level}


@register.inclusion_tag(f"{PLACE}timeline.html")
def timeline(happenings: Sequence[Happening], level: int = 3) -> dict[str, Any]:
    """What happened, in the order given. Titles are headings of the given level (2, 3 or 4)."""
    return {"happenings": happenings, "heading": f"h{int(level)}"}


@register.inclusion_tag(f"{PLACE}stages.html")
def stages(stages: Sequence[Stage], label: str = "") -> dict[str, Any]:
    """Where a request stands on its way, in plain words."""
    return {"stages": stages, "label": label}


@register.inclusion_tag(f"{PLACE}back_link.html")
def back_link(href: str, text: str = "") -> dict[str, Any]:
    """Goes into the block `before`, in front of the main part."""
    return {"href": href, "text": text}


@register.inclusion_tag(f"{PLACE}breadcrumbs.html")
def breadcrumbs(links: Sequence[Link]) -> dict[str, Any]:
    """Goes into the block `before`; the page itself is not among the links."""
    return {"links": links}


@register.inclusion_tag(f"{PLACE}side_nav.html")
def side_nav(links: Sequence[Link], label: str) -> dict[str, Any]:
    """Navigation inside a part of the site; `label` tells it from the other navigations of the page."""
    return {"links": links, "label": label}


@register.inclusion_tag(f"{PLACE}pagination.html")
def pagination(pages: Pages, label: str = "") -> dict[str, Any]:
    """Shows nothing when there is neither a page before nor one after."""
    return {"pages": pages, "label": label}


@register.simple_block_tag
def notice(content: str, title: str = "", kind: str = "", ident: str = "notice") -> SafeString:
    """News about the page. `kind`: "" (important), done (something succeeded), attention (something is wrong)."""
    values = {"content": content, "title": title, "kind": kind, "ident": ident}
    return render_to_string(f"{PLACE}notice.html", values)


@register.simple_block_tag
def inset(content: str) -> SafeString:
    """A passage set apart from the text around it."""
    return render_to_string(f"{PLACE}inset.html", {"content": content})


@register.simple_block_tag
def details(content: str, summary: str, *, opened: bool = False) -> SafeString:
    """Help that only some people need, folded away."""
    return render_to_string(
        f"{PLACE}details.html", {"content": content, "summary": summary, "opened": opened}
    )


@register.simple_block_tag
def panel(content: str, title: str) -> SafeString:
    """The confirmation at the end: `title` becomes the heading of the page."""
    return render_to_string(f"{PLACE}panel.html", {"content": content, "title": title})


@register.simple_block_tag
def state(content: str, title: str, kind: str = "empty") -> SafeString:
    """What a list or a page says in place of content. `kind`: empty, waiting, failed, finished."""
    return render_to_string(f"{PLACE}state.html", {"content": content, "title": title, "kind": kind})
