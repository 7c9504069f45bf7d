"""Staff: a password alone opens nothing, guessing is held back, and the desk is for this body's people."""

import html
import re
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import override_settings

from tests.signin.conftest import PASSWORD, SECRET
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant
from towpath.people import queries
from towpath.people.actions import NotOurAccount, give_grant, set_up_staff
from towpath.people.staff_signin import StaffFactors, totp

LOGIN, CODE, DESK = "/accounts/login/", "/accounts/2fa/authenticate/", "/desk/"


def give_password(client, staff, password=PASSWORD, **more):
    return client.post(LOGIN, {"login": staff.user.email, "password": password, **more})


def give_code(client, staff, page=CODE):
    return client.post(page, {"code": queries.current_code(staff.user)})


def enter(client, staff):
    give_password(client, staff)
    return give_code(client, staff)


def words(response):
    return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_the_codes_are_those_of_rfc_6238():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # appendix B, cut to six digits
    assert [totp(secret, t) for t in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_a_second_factors_secret_is_encrypted_in_the_database(outside, colleague):
    staff = colleague(outside)
    kept = Authenticator.objects.get(user=staff.user).data["secret"]
    assert SECRET not in kept and StaffFactors().decrypt(kept) == SECRET


def test_password_and_code_lead_to_the_page_that_was_asked_for(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    asked = client.get("/desk/?queue=mine")
    assert asked.status_code == 302 and asked["Location"] == f"{LOGIN}?next=%2Fdesk%2F%3Fqueue%3Dmine"
    response = give_password(client, staff, next="/desk/?queue=mine")
    assert response["Location"].startswith(CODE)
    response = give_code(client, staff)
    assert response["Location"] == "/desk/?queue=mine"
    assert words(client.get(DESK)) == "staff Ana Ruiz"


def test_a_password_alone_opens_nothing(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    give_password(client, staff)
    assert client.get(DESK)["Location"].startswith(LOGIN)


def test_a_wrong_code_opens_nothing_and_says_so(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    give_password(client, staff)
    response = client.post(CODE, {"code": "000000"})
    assert "The code is wrong" in words(response) and "There is a problem" in words(response)
    assert client.get(DESK)["Location"].startswith(LOGIN)


def test_a_code_works_once(outside, browser, colleague):
    staff, code = colleague(outside), totp(SECRET, time.time())
    first, second = browser(outside), browser(outside)
    give_password(first, staff)
    give_password(second, staff)
    answers = {client.post(CODE, {"code": code}).status_code for client in (first, second)}
    assert 200 in answers, "one of them was refused"


def test_without_an_authenticator_one_must_set_one_up_first(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside, secret=None)
    give_password(client, staff)
    response = client.get(DESK)
    assert response["Location"].startswith("/accounts/2fa/totp/activate/")
    page = client.get(response["Location"])
    assert "data:image/svg+xml" in page.content.decode()
    secret = re.search(r'id="totp-secret">(\w+)<', page.content.decode())[1]
    response = client.post("/accounts/2fa/totp/activate/", {"code": totp(secret, time.time())})
    codes = client.get(response["Location"])
    assert len(re.findall(r"<li><bdi><code>", codes.content.decode())) == 10
    assert words(client.get(DESK)) == "staff Ana Ruiz"


def test_a_session_from_before_the_second_factor_must_show_it(outside, browser, colleague):
    old, staff = browser(outside), colleague(outside, secret=None)
    give_password(old, staff)
    Authenticator.objects.create(
        user=staff.user, type=Authenticator.Type.TOTP, data={"secret": StaffFactors().encrypt(SECRET)}
    )
    response = old.get(DESK)
    assert response["Location"].startswith("/accounts/2fa/reauthenticate/")
    assert give_code(old, staff, response["Location"])["Location"] == DESK
    assert words(old.get(DESK)) == "staff Ana Ruiz"


def test_a_recovery_code_stands_in_for_the_phone(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    enter(client, staff)
    client.post("/accounts/2fa/recovery-codes/generate/")
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    code = re.search(r"<li><bdi><code>(\w+)<", page)[1]
    later = browser(outside)
    give_password(later, staff)
    later.post(CODE, {"code": code})
    assert words(later.get(DESK)) == "staff Ana Ruiz"


def test_guessing_passwords_is_locked_out_on_every_bodys_host(outside, other, browser, colleague):
    staff = colleague(outside)
    for _ in range(3):
        assert "password is wrong" in words(give_password(browser(outside), staff, "wrong-password-again"))
    for _ in range(2):
        give_password(browser(other), staff, "wrong-password-again")
    response = give_password(browser(outside), staff)
    assert "too many tries" in words(response)
    assert browser(outside).get(DESK)["Location"].startswith(LOGIN)


def test_guessing_codes_is_locked_out(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    give_password(client, staff)
    for _ in range(5):
        client.post(CODE, {"code": "000000"})
    assert "too many tries" in words(give_code(client, staff))


def test_staff_of_another_body_are_told_where_they_work(outside, other, browser, colleague):
    client, staff = browser(outside), colleague(other)
    enter(client, staff)
    response = client.get(DESK)
    assert response.status_code == 403
    assert f"no work at {outside.name}" in words(response) and other.name in words(response)


def test_a_page_asks_for_its_permission(outside, browser, colleague):
    caseworker, auditor = browser(outside), browser(outside)
    enter(caseworker, colleague(outside))
    assert caseworker.get("/desk/audit").status_code == 403
    enter(auditor, colleague(outside, "auditor"))
    assert words(auditor.get("/desk/audit")) == "audit"


def test_a_view_that_forgot_the_gate_lets_nobody_in(outside, browser, colleague):
    client = browser(outside)
    enter(client, colleague(outside))
    assert client.get("/ungated").status_code == 403


def test_part_of_a_page_leads_the_whole_page_to_sign_in(outside, browser):
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://{outside.host}/desk/?q=a"}
    response = browser(outside).get(DESK, headers=headers)
    assert response.status_code == 401
    assert response["HX-Redirect"] == f"{LOGIN}?next=%2Fdesk%2F%3Fq%3Da"


def test_after_signing_out_the_desk_is_closed(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    enter(client, staff)
    assert "Do you want to sign out?" in words(client.get("/accounts/logout/"))
    client.post("/accounts/logout/")
    assert client.get(DESK)["Location"].startswith(LOGIN)


@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "http://other.localhost/desk/"])
def test_signing_in_leads_to_no_other_site(outside, browser, colleague, there):
    client, staff = browser(outside), colleague(outside)
    give_password(client, staff, next=there)
    assert give_code(client, staff)["Location"] == DESK


def test_who_stops_at_the_code_can_sign_in_as_somebody_else(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    give_password(client, staff)
    assert client.get(LOGIN)["Location"].startswith(CODE)
    client.post("/accounts/logout/")
    assert "Staff sign-in" in words(client.get(LOGIN))


def test_nobody_signs_up(outside, browser):
    assert browser(outside).get("/accounts/signup/").status_code == 404


def test_a_new_password_is_asked_for_carefully(outside, browser, colleague):
    client, staff = browser(outside), colleague(outside)
    enter(client, staff)
    page = "/accounts/password/change/"
    response = client.post(page, {"oldpassword": "wrong", "password1": "short", "password2": "other"})
    assert "There is a problem" in words(response) and "at least 12 characters" in words(response).lower()
    new = "otter-below-the-new-weir"
    response = client.post(page, {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert "Your password is changed" in words(client.get(response["Location"]))
    assert words(client.get(DESK)) == "staff Ana Ruiz", "and one stays signed in"
    assert EmailAddress.objects.get(user=staff.user).verified


def demo_town(tenant):
    accounts = [{"email": "ana@example.org", "name": "Ana", "what": "caseworker", "password": PASSWORD}]
    Tenant.objects.filter(pk=tenant.pk).update(is_demo=True, settings={"demo-accounts": accounts})


def test_a_demonstration_shows_accounts_and_code_plainly_labelled(outside, browser, colleague):
    demo_town(outside)
    client, staff = browser(outside), colleague(outside)
    with override_settings(DEMO=True):
        page = words(client.get(LOGIN))
        assert "Demonstration accounts" in page and "ana@example.org" in page and PASSWORD in page
        page = words(give_password(client, staff) and client.get(CODE))
        assert "Demonstration" in page and queries.current_code(staff.user) in page


@pytest.mark.parametrize(("demo_site", "demo_body"), [(True, False), (False, True)])
def test_anywhere_else_neither_is_shown(outside, browser, colleague, demo_site, demo_body):
    demo_town(outside)
    Tenant.objects.filter(pk=outside.pk).update(is_demo=demo_body)
    client, staff = browser(outside), colleague(outside)
    with override_settings(DEMO=demo_site):
        assert PASSWORD not in words(client.get(LOGIN))
        give_password(client, staff)
        assert queries.current_code(staff.user) not in words(client.get(CODE))


def test_pages_speak_the_bodys_languages(outside, browser):
    page = browser(outside).get(LOGIN, headers={"accept-language": "ar"}).content.decode()
    assert 'lang="ar" dir="rtl"' in page


def test_a_second_body_takes_an_account_in_by_a_grant_only(outside, other, browser, colleague):
    staff = colleague(outside)
    with tenancy.inside(other):
        with pytest.raises(NotOurAccount, match="by a grant"):
            set_up_staff(staff.user.email, "Somebody Else", "a-password-of-the-other", [(None, "manager")])
        until = clock.now() + timedelta(days=1)
        give_grant(SYSTEM, email=staff.user.email, role="manager", until=until)
    client = browser(other)
    enter(client, staff)
    assert words(client.get(DESK)) == "staff Ana Ruiz"
