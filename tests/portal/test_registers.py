"""A register's answer is asked for with the needed sign-in alone, and shown before it is used."""

import pytest

from tests.portal.town import PAGES, field, words
from towpath.exchange.queries import Answer
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM
from towpath.people import actions as people

TOLD = {
    "name": {"full": "Ada Lovelace", "given": "Ada", "family": "Lovelace"},
    "address": {"line_1": "12 Mill Lane", "town": "Millbrook", "postcode": "MB1 2AB"},
}


@pytest.fixture
def ada(town):
    with tenancy.inside(town):
        return people.register_person(SYSTEM, given_name="Ada", family_name="Lovelace")


@pytest.fixture
def register(monkeypatch):
    """What the register says; None while it is down. Counts how often it was asked."""
    said = {"answer": Answer(True, TOLD, "register"), "asked": 0}

    def ask_now(actor, operation, **_):
        said["asked"] += 1
        assert (actor.assurance, operation) == ("substantial", "resident-by-number")
        return said["answer"]

    monkeypatch.setattr("towpath.exchange.actions.ask_now", ask_now)
    return said


def test_a_visitor_is_offered_to_sign_in_and_nothing_is_asked(browser, register):
    page = browser.get(f"/drafts/{browser.begin()}/full_name/")
    assert "Sign in to type less" in words(page) and "assurance=substantial" in page.content.decode()
    assert register["asked"] == 0


def test_a_weak_sign_in_asks_nothing_either(browser, town, ada, register):
    browser.sign_in(town, ada, "low")
    page = browser.get(f"/drafts/{browser.begin()}/full_name/")
    assert "Sign in to type less" in words(page) and register["asked"] == 0


def test_what_the_register_said_is_shown_with_its_source_before_it_is_used(browser, town, ada, register):
    browser.sign_in(town, ada, "substantial")
    draft = browser.begin()
    page = browser.get(f"/drafts/{draft}/full_name/")
    assert field(page, "full_name") == "Ada Lovelace"
    assert "This comes from the population register" in words(page)
    assert browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada Lovelace"})["Location"].endswith(
        "/register_address/"
    )
    page = browser.get(f"/drafts/{draft}/register_address/")
    assert "12 Mill Lane Millbrook MB1 2AB" in words(page) and "Do you live at this address?" in words(page)
    assert browser.post(f"/drafts/{draft}/register_address/", {}).status_code == 422
    there = browser.post(f"/drafts/{draft}/register_address/", {"register_address_right": "yes"})["Location"]
    assert there.endswith("/contact/")  # neither address nor number is typed
    assert register["asked"] == 1


def test_a_forged_register_answer_counts_for_nothing(browser, town, ada, register):
    register["answer"] = Answer(False, None, "register")
    browser.sign_in(town, ada, "substantial")
    draft = browser.begin()
    sent = {"register_address": "1 Palace Road", "register_address_right": "yes"}
    there = browser.post(f"/drafts/{draft}/register_address/", sent)["Location"]
    assert there.endswith("/typed_address/")


def test_while_the_register_is_down_the_typed_question_is_asked_instead(browser, town, ada, register):
    register["answer"] = None
    browser.sign_in(town, ada, "substantial")
    draft = browser.begin()
    assert "cannot reach the register" in words(browser.get(f"/drafts/{draft}/full_name/"))
    browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada Lovelace"})
    assert "You can type" in words(browser.get(f"/drafts/{draft}/register_address/"))
    there = browser.post(f"/drafts/{draft}/register_address/")["Location"]
    assert there.endswith("/typed_address/")
    assert browser.post(there, PAGES["typed_address"])["Location"].endswith("/resident_number/")


def test_what_was_corrected_by_hand_no_longer_counts_as_the_registers(browser, town, ada, register):
    from towpath.casework.models import Draft

    browser.sign_in(town, ada, "substantial")
    draft = browser.begin()
    browser.get(f"/drafts/{draft}/full_name/")
    browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada Byron"})
    with tenancy.inside(town):
        assert set(Draft.objects.get(pk=draft).prefilled) == {"register_address"}


def test_what_was_typed_while_a_register_was_asked_stays(browser, town, ada, register, monkeypatch):
    """In another window, say."""
    from towpath.casework import actions as casework
    from towpath.casework.models import Draft
    from towpath.foundation.access import Actor

    browser.sign_in(town, ada, "substantial")
    draft = browser.begin()
    with tenancy.inside(town):
        row = Draft.objects.get(pk=draft)
        me = Actor("resident", str(ada.pk), "portal", person=ada.pk, assurance="substantial")
        casework.save_answers(me, row.pk, {"full_name": "Ada Byron"}, page="full_name")
        told = {"full_name": "Ada Lovelace", "register_address": "12 Mill Lane"}
        kept = casework.prefill(me, row.pk, told, "population-register")
        assert set(kept.prefilled) == {"register_address"}
