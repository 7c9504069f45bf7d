"""Wrong answers come back beside the question; nothing typed is lost."""

import re
from datetime import timedelta
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.portal.test_applying import photo
from tests.portal.town import field, words
from towpath.foundation import clock, tenancy
from towpath.surfaces.resident_access import KEPT


def test_a_wrong_answer_comes_back_with_what_was_typed(browser):
    draft = browser.begin()
    answer = browser.post(f"/drafts/{draft}/vehicle_registration/", {"vehicle_registration": "?!"})
    assert answer.status_code == 422
    assert field(answer, "vehicle_registration") == "?!"
    text = answer.content.decode()
    assert re.search(r"<title>Error: ", text) and 'href="#vehicle_registration"' in text
    assert text.count("Use only letters A to Z") == 2  # in the summary, and beside the question


def test_right_answers_of_a_page_are_saved_although_others_are_wrong(browser):
    draft = browser.begin()
    sent = {"email": "not an address", "phone": "01632 960001"}
    answer = browser.post(f"/drafts/{draft}/contact/", sent)
    assert answer.status_code == 422 and field(answer, "email") == "not an address"
    again = browser.get(f"/drafts/{draft}/contact/")
    assert (field(again, "email"), field(again, "phone")) == ("", "01632 960001")


def test_a_date_that_does_not_exist_keeps_its_three_parts(browser):
    draft = browser.begin()
    sent = {"start_date-day": "31", "start_date-month": "2", "start_date-year": "2031"}
    answer = browser.post(f"/drafts/{draft}/start_date/", sent)
    assert answer.status_code == 422
    assert [field(answer, name) for name in sent] == ["31", "2", "2031"]
    assert 'href="#start_date-day"' in answer.content.decode()


def test_an_address_that_lacks_a_part_keeps_the_others(browser):
    draft = browser.begin()
    answer = browser.post(f"/drafts/{draft}/typed_address/", {"typed_address-line_1": "12 Mill Lane"})
    assert answer.status_code == 422 and field(answer, "typed_address-line_1") == "12 Mill Lane"
    assert "Write street and number, town and postcode." in words(answer)


def test_wrong_files_are_refused_by_reason_and_right_ones_of_the_same_page_stay(browser):
    draft = browser.begin()
    browser.fill(draft)
    browser.post(f"/drafts/{draft}/blue_badge/", {"blue_badge": "yes"})
    page = f"/drafts/{draft}/blue_badge_copy/"
    bad = SimpleUploadedFile("virus.exe", b"MZ\x00\x01", "application/octet-stream")
    answer = browser.post(page, {"blue_badge_copy": [photo("right.png"), bad]})
    assert answer.status_code == 422
    assert "must be a PDF, a picture" in words(answer) and "right.png" in words(answer)
    huge = SimpleUploadedFile("huge.png", b"\x89PNG\r\n\x1a\n" + b"0" * 10_000_001, "image/png")
    assert "smaller than 10 MB" in words(browser.post(page, {"blue_badge_copy": huge}))
    many = browser.post(page, {"blue_badge_copy": [photo("2.png"), photo("3.png")]})
    assert "too many files" in words(many)


def test_a_day_that_has_passed_meanwhile_is_asked_again_with_the_reason(browser):
    draft = browser.begin()
    soon = (clock.now() + timedelta(days=20)).date()
    parts = {"start_date-day": soon.day, "start_date-month": soon.month, "start_date-year": soon.year}
    browser.fill(draft, start_date=parts)
    with clock.running(clock.VirtualClock(clock.now() + timedelta(days=25))):
        there = browser.post(f"/drafts/{draft}/check-answers/")["Location"]
        assert there == f"/drafts/{draft}/start_date/?check=1"
        assert "today's date or a later one" in words(browser.get(there))


def test_what_was_typed_into_a_page_that_was_open_for_too_long_comes_back(town):
    browser = _strict(town)
    draft = _begun(browser)
    went = browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada Lovelace"})
    assert went.status_code == 302 and went["Location"] == f"/drafts/{draft}/full_name/"
    again = browser.get(went["Location"])
    assert field(again, "full_name") == "Ada Lovelace"
    assert "had been open for too long" in words(again) and "We kept what you typed" in words(again)
    token = field(again, "csrfmiddlewaretoken")
    sent = {"full_name": "Ada Lovelace", "csrfmiddlewaretoken": token}
    assert browser.post(f"/drafts/{draft}/full_name/", sent)["Location"] == f"/drafts/{draft}/typed_address/"


def test_another_site_can_neither_send_nor_leave_anything(town):
    from django.contrib.sessions.models import Session

    browser = _strict(town)
    draft = _begun(browser)
    browser.cookies.pop("sessionid")  # as browsers send it from elsewhere: SameSite=Lax
    before = Session.objects.count()
    answer = browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Mallory"})
    assert answer.status_code == 403 and "sessionid" not in answer.cookies
    assert Session.objects.count() == before


def _strict(town):
    return Client(enforce_csrf_checks=True, headers={"host": town.host})


def _begun(browser):
    page = browser.get("/services/resident-parking-permit/")
    token = field(page, "csrfmiddlewaretoken")
    went = browser.post("/apply/resident-parking-permit/", {"csrfmiddlewaretoken": token})
    return went["Location"].split("/")[2]


def test_an_expired_sign_in_loses_nothing_that_was_typed(browser, town):
    from towpath.foundation.access import SYSTEM
    from towpath.people import actions as people

    with tenancy.inside(town):
        ada = people.register_person(SYSTEM, given_name="Ada", family_name="Lovelace")
    browser.sign_in(town, ada)
    draft = browser.begin()
    session = browser.session
    session.pop("portal-drafts")
    session[KEPT] |= {"at": (clock.now() - timedelta(hours=5)).isoformat()}
    session.save()
    answer = browser.post(f"/drafts/{draft}/full_name/", {"full_name": "Ada L."})
    assert answer.status_code == 403 and "We also keep what you just typed" in words(answer)
    browser.sign_in(town, ada)
    again = browser.get(f"/drafts/{draft}/full_name/")
    assert field(again, "full_name") == "Ada L."


def test_what_comes_from_nowhere_is_kept_within_bounds(town, monkeypatch):
    """Anybody may send it, and each session is a row."""
    from towpath.surfaces.portal import visitors

    place = f"/requests/{uuid4()}/withdraw/"

    def kept(fields):
        return "sessionid" in Client(headers={"host": town.host}).post(place, fields).cookies

    assert kept({"reason": "I moved."})
    assert not kept({"n" * 1000 + str(n): "" for n in range(30)})
    monkeypatch.setattr(visitors, "TYPED_AN_HOUR", 1)
    assert not kept({"reason": "I moved."})
