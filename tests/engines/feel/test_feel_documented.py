"""Every example of the page for people who write tables, run as it stands."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from towpath.engines import feel
from towpath.engines.feel.functions import FUNCTIONS

PAGE = Path(__file__).parents[3] / "docs" / "write-tables.md"
CLOCK = {"__today": date(2026, 3, 1), "__now": datetime(2026, 3, 1, 12, tzinfo=UTC)}


def rows(heading):
    """The cells of the page's tables whose first column is headed so, without their back quotes."""
    found, inside = [], False
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            inside = False
        elif cells[0] == heading:
            inside = True
        elif inside and not cells[0].startswith("---"):
            found.append([cell.strip("`") for cell in cells])
    return found


EXAMPLES = [row[:2] for heading in ("Example", "Expression") for row in rows(heading)]


@pytest.mark.parametrize(("text", "result"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_an_expression_gives_what_the_page_says(text, result):
    found, expected = feel.compile(text)(CLOCK), feel.compile(result)(CLOCK)
    assert type(found) is type(expected)
    assert found == expected


@pytest.mark.parametrize(("cell", "value", "holds"), [row[:3] for row in rows("Cell")])
def test_a_cell_holds_as_the_page_says(cell, value, holds):
    assert feel.compile_unary(cell)(feel.compile(value)({}), {}) is (holds == "true")


def test_the_page_has_every_function():
    shown = " ".join(text for text, _ in EXAMPLES)
    assert [name for name in FUNCTIONS if f"{name}(" not in shown] == []
