"""A draft is saved by itself, and resumed by link, by reference and code, or by signing in."""

import re

import pytest

from tests.databases import end_our_connection
from tests.portal.town import field, words
from towpath.foundation import crypto, tenancy


@pytest.fixture
def draft(browser):
    draft = browser.begin()
    browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada Lovelace"})
    return draft


def later(browser, draft):
    """(reference, code, path of the link) from the page that tells them."""
    text = browser.get(f"/drafts/{draft}/come-back-later/").content.decode()
    link = re.search(r'href="http://[^/"]+(/continue/[^"]+)"', text)[1]
    reference = re.search(r"<bdi>(D-[^<]+)</bdi>", text)[1]
    code = re.search(r"<bdi>([^<-]{4}-[^<]{4})</bdi>", text)[1]
    return reference, code, link


def test_every_page_says_that_it_is_saved_and_how_to_come_back(browser, draft):
    page = browser.get(f"/drafts/{draft}/full_name/")
    assert (
        "Each page is saved" in words(page) and f"/drafts/{draft}/come-back-later/" in page.content.decode()
    )


def test_the_link_opens_it_in_another_browser_and_leaves_no_secret_in_the_address(browser, come, draft):
    *_, link = later(browser, draft)
    another = come()
    went = another.get(link)
    assert went["Location"] == f"/drafts/{draft}/"
    assert field(another.get(f"/drafts/{draft}/full_name/"), "full_name") == "Ada Lovelace"
    assert another.get("/continue/" + "x" * 27).status_code == 404


def test_reference_and_code_open_it_however_they_are_typed(browser, come, draft):
    reference, code, _ = later(browser, draft)
    another = come()
    sent = {"reference": f" {reference.lower()} ", "code": code.replace("-", " ").lower()}
    assert another.post("/continue/", sent)["Location"] == f"/drafts/{draft}/"
    assert another.get(f"/drafts/{draft}/typed_address/").status_code == 200


def test_who_guesses_is_locked_out_even_with_the_right_code(browser, come, draft):
    reference, code, _ = later(browser, draft)
    another = come()
    for _ in range(5):
        wrong = another.post("/continue/", {"reference": reference, "code": "2222-2222"})
        assert wrong.status_code == 422 and "do not belong together" in words(wrong)
        assert field(wrong, "reference") == reference
    locked = another.post("/continue/", {"reference": reference, "code": code})
    assert locked.status_code == 429 and "Try again in 15 minutes" in words(locked)
    assert another.get(f"/drafts/{draft}/full_name/").status_code == 403


@pytest.fixture
def ada(town):
    from towpath.foundation.access import SYSTEM
    from towpath.people import actions as people

    with tenancy.inside(town):
        return people.register_person(SYSTEM, given_name="Ada", family_name="Lovelace")


def test_a_draft_of_who_signed_in_needs_their_sign_in_again(browser, come, town, ada):
    browser.sign_in(town, ada)
    draft = browser.begin()
    assert "in your place" in words(browser.get(f"/drafts/{draft}/come-back-later/"))
    another = come()
    with tenancy.inside(town):
        link = f"/continue/{crypto.link_secret('draft', draft)}"
    assert another.get(link)["Location"].startswith("/sign-in?next=%2Fdrafts%2F")
    assert another.get(f"/drafts/{draft}/").status_code == 403
    another.sign_in(town, ada)
    assert another.get(f"/drafts/{draft}/full_name/").status_code == 200
    assert "Applications to finish" in words(another.get("/me/"))


def test_who_signs_in_half_way_is_asked_whether_the_draft_is_theirs(browser, come, town, ada, draft):
    *_, link = later(browser, draft)
    browser.sign_in(town, ada)
    assert browser.get(f"/drafts/{draft}/full_name/")["Location"] == f"/drafts/{draft}/mine/"
    assert "You are signed in as Ada Lovelace" in words(browser.get(f"/drafts/{draft}/mine/"))
    browser.post(f"/drafts/{draft}/mine/")
    assert browser.get(f"/drafts/{draft}/typed_address/").status_code == 200
    assert come().get(link)["Location"].startswith("/sign-in")  # the link alone no longer opens it


def test_after_the_database_was_started_anew_the_next_page_works(browser, draft):
    end_our_connection()
    saved = browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada King"})
    end_our_connection()
    assert saved.status_code == 302
    assert field(browser.get(f"/drafts/{draft}/full_name/"), "full_name") == "Ada King"
