"""What staff may do, here and nowhere else."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor, NotAllowed
from towpath.foundation.models import Event
from towpath.people import queries, rules
from towpath.people.actions import end_grant, give_grant, set_up_staff, set_up_team
from towpath.people.models import Membership, Staff, User
from towpath.people.rules import ROLES, UnknownRole

PASSWORD = "heron-under-the-old-bridge"
roles = st.sampled_from(sorted(ROLES))
teams = st.sampled_from(["", "permits", "parking"])


def email() -> str:
    return f"{uuid4()}@example.org"


@given(st.lists(st.tuples(roles, teams), max_size=4), st.sampled_from(["permits", "parking", "trees"]))
def test_one_may_exactly_what_one_of_the_roles_allows_for_that_team(held, team):
    actor = Actor("staff", "s", permissions=rules.permissions(held))
    for permission in set().union(*ROLES.values()):
        wanted = any(permission in ROLES[role] and where in {"", team} for role, where in held)
        assert actor.may(permission, team) is wanted


def test_a_role_that_no_longer_exists_gives_nothing():
    assert rules.permissions([("wizard", "")]) == frozenset()


def test_only_those_who_decide_tasks_may_decide_and_an_advisor_may_not():
    assert {role for role, held in ROLES.items() if "task.decide" in held} == {"caseworker", "lead"}


def test_staff_act_with_the_roles_of_their_teams(tenant):
    set_up_team("permits", "Permits")
    staff = set_up_staff(email(), "Ana Ruiz", PASSWORD, [("permits", "caseworker"), (None, "advisor")])
    actor = queries.staff_actor(staff.user)
    assert (actor.kind, actor.id, actor.name, actor.channel) == ("staff", str(staff.pk), "Ana Ruiz", "desk")
    assert actor.may("task.decide", "permits") and not actor.may("task.decide", "parking")
    assert actor.may("case.open", "parking")
    assert queries.staff_name(actor.id) == "Ana Ruiz"
    assert queries.team_name("permits") == "Permits" and queries.team_name("gone") == "gone"


def test_an_account_without_a_role_is_nobody_here(tenant):
    assert queries.staff_actor(set_up_staff(email(), "A", PASSWORD).user) is None


@pytest.mark.parametrize("closed", ["staff", "account"])
def test_a_closed_account_is_nobody(tenant, closed):
    staff = set_up_staff(email(), "A", PASSWORD, [(None, "manager")])
    Staff.objects.filter(pk=staff.pk).update(active=closed != "staff")
    staff.user.is_active = closed != "account"
    assert queries.staff_actor(staff.user) is None


def test_setting_up_again_replaces_the_roles_and_keeps_the_password(tenant):
    address = email()
    first = set_up_staff(address, "A", PASSWORD, [(None, "manager")])
    again = set_up_staff(address.upper(), "B", "another-long-password", [(None, "auditor")])
    assert again.pk == first.pk
    assert Membership.objects.get(staff=first).role == "auditor"
    user = User.objects.get(email=address)
    assert user.check_password(PASSWORD) and user.name == "A"


def test_an_unknown_role_is_refused_and_named(tenant):
    with pytest.raises(UnknownRole, match=r"no role 'wizard'.*caseworker"):
        set_up_staff(email(), "A", PASSWORD, [(None, "wizard")])


def test_only_who_manages_staff_may_set_up_staff(tenant):
    caseworker = Actor("staff", "s", permissions=rules.permissions([("caseworker", "")]))
    with pytest.raises(NotAllowed):
        set_up_staff(email(), "A", PASSWORD, [(None, "administrator")], actor=caseworker)
    with pytest.raises(NotAllowed):
        set_up_team("mine", "Mine", actor=caseworker)


def test_the_journal_tells_roles_by_code_and_no_name(tenant):
    address = email()
    set_up_staff(address, "Unmistakable Name", PASSWORD, [(None, "manager")])
    event = Event.objects.get(type="staff.set-up")
    assert event.data["roles"] == ["manager:*"]
    assert "Unmistakable" not in str(event.data) and address not in str(event.data)


def test_a_grant_holds_until_its_end_and_in_its_body_alone(outside, other):
    with tenancy.inside(other):
        user = set_up_staff(email(), "P. Rovider", PASSWORD, [(None, "caseworker")]).user
    virtual = clock.VirtualClock(clock.now())
    with clock.running(virtual):
        with tenancy.inside(outside):
            assert queries.staff_actor(user) is None
            until = clock.now() + timedelta(days=30)
            give_grant(SYSTEM, email=user.email, role="advisor", until=until)
            assert queries.staff_actor(user).may("case.open")
            assert not queries.staff_actor(user).may("task.decide")
        assert set(queries.bodies_of(user)) == {outside, other}
        virtual.advance(timedelta(days=30))
        assert queries.bodies_of(user) == [other]
        with tenancy.inside(outside):
            assert queries.staff_actor(user) is None
        with tenancy.inside(other):
            assert queries.staff_actor(user).may("task.decide")


def test_a_grant_for_one_team_reaches_no_other(tenant):
    set_up_team("permits", "Permits")
    user = set_up_staff(email(), "A", PASSWORD).user
    until = clock.now() + timedelta(days=1)
    give_grant(SYSTEM, email=user.email, role="caseworker", until=until, team="permits")
    actor = queries.staff_actor(user)
    assert actor.may("task.work", "permits") and not actor.may("task.work", "parking")


def test_a_grant_taken_back_ends_at_once(tenant):
    user = set_up_staff(email(), "A", PASSWORD).user
    grant = give_grant(SYSTEM, email=user.email, role="advisor", until=clock.now() + timedelta(days=1))
    end_grant(SYSTEM, grant.pk)
    assert queries.staff_actor(user) is None
    end_grant(SYSTEM, grant.pk)
    assert Event.objects.filter(type="staff.grant-ended").count() == 1


def test_a_grant_must_end_in_the_future_and_be_given_by_who_may(tenant):
    user = set_up_staff(email(), "A", PASSWORD).user
    with pytest.raises(ValueError, match="future"):
        give_grant(SYSTEM, email=user.email, role="advisor", until=clock.now())
    with pytest.raises(NotAllowed):
        give_grant(Actor("staff", "s"), email=user.email, role="advisor", until=clock.now())
