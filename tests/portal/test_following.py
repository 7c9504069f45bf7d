"""Tracking, answering, taking back, looking again, rating."""

import re

import pytest

from tests import factories
from tests.portal.test_applying import photo
from tests.portal.town import PAGES, words
from towpath.casework import actions as casework
from towpath.foundation import crypto, tenancy

WORKER = ("case.read", "task.work", "task.decide", "case.ask", "case.note")


@pytest.fixture
def case(browser):
    return browser.apply()


def worker():
    return factories.staff(*WORKER)


def task_of(case):
    from towpath.casework.models import Task

    return Task.objects.get(case_id=case, state="open", kind="user")


def ask(town, case, text="Please send the lease."):
    with tenancy.inside(town):
        return casework.ask_resident(worker(), case, text, task_of(case).pk)


def grant(town, case):
    with tenancy.inside(town):
        task = task_of(case)
        casework.claim(worker(), task.pk)
        casework.complete_task(worker(), task.pk, {"lives_here": True})


def test_the_request_shows_stages_whose_turn_it_is_and_an_honest_date(browser, case):
    page = words(browser.get(f"/requests/{case}/"))
    assert "We check your request Now" in page and "Finished Still to come" in page
    assert "It is our turn" in page and "You get a decision by" in page and "You sent your request" in page


def test_a_link_shows_stages_but_never_answers_and_leaves_no_secret_in_the_address(come, town, case):
    with tenancy.inside(town):
        secret = crypto.link_secret("case", case)
    another = come()
    assert another.get(f"/track/{secret}")["Location"] == f"/requests/{case}/"
    assert another.get(f"/track/{secret}.")["Location"] == f"/requests/{case}/", (
        "the end of a sentence is no part"
    )
    page = words(another.get(f"/requests/{case}/"))
    assert "We check your request" in page
    assert not [text for text in ("Ada", "Mill Lane", "AB12", "ada@") if text in page]
    assert another.get(f"/requests/{case}/answers/").status_code == 404
    assert another.get("/track/" + "y" * 27).status_code == 404


def test_reference_and_code_track_it_and_guessing_is_locked_out(browser, come, case):
    text = browser.get(f"/requests/{case}/receipt/").content.decode()
    reference, code = re.findall(r"<bdi>([^<]+)</bdi>", text)[:2]
    assert come().post("/track/", {"reference": reference, "code": code})["Location"] == f"/requests/{case}/"
    guesser = come()
    for _ in range(5):
        assert guesser.post("/track/", {"reference": reference, "code": "BBBB"}).status_code == 422
    assert guesser.post("/track/", {"reference": reference, "code": code}).status_code == 429


def test_a_question_is_answered_with_a_document_and_the_clock_runs_again(browser, town, case):
    from towpath.casework.models import Case
    from towpath.documents.models import Document

    question = ask(town, case)
    page = words(browser.get(f"/requests/{case}/"))
    assert "Please send the lease." in page and "stands still until you answer" in page
    there = f"/requests/{case}/questions/{question.pk}/"
    assert browser.get(there).status_code == 200
    sent = browser.post(there, {"files": photo("lease.png"), "answer": "Here it is."})
    assert sent["Location"] == f"/requests/{case}/"
    assert "We have your answer" in words(browser.get(f"/requests/{case}/"))
    with tenancy.inside(town):
        assert Document.objects.get(case_id=case).name == "lease.png"
        assert Case.objects.get(pk=case).clock_stopped_at is None
    assert browser.get(there)["Location"] == f"/requests/{case}/"  # answered once


def test_an_answer_that_says_nothing_comes_back(browser, town, case):
    there = f"/requests/{case}/questions/{ask(town, case).pk}/"
    empty = browser.post(there, {"answer": "  "})
    assert empty.status_code == 422
    bad = browser.post(there, {"answer": "See file", "files": photo("x.png", b"MZ\x00", "image/png")})
    assert bad.status_code == 422 and "See file" in words(bad) and "choose your files again" in words(bad)


def test_a_question_of_the_process_has_the_fields_of_its_form(browser, town):
    from towpath.casework.models import Question

    case = browser.apply(off_street_space={"off_street_space": "yes"})
    grant(town, case)  # the address is right, but the rules give no clear yes
    with tenancy.inside(town):
        task = task_of(case)
        values = {"next_step": "ask", "what_we_need": "Show us that the garage is full."}
        casework.complete_task(worker(), task.pk, values)
        question = Question.objects.get(case_id=case)
    there = f"/requests/{case}/questions/{question.pk}/"
    assert "Show us that the garage is full." in words(browser.get(there))
    assert browser.post(there, {}).status_code == 422
    assert browser.post(there, {"more_note": "It is full of boats."}).status_code == 302
    with tenancy.inside(town):
        assert task_of(case).name


def test_taking_it_back_is_asked_twice_and_then_it_can_be_rated(browser, town, case):
    from towpath.casework.models import Case, Rating

    assert "Do you want to take your request back?" in words(browser.get(f"/requests/{case}/withdraw/"))
    with tenancy.inside(town):
        assert Case.objects.get(pk=case).state == "open"
    browser.post(f"/requests/{case}/withdraw/", {"reason": "I sold the car."})
    page = words(browser.get(f"/requests/{case}/"))
    assert "Withdrawn" in page and "How was it?" in page
    wrong = browser.post(f"/requests/{case}/rate/", {"comment": "Quick"})
    assert wrong.status_code == 422 and "Quick" in words(wrong)
    browser.post(f"/requests/{case}/rate/", {"score": "4", "comment": "Quick"})
    with tenancy.inside(town):
        assert (Rating.objects.get().score, Rating.objects.get().comment) == (4, "Quick")
    assert "How was it?" not in words(browser.get(f"/requests/{case}/"))


def test_an_automatic_decision_tells_the_rule_the_law_and_how_to_have_a_person_look(browser, town, case):
    grant(town, case)
    page = words(browser.get(f"/requests/{case}/"))
    assert "Permit given" in page and "A computer decided this" in page and "Parking Bylaw" in page
    assert "fewer than two permits at your address" in page and "You can object until" in page
    assert "Your permit runs until 1 Dec" in page.replace("Dec. 1", "1 Dec")
    assert browser.post(f"/requests/{case}/look-again/", {"text": " "}).status_code == 422
    browser.post(f"/requests/{case}/look-again/", {"text": "The fee is too high."})
    assert "A person looks again" in words(browser.get(f"/requests/{case}/"))
    with tenancy.inside(town):
        assert task_of(case).name


def test_a_refusal_tells_why_and_can_be_rated(browser, town):
    case = browser.apply(off_street_space={"off_street_space": "yes"})
    grant(town, case)
    with tenancy.inside(town):
        verdict = casework.Verdict("refused", "There is room in your garage.", "who-may-have-a-permit")
        casework.complete_task(worker(), task_of(case).pk, {"next_step": "decide"}, verdict)
    page = words(browser.get(f"/requests/{case}/"))
    assert "Permit refused" in page and "There is room in your garage." in page
    assert "Parking Bylaw, article 4" in page and "A person decided this" in page and "How was it?" in page


def test_nobody_else_sees_or_does_anything(browser, come, town, case):
    draft = browser.begin()
    question = ask(town, case)
    stranger = come()
    get = [f"/drafts/{draft}/", f"/drafts/{draft}/full_name/", f"/drafts/{draft}/come-back-later/"]
    get += [f"/requests/{case}/", f"/requests/{case}/receipt/", f"/requests/{case}/answers/"]
    post = [f"/requests/{case}/{act}/" for act in ("withdraw", "rate", f"questions/{question.pk}")]
    post += [f"/drafts/{draft}/full_name/", f"/drafts/{draft}/check-answers/"]
    assert {stranger.get(path).status_code for path in get} == {403}
    sent = {**PAGES["full_name"], "score": "1", "answer": "x"}
    assert {stranger.post(path, sent).status_code for path in post} == {403}
    with tenancy.inside(town):
        from towpath.foundation.access import SYSTEM
        from towpath.people import actions as people

        other = people.register_person(SYSTEM, given_name="Eve", family_name="Else")
    stranger.sign_in(town, other)
    assert {stranger.get(path).status_code for path in get} == {404}
    assert {stranger.post(path, sent).status_code for path in post} == {404}


def test_a_question_of_another_request_is_not_answered_through_ones_own(browser, come, town, case):
    theirs = ask(town, case)
    mine = come()
    own = mine.apply()
    went = mine.post(f"/requests/{own}/questions/{theirs.pk}/", {"answer": "Mallory was here"})
    assert went["Location"] == f"/requests/{own}/"
    with tenancy.inside(town):
        theirs.refresh_from_db()
    assert theirs.state == "open"


def test_changes_come_by_post_alone(browser, case):
    assert browser.get("/apply/resident-parking-permit/").status_code == 405
    browser.get(f"/requests/{case}/withdraw/?reason=x")
    assert "It is our turn" in words(browser.get(f"/requests/{case}/"))
