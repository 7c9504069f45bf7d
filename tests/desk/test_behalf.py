"""A request for a caller or visitor: found or written down, asked the same questions, sent in their channel."""

from tests.desk.town import PARKING, submitted, words, worker
from towpath.casework.models import Case, Draft
from towpath.documents.models import Document
from towpath.foundation.models import Event
from towpath.people.models import Person

ANSWERS = {
    "full_name": {"full_name": "Rosa Parker"},
    "typed_address": {
        "typed_address-line_1": "1 Quay", "typed_address-town": "Millbrook", "typed_address-postcode": "MB1 1AA",
    },
    "resident_number": {},
    "contact": {"email": "rosa@example.org"},
    "vehicle_registration": {"vehicle_registration": "MB-417-K"},
    "vehicle_kind": {"vehicle_kind": "car"},
    "vehicle_keeper": {"vehicle_keeper": "lease"},
    "vehicle_proof": {},
    "emission_class": {"emission_class": "zero"},
    "permits_at_address": {"permits_at_address": "0"},
    "off_street_space": {"off_street_space": "no"},
    "blue_badge": {"blue_badge": "no"},
    "start_date": {"start_date-day": "1", "start_date-month": "12", "start_date-year": "2099"},
}  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def known(desk):
    """Rosa, written down because nobody knew her."""
    values = {"given_name": "Rosa", "family_name": "Parker", "email": "rosa@example.org", "language": "fr"}
    return desk.post("/desk/new/person", values)["Location"]


def begun(desk, channel="phone"):
    person = known(desk).rpartition("=")[2]
    return desk.post("/desk/new/draft", {"person": person, "channel": channel, "service": PARKING})[
        "Location"
    ]


def test_somebody_known_is_found_by_name(desk):
    submitted()
    assert "Ada Lovelace" in words(desk.get("/desk/new?q=lovelace"))


def test_somebody_new_is_written_down(desk):
    response = desk.post("/desk/new/person", {"given_name": "Rosa", "email": "no address"})
    assert response.status_code == 422 and "name@example.org" in words(response)
    assert not Person.objects.exists()
    said = words(desk.get(known(desk)))
    assert "New request for Rosa Parker" in said and "Resident parking permit" in said


def test_channel_and_service_must_be_chosen(desk):
    person = known(desk).rpartition("=")[2]
    response = desk.post("/desk/new/draft", {"person": person})
    assert response.status_code == 422 and "Choose how they tell us." in words(response)


def test_what_we_know_of_the_person_is_suggested(desk):
    assert 'value="Rosa Parker"' in desk.get(begun(desk)).content.decode()


def test_a_whole_request_in_the_callers_channel(desk, ana):
    here = begun(desk)
    draft = Draft.objects.get()
    assert (draft.channel, draft.language) == ("phone", "fr")
    while not here.endswith(f"{draft.pk}/"):
        here = desk.post(here, ANSWERS[here.rpartition("/")[2]])["Location"]
    assert "MB-417-K" in words(desk.get(here))
    first, second = desk.post(here), desk.post(here)
    case = Case.objects.get()
    assert first["Location"] == second["Location"] == f"/desk/cases/{case.pk}/"
    assert (case.channel, case.assisted, case.applicant_name) == ("phone", True, "Rosa Parker")
    sent = Event.objects.get(type="case.submitted")
    assert (sent.actor_kind, sent.actor_id, sent.channel) == ("staff", str(ana.pk), "phone")
    assert "Request taken for the applicant" in words(desk.get(first["Location"]))


def test_a_wrong_answer_stands_beside_its_question_and_is_kept_as_typed(desk):
    page = begun(desk).rpartition("/")[0] + "/permits_at_address"
    response = desk.post(page, {"permits_at_address": "a few"})
    assert response.status_code == 422 and 'value="a few"' in response.content.decode()


def test_what_is_missing_is_listed_and_nothing_is_sent(desk):
    begun(desk)
    draft = Draft.objects.get()
    response = desk.post(f"/desk/drafts/{draft.pk}/")
    assert response.status_code == 422 and "Write the number plate." in words(response)
    assert not Case.objects.exists()


def test_papers_are_kept_although_something_else_is_wrong(desk):
    from django.core.files.uploadedfile import SimpleUploadedFile

    here = begun(desk).rpartition("/")[0]
    desk.post(f"{here}/vehicle_keeper", {"vehicle_keeper": "lease"})
    files = [
        SimpleUploadedFile("lease.pdf", PDF, "application/pdf"),
        SimpleUploadedFile("odd.exe", b"MZ\x00"),
    ]
    response = desk.post(f"{here}/vehicle_proof", {"vehicle_proof": files})
    assert response.status_code == 422
    assert [one.name for one in Document.objects.all()] == ["lease.pdf"]
    assert "lease.pdf" in words(response)


def test_an_advisor_may_open_requests_but_has_no_queue(at_desk, town):
    advisor = at_desk(worker((None, "advisor")))
    assert "New request" in words(advisor.get("/desk/"))
    assert advisor.get(begun(advisor)).status_code == 200
