"""What is known of conversations. Who may see a case may see its conversations: the caller has settled that."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Exists, OuterRef, Q

from towpath.contact import rules
from towpath.contact.models import Conversation, Delivery, Entry, EntryAttachment, Mail
from towpath.foundation import links, rows
from towpath.foundation.access import Actor, NotAllowed, log_read
from towpath.people import queries as people

MOST = 500

__all__ = [
    "PrintableLetter",
    "attachment",
    "attachments",
    "conversation",
    "conversations_of",
    "deliveries",
    "entries_after",
    "failed_deliveries",
    "letter",
    "letters_to_print",
    "mail",
    "pseudonym_of",
    "tray",
    "unrouted",
]


@dataclass(frozen=True)
class PrintableLetter:
    """A letter as it goes on paper. Without a postal address a person must find one first."""

    delivery: Delivery
    name: str
    postal: str
    subject: str
    body: str
    language: str
    reference: str


def conversation(actor: Actor, conversation_id: UUID) -> Conversation:
    """One that is the actor's own, or any for staff; their reading is logged."""
    found: Conversation = Conversation.objects.get(pk=conversation_id)
    own = actor.kind == "resident" and actor.person is not None and found.person_id == actor.person
    if not own:
        _see(actor, "conversation", conversation_id, found.person_id)
    return found


def conversations_of(person_id: UUID) -> list[Conversation]:
    """Newest first."""
    return list(Conversation.objects.filter(person_id=person_id).order_by("-opened_at")[:MOST])


def entries_after(conversation_ids: Collection[UUID], seq: Mapping[UUID, int] | None = None) -> list[Entry]:
    """The entries of conversations after the number seen last in each, in order of time, with their words.

    The one query behind loading, polling and reconnecting: nothing is missed, nothing comes twice. At most 500;
    ask again with the last numbers.
    """
    if not conversation_ids:
        return []
    seen = seq or {}
    wanted = Q()
    for one in conversation_ids:
        wanted |= Q(conversation_id=one, seq__gt=seen.get(one, 0))
    found = Entry.objects.filter(wanted).prefetch_related("texts")
    # Cut in the order of numbers, so that a cut leaves no hole behind the last number of a conversation.
    cut = found.order_by("conversation_id", "seq")[:MOST]
    return sorted(cut, key=lambda entry: (entry.at, entry.conversation_id, entry.seq))


def deliveries(entry_ids: Collection[UUID]) -> dict[UUID, list[Delivery]]:
    """All attempts for each entry, the first first."""
    found: dict[UUID, list[Delivery]] = defaultdict(list)
    for one in rows.rows(Delivery, "entry_id = any(%s) order by attempt", list(entry_ids)):
        found[one.entry_id].append(one)
    return dict(found)


def failed_deliveries() -> list[Delivery]:
    """Letters that did not arrive and are not tried again, newest first, with entry and conversation."""
    failed = Delivery.objects.filter(status__in=sorted(rules.MAY_HAVE_FAILED))
    failed = failed.filter(Q(status__in=sorted(rules.FAILED)) | ~Q(provider_ref=""))
    later = Delivery.objects.filter(entry=OuterRef("entry"), attempt__gt=OuterRef("attempt"))
    failed = failed.filter(~Exists(later)).select_related("entry__conversation")
    return list(failed.order_by("-at")[:MOST])


def letters_to_print() -> list[Delivery]:
    """Letters on paper that wait for a person, oldest first, with entry and conversation."""
    waiting = Delivery.objects.filter(status="pending").select_related("entry__conversation")
    return list(waiting.order_by("at")[:MOST])


def letter(actor: Actor, delivery_id: UUID) -> PrintableLetter:
    """For printing; the address is the one that holds now."""
    if not actor.may_somewhere("contact.write"):
        raise NotAllowed(f"{actor.kind} {actor.id} may not contact.write")
    found: Delivery = Delivery.objects.select_related("entry__conversation").get(pk=delivery_id)
    talk, words = found.entry.conversation, found.entry.text
    _see(actor, "letter", delivery_id, talk.person_id)
    card = people.person_card(talk.person_id) if talk.person_id else None
    return PrintableLetter(
        delivery=found,
        name=card.name if card else "",
        postal=card.postal if card else "",
        subject=found.entry.subject,
        body=links.filled(words.body, talk.case_id) if words else "",
        language=talk.language,
        reference=talk.reference,
    )


def unrouted() -> list[Entry]:
    """Messages from outside that belong to no conversation we had, oldest first, with their words."""
    found = Entry.objects.filter(conversation__state="new", direction="in").select_related("conversation")
    return list(found.prefetch_related("texts").order_by("at")[:MOST])


def tray() -> list[Mail]:
    """E-mails that wait for a person: unconfirmed, automatic or quarantined; oldest first, without content."""
    waiting = Mail.objects.filter(settled_at=None).exclude(outcome="entered").defer("raw")
    return list(waiting.select_related("conversation").order_by("at")[:MOST])


def mail(actor: Actor, mail_id: UUID) -> Mail:
    """An e-mail exactly as it came in."""
    _see(actor, "mail", mail_id, None)
    found: Mail = Mail.objects.get(pk=mail_id)
    return found


def attachments(entry_ids: Collection[UUID]) -> dict[UUID, list[EntryAttachment]]:
    """The files that came with each entry, without their content."""
    found: dict[UUID, list[EntryAttachment]] = defaultdict(list)
    for one in EntryAttachment.objects.filter(entry_id__in=entry_ids).defer("content").order_by("id"):
        found[one.entry_id].append(one)
    return dict(found)


def attachment(actor: Actor, attachment_id: UUID) -> EntryAttachment:
    """One file with its content, as it came: it was not scanned. To be offered for download only."""
    found: EntryAttachment = EntryAttachment.objects.select_related("entry__conversation").get(
        pk=attachment_id
    )
    person_id = found.entry.conversation.person_id
    if not (actor.kind == "resident" and actor.person is not None and person_id == actor.person):
        _see(actor, "attachment", attachment_id, person_id)
    return found


def _see(actor: Actor, kind: str, subject: UUID, person_id: UUID | None) -> None:
    if actor.kind == "system":
        return
    if not (actor.kind == "staff" and actor.may_somewhere("case.read")):
        raise NotAllowed(f"{actor.kind} {actor.id} may not see this {kind}")
    log_read(actor, kind, subject, "contact", pseudonym_of(person_id))


def pseudonym_of(person_id: UUID | None) -> UUID | None:
    """The name in the journal; None for nobody, and for a person who was erased."""
    try:
        return people.pseudonym(person_id) if person_id else None
    except ObjectDoesNotExist:
        return None
