"""What is shown to who signed in: requests, drafts, messages, papers, dates, and who looked."""

from uuid import uuid4

import pytest

from tests import factories
from tests.portal.test_applying import photo
from tests.portal.town import words
from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM
from towpath.people import actions as people


@pytest.fixture
def ada(town):
    with tenancy.inside(town):
        return people.register_person(
            SYSTEM, given_name="Ada", family_name="Lovelace", email="ada@example.org"
        )


@pytest.fixture
def mine(browser, town, ada):
    """A request that Ada sent, signed in."""
    browser.sign_in(town, ada)
    return browser.apply(
        blue_badge={"blue_badge": "yes"}, blue_badge_copy={"blue_badge_copy": photo("badge.png")}
    )


def test_who_is_not_signed_in_is_led_there_and_back(browser):
    assert browser.get("/me/papers/")["Location"] == "/sign-in?next=%2Fme%2Fpapers%2F&assurance=low"


def test_requests_answers_and_papers_are_there(browser, mine):
    assert "Resident parking permit" in words(browser.get("/me/"))
    assert "badge.png" in words(browser.get("/me/papers/"))
    page = browser.get(f"/requests/{mine}/")
    assert "badge.png" in words(page)
    assert "AB12 CDE" in words(browser.get(f"/requests/{mine}/answers/"))
    with tenancy.inside(browser_town(page)):
        from towpath.documents.models import Document

        document = Document.objects.get(case_id=mine)
    assert browser.get(f"/requests/{mine}/files/{document.pk}")["Content-Disposition"].startswith(
        "attachment"
    )
    assert browser.get(f"/requests/{mine}/files/{uuid4()}").status_code == 404


def browser_town(response):
    return response.wsgi_request.tenant


def test_a_link_does_not_open_the_papers(browser, come, town, mine):
    from towpath.documents.models import Document
    from towpath.foundation import crypto

    with tenancy.inside(town):
        secret, document = crypto.link_secret("case", mine), Document.objects.get(case_id=mine)
    another = come()
    another.get(f"/track/{secret}")
    assert "badge.png" not in words(another.get(f"/requests/{mine}/"))
    assert another.get(f"/requests/{mine}/files/{document.pk}").status_code == 404


def test_a_file_of_another_request_does_not_come_through_ones_own(browser, come, town, mine):
    from towpath.documents.models import Document

    stranger = come()
    with tenancy.inside(town):
        eve = people.register_person(SYSTEM, given_name="Eve", family_name="Else")
        document = Document.objects.get(case_id=mine)
    stranger.sign_in(town, eve)
    own = stranger.apply()
    assert stranger.get(f"/requests/{own}/files/{document.pk}").status_code == 403


def test_letters_stand_among_the_messages(browser, town, mine):
    with tenancy.inside(town):
        casework.send_receipt(mine)
    assert "Dear Ada Lovelace" in words(browser.get("/me/messages/"))


def test_who_looked_is_told_by_team_and_not_by_name(browser, town, mine):
    with tenancy.inside(town):
        staff = people.set_up_staff(
            "ana@example.org", "Ana Ruiz", "heron-under-the-old-bridge", [("parking", "caseworker")]
        )
        queries.case(factories.staff("case.read", name=str(staff.pk)), mine)
    page = words(browser.get("/me/who-looked/"))
    assert "Parking" in page and "To work on your request" in page and "Ana" not in page


def test_others_see_nothing_of_it(come, town, mine):
    with tenancy.inside(town):
        eve = people.register_person(SYSTEM, given_name="Eve", family_name="Else")
    other = come()
    other.sign_in(town, eve)
    assert "You have no requests" in words(other.get("/me/"))
    assert "No papers yet" in words(other.get("/me/papers/"))
    assert "Nobody has looked yet" in words(other.get("/me/who-looked/"))
