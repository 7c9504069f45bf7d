"""An e-mail comes in: into the conversation that it answers, or to where a person will see it. Never nowhere."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, cast
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import InterfaceError, OperationalError, transaction

from towpath.contact import events, mime, rules
from towpath.contact.actions.converse import Words, about, append, change_state, locked, open_conversation
from towpath.contact.actions.track import change, latest
from towpath.contact.models import Conversation, Entry, EntryAttachment, Mail
from towpath.contact.route import Route, bounced_entry, route
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import Fact, record
from towpath.people import queries as people

log = logging.getLogger(__name__)
Outcome = Literal["entered", "unconfirmed", "automatic", "bounce", "quarantined", "repeat"]


@dataclass(frozen=True)
class Received:
    """What was done with a message."""

    outcome: Outcome
    mail_id: UUID
    conversation_id: UUID | None = None
    entry_id: UUID | None = None


def receive(raw: bytes, *, recipients: Sequence[str] = (), sender: str = "?") -> Received:
    """Takes any bytes. `recipients` and `sender` are the envelope's; an empty sender is the null return path.

    Raises only when the database does not answer: then the sender must try again.
    """
    try:
        letter = mime.read(raw, sender)
        with transaction.atomic():
            return _take(raw, letter, recipients)
    except mime.Poison as why:
        return _quarantine(raw, str(why))
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("An e-mail could not be filed; it is quarantined")
        return _quarantine(raw, f"It could not be filed ({type(error).__name__}).")


def _take(raw: bytes, letter: mime.Letter, recipients: Sequence[str]) -> Received:
    if letter.report is not None:
        return _bounce(raw, letter, letter.report, recipients)
    way = route(letter, recipients)
    if letter.automatic:
        return _file(raw, letter, "automatic", way.conversation, "Written by a machine.")
    if way.conversation and not way.proven:
        why = "The reference and the sender fit, but both can be forged."
        return _file(raw, letter, "unconfirmed", way.conversation, why)
    return _enter(raw, letter, way)


def _enter(raw: bytes, letter: mime.Letter, way: Route) -> Received:
    conversation = locked(way.conversation.pk) if way.conversation else None
    mail, fresh = _keep(raw, letter.message_id, letter.digest, "entered", conversation)
    if not fresh:
        return Received("repeat", mail.pk, mail.conversation_id, mail.entry_id)
    if mail.outcome != "entered":
        _tell(mail)
        return Received("quarantined", mail.pk, mail.conversation_id)
    conversation = conversation or _opened(letter)
    entry = enter(conversation, letter, way.entry)
    mail.conversation, mail.entry = conversation, entry
    mail.save(update_fields=["conversation", "entry"])
    return Received("entered", mail.pk, conversation.pk, entry.pk)


def enter(conversation: Conversation, letter: mime.Letter, answers: Entry | None = None) -> Entry:
    """Adds a letter to a conversation that the caller has locked or just made."""
    words = Words(letter.subject, letter.body, letter.quoted, letter.sender, letter.message_id)
    actor = _author(conversation)
    entry = append(
        actor,
        conversation,
        "in",
        "message",
        words,
        in_reply_to=answers.pk if answers else None,
        attachments=len(letter.attachments),
    )
    EntryAttachment.objects.bulk_create(
        EntryAttachment(entry=entry, name=one.name, content_type=one.content_type, content=one.content)
        for one in letter.attachments
    )
    if conversation.state != "new":
        change_state(actor, conversation, "open")
    return entry


def _author(conversation: Conversation) -> Actor:
    """Whoever holds the address for replies speaks for the person of the conversation; nothing vouches for more."""
    try:
        if conversation.person_id:
            return people.resident_actor(conversation.person_id, "none", "email")
    except ObjectDoesNotExist:  # erased
        pass
    return Actor("visitor", "mail", "email")


def _opened(letter: mime.Letter) -> Conversation:
    language = next(iter(tenancy.current().languages), "en")
    return open_conversation(
        SYSTEM.through("email"), subject=letter.subject, person_id=None, language=language, state="new"
    )


def _bounce(raw: bytes, letter: mime.Letter, report: rules.Report, recipients: Sequence[str]) -> Received:
    entry, status = bounced_entry(letter, recipients), rules.told(report)
    if entry is None or status is None:
        conversation = entry.conversation if entry else None
        return _file(raw, letter, "automatic", conversation, f"A report: {report.action} {report.status}.")
    entry.conversation = locked(entry.conversation_id)
    mail, fresh = _keep(raw, letter.message_id, letter.digest, "bounce", entry.conversation)
    if not fresh:
        return Received("repeat", mail.pk, mail.conversation_id, mail.entry_id)
    delivery = latest(entry)
    if delivery and status in rules.DELIVERY.get(delivery.status, frozenset()):
        change(delivery, status, error=f"Reported: {report.action} {report.status}")
    mail.entry, mail.settled_at = entry, clock.now()
    mail.save(update_fields=["entry", "settled_at"])
    return Received("bounce", mail.pk, entry.conversation_id, entry.pk)


def _file(
    raw: bytes, letter: mime.Letter, outcome: Outcome, conversation: Conversation | None, reason: str
) -> Received:
    """Kept for a person to look at; it enters no conversation by itself."""
    mail, fresh = _keep(raw, letter.message_id, letter.digest, outcome, conversation, reason)
    if not fresh:
        return Received("repeat", mail.pk, mail.conversation_id, mail.entry_id)
    _tell(mail)
    return Received(cast(Outcome, mail.outcome), mail.pk, mail.conversation_id)


def _quarantine(raw: bytes, why: str) -> Received:
    mail, fresh = _keep(raw, mime.message_id(raw), mime.body_digest(raw), "quarantined", None, why)
    if fresh:
        _tell(mail)
    return Received("quarantined" if fresh else "repeat", mail.pk, mail.conversation_id, mail.entry_id)


def _tell(mail: Mail) -> None:
    about_it = about(mail.conversation) if mail.conversation else Fact()
    record(events.FILED, SYSTEM.through("email"), about_it, mail=str(mail.pk), outcome=mail.outcome)


def _keep(
    raw: bytes,
    message_id: str,
    digest: str,
    outcome: Outcome,
    conversation: Conversation | None,
    reason: str = "",
) -> tuple[Mail, bool]:
    """The message as it came, and whether it is new. The same message to two conversations counts as two.

    Some programs give different messages the same Message-ID: such a one is quarantined, not taken for a repeat.
    """
    key = _hash(message_id or digest, str(conversation.pk) if conversation else "")
    mail = Mail(key=key, digest=digest, at=clock.now(), raw=raw, outcome=outcome, reason=reason)
    mail.conversation = conversation
    kept = _once(mail)
    if kept.pk == mail.pk or kept.digest == digest:
        return kept, kept.pk == mail.pk
    mail.key, mail.outcome = _hash(key, digest), "quarantined"
    mail.reason = "It has the Message-ID of another message, but other content."
    kept = _once(mail)
    return kept, kept.pk == mail.pk


def _once(mail: Mail) -> Mail:
    Mail.objects.bulk_create([mail], ignore_conflicts=True)
    kept: Mail = Mail.objects.get(key=mail.key)
    return kept


def _hash(*parts: str) -> str:
    return sha256("|".join(parts).encode("utf-8", "replace")).hexdigest()
