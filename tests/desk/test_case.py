"""The case page: everything of a request in one look, its tasks, and what one can do with it."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.casework import drawn
from tests.desk.town import ENVIRONMENT, actor, begun, enter, open_task, submitted, task_path, words, worker
from tests.engines.bpmn.builder import xml
from towpath.casework import actions as casework
from towpath.casework.models import Case, Question, Task
from towpath.contact.models import Entry
from towpath.documents import actions as documents
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import AccessRecord, Event

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def page_of(desk, case):
    return desk.get(f"/desk/cases/{case.pk}/")


def act(desk, case, name, task=None, **values):
    more = {"task": str(task.pk)} if task else {}
    return desk.post(f"/desk/cases/{case.pk}/do/{name}", {"once": str(uuid4()), **more, **values})


def test_the_page_holds_the_request_its_deadline_and_where_it_stands(desk):
    case = submitted()
    said = words(page_of(desk, case))
    for part in (
        "Ada Lovelace",
        case.reference,
        "Decide by",
        "We check your request",
        "AB12 CDE",
        "Check the address",
    ):
        assert part in said
    assert "12 Mill Lane" in said and "Request sent" in said and "ada@example.org" in said


def test_sensitive_answers_are_marked(desk):
    said = words(page_of(desk, submitted()))
    sensitive = said.partition("Sensitive answers")[2].partition("Papers")[0]
    assert "Do you have a blue badge?" in sensitive
    assert "number plate" not in sensitive


def test_the_map_shows_where_the_case_is_as_a_picture_and_as_a_table(desk):
    page = page_of(desk, submitted()).content.decode()
    assert 'class="bpmn-task bpmn-user is-current"' in page
    assert re.search(r"<th[^>]*>Check the address</th>\s*<td[^>]*><strong[^>]*>\s*now", page)
    assert re.search(r"<th[^>]*>Work out the fee</th>\s*<td[^>]*><strong[^>]*>\s*done", page)
    assert re.search(
        r"<th[^>]*>Ask the register for the address</th>\s*<td[^>]*><strong[^>]*>\s*not taken", page
    )
    assert re.search(r"<th[^>]*>Decide on the permit</th>\s*<td[^>]*></td>", page)


def test_reading_a_case_is_logged_once(desk):
    case = submitted()
    for _ in range(2):
        page_of(desk, case)
    assert AccessRecord.objects.filter(subject_kind="case", subject_id=str(case.pk)).count() == 1


def test_starting_work_claims_the_task_and_opens_its_form(desk, ana):
    task = open_task(submitted())
    assert "lives_here" not in desk.get(task_path(task)).content.decode()
    response = desk.post(task_path(task, "start"))
    assert response["Location"].startswith(task_path(task))
    assert 'name="lives_here"' in desk.get(task_path(task)).content.decode()
    assert Task.objects.get(pk=task.pk).assignee == str(ana.pk)


def test_what_somebody_else_works_on_is_said_and_can_not_be_taken(desk):
    task = open_task(submitted())
    casework.claim(actor(worker(name="Bo Li")), task.pk)
    assert "Bo Li has this task in hand until" in words(desk.get(task_path(task)))
    desk.post(task_path(task, "start"))
    assert "Bo Li works on this task until" in words(desk.get(task_path(task)))


def test_a_completed_task_brings_the_case_on(desk, ana):
    case = submitted()
    task = begun(ana, case)
    response = desk.post(task_path(task), {"lives_here": "yes", "do": "complete"})
    assert response.status_code == 302
    said = words(desk.get(response["Location"]))
    assert "Done: Check the address" in said and "Permit given" in said
    assert "By the rules, without a person." in said and "Rule" in said
    assert Case.objects.get(pk=case.pk).outcome == "granted"


def test_a_wrong_answer_stands_beside_its_question_and_nothing_is_lost(desk, ana):
    task = begun(ana, submitted())
    response = desk.post(task_path(task), {"address_note": "I rang the bell.", "do": "complete"})
    assert response.status_code == 422
    said = words(response)
    assert "There is a problem" in said and "I rang the bell." in said
    assert 'href="#lives_here"' in response.content.decode()
    assert Task.objects.get(pk=task.pk).state == "open"


def test_saved_for_later_comes_back(desk, ana):
    task = begun(ana, submitted())
    desk.post(task_path(task), {"address_note": "Half done.", "do": "save"})
    assert "Half done." in words(desk.get(task_path(task)))


def test_given_back_it_is_free_for_others(desk, ana):
    task = begun(ana, submitted())
    assert desk.post(task_path(task, "release"))["Location"] == "/desk/"
    assert Task.objects.get(pk=task.pk).assignee == ""


def test_completing_what_a_colleague_took_over_loses_nothing(desk, ana):
    task = begun(ana, submitted())
    with clock.running(clock.VirtualClock(clock.now() + timedelta(hours=1))):
        casework.claim(actor(worker(name="Bo Li")), task.pk)
        response = desk.post(
            task_path(task), {"lives_here": "yes", "address_note": "Seen.", "do": "complete"}
        )
    said = words(response)
    assert "Bo Li works on this task until" in said and Task.objects.get(pk=task.pk).state == "open"


def test_an_open_page_renews_its_hold_and_is_told_when_it_lost_the_task(desk, ana):
    task = begun(ana, submitted())
    before = Task.objects.get(pk=task.pk).lease_until
    with clock.running(clock.VirtualClock(clock.now() + timedelta(minutes=10))):
        assert desk.post(task_path(task, "hold")).status_code == 204
    assert Task.objects.get(pk=task.pk).lease_until > before
    with clock.running(clock.VirtualClock(clock.now() + timedelta(hours=2))):
        casework.claim(actor(worker(name="Bo Li")), task.pk)
        assert "Bo Li works on this task" in words(desk.post(task_path(task, "hold")))


@pytest.fixture
def doubtful(desk, ana):
    """A task that decides: the rules gave no clear yes."""
    return begun(ana, _doubtful(desk, ana))


def _doubtful(desk, ana):
    case = submitted(vehicle_kind="heavy")
    casework.complete_task(actor(ana), begun(ana, case).pk, {"lives_here": True})
    return case


def test_deciding_needs_outcome_reason_and_legal_basis(desk, doubtful):
    response = desk.post(task_path(doubtful), {"next_step": "decide", "do": "complete"})
    said = words(response)
    assert response.status_code == 422
    for part in ("Choose what you decide", "Say why", "Choose the law"):
        assert part in said
    desk.post(
        task_path(doubtful),
        {
            "next_step": "decide",
            "outcome": "refused",
            "reason": "It is too heavy for the street.",
            "legal_basis": "who-may-have-a-permit",
            "do": "complete",
        },
    )
    case = Case.objects.get(pk=doubtful.case_id)
    assert case.outcome == "refused"
    said = words(page_of(desk, case))
    assert (
        "It is too heavy for the street." in said
        and "Parking Bylaw, article 4" in said
        and "Ana Ruiz" in said
    )


def test_what_is_asked_follows_from_what_was_entered(desk, doubtful):
    part = desk.post(task_path(doubtful, "questions"), {"next_step": "ask"}).content.decode()
    assert 'name="what_we_need"' in part and 'name="outcome"' not in part
    part = desk.post(
        task_path(doubtful, "questions"), {"next_step": "decide", "reason": "Because"}
    ).content.decode()
    assert 'name="what_we_need"' not in part and 'name="outcome"' in part and "Because" in part


def test_a_question_goes_to_the_resident_and_stops_the_clock(desk, ana):
    case = submitted()
    task = begun(ana, case)
    assert act(desk, case, "ask", task, text="Which house number?")["Location"] == task_path(task)
    said = words(desk.get(task_path(task)))
    assert (
        "Which house number?" in said
        and "The clock stands still" in said
        and "waits for the applicant" in said
    )


def test_an_empty_form_says_what_is_missing_and_stays_open(desk, ana):
    case = submitted()
    response = act(desk, case, "note", text="  ")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Write the note." in page and re.search(r'id="act-note"[^>]* open', page)


def test_a_note_is_for_staff(desk):
    case = submitted()
    act(desk, case, "note", text="Knows the porter.")
    assert "Knows the porter." in words(page_of(desk, case))
    assert Entry.objects.get(kind="note").direction == "internal"


def test_a_task_is_referred_with_a_reason(desk, ana):
    case = submitted(ENVIRONMENT)
    task = begun(ana, case)
    assert act(desk, case, "refer", task, text="Yours, I think.").status_code == 422
    act(desk, case, "refer", task, team="environment", text="Yours, I think.")
    assert Task.objects.get(pk=task.pk).team == "environment"
    said = words(page_of(desk, case))
    assert "Referred to Environment" in said and "Yours, I think." in said


def test_a_message_is_sent_once_however_often_the_form_is(desk):
    case, once = submitted(), str(uuid4())
    for _ in range(2):
        act(desk, case, "write", subject="Your request", text="Good news.", once=once)
    assert [entry.body for entry in Entry.objects.filter(direction="out")] == ["Good news."]


def test_a_call_and_a_visit_are_on_the_timeline_with_their_channel(desk):
    case = submitted()
    act(desk, case, "log", what="call-in", text="Asked how long it takes.")
    act(desk, case, "log", what="visit", text="Brought cake.")
    assert list(Entry.objects.order_by("seq").values_list("kind", "channel")) == [
        ("call", "phone"),
        ("visit", "counter"),
    ]
    said = words(page_of(desk, case))
    assert "Call from the applicant" in said and "Telephone" in said and "Counter" in said


def test_the_answer_of_a_caller_is_taken_in_their_channel_with_papers(desk, ana):
    case = submitted()
    question = casework.ask_resident(actor(ana), case.pk, "Which house number?")
    files = SimpleUploadedFile("lease.pdf", PDF, "application/pdf")
    act(desk, case, "answer", question=str(question.pk), channel="counter", text="Number 12", files=files)
    assert Question.objects.get(pk=question.pk).state == "answered"
    assert Event.objects.get(type="question.answered").channel == "counter"
    said = words(page_of(desk, case))
    assert "Number 12" in said and "lease.pdf" in said and "Not scanned for viruses" in said


def test_a_file_that_we_do_not_take_is_refused_beside_the_question(desk, ana):
    case = submitted()
    question = casework.ask_resident(actor(ana), case.pk, "Which house number?")
    files = SimpleUploadedFile("virus.exe", b"MZ\x00\x01", "application/pdf")
    response = act(desk, case, "answer", question=str(question.pk), channel="phone", text="Here", files=files)
    assert response.status_code == 422 and "answer-files-error" in response.content.decode()
    assert Question.objects.get(pk=question.pk).state == "open"


def test_a_request_is_taken_back_for_somebody_who_calls_and_rated(desk):
    case = submitted()
    act(desk, case, "withdraw", channel="phone", text="Moves away.")
    assert Case.objects.get(pk=case.pk).state == "withdrawn"
    assert Event.objects.get(type="case.withdrawn").channel == "phone"
    assert act(desk, case, "rate", channel="phone").status_code == 422
    act(desk, case, "rate", channel="phone", score="4", text="Quick.")
    said = words(page_of(desk, case))
    assert "4 of 5" in said and "Quick." in said


def test_a_review_is_asked_for_after_a_decision_by_the_rules(desk, ana):
    case = submitted()
    casework.complete_task(actor(ana), begun(ana, case).pk, {"lives_here": True})
    assert "Ask a person to look again" in words(page_of(desk, case))
    act(desk, case, "review", channel="phone", text="The fee is wrong.")
    assert "Look at the decision again" in words(page_of(desk, case))


def test_papers_are_saved_and_never_shown_inside_the_site(desk):
    case = submitted()
    kept = documents.keep(
        SYSTEM, name="plan.pdf", content_type="application/pdf", content=PDF, case_id=case.pk
    )
    response = desk.get(f"/desk/cases/{case.pk}/papers/{kept.pk}")
    assert response.content == PDF and response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_timeline_is_filtered(desk):
    case = submitted()
    act(desk, case, "note", text="Knows the porter.")
    said = words(desk.get(f"/desk/cases/{case.pk}/?show=notes")).partition("Timeline")[2]
    assert "Knows the porter." in said and "Request sent" not in said


def test_news_of_a_case_come_without_reloading(desk):
    case = submitted()
    address = re.search(r'id="case-poll" hx-get="([^"]+)"', page_of(desk, case).content.decode())[1]
    address = address.replace("&amp;", "&")
    assert desk.get(address).status_code == 204
    act(desk, case, "note", text="Knows the porter.")
    answer = desk.get(address)
    assert "Knows the porter." in words(answer) and "New on the timeline: Note" in words(answer)
    again = re.search(r'hx-get="([^"]+)"', answer.content.decode())[1].replace("&amp;", "&")
    assert desk.get(again).status_code == 204


def test_the_number_of_queries_does_not_grow_with_the_timeline(desk, django_queries):
    case = submitted()
    act(desk, case, "note", text="The first")
    few = django_queries(lambda: page_of(desk, case))
    for n in range(6):
        act(desk, case, "note", text=f"Note {n}")
    assert django_queries(lambda: page_of(desk, case)) == few


class TestWhoMay:
    """These leave their body's transaction, so that a refusal can undo it."""

    @pytest.fixture
    def body(self, outside):
        from tests.desk.town import publish

        with tenancy.inside(outside):
            publish()
        return outside

    def visit(self, body, staff, path, **posted):
        client = enter(Client(HTTP_HOST=body.host), staff)
        return client.post(path, posted) if posted else client.get(path)

    def test_another_teams_case_is_not_found(self, body):
        with tenancy.inside(body):
            case, staff = submitted(), worker(("permits", "caseworker"))
        assert self.visit(body, staff, f"/desk/cases/{case.pk}/").status_code == 404

    def test_an_auditor_reads_but_does_not_act(self, body):
        with tenancy.inside(body):
            case, staff = submitted(), worker((None, "auditor"))
            task = open_task(case)
        page = self.visit(body, staff, f"/desk/cases/{case.pk}/").content.decode()
        assert "act-note" not in page
        assert self.visit(body, staff, f"/desk/cases/{case.pk}/do/note", text="x").status_code == 403
        assert self.visit(body, staff, task_path(task, "start"), do="x").status_code == 403

    def test_an_administrator_sees_no_case(self, body):
        with tenancy.inside(body):
            case, staff = submitted(), worker((None, "administrator"))
        assert self.visit(body, staff, f"/desk/cases/{case.pk}/").status_code == 403

    def test_a_foreign_body_has_no_such_case(self, body, other):
        with tenancy.inside(body):
            case = submitted()
        with tenancy.inside(other):
            staff = worker()
        assert self.visit(other, staff, f"/desk/cases/{case.pk}/").status_code == 404

    def test_a_caseworker_of_one_team_writes_notes_on_its_cases(self, body):
        with tenancy.inside(body):
            case, staff = submitted(), worker(("parking", "caseworker"))
        answer = self.visit(body, staff, f"/desk/cases/{case.pk}/do/note", text="Hello", once=str(uuid4()))
        assert answer.status_code == 302


def test_a_case_whose_work_is_in_a_process_that_was_called_can_be_opened(town, desk):
    inner = drawn.process("inner", "start2 -> ask -> end2")
    drawn.offer_again(xml("start -> first -> call -> end", drawn.call(), after=inner))
    case = drawn.do(submitted(), "first")
    assert drawn.tasks(case) == ["ask"]
    assert desk.get(f"/desk/cases/{case.pk}/").status_code == 200
