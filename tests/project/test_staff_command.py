"""`towpath staff renew`: who runs the server lets a colleague in again whom no administrator can help."""

import re
import secrets

import pytest
from allauth.mfa.models import Authenticator

from towpath.foundation import tenancy
from towpath.foundation.models import Event
from towpath.people import actions, queries
from towpath.people.models import User
from towpath.project.staff import main

PASSWORD = "heron-under-the-old-bridge"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # Base32


@pytest.fixture
def ada(outside):
    with tenancy.inside(outside):
        email = f"ada-{secrets.token_hex(6)}@example.org"
        return actions.set_up_staff(email, "Ada Lund", PASSWORD, [(None, "administrator")], SECRET)


def run(capsys, email, body, *more):
    code = main(["renew", email, "--body", body, *more])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_the_only_administrator_is_let_in_again(outside, ada, capsys):
    code, told = run(capsys, ada.user.email.upper(), outside.code, "--reason", "second-factor")
    assert code == 0 and f"Ada Lund, {ada.user.email}" in told and f"//{outside.host}/desk/" in told
    passphrase = re.search(r"^  passphrase +(\S+)$", told, re.MULTILINE)[1]
    assert queries.account(ada.user.email).check_password(passphrase)
    assert not Authenticator.objects.filter(user=ada.user).exists()
    with tenancy.inside(outside):
        event = Event.objects.get(type="staff.access-renewed")
        assert event.data == {"staff": str(ada.pk), "reason": "second-factor"}
        assert event.actor_kind == "system"


def test_the_page_of_staff_tells_that_it_was_by_command(outside, ada, capsys):
    from django.utils import translation

    from towpath.surfaces.desk.views.renewal import renewals

    run(capsys, ada.user.email, outside.code)
    with tenancy.inside(outside), translation.override("en"):
        (row,) = renewals().rows
    assert (row[0], row[1], str(row[3])) == ("Ada Lund", "By command, on the server", "They lost both")


def test_who_is_not_of_that_body_or_not_there_is_told_and_nothing_is_changed(outside, other, ada, capsys):
    before = queries.account(ada.user.email).password
    assert run(capsys, "nobody@example.org", outside.code) == (
        1,
        "Nobody has an account with the address nobody@example.org. Nothing was changed.\n",
    )
    code, told = run(capsys, ada.user.email, other.code)
    assert (code, f"{outside.name} made the account" in told) == (1, True)
    assert f"--body {outside.code}" in told
    assert run(capsys, ada.user.email, "none")[0] == 2
    User.objects.filter(pk=ada.user.pk).update(is_active=False)
    code, told = run(capsys, ada.user.email, outside.code)
    assert (code, "is closed" in told) == (1, True)
    assert queries.account(ada.user.email).password == before
