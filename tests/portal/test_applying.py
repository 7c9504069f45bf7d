"""From the service page to the receipt, and files on the way."""

from datetime import date
from pathlib import Path
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.portal.town import PARKING, PNG, Browser, words
from towpath.catalogue import actions as catalogue
from towpath.catalogue.load import files_of
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM

SERVICES = Path(__file__).parents[2] / "services"


def photo(name="badge.png", content=PNG, kind="image/png"):
    return SimpleUploadedFile(name, content, kind)


def test_a_whole_application_from_the_service_page_to_the_receipt(browser, town):
    from towpath.casework.models import Case, Draft

    assert "Apply now" in words(browser.get(f"/services/{PARKING}/"))
    draft = browser.begin()
    check = words(browser.get(browser.fill(draft)))
    assert "Ada Lovelace" in check and "12 Mill Lane Millbrook MB1 2AB" in check and "Car" in check
    case = browser.send(draft)
    receipt = words(browser.get(f"/requests/{case}/receipt/"))
    with tenancy.inside(town):
        kept = Case.objects.get(pk=case)
        assert not Draft.objects.exists()
    assert kept.reference in receipt and "Decision by" in receipt
    assert (kept.applicant_name, kept.channel, kept.assisted) == ("Ada Lovelace", "portal", False)


def test_pressing_send_twice_leads_to_the_same_receipt(browser, town):
    from towpath.casework.models import Case

    draft = browser.begin()
    browser.fill(draft)
    assert browser.send(draft) == browser.send(draft)
    with tenancy.inside(town):
        assert Case.objects.count() == 1


def test_a_sent_application_opens_as_the_request_that_it_became(browser):
    draft = browser.begin()
    browser.fill(draft)
    case = browser.send(draft)
    assert browser.get(f"/drafts/{draft}/full_name/")["Location"] == f"/requests/{case}/"


def test_nothing_is_sent_before_it_is_complete(browser):
    draft = browser.begin()
    went = browser.post(f"/drafts/{draft}/check-answers/")
    assert went["Location"] == f"/drafts/{draft}/full_name/?check=1"


def test_a_changed_answer_leads_back_to_the_check_unless_more_is_asked_now(browser):
    draft = browser.begin()
    check = browser.fill(draft)
    assert f"/drafts/{draft}/vehicle_kind/?check=1" in browser.get(check).content.decode()
    there = browser.post(f"/drafts/{draft}/vehicle_kind/?check=1", {"vehicle_kind": "van"})["Location"]
    assert there == check and "Van or camper" in words(browser.get(check))
    more = browser.post(f"/drafts/{draft}/blue_badge/?check=1", {"blue_badge": "yes"})["Location"]
    assert more == f"/drafts/{draft}/blue_badge_copy/?check=1"


def test_pages_that_the_answers_make_needless_are_not_shown(browser):
    draft = browser.begin()
    after = browser.post(f"/drafts/{draft}/vehicle_keeper/", {"vehicle_keeper": "me"})["Location"]
    assert after == f"/drafts/{draft}/emission_class/"
    after = browser.post(f"/drafts/{draft}/vehicle_keeper/", {"vehicle_keeper": "lease"})["Location"]
    assert after == f"/drafts/{draft}/vehicle_proof/"
    assert browser.get(f"/drafts/{draft}/blue_badge_copy/").status_code == 302


def test_files_are_kept_shown_removed_and_go_with_the_request(browser, town):
    from towpath.documents.models import Document

    draft = browser.begin()
    browser.fill(draft)
    browser.post(f"/drafts/{draft}/blue_badge/", {"blue_badge": "yes"})
    page = f"/drafts/{draft}/blue_badge_copy/"
    stays = browser.post(page, {"blue_badge_copy": [photo("front.png"), photo("back.png")], "stay": "1"})
    assert stays["Location"] == page
    assert "front.png" in words(browser.get(page)) and "Not checked for viruses." in words(browser.get(page))
    with tenancy.inside(town):
        back = Document.objects.get(name="back.png")
    browser.post(page, {"remove": str(back.pk)})
    assert "back.png" not in words(browser.get(page))
    browser.post(page)
    assert "front.png" in words(browser.get(f"/drafts/{draft}/check-answers/"))
    case = browser.send(draft)
    with tenancy.inside(town):
        assert [d.name for d in Document.objects.filter(case_id=case)] == ["front.png"]


def test_a_file_comes_back_only_as_something_to_save(browser, town):
    from towpath.documents.models import Document

    draft = browser.begin()
    browser.fill(draft)
    browser.post(f"/drafts/{draft}/blue_badge/", {"blue_badge": "yes"})
    browser.post(f"/drafts/{draft}/blue_badge_copy/", {"blue_badge_copy": photo("bädge.png")})
    with tenancy.inside(town):
        kept = Document.objects.get()
    answer = browser.get(f"/drafts/{draft}/files/{kept.pk}")
    assert answer.content == PNG
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
    assert browser.get(f"/drafts/{draft}/files/{uuid4()}").status_code == 404


def test_the_guided_check_asks_one_thing_at_a_time_names_the_rule_and_saves_typing(browser: Browser):
    there = browser.get(f"/services/{PARKING}/check/")["Location"]
    given = {"lives_here": "yes", "vehicle_kind": "car", "vehicle_keeper": "me", "permits_at_address": "0"}
    asked = []
    while not there.endswith("/result/"):
        name = there.split("/")[4]
        asked.append(name)
        assert browser.get(there).status_code == 200
        there = browser.post(there, {name: {**given, "off_street_space": "no"}[name]})["Location"]
    result = words(browser.get(there))
    assert set(asked) == {*given, "off_street_space"}
    assert "Yes, this is for you" in result and "Parking Bylaw, article" in result
    draft = browser.begin()
    assert 'value="car" checked' in browser.get(f"/drafts/{draft}/vehicle_kind/").content.decode()


def test_somebody_who_does_not_know_learns_what_would_settle_it(browser):
    there = browser.get("/services/environmental-permit/check/")["Location"]
    given = {"work": "fell-tree", "listed": "no"}
    asked = []
    while not there.endswith("/result/"):
        name = there.split("/")[4]
        assert name not in asked
        asked.append(name)
        there = browser.post(there, {name: given[name]} if name in given else {"unsure": "yes"})["Location"]
    result = words(browser.get(there))
    assert asked[-1] == "trunk"
    assert "It depends on something that you do not know yet" in result and "I do not know" in result
    assert "Find this out to be sure" in result
    assert "Yes, you need this" in result and "No, you do not need this" in result
    browser.begin("environmental-permit")


def test_the_guided_check_stops_as_soon_as_it_knows(browser):
    there = browser.get("/services/environmental-permit/check/")["Location"]
    assert there.endswith("/listed/")
    assert browser.post(there, {}).status_code == 422
    there = browser.post(there, {"listed": "yes"})["Location"]
    assert there.endswith("/result/")
    assert "You need a permit for any work on a listed building." in words(browser.get(there))


def test_answers_given_under_an_older_version_of_the_check_are_not_fed_to_a_new_one(browser, town):
    there = browser.get(f"/services/{PARKING}/check/")["Location"]
    first = there.split("/")[4]
    browser.post(there, {first: "yes"})
    with tenancy.inside(town):
        catalogue.publish(SYSTEM, with_one_more_question(files_of(SERVICES / PARKING)), date(2025, 6, 1))
    anew = browser.get(f"/services/{PARKING}/check/result/")
    assert anew["Location"] == there
    assert "checked" not in browser.get(there).content.decode()


def test_new_rules_are_shown_before_going_on_under_them(browser, town):
    draft = browser.begin()
    check = browser.fill(draft)
    with tenancy.inside(town):
        catalogue.publish(SYSTEM, with_one_more_question(files_of(SERVICES / PARKING)), date(2025, 6, 1))
    assert browser.get(check)["Location"] == f"/drafts/{draft}/new-rules/"
    told = words(browser.get(f"/drafts/{draft}/new-rules/"))
    assert "The rules have changed" in told and "Do you have a dog?" in told
    assert browser.post(check)["Location"] == f"/drafts/{draft}/new-rules/"
    browser.post(f"/drafts/{draft}/new-rules/")
    assert browser.get(f"/drafts/{draft}/")["Location"] == f"/drafts/{draft}/dog/"
    assert "Ada Lovelace" in browser.get(f"/drafts/{draft}/full_name/").content.decode()


def with_one_more_question(files):
    page = "  - id: dog\n    questions:\n      - id: dog\n        type: yes-no\n  - id: off_street_space\n"
    changed = {"form.yaml": files["form.yaml"].replace("  - id: off_street_space\n", page, 1)}
    for language in ("en", "fr", "ar"):
        text = files[f"locale/{language}.yaml"]
        text = text.replace("\npages:\n", "\npages:\n  dog:\n    title: Dog\n")
        label = "\nquestions:\n  dog:\n    label: Do you have a dog?\n    why: It may bark.\n"
        changed[f"locale/{language}.yaml"] = text.replace("\nquestions:\n", label)
    return {**files, **changed}
