"""One case is shown to the same people as a list of cases would show it to: the two say one rule."""

from uuid import uuid4

import pytest

from tests import factories
from tests.casework.town import SERVICES, by_link, submitted, visitor, worker
from towpath.casework.models import Case
from towpath.casework.queries.visible import may_see, seen, visible_to
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM, Actor


@pytest.fixture
def case(tenant):
    factories.publish(SERVICES / "resident-parking-permit")
    return submitted()


def _everybody(case):
    """(who, whether they may see it)"""
    return [
        (SYSTEM, True),
        (worker(), True),
        (worker(team=case.team), True),
        (worker(team="somewhere-else"), False),
        (factories.staff("contact.write"), False),
        (Actor("resident", "ada", person=case.person_id), True),
        (Actor("resident", "ben", person=uuid4()), False),
        (by_link(case), True),
        (Actor("visitor", f"case:{uuid4()}"), False),
        (visitor(case.pk), False),
        (Actor("visitor", "visitor"), False),
    ]


def test_one_case_and_a_list_of_cases_are_shown_to_the_same_people(case):
    for actor, may in _everybody(case):
        assert visible_to(actor).filter(pk=case.pk).exists() is may, actor
        assert may_see(actor, case.pk) is may, actor
        if may:
            assert seen(actor, case.pk) == case
        else:
            with pytest.raises(Case.DoesNotExist):
                seen(actor, case.pk)


def test_a_team_that_works_on_a_task_sees_the_case_of_another_team(case):
    Case.objects.filter(pk=case.pk).update(team="another-team")
    (team,) = set(case_tasks(case))
    assert may_see(worker(team=team), case.pk) and visible_to(worker(team=team)).filter(pk=case.pk).exists()
    assert not may_see(worker(team="somewhere-else"), case.pk)


def case_tasks(case):
    from towpath.casework.models import Task

    return Task.objects.filter(case=case, kind="user").values_list("team", flat=True)


def test_a_case_of_another_body_is_nobodys(outside, other):
    with tenancy.inside(outside):
        factories.publish(SERVICES / "resident-parking-permit")
        theirs = submitted()
    with tenancy.inside(other):
        assert not any(may_see(actor, theirs.pk) for actor, _ in _everybody(theirs))
