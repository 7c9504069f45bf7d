"""Taking a file, handing a draft's files to its case, and giving one back."""

import logging
from functools import cache
from hashlib import sha256
from uuid import UUID

from towpath.documents import events, rules
from towpath.documents.models import Document
from towpath.documents.queries import pseudonym_of, scanner
from towpath.foundation import clock, jobs
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import Fact, record

log = logging.getLogger(__name__)


def keep(
    actor: Actor,
    *,
    name: str,
    content_type: str,
    content: bytes,
    draft_id: UUID | None = None,
    case_id: UUID | None = None,
    question: str = "",
) -> Document:
    """Keeps a file for a draft or a case that the actor may change (the caller settled that).

    Raises `rules.NotTaken` before anything is written. Where there is a scanner the file stays in quarantine until it
    was looked at; where there is none it is `unscanned`, and screens must say so.
    """
    checked = rules.check(name, content_type, content)
    scanned = bool(scanner())
    if not scanned:
        _say_that_nothing_is_scanned()
    made: Document = Document.objects.create(
        name=checked.name,
        content_type=checked.content_type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        content=content,
        state="quarantined" if scanned else "unscanned",
        purpose=question[:80],
        draft_id=draft_id,
        case_id=case_id,
        person_id=actor.person,
        kept_at=clock.now(),
    )
    facts = {"size": made.size, "content_type": made.content_type, "state": made.state}
    record(events.KEPT, actor, about(made), document=str(made.pk), **facts)
    if scanned:
        jobs.enqueue("documents.scan", document=str(made.pk))
    return made


@cache
def _say_that_nothing_is_scanned() -> None:
    """Loudly, but once in a process."""
    log.warning("No virus scanner is set (TOWPATH_CLAMD): files that people send are kept unscanned.")


def attach(draft_id: UUID, case_id: UUID) -> int:
    """At submission: the draft's files are the case's from now on. Returns how many; again, it finds none."""
    count = Document.objects.filter(draft_id=draft_id, case_id=None).update(case_id=case_id)
    if count:
        record(events.ATTACHED, SYSTEM, Fact(case=case_id), count=count)
    return count


def discard(actor: Actor, document_id: UUID, draft_id: UUID) -> None:
    """Takes a file out of a draft that the actor may change. What was sent with a case stays."""
    found: Document | None = (
        Document.objects.select_for_update()
        .filter(pk=document_id, draft_id=draft_id, case_id=None)
        .defer("content")
        .first()
    )
    if found is None:
        return
    record(events.DISCARDED, actor, about(found), document=str(found.pk))
    found.delete()


def about(document: Document) -> Fact:
    return Fact(
        case=document.case_id,
        person=pseudonym_of(document.person_id),
        objects=(("document", str(document.pk)),),
    )
