"""What the events of a request say, and the times that are kept in buckets."""

import math
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journeys.history import START, Request
from towpath.casework import events as casework
from towpath.contact import events as contact
from towpath.journeys import rules, sums
from towpath.journeys.figures import Figures, Prices, cost, period, periods, together

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = timedelta(days=1)


class Seen:
    """An event as it is read."""

    def __init__(self, told):
        self.type, self.occurred_at, self.channel = told.kind.name, told.at, told.channel
        self.unit, self.activity, self.data = told.unit, told.activity, told.data


def journey_of(request, due=None):
    journey, steps = rules.Journey(), []
    for told in request.told:
        rules.take(journey, Seen(told), due)
        if told.kind.name in rules.OF_STEPS:
            rules.take_step(steps, Seen(told))
            rules.stand_at(journey, steps)
    return journey, steps


def figures_of(request, due=None):
    found = Figures()
    for cell, value in sums.adds(journey_of(request, due)[0], AMSTERDAM).items():
        found.add(cell.measure, cell.bucket, value)
    return found


def test_a_decision_ends_the_wait_and_later_ones_change_nothing():
    journey, _ = journey_of(
        Request().begun().sent().decided(after=3 * DAY).decided(favourable=False, after=30 * DAY)
    )
    assert journey.resolved_at == journey.decided_at == START + 3 * DAY
    assert (journey.outcome, journey.favourable, journey.decisions) == ("granted", True, 2)


@pytest.mark.parametrize("kind", [casework.CASE_WITHDRAWN, casework.CASE_CLOSED])
def test_without_a_decision_the_wait_ends_when_the_request_does(kind):
    journey, _ = journey_of(Request().begun().sent().tell(kind, after=2 * DAY, service="parking"))
    assert journey.resolved_at == START + 2 * DAY and journey.decided_at is None


def test_waiting_for_the_applicant_is_told_apart():
    request = Request().begun().sent().tell(casework.CLOCK_STOPPED, after=DAY, left_seconds=9)
    request.tell(casework.CLOCK_STARTED, after=6 * DAY, due=(START + 40 * DAY).isoformat())
    figures = figures_of(request.decided(after=3 * DAY))
    assert abs(figures.median / (10 * DAY) - 1) < sums.ERROR
    assert abs(figures.time("ours", 0.5) / (4 * DAY) - 1) < sums.ERROR


def test_a_wait_that_the_end_cuts_short_counts_until_the_end():
    request = Request().begun().sent().tell(casework.CLOCK_STOPPED, after=DAY, left_seconds=9)
    journey, _ = journey_of(request.tell(casework.CASE_WITHDRAWN, after=2 * DAY, service="parking"))
    assert journey.waiting_seconds == 2 * 86400


@pytest.mark.parametrize(("days", "kept"), [(5, True), (10, True), (11, False)])
def test_a_decision_keeps_the_deadline_or_not(days, kept):
    journey, _ = journey_of(Request().begun().sent().decided(after=days * DAY), START + 10 * DAY)
    assert journey.deadline_met is kept


def test_the_deadline_moves_when_the_clock_starts_again():
    request = Request().begun().sent().tell(casework.CLOCK_STOPPED, after=DAY, left_seconds=9)
    request.tell(casework.CLOCK_STARTED, after=DAY, due=START + 20 * DAY).decided(after=15 * DAY)
    assert journey_of(request, START + 10 * DAY)[0].deadline_met is True


def test_a_decision_while_the_clock_stands_still_is_judged_by_what_was_left():
    request = Request().begun().sent().tell(casework.CLOCK_STOPPED, after=9 * DAY, left_seconds=1)
    assert journey_of(request.decided(after=30 * DAY), START + 10 * DAY)[0].deadline_met is True


def test_without_a_legal_deadline_none_is_kept_or_missed():
    assert figures_of(Request().begun().sent().decided()).deadline_kept is None


def test_a_refusal_is_a_completed_request_and_a_draft_that_is_given_up_is_not():
    refused = figures_of(Request().begun().sent().decided(favourable=False))
    withdrawn = figures_of(Request().begun().sent().tell(casework.CASE_WITHDRAWN, service="parking"))
    given_up = figures_of(Request().begun().tell(casework.DRAFT_EXPIRED, service="parking"))
    assert together([refused, withdrawn, given_up]).completion == pytest.approx(2 / 3)
    assert figures_of(Request().begun()).still_open_drafts == 1


@pytest.mark.parametrize(
    ("channel", "assisted", "digital"),
    [
        ("portal", False, 1),
        ("portal", True, 1),
        ("phone", True, 1),
        ("counter", True, 1),
        ("post", True, 0),
        ("email", True, 0),
        ("desk", True, 0),
    ],
)
def test_assisted_digital_counts_as_digital_and_typed_in_paper_does_not(channel, assisted, digital):
    assert figures_of(Request(channel=channel, assisted=assisted).begun().sent()).digital == digital


def test_satisfied_are_those_who_gave_four_or_five():
    many = [figures_of(Request().begun().sent().decided().rated(score)) for score in (5, 4, 3, 1)]
    figures = together([*many, figures_of(Request().begun().sent().decided())])
    assert (figures.satisfaction, figures.mean_score, figures.response_rate) == (0.5, 3.25, 0.8)


def test_a_request_counts_in_the_bodys_own_month():
    late = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # April has begun in Amsterdam
    cells = sums.adds(journey_of(Request(start=late).begun())[0], AMSTERDAM)
    assert {cell.month for cell in cells} == {date(2026, 4, 1)}


def test_work_that_goes_to_another_team_is_handed_over():
    request = Request().begun().sent().at_step("check", "desk").done("check").at_step("advise", "trees")
    request.tell(casework.TASK_REFERRED, activity="Advise", task="t", from_team="trees", to_team="fire")
    assert journey_of(request.at_step("send", "", kind="step").decided())[0].handovers == 2


def test_a_request_stands_at_the_step_that_it_is_at_for_the_longest():
    request = Request().begun().sent().at_step("check", after=DAY).at_step("advise", after=DAY)
    assert journey_of(request)[0].step == "Check"
    journey, steps = journey_of(request.done("check", after=DAY))
    assert (journey.step, journey.step_since) == ("Advise", START + 2 * DAY)
    assert [(s.activity, s.ended_at, s.called_off) for s in steps] == [
        ("Check", START + 3 * DAY, False),
        ("Advise", None, False),
    ]


def test_the_end_of_a_request_calls_its_steps_off_and_they_took_no_time():
    request = Request().begun().sent().at_step("check")
    journey, steps = journey_of(request.tell(casework.CASE_WITHDRAWN, after=DAY, service="parking"))
    assert journey.step == "" and steps[0].called_off
    assert sums.step_adds(journey, steps[0], AMSTERDAM) == Counter()


def test_notes_among_staff_are_no_contact():
    facts = {"entry": "e", "number": 1}
    request = Request().tell(contact.WRITTEN, channel="email", direction="internal", kind="note", **facts)
    request.tell(contact.WRITTEN, channel="post", direction="out", kind="message", **facts)
    request.tell(contact.RECEIVED, channel="email", known=True, attachments=0, **facts)
    request.tell(contact.WRITTEN, channel="desk", direction="in", kind="call", **facts)
    assert [rules.contacts(Seen(told)) for told in request.told] == [
        (0, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 1),
    ]


@given(st.lists(st.integers(60, 400_000_000), min_size=1, max_size=300), st.sampled_from([0.5, 0.9, 0.99]))
def test_a_quantile_from_buckets_is_within_five_percent(lengths, share):
    found = sums.quantile(Counter(map(sums.bucket, lengths)), share)
    exact = sorted(lengths)[max(1, math.ceil(share * len(lengths))) - 1]
    assert abs(found.total_seconds() / exact - 1) <= sums.ERROR + 1e-6 < 0.05


def test_there_is_no_median_of_nothing():
    figures = Figures()
    assert (figures.median, figures.completion, figures.digital) == (None, None, None)


def test_channels_without_a_price_are_left_out_of_the_cost_and_named():
    found = cost({"portal": 8, "phone": 2, "post": 3}, Prices("€", {"portal": 1, "phone": 6}))
    assert (found.each, found.priced, found.unpriced) == (2, 10, {"post": 3})
    assert cost({"portal": 3}, Prices("€", {})).each is None


@pytest.mark.parametrize(
    ("key", "first", "until"),
    [
        ("2025", date(2025, 1, 1), date(2026, 1, 1)),
        ("2025-Q4", date(2025, 10, 1), date(2026, 1, 1)),
        ("2025-12", date(2025, 12, 1), date(2026, 1, 1)),
        ("", date(2025, 4, 1), date(2026, 4, 1)),
        ("2025-13", date(2025, 4, 1), date(2026, 4, 1)),
        ("٢٠٢٥", date(2025, 4, 1), date(2026, 4, 1)),
        ("9999", date(2025, 4, 1), date(2026, 4, 1)),
    ],
)
def test_a_period_is_read_from_its_key(key, first, until):
    found = period(key, date(2026, 3, 14))
    assert (found.first, found.until) == (first, until)


def test_periods_to_choose_from_begin_where_the_figures_do():
    keys = periods(date(2025, 11, 20), date(2026, 2, 1))
    assert keys == [
        "12-months", "2026", "2025", "2026-Q1", "2025-Q4", "2026-02", "2026-01", "2025-12", "2025-11",
    ]  # fmt: skip
