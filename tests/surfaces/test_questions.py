"""An answer given when the question was another one can be shown, and is asked again."""

from datetime import date
from decimal import Decimal

import pytest

from towpath.catalogue import form
from towpath.catalogue.package import Question
from towpath.surfaces.questions import Filled, said, typed_value

KEPT = {
    "text": "twelve",
    "number": Decimal("12.5"),
    "money": Decimal(12),
    "date": date(2026, 3, 27),
    "yes-no": True,
    "choice": "a",
    "choices": ["a"],
    "file": ["0192"],
    "address": {"line_1": "12 Mill Lane", "town": "Millbrook", "postcode": "MB1 2AB"},
}


class Words:
    def option(self, question, option):
        return f"option {option}"


@pytest.mark.parametrize("now", KEPT)
@pytest.mark.parametrize("before", KEPT)
def test_any_answer_can_be_shown_under_any_question(tenant, before, now):
    question, value = Question("help", now, options=("a", "b")), KEPT[before]
    assert isinstance(typed_value(Filled(question, value)), str | list | dict | date)
    assert said(question, value, Words())
    if before == now:
        assert form.wrong(question, value, {}) == ""
    elif not form.of_type(question, value):
        assert form.wrong(question, value, {})
