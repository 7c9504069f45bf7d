"""One request from draft to decision, through the product's own actions."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests import factories
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.models import Case, Task
from towpath.casework.rules import NotComplete, TaskTaken
from towpath.catalogue.load import files_of, load
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.models import Event

SERVICES = Path(__file__).parents[2] / "services"
ANSWERS = {
    "full_name": "Ada Lovelace",
    "typed_address": {"line_1": "12 Mill Lane", "line_2": "", "town": "Millbrook", "postcode": "MB1 2AB"},
    "email": "ada@example.org",
    "vehicle_registration": "AB12 CDE",
    "vehicle_kind": "car",
    "vehicle_keeper": "me",
    "emission_class": "low",
    "permits_at_address": Decimal(0),
    "off_street_space": False,
    "blue_badge": False,
    "start_date": date(2026, 12, 1),
}


@pytest.fixture
def service(tenant):
    return factories.publish(SERVICES / "resident-parking-permit")


def _visitor(draft_id="new"):
    return Actor("visitor", f"draft:{draft_id}", "portal")


def _submitted(**changes):
    draft = casework.start_draft(_visitor(), "resident-parking-permit", "en")
    me = _visitor(draft.pk)
    casework.save_answers(me, draft.pk, {**ANSWERS, **changes}, page="all")
    return casework.submit(me, draft.pk).case


def _worker(id_="w1"):
    permissions = ("case.read", "task.work", "task.decide", "task.refer", "case.ask", "case.note")
    return factories.staff(*permissions, name=id_)


def test_a_typed_address_is_checked_by_a_person_and_the_clear_case_is_granted_by_the_rules(service):
    case = _submitted()
    (task,) = Task.objects.filter(case=case, state="open", kind="user")
    assert (task.name, task.team, case.stage) == ("Check the address", "parking", "checking")
    casework.claim(_worker(), task.pk)
    casework.complete_task(_worker(), task.pk, {"lives_here": True})
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.outcome) == ("decided", "granted")
    page = queries.case(_worker(), case.pk)
    (decision,) = page.decisions
    assert decision.automatic and decision.favourable and decision.legal_basis
    assert [(d.name, d.on) for d in page.dates] == [("renewal", date(2027, 12, 1))]
    activities = list(
        Event.objects.filter(case_id=case.pk, lifecycle="complete").values_list("activity", flat=True)
    )
    assert "Check the address" in activities and "Send the permit" in activities


def test_sending_twice_makes_one_case(service):
    draft = casework.start_draft(_visitor(), "resident-parking-permit", "en")
    me = _visitor(draft.pk)
    casework.save_answers(me, draft.pk, ANSWERS, page="all")
    first, second = casework.submit(me, draft.pk), casework.submit(me, draft.pk)
    assert first.case.pk == second.case.pk and (first.fresh, second.fresh) == (True, False)


def test_an_incomplete_request_is_not_sent_and_nothing_is_lost(service):
    draft = casework.start_draft(_visitor(), "resident-parking-permit", "en")
    me = _visitor(draft.pk)
    casework.save_answers(me, draft.pk, {**ANSWERS, "vehicle_registration": None}, page="all")
    with pytest.raises(NotComplete) as caught:
        casework.submit(me, draft.pk)
    assert caught.value.errors == {"vehicle_registration": "required"}
    assert not Case.objects.exists()
    assert queries.draft_answers(queries.draft(me, draft.pk))["full_name"] == "Ada Lovelace"


def test_two_people_do_not_work_on_one_task(service):
    case = _submitted()
    task = Task.objects.get(case=case, state="open")
    casework.claim(_worker("w1"), task.pk)
    with pytest.raises(TaskTaken):
        casework.claim(_worker("w2"), task.pk)
    with clock.running(clock.VirtualClock(clock.now() + timedelta(hours=1))):
        assert casework.claim(_worker("w2"), task.pk).assignee == "w2"


def test_the_compiled_package_is_that_of_the_files(tenant):
    assert load(files_of(SERVICES / "environmental-permit")).service.identifier == "environmental-permit"
    assert tenancy.current() == tenant
