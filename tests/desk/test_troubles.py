"""What got stuck is seen to by a person; staff and grants; reads and the journal's seals."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client

from tests.desk.town import enter, open_task, submitted, words, worker
from towpath import exchange, flow
from towpath.casework.models import Task
from towpath.exchange import rules
from towpath.exchange.actions import ask
from towpath.exchange.connectors import operations
from towpath.exchange.models import Call
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import GivenUp, Parked
from towpath.people import actions as people
from towpath.people.models import Grant
from towpath.surfaces.desk import registers
from towpath.surfaces.desk import words as desk_words

ANSWER = {
    "name.full": "Ada Lovelace", "name.given": "Ada", "name.family": "Lovelace", "birth_date": "1815-12-10",
    "address.line_1": "12 Mill Lane", "address.street": "Mill Lane", "address.house_number": "12",
    "address.postcode": "MB1 2AB", "address.town": "Millbrook", "moved_in": "2020-01-01",
}  # fmt: skip


def refused_call(case):
    """No agreement covers the question: a person must see to it."""
    call = ask(
        SYSTEM,
        "population-register.resident-by-number",
        {"number": "123456789"},
        case_id=case.pk,
        command_id="ask_register:1",
        purpose="residence-check",
    )
    Call.objects.filter(pk=call.pk).update(state="refused", why="no-agreement")
    return call


def test_a_register_is_asked_again(desk):
    call = refused_call(submitted())
    said = words(desk.get("/desk/troubles"))
    assert "Population register: name and address" in said
    assert "there is no agreement with this register about the question" in said
    desk.post(f"/desk/troubles/calls/{call.pk}/retry")
    assert Call.objects.get(pk=call.pk).state == "waiting"
    desk.post(f"/desk/troubles/calls/{call.pk}/retry")
    assert "Nobody needs to see to this question any more." in words(desk.get("/desk/troubles"))


def test_a_person_gives_the_answer_as_the_register_would(desk):
    call = refused_call(submitted())
    page = f"/desk/troubles/calls/{call.pk}/"
    assert "123456789" in words(desk.get(page))
    response = desk.post(page, {**ANSWER, "birth_date": "long ago", "name.full": "", "do": "give"})
    assert response.status_code == 422
    assert "The register would not write it like this." in words(response) and "Fill this in." in words(
        response
    )
    assert 'value="12 Mill Lane"' in response.content.decode()
    desk.post(page, {**ANSWER, "do": "give"})
    assert Call.objects.get(pk=call.pk).state == "answered-by-hand"


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_staff_read_of_a_register_in_their_language(desk, language):
    case = submitted()
    call = refused_call(case)
    step = open_task(case)
    Task.objects.filter(pk=step.pk).update(kind="step", trouble="population-register: bad-receipt")
    desk.get(f"/desk/?lang={language}")
    for page in (f"/desk/troubles/calls/{call.pk}/", "/desk/troubles", f"/desk/cases/{case.pk}/"):
        said = words(desk.get(page))
        assert not re.search(
            r"no-agreement|bad-receipt|residence-check|resident-by-number|Act, section|Birth|Population register",
            said,
        )


def test_every_declared_question_has_words():
    assert set(operations()) == set(registers.OPERATIONS)
    sides = [side for one in operations().values() for side in (one.question, one.answer)]
    named = {name for side in sides for name in _names(side)}
    assert sorted(named - set(registers.PARTS)) == []


def _names(schema):
    for name, part in schema.get("properties", {}).items():
        yield from (name, *_names(part))


def test_every_reason_for_no_answer_has_words():
    room = Path(exchange.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in room.glob("*.py"))
    raised = set(re.findall(r"(?:Unreachable|WrongReply|Refused)\(\"([a-z-]+)\"\)", source))
    policy = (room / "policy.py").read_text(encoding="utf-8")
    raised |= set(re.findall(r"\"((?:agreement|unknown|wrong)-[a-z]+)\"", policy))
    assert len(raised) >= 10
    assert sorted((raised | set(rules.OBJECTIONS) | {"fault"}) - set(registers.WHY)) == []


def test_every_job_and_subscriber_has_words():
    ours = {name for name in jobs._jobs if not name.startswith("test.")}
    assert ours == set(desk_words.JOBS)
    assert {one.name for one in flow.SUBSCRIBERS} == set(desk_words.SUBSCRIBERS)


def test_there_may_be_no_such_entry(desk):
    call = refused_call(submitted())
    desk.post(f"/desk/troubles/calls/{call.pk}/", {"do": "none"})
    kept = Call.objects.get(pk=call.pk)
    assert (kept.state, kept.found) == ("answered-by-hand", False)


def test_a_job_given_up_is_laid_aside(desk):
    row = GivenUp.objects.create(job="contact.deliver", arguments={}, error="No.", given_up_at=clock.now())
    assert "Send a message" in words(desk.get("/desk/troubles"))
    desk.post(f"/desk/troubles/jobs/{row.pk}", {"do": "aside"})
    assert jobs.given_up() == []


def test_a_parked_case_is_tried_again(desk):
    case = submitted()
    from towpath.foundation.models import Event

    event = Event.objects.get(case_id=case.pk, type="case.submitted")
    Parked.objects.create(
        subscriber="receipts", seq=event.seq, case_id=case.pk, error="Broken.", parked_at=clock.now()
    )
    assert "Broken." in words(desk.get("/desk/troubles"))
    desk.post("/desk/troubles/release", {"subscriber": "receipts", "case": str(case.pk)})
    assert not Parked.objects.exists()


def test_an_event_that_nobody_can_take_is_laid_aside(desk):
    Parked.objects.create(subscriber="receipts", seq=77, error="Broken.", parked_at=clock.now())
    desk.post("/desk/troubles/aside", {"subscriber": "receipts", "seq": "77"})
    assert not Parked.objects.exists()


def test_an_administrator_gives_a_grant_that_shows_until_it_ends(at_desk, town):
    admin, guest = at_desk(worker((None, "administrator"), name="Cy Young")), worker(name="Gus Guest")
    said = words(admin.get("/desk/staff"))
    assert "Gus Guest" in said and "Team lead (all teams)" in said
    values = {"email": "nobody@example.org", "role": "caseworker", "team": "", "until": "2099-01-01"}
    assert admin.post("/desk/staff", values).status_code == 422
    assert admin.post("/desk/staff", {**values, "until": "2020-02-31"}).status_code == 422
    admin.post("/desk/staff", {**values, "email": guest.user.email})
    assert Grant.objects.get().role == "caseworker"
    assert "In force" in words(admin.get("/desk/staff"))


def test_an_auditor_sees_who_read_and_verifies_the_journal(at_desk, desk):
    case = submitted()
    desk.get(f"/desk/cases/{case.pk}/")
    auditor = at_desk(worker((None, "auditor"), name="Di Auditor"))
    assert "Ana Ruiz" in words(auditor.get(f"/desk/cases/{case.pk}/reads"))
    assert "The ledgers are whole" in words(auditor.post("/desk/audit"))


def test_queues_of_all_bodies_that_somebody_works_for(outside, other):
    from tests.desk.town import publish

    with tenancy.inside(other):
        publish()
        case = submitted()
    with tenancy.inside(outside):
        publish()
        staff = worker()
    with tenancy.inside(other):
        people.give_grant(
            SYSTEM,
            email=staff.user.email,
            role="caseworker",
            until=clock.now() + timedelta(days=1),
            team="parking",
        )
        href = f"{other.host}/desk/cases/{case.pk}/tasks/{open_task(case).pk}/"
    page = enter(Client(HTTP_HOST=outside.host), staff).get("/desk/bodies").content.decode()
    assert outside.name in page and other.name in page and case.reference in page and href in page
