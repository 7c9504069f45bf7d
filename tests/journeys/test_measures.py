"""What figures mean stands in one place, and its page is up to date."""

from pathlib import Path

import pytest

from towpath.foundation.journal import event_types
from towpath.journeys import actions
from towpath.journeys.measures import MEASURES, as_markdown

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"


def test_the_page_of_definitions_is_the_one_made_from_them():
    assert PAGE.read_text(encoding="utf-8") == as_markdown()


@pytest.mark.parametrize("measure", MEASURES, ids=lambda one: one.name)
def test_a_measure_is_counted_from_events_that_exist_and_are_followed(measure):
    assert set(measure.events) <= set(event_types()) & actions.MEASURED
    assert measure.what and measure.counted and measure.month and measure.traps


def test_everything_that_is_followed_is_an_event_of_the_product():
    assert set(event_types()) >= actions.MEASURED
