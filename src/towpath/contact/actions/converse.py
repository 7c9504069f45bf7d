"""Opening, writing into and closing a conversation."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from towpath.contact import events, rules
from towpath.contact.models import Conversation, Entry, EntryText
from towpath.contact.queries import pseudonym_of
from towpath.foundation import clock
from towpath.foundation.access import Actor, NotAllowed
from towpath.foundation.access import Channel as Way
from towpath.foundation.journal import Fact, record


def open_conversation(
    actor: Actor,
    *,
    subject: str,
    person_id: UUID | None,
    language: str,
    reference: str = "",
    case_id: UUID | None = None,
    state: rules.State = "open",
) -> Conversation:
    """`reference` is what people will quote: the reference of the case. `new` is for those whom nobody knows."""
    may_write(actor, person_id)
    made: Conversation = Conversation.objects.create(
        person_id=person_id,
        subject=" ".join(subject.split())[:300],
        case_id=case_id,
        reference=reference.upper(),
        state=state,
        language=language,
        opened_at=clock.now(),
    )
    record(events.OPENED, actor, about(made), state=state)
    return made


def write(
    actor: Actor,
    conversation_id: UUID,
    *,
    direction: rules.Direction,
    kind: str,
    body: str,
    subject: str = "",
    cause: str | None = None,
    channel: Way | None = None,
) -> Entry:
    """Adds what was said or done, such as a call or a note. The same `cause` writes once."""
    rules.check_entry(direction, kind)
    conversation = locked(conversation_id)
    may_write(actor, conversation.person_id)
    written: Entry | None = Entry.objects.filter(cause=cause).first() if cause else None
    if written:
        return written
    words = Words(subject=subject, body=body)
    entry = append(
        actor.through(channel) if channel else actor, conversation, direction, kind, words, cause=cause
    )
    if direction == "in":
        change_state(actor, conversation, "open")
    return entry


def close(actor: Actor, conversation_id: UUID) -> None:
    conversation = locked(conversation_id)
    may_write(actor, None)
    change_state(actor, conversation, "closed")


def link_person(actor: Actor, conversation_id: UUID, person_id: UUID) -> None:
    """A person of the staff found out with whom a conversation is. An address alone never decides that."""
    may_write(actor, None)
    conversation = locked(conversation_id)
    if conversation.person_id is not None and conversation.person_id != person_id:
        raise rules.NotPossible(
            _("This conversation is with somebody else. Open another one for this person.")
        )
    conversation.person_id = person_id
    conversation.save(update_fields=["person"])
    record(events.LINKED, actor, about(conversation))
    if conversation.state == "new":
        change_state(actor, conversation, "open")


@dataclass(frozen=True)
class Words:
    """The part of an entry that can be erased."""

    subject: str = ""
    body: str = ""
    quoted: str = ""
    contact_point: str = ""
    message_id: str = ""


def append(
    actor: Actor,
    conversation: Conversation,
    direction: rules.Direction,
    kind: str,
    words: Words,
    *,
    cause: str | None = None,
    in_reply_to: UUID | None = None,
    attachments: int = 0,
) -> Entry:
    """The next entry of a conversation that the caller has locked, so that numbers have no gaps."""
    conversation.last_seq += 1
    conversation.save(update_fields=["last_seq"])
    entry: Entry = Entry.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        at=clock.now(),
        channel=actor.channel,
        direction=direction,
        kind=kind,
        author_kind=actor.kind,
        author_id=actor.id,
        in_reply_to=in_reply_to,
        cause=cause,
    )
    EntryText.objects.create(
        entry=entry,
        subject=" ".join(words.subject.split())[:300],
        body=words.body,
        quoted=words.quoted,
        contact_point=words.contact_point,
        message_id=words.message_id[:998],
    )
    facts = {"entry": str(entry.pk), "number": entry.seq}
    if direction == "in" and kind == "message":
        known = conversation.person_id is not None
        record(events.RECEIVED, actor, about(conversation), **facts, attachments=attachments, known=known)
    else:
        record(events.WRITTEN, actor, about(conversation), **facts, direction=direction, kind=kind)
    return entry


def locked(conversation_id: UUID) -> Conversation:
    """Locked before anything is written, so that the events of one conversation arrive in order."""
    found: Conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    return found


def change_state(actor: Actor, conversation: Conversation, after: rules.State) -> None:
    """Does nothing where the state is that already."""
    before = conversation.state
    if before == after:
        return
    rules.check_change(rules.CONVERSATION, before, after)
    conversation.state = after
    conversation.save(update_fields=["state"])
    record(events.STATE_CHANGED, actor, about(conversation), before=before, after=after)


def about(conversation: Conversation) -> Fact:
    person = pseudonym_of(conversation.person_id)
    return Fact(case=conversation.case_id, conversation=conversation.pk, person=person)


def may_write(actor: Actor, person_id: UUID | None) -> None:
    """The system, staff who may write to people, and residents in what is their own."""
    own = actor.kind == "resident" and person_id is not None and actor.person == person_id
    if not (own or actor.kind == "system" or actor.may_somewhere("contact.write")):
        raise NotAllowed(f"{actor.kind} {actor.id} may not contact.write here")
