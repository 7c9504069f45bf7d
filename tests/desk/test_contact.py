"""Mail that belongs nowhere yet, letters on paper, people and how they are reached, search."""

from tests.desk.scene import MAIL
from tests.desk.town import submitted, words
from towpath.casework import actions as casework
from towpath.contact import actions as contact
from towpath.contact.models import Conversation, Delivery, Entry, Mail
from towpath.people.models import ContactPoint, Person

FROM_A_MACHINE = MAIL.replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")


def test_mail_of_a_stranger_waits_until_somebody_says_who_it_is(desk):
    submitted()
    person = Person.objects.get()
    talk = contact.receive(MAIL).conversation_id
    assert "A question" in words(desk.get("/desk/mail"))
    page = words(desk.get(f"/desk/conversations/{talk}/?q=lovelace"))
    assert "When are you open?" in page and "It is Ada Lovelace" in page
    desk.post(f"/desk/conversations/{talk}/do", {"do": "link", "person": str(person.pk)})
    assert Conversation.objects.get(pk=talk).person_id == person.pk
    once = "5b1c0b9e-0000-4000-8000-000000000001"
    for _ in range(2):
        desk.post(
            f"/desk/conversations/{talk}/do", {"do": "reply", "text": "From nine to five.", "once": once}
        )
    assert [e.body for e in Entry.objects.filter(conversation=talk, direction="out")] == [
        "From nine to five."
    ]
    desk.post(f"/desk/conversations/{talk}/do", {"do": "close"})
    assert Conversation.objects.get(pk=talk).state == "closed"


def test_a_kept_mail_goes_to_the_request_that_somebody_names(desk):
    case = submitted()
    mail = contact.receive(FROM_A_MACHINE).mail_id
    assert "Written by a machine" in words(desk.get("/desk/mail"))
    assert "When are you open?" in words(desk.get(f"/desk/mail/{mail}/"))
    desk.post(f"/desk/mail/{mail}/sort", {"do": "case", "reference": "NO-SUCH"})
    assert "There is no request NO-SUCH" in words(desk.get(f"/desk/mail/{mail}/"))
    desk.post(f"/desk/mail/{mail}/sort", {"do": "case", "reference": case.reference.lower()})
    assert "When are you open?" in words(desk.get(f"/desk/cases/{case.pk}/"))
    desk.post(f"/desk/mail/{mail}/sort", {"do": "aside"})
    assert "Somebody has seen to this e-mail already" in words(desk.get("/desk/mail"))


def test_a_mail_is_set_aside_and_can_be_saved_as_it_came(desk):
    mail = contact.receive(FROM_A_MACHINE).mail_id
    response = desk.get(f"/desk/mail/{mail}/file")
    assert response.content == FROM_A_MACHINE and response["Content-Disposition"].startswith("attachment")
    desk.post(f"/desk/mail/{mail}/sort", {"do": "aside"})
    assert Mail.objects.get(pk=mail).settled_at


def test_letters_are_printed_posted_and_may_come_back(desk):
    case = submitted(email=None)
    casework.send_receipt(case.pk)
    letter = Delivery.objects.get(channel="post")
    assert "Letters to print" in words(desk.get("/desk/mail"))
    page = words(desk.get(f"/desk/letters/{letter.pk}/"))
    assert "12 Mill Lane" in page and "We have received your request" in page
    desk.post(f"/desk/letters/{letter.pk}/done", {"do": "printed"})
    assert Delivery.objects.get(pk=letter.pk).status == "sent"
    desk.post(f"/desk/letters/{letter.pk}/done", {"do": "returned"})
    assert "The post brought it back" in words(desk.get("/desk/mail"))


def test_search_finds_requests_and_people(desk):
    case = submitted()
    for text in ("lovelace", case.reference, "mill lane"):
        assert case.reference in words(desk.get("/desk/search", {"q": text}))
    assert "Nobody has this name" in words(desk.get("/desk/search?q=zzz"))


def test_how_a_person_is_reached_is_changed_or_said_to_be_wrong(desk):
    submitted()
    person = Person.objects.get()
    said = words(desk.get(f"/desk/people/{person.pk}/"))
    assert "Ada Lovelace" in said and "Resident parking permit" in said
    response = desk.post(f"/desk/people/{person.pk}/", {"phone": "12", "channel": "email"})
    assert response.status_code == 422 and "5 to 15 digits" in words(response)
    desk.post(f"/desk/people/{person.pk}/", {"phone": "01632 960 001", "channel": "letter"})
    assert ContactPoint.objects.get(kind="phone").value == "01632 960 001"
    assert Person.objects.get().channel == "letter"
