"""Conversations: numbers without gaps, reading on from the last one, states, who may write."""

import threading
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.contact.acts import CLERK, conversation, happened, resident
from tests.factories import staff
from towpath.contact import actions, queries, rules
from towpath.contact.models import Conversation, Entry, EntryText
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM, Actor, NotAllowed
from towpath.foundation.journal import event_types
from towpath.foundation.models import AccessRecord


def note(talk, body="Called back.", **changes):
    return actions.write(
        CLERK, talk.pk, **({"direction": "internal", "kind": "note", "body": body} | changes)
    )


def test_numbers_have_no_gaps_under_concurrent_writes(outside):
    with tenancy.inside(outside):
        talk = conversation(None)
    start, failed = threading.Barrier(4), []

    def write_some() -> None:
        try:
            start.wait(10)
            for turn in range(8):
                with tenancy.inside(outside):
                    note(talk)
                    if turn % 3 == 0:  # rolled back, it leaves no gap either
                        transaction.set_rollback(True)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write_some) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join(30) for thread in threads]
    assert failed == []
    with tenancy.inside(outside):
        entries = list(Entry.objects.filter(conversation=talk).order_by("seq"))
        assert [entry.seq for entry in entries] == list(range(1, 21))
        assert all(one.at <= two.at for one, two in pairwise(entries))
        assert Conversation.objects.get(pk=talk.pk).last_seq == 20


def test_reading_goes_on_after_the_number_seen_last(tenant):
    one, two = conversation(None), conversation(None)
    for talk in (one, two, one):
        note(talk)
    both = [one.pk, two.pk]
    assert len(queries.entries_after(both)) == 3
    rest = queries.entries_after(both, {one.pk: 1, two.pk: 1})
    assert [(entry.conversation_id, entry.seq) for entry in rest] == [(one.pk, 2)]
    assert queries.entries_after([]) == []
    assert queries.entries_after([uuid4()]) == []


def test_words_are_read_with_the_entries_in_two_queries(tenant, django_queries):
    talk = conversation(None)
    for number in range(3):
        note(talk, f"note {number}")
    with django_queries(2):
        assert [entry.body for entry in queries.entries_after([talk.pk])] == ["note 0", "note 1", "note 2"]


def test_erasing_the_words_leaves_the_entry(tenant):
    talk = conversation(None)
    note(talk)
    EntryText.objects.all().delete()
    (entry,) = queries.entries_after([talk.pk])
    assert (entry.seq, entry.body, entry.text) == (1, "", None)


def test_the_database_lets_nobody_change_an_entry(outside):
    with tenancy.inside(outside):
        talk = conversation(None)
        entry = note(talk)
        EntryText.objects.filter(entry=entry).delete()
    changes = (
        lambda: Entry.objects.filter(pk=entry.pk).update(seq=9),
        lambda: Entry.objects.filter(pk=entry.pk).delete(),
    )
    for change in changes:
        with pytest.raises(Exception, match="permission denied"), tenancy.inside(outside):
            change()


def test_the_same_cause_writes_once(tenant):
    talk = conversation(None)
    assert note(talk, cause="note-1").pk == note(talk, cause="note-1").pk
    assert len(queries.entries_after([talk.pk])) == 1


def test_a_closed_conversation_opens_again_when_something_comes_in(tenant):
    talk = conversation(None)
    actions.close(CLERK, talk.pk)
    note(talk, direction="in", kind="call")
    assert Conversation.objects.get(pk=talk.pk).state == "open"
    assert happened("contact.state-changed") == ["contact.state-changed"] * 2


def test_residents_write_in_what_is_theirs_only(tenant):
    mine, theirs = resident("a@example.org"), resident("b@example.org")
    actor = Actor("resident", "r", "portal", person=mine)
    talk, foreign = conversation(mine), conversation(theirs)
    actions.write(actor, talk.pk, direction="in", kind="message", body="Hello")
    with pytest.raises(NotAllowed):
        actions.write(actor, foreign.pk, direction="in", kind="message", body="Hello")
    with pytest.raises(NotAllowed):
        queries.conversation(actor, foreign.pk)
    with pytest.raises(NotAllowed):
        actions.send(actor, talk.pk, to_person=mine, subject="s", body="b", cause="c")
    assert queries.conversation(actor, talk.pk).pk == talk.pk


def test_staff_without_the_permission_write_nothing(tenant):
    talk = conversation(None)
    with pytest.raises(NotAllowed):
        actions.write(staff("case.read"), talk.pk, direction="out", kind="call", body="x")


def test_reading_a_conversation_is_logged(tenant):
    talk = conversation(resident())
    queries.conversation(CLERK, talk.pk)
    (seen,) = AccessRecord.objects.filter(subject_kind="conversation")
    assert seen.subject_id == str(talk.pk)


def test_a_conversation_changes_hands_only_from_nobody(tenant):
    person, other = resident("a@example.org"), resident("b@example.org")
    talk = actions.open_conversation(SYSTEM, subject="?", person_id=None, language="en", state="new")
    actions.link_person(CLERK, talk.pk, person)
    assert Conversation.objects.get(pk=talk.pk).state == "open"
    with pytest.raises(rules.NotPossible, match="somebody else"):
        actions.link_person(CLERK, talk.pk, other)


def test_another_body_sees_nothing(outside, other):
    with tenancy.inside(outside):
        talk = conversation(None)
        note(talk)
    with tenancy.inside(other):
        assert queries.entries_after([talk.pk]) == []
        with pytest.raises(Conversation.DoesNotExist):
            note(talk)


def test_unknown_kinds_are_refused_by_name(tenant):
    with pytest.raises(rules.NotPossible, match="note"):
        note(conversation(None), kind="nonsense")
    with pytest.raises(rules.NotPossible, match="internal"):
        note(conversation(None), direction="sideways")


def test_two_conversations_cannot_share_a_number_twice(tenant):
    talk = conversation(None)
    entry = note(talk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(conversation=talk, seq=entry.seq, at=entry.at, channel="desk")


def test_events_carry_codes_only():
    words = {"subject", "body", "name", "address", "email", "text"}
    for name, kind in event_types().items():
        if name.startswith("contact."):
            assert not kind.facts & words


@given(st.sampled_from(sorted(rules.DELIVERY)), st.sampled_from(sorted(rules.DELIVERY)))
def test_only_listed_changes_of_a_delivery_pass(before, after):
    if after in rules.DELIVERY[before]:
        rules.check_change(rules.DELIVERY, before, after)
    else:
        with pytest.raises(rules.NotPossible, match=f"can't become {after}"):
            rules.check_change(rules.DELIVERY, before, after)
