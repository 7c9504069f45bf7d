"""Writing to a person, in the way that they wish."""

from uuid import UUID

from towpath.contact import rules
from towpath.contact.actions.converse import Words, append, change_state, locked, may_write
from towpath.contact.actions.track import attempt
from towpath.contact.models import Entry
from towpath.foundation import jobs
from towpath.foundation.access import Actor
from towpath.people import queries as people


def send(
    actor: Actor, conversation_id: UUID, *, to_person: UUID, subject: str, body: str, cause: str
) -> Entry:
    """Sends once for each `cause`. By e-mail; on paper for those who wish it or have no e-mail.

    What the system writes by itself is sent as SYSTEM and marked as automatic. `body` is plain text; an empty line
    begins a paragraph.
    """
    conversation = locked(conversation_id)
    may_write(actor, None)
    sent: Entry | None = Entry.objects.filter(cause=cause).first()
    if sent:
        return sent
    card = people.person_card(to_person)
    way = rules.way(card.channel, card.email)
    words = Words(subject=subject, body=body, contact_point=card.email if way == "email" else "")
    entry = append(actor.through(way), conversation, "out", "message", words, cause=cause)
    if way == "email":
        attempt(entry, number=1, channel="email", status="created")
        jobs.enqueue("contact.deliver", lock=f"contact.deliver.{entry.pk}", entry=str(entry.pk))
    else:
        attempt(entry, number=1, channel="post", status="pending")
    if actor.kind == "staff":
        change_state(actor, conversation, "waiting")
    return entry
