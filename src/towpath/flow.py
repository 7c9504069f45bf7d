"""Which event may later lead to what. One page: read it to know how rooms that don't know each other work together.

What must follow a change is called directly, in its transaction. What stands here follows from the journal, soon
after, once, in order for each case; when it fails, the case is parked for a person and the others go on.
"""

from uuid import UUID

from towpath.casework import actions as casework
from towpath.contact import queries as contact
from towpath.exchange import queries as exchange
from towpath.foundation.access import Actor
from towpath.foundation.journal.follow import Subscriber
from towpath.foundation.models import Event
from towpath.journeys import actions as journeys


def tell_receipt(event: Event) -> None:
    """A request that arrived is confirmed to whoever sent it."""
    casework.send_receipt(UUID(str(event.case_id)))


def carry_answer(event: Event) -> None:
    """What a register said goes back to the step that asked, and the case goes on."""
    if not event.case_id or not event.data.get("command_id"):
        return
    answer = exchange.answer(UUID(event.data["call"]))
    if answer is not None:
        casework.finish_step(event.case_id, event.data["command_id"], answer.variables)


def show_trouble(event: Event) -> None:
    """A register that refused, or did not answer to the last, needs a person."""
    if event.case_id and event.data.get("command_id"):
        why = f"{event.data.get('peer', '')}: {event.data.get('why', '')}"
        casework.step_needs_person(event.case_id, event.data["command_id"], why)


def take_mail(event: Event) -> None:
    """An e-mail that belongs to a case's conversation may answer a question."""
    conversation = event.conversation_id
    if conversation is None or not event.data.get("known"):
        return
    (entry,) = contact.entries_after([conversation], {conversation: event.data["number"] - 1})[:1]
    files = contact.attachments([entry.pk]).get(entry.pk, [])
    sender = Actor("resident", event.actor_id, "email", person=entry.conversation.person_id)
    uploads = [casework.Upload(file.name, file.content_type, bytes(file.content)) for file in files]
    casework.take_mail(sender, conversation, entry.body, uploads)


SUBSCRIBERS = (
    Subscriber("receipts", frozenset({"case.submitted"}), tell_receipt),
    Subscriber(
        "register-answers", frozenset({"exchange.answered", "exchange.answered-by-hand"}), carry_answer
    ),
    Subscriber("register-troubles", frozenset({"exchange.refused", "exchange.given-up"}), show_trouble),
    Subscriber("mail", frozenset({"contact.received"}), take_mail),
    Subscriber("measures", journeys.MEASURED, journeys.measure),
)
