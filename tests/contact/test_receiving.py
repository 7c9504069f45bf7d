"""E-mail in: into the conversation that it answers, past strangers, machines and broken things; nothing is lost."""

from importlib import import_module

import pytest
from django.db import OperationalError

from tests.contact.acts import CLERK, conversation, happened, resident
from tests.contact.mails import HOSTILE, mail, report
from tests.factories import staff
from towpath.contact import actions, marks, mime, queries, rules
from towpath.contact.models import Conversation, Delivery, Entry, Mail
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM, NotAllowed

# The package gives the name to the action, so the module is fetched by its own.
receiving = import_module("towpath.contact.actions.receive")
REFERENCE = "TP-2026-4711"


def sent(person=None):
    """A conversation with a letter that the mail server took."""
    person = person or resident()
    talk = conversation(person, REFERENCE)
    entry = actions.send(
        SYSTEM, talk.pk, to_person=person, subject="We have it", body="b", cause=str(talk.pk)
    )
    Delivery.objects.filter(entry=entry).update(status="sent", provider_ref=our_id(entry))
    return talk, entry


def our_id(entry):
    return marks.message_id(entry.pk, tenancy.current().host)


def status(entry):
    return queries.deliveries([entry.pk])[entry.pk][-1].status


def test_the_address_for_replies_leads_into_the_conversation(tenant):
    talk, _ = sent()
    to = marks.reply_address(talk.token, tenant.host)
    done = actions.receive(
        mail(body="Thanks!\n\n> earlier"), recipients=[to.upper()], sender="sam@example.org"
    )
    assert (done.outcome, done.conversation_id) == ("entered", talk.pk)
    entry = queries.entries_after([talk.pk])[-1]
    assert (entry.body, entry.text.quoted, entry.direction) == ("Thanks!", "> earlier", "in")
    assert (entry.channel, entry.author_kind, entry.seq) == ("email", "resident", 2)
    assert happened("contact.received") == ["contact.received"]


@pytest.mark.parametrize("line", [900, 78])
def test_references_thread_even_when_in_reply_to_was_rewritten(tenant, line):
    """With short lines the library writes long Message-IDs as encoded words, as some mail programs do."""
    talk, entry = sent()
    named = f"<old@x> {our_id(entry)} <new@gateway>"
    raw = mail(In_Reply_To="<rewritten@gateway.example>", References=named, line=line)
    done = actions.receive(raw, sender="other@example.net")
    assert done.conversation_id == talk.pk
    assert Entry.objects.get(pk=done.entry_id).in_reply_to == entry.pk


def test_the_newest_of_several_references_decides(tenant):
    old, entry = sent()
    new, newer = sent(resident("pat@example.org"))
    done = actions.receive(mail(References=f"{our_id(entry)} {our_id(newer)}"), sender="a@b")
    assert done.conversation_id == new.pk != old.pk


def test_a_message_id_of_ours_with_a_wrong_code_opens_nothing(tenant):
    talk, entry = sent()
    forged = f"<{entry.pk}.{'0' * 32}@{tenant.host}>"
    done = actions.receive(mail(In_Reply_To=forged, References=forged), sender="a@b")
    assert done.conversation_id != talk.pk
    assert Conversation.objects.get(pk=done.conversation_id).state == "new"


def test_another_body_s_mark_leads_nowhere(outside, other):
    with tenancy.inside(outside):
        talk, entry = sent()
        theirs = our_id(entry)
    with tenancy.inside(other):
        to = marks.reply_address(talk.token, other.host)
        done = actions.receive(mail(References=theirs), recipients=[to], sender="a@b")
        assert done.conversation_id != talk.pk
        assert [entry.body for entry in queries.unrouted()] == ["Hello, when do you open?"]


def test_a_stranger_with_the_reference_stays_outside(tenant):
    talk, _ = sent()
    done = actions.receive(mail(sender="eve@example.net", subject=f"Re: [{REFERENCE}] hello"), sender="a@b")
    assert done.conversation_id != talk.pk
    assert len(queries.entries_after([talk.pk])) == 1
    (waiting,) = queries.unrouted()
    assert waiting.conversation.state == "new"
    assert waiting.author_kind == "visitor"


def test_reference_and_address_of_the_person_only_suggest(tenant):
    talk, _ = sent()
    done = actions.receive(mail(subject=f"about {REFERENCE.lower()}"), sender="sam@example.org")
    assert (done.outcome, done.conversation_id) == ("unconfirmed", talk.pk)
    assert len(queries.entries_after([talk.pk])) == 1
    (kept,) = queries.tray()
    entry = actions.enter_mail(CLERK, kept.pk, kept.conversation_id)
    assert (entry.conversation_id, entry.body) == (talk.pk, "Hello, when do you open?")
    assert queries.tray() == []
    with pytest.raises(rules.NotPossible):
        actions.enter_mail(CLERK, kept.pk)


def test_an_address_that_was_never_verified_suggests_nothing(tenant):
    sent(resident(verified=False))
    done = actions.receive(mail(subject=f"about {REFERENCE}"), sender="sam@example.org")
    assert done.outcome == "entered"
    assert Conversation.objects.get(pk=done.conversation_id).state == "new"


def test_only_staff_who_may_write_sort_what_came(tenant):
    done = actions.receive(mail(Precedence="bulk"), sender="a@b")
    for act in (actions.enter_mail, actions.set_mail_aside):
        with pytest.raises(NotAllowed):
            act(staff("case.read"), done.mail_id)
    actions.set_mail_aside(CLERK, done.mail_id)
    assert queries.tray() == []
    assert happened("contact.mail-sorted") == ["contact.mail-sorted"]


def test_a_repeat_is_taken_and_changes_nothing(tenant):
    talk, _ = sent()
    to = [marks.reply_address(talk.token, tenant.host)]
    first = actions.receive(mail(), recipients=to, sender="a@b")
    repeat = actions.receive(b"Received: by another\r\n" + mail(), recipients=to, sender="a@b")
    assert (repeat.outcome, repeat.entry_id) == ("repeat", first.entry_id)
    assert len(queries.entries_after([talk.pk])) == 2


def test_a_repeat_from_a_stranger_opens_no_second_conversation(tenant):
    for _ in range(2):
        actions.receive(mail(message_id=""), sender="a@b")
    assert len(queries.unrouted()) == 1


def test_other_content_under_the_same_message_id_is_not_lost(tenant):
    actions.receive(mail(body="one"), sender="a@b")
    done = actions.receive(mail(body="two"), sender="a@b")
    assert done.outcome == "quarantined"
    assert happened("contact.mail-filed") == ["contact.mail-filed"]
    assert b"two" in bytes(queries.mail(CLERK, done.mail_id).raw)
    assert actions.receive(mail(body="two"), sender="a@b").outcome == "repeat"


def test_one_message_to_two_conversations_reaches_both(tenant):
    one, _ = sent()
    two, _ = sent(resident("pat@example.org"))
    for talk in (one, two):
        done = actions.receive(
            mail(), recipients=[marks.reply_address(talk.token, tenant.host)], sender="a@b"
        )
        assert done.conversation_id == talk.pk


@pytest.mark.parametrize(
    ("action", "code", "after", "events"),
    [
        ("failed", "5.1.1", "permanent-failure", ["contact.delivery-failed"]),
        ("failed", "4.2.2", "temporary-failure", ["contact.delivery-failed"]),
        ("delivered", "2.0.0", "delivered", ["contact.delivered"]),
        ("delayed", "4.4.1", "sent", []),
    ],
)
def test_a_report_tells_what_became_of_a_letter(tenant, action, code, after, events):
    talk, entry = sent()
    done = actions.receive(report(our_id(entry), action, code), recipients=["contact@x"], sender="")
    assert done.conversation_id == talk.pk
    assert status(entry) == after
    assert happened("contact.delivery-failed", "contact.delivered") == events
    assert len(queries.failed_deliveries()) == events.count("contact.delivery-failed")
    assert len(queries.entries_after([talk.pk])) == 1


def test_a_report_is_known_by_the_address_that_it_goes_to(tenant):
    _, entry = sent()
    actions.receive(report("<lost@x>"), recipients=[marks.bounce_address(entry.pk, tenant.host)], sender="")
    assert status(entry) == "permanent-failure"


def test_a_report_about_nothing_of_ours_is_filed(tenant):
    assert actions.receive(report("<foreign@x>"), sender="").outcome == "automatic"
    assert queries.unrouted() == []


def test_machines_are_filed_and_never_answered(tenant):
    talk, _ = sent()
    to = [marks.reply_address(talk.token, tenant.host)]
    before = Delivery.objects.count()
    done = actions.receive(mail(Auto_Submitted="auto-replied", subject="I am away"), recipients=to, sender="")
    assert (done.outcome, done.conversation_id) == ("automatic", talk.pk)
    assert len(queries.entries_after([talk.pk])) == 1
    assert Delivery.objects.count() == before
    assert happened("contact.received") == []
    assert happened("contact.mail-filed") == ["contact.mail-filed"]


def test_attachments_come_with_the_entry(tenant):
    raw = mail(body="see file").replace(
        b"Content-Type: text/plain", b"X: y\nContent-Type: application/pdf", 1
    )
    done = actions.receive(raw, sender="a@b")
    (one,) = queries.attachments([done.entry_id])[done.entry_id]
    assert (one.name, one.content_type) == ("attachment-1", "application/pdf")
    assert bytes(queries.attachment(CLERK, one.pk).content) == b"see file\n"
    with pytest.raises(NotAllowed):
        queries.attachment(staff("task.work"), one.pk)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_messages_are_kept_whole_and_can_be_entered(tenant, name):
    raw = HOSTILE[name]
    done = actions.receive(raw, sender="a@b")
    assert done.outcome in {"entered", "quarantined", "automatic"}
    assert bytes(Mail.objects.get(pk=done.mail_id).raw) == raw
    if done.outcome == "quarantined":
        (kept,) = queries.tray()
        assert kept.reason
        entry = actions.enter_mail(CLERK, kept.pk)
        assert [one.name for one in queries.attachments([entry.pk])[entry.pk]] == ["message.eml"]


def test_what_can_not_be_filed_is_quarantined(tenant, monkeypatch):
    monkeypatch.setattr(receiving, "route", lambda letter, recipients: 1 / 0)
    monkeypatch.setattr(receiving.log, "exception", lambda *told: None)
    done = actions.receive(mail(), sender="a@b")
    assert done.outcome == "quarantined"
    assert "ZeroDivisionError" in queries.tray()[0].reason


def test_a_database_that_does_not_answer_is_told_to_the_sender(tenant, monkeypatch):
    def gone(letter, recipients):
        raise OperationalError("gone")

    monkeypatch.setattr(receiving, "route", gone)
    with pytest.raises(OperationalError):
        actions.receive(mail(), sender="a@b")
    assert Mail.objects.count() == 0


def test_a_closed_conversation_opens_when_an_answer_comes(tenant):
    talk, _ = sent()
    actions.close(CLERK, talk.pk)
    actions.receive(mail(), recipients=[marks.reply_address(talk.token, tenant.host)], sender="a@b")
    assert Conversation.objects.get(pk=talk.pk).state == "open"


def test_references_in_subjects_are_found_whatever_stands_around_them():
    assert rules.references(f"Re: AW: [{REFERENCE.lower()}]: urgent") == [REFERENCE]
    assert rules.references("hello there friend") == []
    assert len(rules.references(" ".join(f"A-{n}" for n in range(100)))) == rules.MOST_REFERENCES


def test_a_message_that_can_not_be_read_still_has_its_name():
    assert mime.message_id(b"X: y\r\nMessage-Id:\r\n <a@b>\r\n\r\nMessage-ID: <c@d>") == "<a@b>"
    assert mime.message_id(b"") == ""
