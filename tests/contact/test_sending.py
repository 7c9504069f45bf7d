"""E-mail out: once per cause, counted, retried, and in the end visible; letters on paper."""

import smtplib
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection

from tests.contact.acts import CLERK, conversation, happened, resident
from tests.contact.stand_in import mail_server, sending_to, silent_server
from tests.factories import make_tenant, staff
from towpath.contact import actions, marks, post, queries, rules
from towpath.contact.models import Conversation, Delivery, Entry, EntryText
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.access import SYSTEM, NotAllowed


def deliver(letter, tried=1):
    tenant, _, entry = letter
    jobs.perform(tenant, "contact.deliver", {"entry": str(entry.pk)}, tried=tried)


def states(letter):
    tenant, _, entry = letter
    with tenancy.inside(tenant):
        return [one.status for one in queries.deliveries([entry.pk]).get(entry.pk, [])]


def test_an_e_mail_is_sent_and_told(letter):
    with mail_server() as server:
        deliver(letter)
    assert states(letter) == ["sent"]
    (_, recipients, _) = server.taken[0]
    assert recipients == ["sam@example.org"]
    with tenancy.inside(letter[0]):
        assert happened()[-3:] == ["contact.written", "contact.sending", "contact.sent"]


def test_the_e_mail_can_be_read_answered_and_known_again(letter):
    tenant, talk, entry = letter
    with mail_server() as server:
        deliver(letter)
    sender, _, message = server.taken[0]
    assert marks.entry_bounced(sender) == entry.pk
    assert marks.entries_named(message["Message-ID"]) == [entry.pk]
    assert message["Reply-To"] == f"reply+{talk.token}@{tenant.host}"
    assert message["From"] == f"{tenant.name} <contact@{tenant.host}>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "en"
    plain, html = (message.get_body((kind,)).get_content().replace("\r", "") for kind in ("plain", "html"))
    assert plain.startswith("Dear Sam,\n\nthank you.")
    assert "English, Français, العربية" in plain
    assert '<html lang="en" dir="ltr">' in html
    assert "<p>thank you.</p>" in html
    assert len(sender.partition("@")[0]) <= 64


def test_words_are_escaped_and_arabic_runs_from_the_right(outside):
    with tenancy.inside(outside):
        person = resident()
        talk = actions.open_conversation(SYSTEM, subject="", person_id=person, language="ar")
        entry = actions.send(
            CLERK, talk.pk, to_person=person, subject="a\nb <i>", body="<script>x</script>", cause="c"
        )
    with mail_server() as server:
        deliver((outside, talk, entry))
    message = server.taken[0][2]
    html = message.get_body(("html",)).get_content()
    assert 'dir="rtl"' in html
    assert "<script>" not in html
    assert message["Subject"] == "a b <i>"
    assert message["Auto-Submitted"] is None


def test_the_same_cause_sends_once(letter):
    tenant, talk, entry = letter
    with tenancy.inside(tenant):
        again = actions.send(SYSTEM, talk.pk, to_person=talk.person_id, subject="?", body="?", cause="c1")
        assert again.pk == entry.pk
        assert Delivery.objects.count() == 1


def test_a_repeated_job_sends_nothing_more(letter):
    with mail_server() as server:
        deliver(letter)
        deliver(letter)
    assert len(server.taken) == 1
    assert states(letter) == ["sent"]


def test_a_job_broken_off_repeats_under_the_same_message_id_and_is_counted(letter):
    tenant, _, entry = letter
    with mail_server() as server:
        deliver(letter)
        with tenancy.inside(tenant):
            Delivery.objects.filter(entry=entry).update(status="sending")  # killed before it could say `sent`
        deliver(letter)
    ids = {message["Message-ID"] for _, _, message in server.taken}
    assert (len(server.taken), len(ids)) == (2, 1)
    assert states(letter) == ["temporary-failure", "sent"]


def test_a_refusal_for_now_is_tried_again(letter):
    with mail_server(to_data=["451 4.3.0 greylisted", "250 OK"]) as server:
        with pytest.raises(jobs.TryAgain):
            deliver(letter)
        deliver(letter, tried=2)
    assert len(server.taken) == 1
    assert states(letter) == ["temporary-failure", "sent"]
    with tenancy.inside(letter[0]):
        assert "451 4.3.0 greylisted" in Delivery.objects.get(attempt=1).error


def test_after_the_last_try_a_person_sees_it_and_can_try_afresh(letter):
    tenant, _, _ = letter
    with mail_server(to_rcpt=["450 4.2.1 busy"]):
        for tried in (1, 2):
            with pytest.raises(jobs.TryAgain):
                deliver(letter, tried)
        deliver(letter, tried=14)
    assert states(letter) == ["temporary-failure", "temporary-failure", "technical-failure"]
    with tenancy.inside(tenant):
        (row,) = jobs.given_up()
        assert (row.job, "450" in row.error) == ("contact.deliver", True)
        assert [one.status for one in queries.failed_deliveries()] == ["technical-failure"]
        assert happened("contact.delivery-failed") == ["contact.delivery-failed"]
    with mail_server() as server:
        deliver(letter)
    assert len(server.taken) == 1
    assert states(letter)[-1] == "sent"
    with tenancy.inside(tenant):
        assert queries.failed_deliveries() == []


@pytest.mark.parametrize(
    "answers", [{"to_rcpt": ["550 5.1.1 no such user"]}, {"to_data": ["554 5.6.0 never"]}]
)
def test_a_refusal_for_good_is_not_tried_again(letter, answers):
    with mail_server(**answers) as server:
        deliver(letter)
        deliver(letter)
    assert server.tries == 1
    assert states(letter) == ["permanent-failure"]


def test_a_letter_that_can_not_even_be_written_ends_where_a_person_sees_it(letter, monkeypatch):
    def broken(entry, tenant):
        raise LookupError("no such language")

    monkeypatch.setattr("towpath.contact.compose.render_to_string", broken)
    deliver(letter, tried=14)
    assert states(letter) == ["technical-failure"]


def test_a_server_that_is_not_there_or_silent_is_tried_again(letter):
    with silent_server() as port, sending_to(port, patience=0.1), pytest.raises(jobs.TryAgain):
        deliver(letter)
    with sending_to(port), pytest.raises(jobs.TryAgain):
        deliver(letter)
    assert states(letter) == ["temporary-failure"] * 2


def test_no_transaction_is_open_while_the_server_is_talked_to(letter, monkeypatch):
    open_then = []
    monkeypatch.setattr(
        post,
        "hand_over",
        lambda message: open_then.append(connection.in_atomic_block) or post.Outcome("sent"),
    )
    deliver(letter)
    assert open_then == [False]


def test_what_is_only_played_reaches_nobody(letter):
    with mail_server() as server, clock.running(clock.VirtualClock(datetime(2026, 3, 1, tzinfo=UTC))):
        deliver(letter)
    assert server.taken == []
    assert states(letter) == ["sent"]


def test_a_rehearsal_writes_to_nobody(database):
    tenant = make_tenant(is_rehearsal=True)
    with tenancy.inside(tenant):
        person = resident()
        talk = conversation(person)
        entry = actions.send(SYSTEM, talk.pk, to_person=person, subject="s", body="b", cause="c")
    with mail_server() as server:
        deliver((tenant, talk, entry))
    assert server.taken == []


def test_erased_words_are_not_sent(letter):
    tenant, _, entry = letter
    with tenancy.inside(tenant):
        EntryText.objects.filter(entry=entry).delete()
    with mail_server() as server:
        deliver(letter)
    assert server.taken == []
    assert states(letter) == ["cancelled"]


def test_nothing_is_sent_when_the_change_rolls_back(outside):
    class Broken(Exception):
        pass

    with jobs.inline() as kept, pytest.raises(Broken), tenancy.inside(outside):
        person = resident()
        actions.send(SYSTEM, conversation(person).pk, to_person=person, subject="s", body="b", cause="c")
        raise Broken
    with tenancy.inside(outside):
        assert Entry.objects.count() == 0
    with mail_server() as server:
        for _, name, arguments in kept.waiting:
            with pytest.raises(jobs.TryAgain):
                jobs.perform(outside, name, arguments, tried=1)
    assert server.taken == []


def test_answers_are_threaded_for_mail_programs(outside):
    with tenancy.inside(outside):
        person = resident()
        talk = conversation(person)
        first = actions.send(SYSTEM, talk.pk, to_person=person, subject="s", body="b", cause="1")
        second = actions.send(CLERK, talk.pk, to_person=person, subject="s", body="b", cause="2")
    with mail_server() as server:
        deliver((outside, talk, second))
    message = server.taken[0][2]
    assert message["In-Reply-To"].strip() == marks.message_id(first.pk, outside.host)
    with tenancy.inside(outside):
        assert Conversation.objects.get(pk=talk.pk).state == "waiting"


def test_who_has_no_e_mail_gets_a_letter_that_a_person_prints(tenant):
    person = resident(email="", verified=False)
    talk = conversation(person)
    actions.send(SYSTEM, talk.pk, to_person=person, subject="Your permit", body="Dear Sam", cause="c")
    (waiting,) = queries.letters_to_print()
    assert (waiting.channel, waiting.status) == ("post", "pending")
    printable = queries.letter(CLERK, waiting.pk)
    assert (printable.name, printable.postal, printable.body) == ("Sam Reed", "1 Lock Lane", "Dear Sam")
    with pytest.raises(NotAllowed):
        actions.letter_printed(staff("case.read"), waiting.pk)
    actions.letter_printed(CLERK, waiting.pk)
    actions.letter_printed(CLERK, waiting.pk)
    assert queries.letters_to_print() == []
    actions.letter_returned(CLERK, waiting.pk)
    assert [one.status for one in queries.failed_deliveries()] == ["returned-letter"]
    assert happened("contact.to-print", "contact.sent", "contact.delivery-failed") == [
        "contact.to-print",
        "contact.sent",
        "contact.delivery-failed",
    ]


def test_who_wishes_paper_gets_paper():
    assert rules.way("letter", "sam@example.org") == "post"
    assert rules.way("email", "") == "post"
    assert rules.way("email", "sam@example.org") == "email"


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "temporary-failure"),
        (smtplib.SMTPSenderRefused(550, b"no", "us"), "temporary-failure"),
        (smtplib.SMTPServerDisconnected("gone"), "temporary-failure"),
        (smtplib.SMTPRecipientsRefused({"a@b": (550, b"no")}), "permanent-failure"),
        (smtplib.SMTPRecipientsRefused({"a@b": (450, b"later")}), "temporary-failure"),
        (smtplib.SMTPDataError(554, b"no"), "permanent-failure"),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), "permanent-failure"),
        (TimeoutError("slow"), "temporary-failure"),
        (ValueError("not an address"), "permanent-failure"),
    ],
)
def test_only_what_concerns_the_recipient_is_for_good(error, status):
    class Message:
        def send(self):
            raise error

    assert post.hand_over(Message()).status == status


def test_marks_can_not_be_made_up():
    entry = uuid4()
    good = marks.message_id(entry, "town.localhost")
    assert marks.entries_named(f"<x@y> {good.upper()}") == [entry]
    assert marks.entries_named(good.replace(str(entry), str(uuid4()))) == []
    assert marks.entries_named(f"<{entry}.{'0' * 32}@town.localhost>") == []
    bounce = marks.bounce_address(entry, "town.localhost")
    assert marks.entry_bounced(bounce) == entry
    assert marks.entry_bounced(bounce.replace(entry.hex, uuid4().hex)) is None
