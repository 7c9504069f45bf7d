"""A case that its process can't carry on is kept for a person, with what it could not take."""

import pytest

from tests import factories
from tests.casework.test_one_request import _submitted, _worker
from tests.catalogue import parking
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.models import Case, Task
from towpath.catalogue import actions as catalogue
from towpath.catalogue.check import check
from towpath.foundation.access import SYSTEM, NotAllowed
from towpath.foundation.models import Event
from towpath.people import actions as people

DEAD_END = parking.changed(
    ("process.bpmn", 'name="Is it a clear yes?" default="simple_case___decide_permit"', 'name="Is it a clear yes?"'),
    (
        "process.bpmn",
        'name="A person looks" sourceRef="simple_case_" targetRef="decide_permit" />',
        'name="A person looks" sourceRef="simple_case_" targetRef="decide_permit">'
        '<bpmn:conditionExpression>=look_at_it = true</bpmn:conditionExpression></bpmn:sequenceFlow>',
    ),
)  # fmt: skip


@pytest.fixture
def stuck(tenant):
    """A case whose address was checked, and for which no way out of the next gateway holds."""
    people.set_up_team("parking", "Parking")
    doubts = [problem.id for problem in check(DEAD_END)]
    catalogue.publish(SYSTEM, DEAD_END, acknowledged=doubts)
    case = _submitted(vehicle_keeper="employer")
    (task,) = Task.objects.filter(case=case, state="open", kind="user")
    casework.complete_task(_worker(), task.pk, {"lives_here": True})
    return Case.objects.get(pk=case.pk)


def test_the_case_stays_where_it_was_and_shows_among_the_troubles(stuck):
    lead = factories.staff("jobs.settle", "case.read")
    (trouble,) = queries.troubles(lead)
    assert trouble.case_id == stuck.pk
    assert "no condition holds" in trouble.trouble
    assert Event.objects.get(type="case.incident").data == {"why": "simple_case_"}
    assert (stuck.state, stuck.stage) == ("open", "checking")
    assert not Task.objects.filter(case=stuck, kind="user", state="open").exists()


def test_nothing_of_the_step_that_failed_was_written(stuck):
    assert not Event.objects.filter(case_id=stuck.pk, activity="Check the rules for a permit").exists()


def test_what_it_could_not_take_is_taken_again_once_the_cause_is_gone(stuck):
    lead = factories.staff("jobs.settle", "case.read")
    (trouble,) = queries.troubles(lead)
    assert casework.go_on(lead, trouble.pk) is False
    (trouble,) = queries.troubles(lead)
    stuck.data = {**stuck.data, "look_at_it": True}
    stuck.save()
    assert casework.go_on(lead, trouble.pk) is True
    assert queries.troubles(lead) == []
    (task,) = Task.objects.filter(case=stuck, state="open", kind="user")
    assert task.form == "decide_permit"
    assert casework.go_on(lead, trouble.pk) is True


def test_not_everybody_may_do_so(stuck):
    (trouble,) = queries.troubles(factories.staff("jobs.settle"))
    with pytest.raises(NotAllowed):
        casework.go_on(_worker(), trouble.pk)
