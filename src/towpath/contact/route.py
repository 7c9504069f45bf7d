"""Where an e-mail belongs. Only what nobody can guess proves it; a number and a name merely suggest it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from towpath.contact import marks, rules
from towpath.contact.mime import Letter
from towpath.contact.models import Conversation, Entry
from towpath.people import queries as people


@dataclass(frozen=True)
class Route:
    """`entry` is the one of ours that is answered. Nothing at all: from somebody new."""

    conversation: Conversation | None = None
    entry: Entry | None = None
    proven: bool = False


def route(letter: Letter, recipients: Sequence[str]) -> Route:
    """First the address for replies, then our Message-IDs among all that are answered, newest first."""
    entry = _entry(letter.answers)
    conversation = _by_token([*recipients, *letter.recipients])
    if conversation:
        same = entry is not None and entry.conversation_id == conversation.pk
        return Route(conversation, entry if same else None, proven=True)
    if entry:
        return Route(entry.conversation, entry, proven=True)
    return Route(_suggested(letter))


def bounced_entry(letter: Letter, recipients: Sequence[str]) -> Entry | None:
    """Which letter of ours a delivery report is about."""
    for address in recipients:
        if entry_id := marks.entry_bounced(address.strip("<> ")):
            return _known(entry_id)
    return _entry(letter.about)


def _by_token(addresses: Sequence[str]) -> Conversation | None:
    tokens = [token for address in addresses if (token := marks.reply_token(address))]
    for token in tokens[:20]:
        found: Conversation | None = Conversation.objects.filter(token=token).first()
        if found:
            return found
    return None


def _entry(text: str) -> Entry | None:
    for entry_id in marks.entries_named(text)[:50]:
        if entry := _known(entry_id):
            return entry
    return None


def _known(entry_id: UUID) -> Entry | None:
    found: Entry | None = Entry.objects.filter(pk=entry_id).select_related("conversation").first()
    return found


def _suggested(letter: Letter) -> Conversation | None:
    """By reference and sender. Neither is proof: e-mail senders are easily forged."""
    quoted = rules.references(letter.subject)
    person = people.person_by_email(letter.sender) if quoted else None
    if person is None:
        return None
    fits = Conversation.objects.filter(reference__in=quoted, person_id=person.pk)
    found: Conversation | None = fits.order_by("-opened_at").first()
    return found
