"""A colleague who lost password or second factor is given new access by another administrator, and by nobody else."""

import html
import re
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client, override_settings

from tests.desk.town import PASSWORD, enter, proven, words, worker
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, NotAllowed
from towpath.foundation.models import Event
from towpath.people import actions as people
from towpath.people import queries
from towpath.people.models import Staff, User
from towpath.people.staff_signin import FRESH, totp

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # Base32
LOGIN, CODE, DESK = "/accounts/login/", "/accounts/2fa/authenticate/", "/desk/"


def administrator(body, role="administrator", name="Cy Young", team=None):
    with tenancy.inside(body):
        return worker((team, role), name=name)


def colleague(body, name="Bo Lost", role="lead"):
    with tenancy.inside(body):
        return people.set_up_staff(f"{uuid4()}@example.org", name, PASSWORD, [(None, role)], SECRET)


def granted(body, staff, role):
    with tenancy.inside(body):
        until = clock.now() + timedelta(days=1)
        return people.give_grant(SYSTEM, email=staff.user.email, role=role, until=until).staff


def renew(body, staff, renewed):
    """By the action itself: None stands for the system."""
    with tenancy.inside(body):
        actor = queries.staff_actor(staff.user) if staff else SYSTEM
        return people.renew_access(actor, renewed.pk, "both")


def renewals(body):
    with tenancy.inside(body):
        return list(Event.objects.filter(type="staff.access-renewed"))


def page(staff):
    return f"/desk/staff/{staff.pk}/renew"


def passphrase_on(response):
    return re.search(r'id="passphrase">([^<]+)<', response.content.decode())[1]


def sign_in(host, staff, password):
    client = Client(HTTP_HOST=host)
    return client, client.post(LOGIN, {"login": staff.user.email, "password": password})


def come_in(host, staff):
    client, _ = sign_in(host, staff, PASSWORD)
    client.post(CODE, {"code": queries.current_code(staff.user)})
    assert client.get(DESK).status_code == 200
    return client


def come_to(body, staff):
    return proven(enter(Client(HTTP_HOST=body.host), staff), staff)


@pytest.fixture
def lost(outside):
    return colleague(outside)


@pytest.fixture
def admin(outside):
    return come_to(outside, administrator(outside))


def test_a_colleague_comes_in_again_with_what_the_administrator_hands_over(outside, admin, lost):
    assert f'href="{page(lost)}"' in admin.get("/desk/staff").content.decode()
    asked = words(admin.get(page(lost)))
    assert "Bo Lost" in asked and lost.user.email in asked and "signed out everywhere" in asked
    told = admin.post(page(lost), {"reason": "both"})
    passphrase = passphrase_on(told)
    assert told["Cache-Control"] == "no-store"
    client, _ = sign_in(outside.host, lost, passphrase)
    answer = client.get(DESK)
    assert answer["Location"].startswith("/accounts/2fa/totp/activate/"), "nothing before a second factor"
    key = re.search(r'id="totp-secret">(\w+)<', client.get(answer["Location"]).content.decode())[1]
    client.post("/accounts/2fa/totp/activate/", {"code": totp(key, time.time())})
    assert client.get(DESK).status_code == 200
    new = {"password1": "otter-below-the-new-weir", "password2": "otter-below-the-new-weir"}
    client.post("/accounts/password/change/", {"oldpassword": passphrase, **new})
    assert queries.account(lost.user.email).check_password(new["password1"])


def test_what_opened_the_account_before_opens_it_no_more(outside, admin, lost):
    inside, waiting = come_in(outside.host, lost), sign_in(outside.host, lost, PASSWORD)[0]
    mine = come_in(outside.host, colleague(outside, "Not Concerned"))
    inside.post("/accounts/2fa/recovery-codes/generate/")
    assert Authenticator.objects.filter(user=lost.user).count() == 2
    keys = [client.session.session_key for client in (inside, waiting)]
    admin.post(page(lost), {"reason": "known-to-others"})
    assert not Session.objects.filter(session_key__in=keys).exists()
    assert inside.get(DESK)["Location"].startswith(LOGIN)
    assert "Staff sign-in" in words(waiting.get(LOGIN)), "and is not led round in circles"
    assert not Authenticator.objects.filter(user=lost.user).exists()
    assert "password is wrong" in words(sign_in(outside.host, lost, PASSWORD)[1])
    assert mine.get(DESK).status_code == 200, "others stay signed in"
    assert admin.get("/desk/staff").status_code == 200


def test_the_journal_tells_who_gave_it_to_whom_and_why_and_no_secret(outside, admin, lost):
    passphrase = passphrase_on(admin.post(page(lost), {"reason": "second-factor"}))
    (event,) = renewals(outside)
    assert event.data == {"staff": str(lost.pk), "reason": "second-factor"}
    assert passphrase not in queries.account(lost.user.email).password
    for one, where in (
        (admin, "/desk/staff"),
        (come_to(outside, administrator(outside, "auditor")), "/desk/audit"),
    ):
        shown = words(one.get(where))
        assert re.search("Who was given new access .*Bo Lost +Cy Young .*They lost the second factor", shown)
        assert passphrase not in shown
    assert passphrase not in words(admin.get(page(lost)))


def test_it_is_not_given_without_a_reason(outside, admin, lost):
    for typed in ({}, {"reason": "because"}):
        answer = admin.post(page(lost), typed)
        assert answer.status_code == 422 and "Choose why they need it." in words(answer)
    assert queries.account(lost.user.email).check_password(PASSWORD)
    with tenancy.inside(outside), pytest.raises(ValueError, match="not for 'because'"):
        people.renew_access(SYSTEM, lost.pk, "because")


def refused(body, staff, renewed):
    """Nothing is offered, and what is sent all the same changes nothing."""
    client, before = come_to(body, staff), queries.account(renewed.user.email).password
    assert page(renewed) not in client.get("/desk/staff").content.decode()
    answers = client.get(page(renewed)), client.post(page(renewed), {"reason": "both"})
    with pytest.raises(NotAllowed):
        renew(body, staff, renewed)
    return (
        {answer.status_code for answer in answers} <= {403, 404}
        and queries.account(renewed.user.email).password == before
        and not renewals(body)
    )


def test_nobody_renews_their_own(outside):
    me = administrator(outside)
    assert refused(outside, me, me)


@pytest.mark.parametrize("role", ["lead", "manager", "auditor", "designer", "caseworker", "advisor"])
def test_only_an_administrator_does_it(outside, lost, role):
    assert refused(outside, administrator(outside, role), lost)


def test_who_administers_one_team_only_does_not(outside, lost):
    with tenancy.inside(outside):
        people.set_up_team("permits", "Permits")
    assert refused(outside, administrator(outside, team="permits"), lost)


def test_staff_whose_account_another_body_made_are_renewed_there(outside, other):
    guest = colleague(other, "Gus Guest")
    here, admin = granted(outside, guest, "lead"), administrator(outside)
    assert refused(outside, admin, here)
    assert come_to(outside, admin).post(page(guest), {"reason": "both"}).status_code == 404
    with pytest.raises(NotAllowed):
        renew(outside, None, here)
    assert come_to(other, administrator(other)).post(page(guest), {"reason": "both"}).status_code == 200


def test_an_administrator_by_grant_does_not_take_over_accounts_that_outlast_the_grant(outside, other, lost):
    provider = administrator(other)
    granted(outside, provider, "administrator")
    assert come_to(outside, provider).get("/desk/staff").status_code == 200
    assert refused(outside, provider, lost)


@pytest.mark.parametrize("closed", ["staff", "account"])
def test_an_account_that_is_closed_stays_closed(outside, lost, closed):
    with tenancy.inside(outside):
        Staff.objects.filter(pk=lost.pk).update(active=closed != "staff")
        User.objects.filter(pk=lost.user.pk).update(is_active=closed != "account")
    assert refused(outside, administrator(outside), lost)


def test_a_stolen_session_does_not_suffice(outside, lost):
    me = colleague(outside, "Cy Young", "administrator")
    stolen = proven(enter(Client(HTTP_HOST=outside.host), me), me, ago=FRESH + 1)
    assert stolen.get("/desk/staff").status_code == 200
    for answer in (stolen.get(page(lost)), stolen.post(page(lost), {"reason": "both"})):
        assert answer["Location"].startswith("/accounts/2fa/reauthenticate/?next=")
    codes = "/accounts/2fa/recovery-codes/"
    stolen.post("/accounts/2fa/recovery-codes/generate/")
    assert stolen.get(codes).status_code == 302, "nor can the codes that stand in for the phone be looked up"
    assert not renewals(outside)
    back = stolen.post(answer["Location"], {"code": queries.current_code(me.user)})
    assert html.unescape(back["Location"]) == page(lost)
    assert passphrase_on(stolen.post(page(lost), {"reason": "both"}))


def test_there_is_an_end_to_how_often_in_an_hour(admin, lost):
    with override_settings(LIMITS=True):
        codes = [admin.post(page(lost), {"reason": "both"}).status_code for _ in range(21)]
    assert codes == [200] * 20 + [429]


@pytest.mark.parametrize(("language", "said"), [("fr", "Rétablir l'accès"), ("ar", "منح دخول جديد")])
def test_it_speaks_the_administrators_language(admin, lost, language, said):
    admin.get(f"/desk/?lang={language}")
    assert said in words(admin.get(page(lost)))
    assert "passphrase" in admin.post(page(lost), {"reason": "both"}).content.decode()
