"""The rules of asking: what may follow on what, and which agreement counts."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from towpath.exchange import rules

NOW = datetime(2026, 5, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Terms:
    purpose: str = "residence-check"
    valid_from: datetime = NOW - DAY
    valid_until: datetime = NOW + DAY
    revoked_at: datetime | None = None


def test_an_answer_is_final():
    for state in ("answered", "answered-by-hand"):
        for change in ("send", "answer", "refuse", "fail", "give up", "retry", "answer by hand"):
            with pytest.raises(rules.NotPossible, match=state):
                rules.after(state, change)


def test_every_call_that_a_person_must_see_to_can_be_retried_and_answered_by_hand():
    for state in rules.FOR_A_PERSON:
        assert rules.after(state, "retry") == rules.WAITING
        assert rules.after(state, "answer by hand") == "answered-by-hand"


def test_no_state_is_a_dead_end_unless_it_is_an_end():
    states = {state for state, _ in rules.TRANSITIONS} | set(rules.TRANSITIONS.values())
    for state in states - rules.ENDED:
        assert any(start == state for start, _ in rules.TRANSITIONS), state


@pytest.mark.parametrize(
    ("agreements", "objection"),
    [
        ([], "no-agreement"),
        ([Terms("statistics")], "other-purpose"),
        ([Terms(valid_until=NOW)], "agreement-expired"),
        ([Terms(valid_from=NOW + DAY)], "agreement-not-yet"),
        ([Terms(revoked_at=NOW - DAY)], "agreement-revoked"),
        ([Terms("statistics"), Terms(valid_until=NOW - DAY)], "agreement-expired"),
    ],
)
def test_without_an_agreement_in_force_the_objection_says_what_is_missing(agreements, objection):
    assert rules.in_force(agreements, "residence-check", NOW) == (None, objection)


def test_an_agreement_in_force_counts_whatever_lies_beside_it():
    good = Terms()
    assert rules.in_force([Terms(valid_until=NOW), good, Terms("x")], "residence-check", NOW) == (good, "")


def test_only_declared_inputs_go_out_in_plain_json():
    inputs = {
        "number": Decimal("7"),
        "since": date(2026, 1, 2),
        "share": Decimal("0.5"),
        "none": None,
        "more": 1,
    }
    declared = ["number", "since", "share", "none", "absent"]
    assert rules.minimised(inputs, declared) == {"number": 7, "since": "2026-01-02", "share": "0.5"}
