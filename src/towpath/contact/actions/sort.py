"""A person sees to an e-mail that was kept: it is theirs to say where it belongs."""

from uuid import UUID

from django.utils.translation import gettext as _

from towpath.contact import events, mime, rules
from towpath.contact.actions.converse import about, locked, may_write, open_conversation
from towpath.contact.actions.receive import enter
from towpath.contact.models import Entry, Mail
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.journal import Fact, record


def enter_mail(actor: Actor, mail_id: UUID, conversation_id: UUID | None = None) -> Entry:
    """Into the conversation named, or, without one, into a new one of its own."""
    may_write(actor, None)
    conversation = locked(conversation_id) if conversation_id else None
    mail = _unsorted(mail_id)
    letter = _letter(bytes(mail.raw))
    language = next(iter(tenancy.current().languages), "en")
    conversation = conversation or open_conversation(
        actor, subject=letter.subject, person_id=None, language=language, state="new"
    )
    entry = enter(conversation, letter)
    mail.conversation, mail.entry = conversation, entry
    _settle(actor, mail, "entered")
    return entry


def set_mail_aside(actor: Actor, mail_id: UUID) -> None:
    """It needs nothing. It stays kept."""
    may_write(actor, None)
    _settle(actor, _unsorted(mail_id), "aside")


def _unsorted(mail_id: UUID) -> Mail:
    mail: Mail = Mail.objects.select_for_update().get(pk=mail_id)
    if mail.settled_at or mail.outcome == "entered":
        raise rules.NotPossible(_("Somebody has seen to this e-mail already."))
    return mail


def _settle(actor: Actor, mail: Mail, how: str) -> None:
    mail.settled_at = clock.now()
    mail.save(update_fields=["settled_at", "conversation", "entry"])
    record(
        events.SORTED,
        actor,
        about(mail.conversation) if mail.conversation else Fact(),
        mail=str(mail.pk),
        how=how,
    )


def _letter(raw: bytes) -> mime.Letter:
    """What can't be read is entered as a file that came with an empty message."""
    try:
        return mime.read(raw)
    except mime.Poison:
        return mime.sealed(raw)
