"""People decide with reasons; the rules alone may only say yes; somebody may look again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import factories
from tests.casework import town
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.actions import Verdict
from towpath.casework.models import Decision, Task
from towpath.casework.rules import NotComplete, OnlyPeople, TaskOver, TaskTaken
from towpath.foundation.access import NotAllowed
from towpath.foundation.models import Event
from towpath.foundation.steps import StepContext, step_kinds


@pytest.fixture
def service(tenant):
    factories.publish(town.SERVICES / "resident-parking-permit")
    with town.time(tenant) as clock:
        yield clock


def _doubtful():
    case = town.submitted(permits_at_address=Decimal(3))
    casework.complete_task(town.worker(), town.open_task(case).pk, {"lives_here": True})
    return case, town.open_task(case, "Decide on the permit")


def _granted():
    case = town.submitted()
    casework.complete_task(town.worker(), town.open_task(case).pk, {"lives_here": True})
    return town.fresh(case)


def test_a_person_refuses_with_reason_and_law(service):
    case, task = _doubtful()
    verdict = Verdict("refused", "There are three permits already.", "who-may-have-a-permit")
    casework.complete_task(town.worker(), task.pk, {"next_step": "decide"}, verdict)
    done = town.fresh(case)
    assert (done.state, done.outcome) == ("closed", "refused")
    decision = Decision.objects.get(case=case)
    assert (decision.automatic, decision.favourable, decision.reason) == (False, False, verdict.reason)
    assert decision.decided_by == "w1" and decision.rules


@pytest.mark.parametrize(
    "wrong", [None, Verdict("refused", " ", "who-may-have-a-permit"), Verdict("refused", "x", "no")]
)
def test_a_decision_without_reason_or_law_is_not_taken_and_nothing_is_half_done(service, wrong):
    case, task = _doubtful()
    with pytest.raises(NotComplete):
        casework.complete_task(town.worker(), task.pk, {"next_step": "decide"}, wrong)
    assert town.open_task(case).pk == task.pk and not Decision.objects.filter(case=case).exists()


def test_only_who_may_decide_decides(service):
    _, task = _doubtful()
    clerk = factories.staff("case.read", "task.work", name="clerk")
    verdict = Verdict("refused", "No.", "who-may-have-a-permit")
    with pytest.raises(NotAllowed):
        casework.complete_task(clerk, task.pk, {"next_step": "decide"}, verdict)
    assert Task.objects.get(pk=task.pk).state == "open"


def test_the_rules_alone_may_not_refuse(service):
    case, _ = _doubtful()
    context = StepContext(
        case.pk, "x:1", {"outcome": "refused", "decision": "eligibility"}, {}, None, "en", "", town.worker()
    )
    with pytest.raises(OnlyPeople):
        step_kinds()["casework.decide"].begin(context)


def test_a_person_looks_again_at_what_the_rules_granted(service):
    case = _granted()
    assert queries.tracking(town.by_link(case), case.pk, "en", "UTC").may_ask_review
    casework.ask_review(town.by_link(case), case.pk, "The fee is wrong.")
    task = town.open_task(case)
    casework.complete_task(town.worker(), task.pk, {}, Verdict("granted", "The fee is right.", "granting"))
    assert town.fresh(case).state == "decided" and Decision.objects.filter(case=case).count() == 2


def test_the_permit_comes_up_for_renewal(service):
    case = _granted()
    service.advance(timedelta(days=400))
    while casework.fire_due_timers():
        pass
    ended = town.fresh(case)
    assert (ended.state, ended.outcome) == ("closed", "granted")
    told = Event.objects.filter(case_id=case.pk, activity__icontains="renewal", lifecycle="complete")
    assert told.exists()


def test_completing_twice_is_one_completion_and_another_person_is_told(service):
    case, task = _doubtful()
    verdict = Verdict("granted", "There is room.", "who-may-have-a-permit")
    for _ in range(2):
        casework.complete_task(town.worker(), task.pk, {"next_step": "decide"}, verdict)
    assert Decision.objects.filter(case=case).count() == 1
    with pytest.raises(TaskOver):
        casework.complete_task(town.worker("w2"), task.pk, {"next_step": "decide"}, verdict)


def test_a_task_is_referred_with_a_note_and_the_other_team_has_it(service):
    case, task = _doubtful()
    casework.refer(town.worker(), task.pk, "permits", "You know this street.")
    moved = town.open_task(case)
    assert (moved.team, moved.referred_from, moved.assignee) == ("permits", "parking", "")
    lines = queries.timeline(town.worker(), case).lines
    assert any(line.entry and line.entry.body == "You know this street." for line in lines)


def test_somebody_elses_task_is_left_alone(service):
    _, task = _doubtful()
    casework.claim(town.worker("w1"), task.pk)
    for verb in (casework.release, casework.claim):
        with pytest.raises(TaskTaken):
            verb(town.worker("w2"), task.pk)


def test_staff_of_another_team_do_not_see_the_case(service):
    case, _ = _doubtful()
    with pytest.raises(type(case).DoesNotExist):
        queries.case(town.worker(team="environment"), case.pk)


def test_a_queue_page_costs_the_same_for_any_number_of_tasks(service, count_queries):
    for _ in range(3):
        _doubtful()
    with count_queries() as few:
        assert len(queries.queue(town.worker(), queries.Filters()).tasks) == 3
    for _ in range(4):
        _doubtful()
    with count_queries() as many:
        assert len(queries.queue(town.worker(), queries.Filters()).tasks) == 7
    assert few.count == many.count <= 2


def test_search_finds_by_name_reference_and_address(service):
    case = town.submitted(full_name="Grace Hopper")
    for text in ("hopper", "grace hop", case.reference, case.reference.replace("-", ""), "mill lane"):
        assert case.pk in [found.pk for found in queries.find_cases(town.worker(), text)], text
    assert queries.find_cases(town.worker(team="environment"), "hopper") == []
