"""Files, as those see them who may."""

from collections.abc import Collection
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist

from towpath.documents import rules
from towpath.documents.models import Document
from towpath.foundation import rows
from towpath.foundation.access import Actor, NotAllowed, log_read
from towpath.people import queries as people

__all__ = ["NotReadable", "document", "of_case", "of_cases", "of_draft", "pseudonym_of", "scanner"]


class NotReadable(NotAllowed):
    """A file that still waits for the scanner, or that was refused. `state` says which."""

    def __init__(self, state: str) -> None:
        super().__init__(f"The file can't be read: it is {state}.")
        self.state = state


def document(
    actor: Actor, document_id: UUID, *, case_id: UUID | None = None, draft_id: UUID | None = None
) -> Document:
    """A file with its content.

    Whoever asks for a case's or draft's file names it, having settled that the actor may see the case or draft; the
    file must belong to it. Without either, residents read what they gave themselves, staff who may read every team's
    cases read all. Staff's reading is logged.
    """
    found: Document = Document.objects.defer("content").get(pk=document_id)
    vouched = (case_id is not None and found.case_id == case_id) or (
        draft_id is not None and found.draft_id == draft_id
    )
    own = actor.kind == "resident" and actor.person is not None and found.person_id == actor.person
    if not (vouched or own or actor.kind == "system" or (actor.kind == "staff" and actor.may("case.read"))):
        raise NotAllowed(f"{actor.kind} {actor.id} may not read document {document_id}")
    if found.state not in rules.READABLE:
        raise NotReadable(found.state)
    if actor.kind == "staff":
        log_read(actor, "document", document_id, "document", pseudonym_of(found.person_id))
    return found


def of_case(case_id: UUID) -> list[Document]:
    """Oldest first, without content. The caller has settled who may see the case."""
    return rows.rows(Document, "case_id = %s order by kept_at, id", case_id, without=("content",))


def of_cases(case_ids: Collection[UUID]) -> list[Document]:
    """The same for several cases at once."""
    found = Document.objects.filter(case_id__in=case_ids)
    return list(found.defer("content").order_by("kept_at", "id"))


def of_draft(draft_id: UUID) -> list[Document]:
    return rows.rows(Document, "draft_id = %s order by kept_at, id", draft_id, without=("content",))


def scanner() -> str:
    """Where clamd listens (host:port); empty where there is none, and then files are `unscanned`."""
    return str(getattr(settings, "CLAMD", ""))


def pseudonym_of(person_id: UUID | None) -> UUID | None:
    """The name in the journal; None for nobody, and for a person who was erased."""
    try:
        return people.pseudonym(person_id) if person_id else None
    except ObjectDoesNotExist:
        return None


def takes(name: str, content_type: str, content: bytes) -> bool:
    """Whether a file is of a kind and size that is kept."""
    try:
        rules.check(name, content_type, content)
    except rules.NotTaken:
        return False
    return True
