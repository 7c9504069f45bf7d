"""What is missing is asked for; the legal clock stands still; the answer brings the case on."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import factories
from tests.casework import town
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.models import Question, Timer
from towpath.casework.rules import NotComplete, Upload, WrongMove
from towpath.foundation.access import NotAllowed


@pytest.fixture
def case(tenant):
    factories.publish(town.SERVICES / "resident-parking-permit")
    with town.time(tenant) as clock:
        made = town.submitted(permits_at_address=Decimal(3))
        casework.complete_task(town.worker(), town.open_task(made).pk, {"lives_here": True})
        yield made, clock


def _ask_by_process(made):
    task = town.open_task(made, "Decide on the permit")
    values = {"next_step": "ask", "what_we_need": "Please send the lease contract."}
    casework.complete_task(town.worker(), task.pk, values)
    return Question.objects.get(case=made, state="open")


def test_the_clock_stands_still_until_the_answer_and_the_deadline_moves(case):
    made, clock = case
    before = town.fresh(made).due_at
    question = _ask_by_process(made)
    waiting = town.fresh(made)
    assert waiting.clock_stopped_at and (waiting.awaits, waiting.stage) == ("resident", "waiting_for_you")
    clock.advance(timedelta(days=5))
    casework.answer_question(town.by_link(made), question.pk, text="Here it is.")
    going = town.fresh(made)
    assert going.clock_stopped_at is None and going.due_at == before + timedelta(days=5)
    assert town.open_task(made, "Decide on the permit")


def test_an_empty_answer_is_not_taken(case):
    made, _ = case
    question = _ask_by_process(made)
    with pytest.raises(NotComplete):
        casework.answer_question(town.by_link(made), question.pk, text="  ")
    assert Question.objects.get(pk=question.pk).state == "open"


def test_answering_twice_changes_nothing_the_second_time(case):
    made, _ = case
    question = _ask_by_process(made)
    for text in ("first", "second"):
        casework.answer_question(town.by_link(made), question.pk, text=text)
    assert Question.objects.get(pk=question.pk).answer == "first"


def test_a_document_is_kept_with_the_answer(case):
    made, _ = case
    question = _ask_by_process(made)
    files = [Upload("lease.txt", "text/plain", b"The lease.")]
    casework.answer_question(town.by_link(made), question.pk, files=files)
    page = queries.case(town.worker(), made.pk)
    assert page.variables["more_files"] == ["lease.txt"]


def test_a_stranger_can_not_answer(case):
    made, _ = case
    question = _ask_by_process(made)
    other = town.submitted()
    with pytest.raises(NotAllowed):
        casework.answer_question(town.by_link(other), question.pk, text="I am Ada.")


def test_no_reply_in_time_goes_back_to_the_caseworker(case):
    made, clock = case
    _ask_by_process(made)
    assert Timer.objects.filter(case=made).count() == 1
    clock.advance(timedelta(days=27))
    assert casework.fire_due_timers() == 0
    clock.advance(timedelta(days=1, minutes=1))
    assert casework.fire_due_timers() == 1
    assert town.open_task(made, "Decide on the permit")


def test_a_caseworkers_own_question_marks_the_task_and_its_answer_frees_it(case):
    made, _ = case
    task = town.open_task(made, "Decide on the permit")
    question = casework.ask_resident(town.worker(), made.pk, "Which car is it?", task.pk)
    assert town.open_task(made).waiting_for_resident and town.fresh(made).awaits == "resident"
    casework.answer_question(town.by_link(made), question.pk, text="The blue one.")
    assert not town.open_task(made).waiting_for_resident and town.fresh(made).awaits == "staff"


def test_mail_that_comes_in_answers_the_one_open_question(case):
    made, _ = case
    question = _ask_by_process(made)
    (conversation,) = queries.links_of(made.pk)
    casework.take_mail(town.by_link(made), conversation, "It is attached.", [])
    assert Question.objects.get(pk=question.pk).answer == "It is attached."


def test_withdrawing_ends_everything_and_says_so(case):
    made, _ = case
    _ask_by_process(made)
    casework.withdraw(town.by_link(made), made.pk, "I sold the car.")
    ended = town.fresh(made)
    assert (ended.state, ended.outcome, ended.awaits) == ("withdrawn", "withdrawn", "nobody")
    assert not Timer.objects.filter(case=made).exists()
    assert not Question.objects.filter(case=made, state="open").exists()
    casework.withdraw(town.by_link(made), made.pk)
    rating = casework.rate(town.by_link(made), made.pk, 2, "It took long.")
    assert casework.rate(town.by_link(made), made.pk, 5).pk == rating.pk


def test_an_open_case_is_not_rated_yet(case):
    made, _ = case
    with pytest.raises(WrongMove):
        casework.rate(town.by_link(made), made.pk, 5)
