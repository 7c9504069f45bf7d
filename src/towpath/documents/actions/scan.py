"""The job that has a file scanned. No transaction is open meanwhile, and no resident waits."""

from datetime import timedelta
from uuid import UUID

from towpath.documents import clamd, events
from towpath.documents.actions.keep import about
from towpath.documents.models import Document
from towpath.documents.queries import scanner
from towpath.foundation import jobs, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import record
from towpath.foundation.models import Tenant


@jobs.job("documents.scan", tries=14, first_wait=timedelta(seconds=2))
def scan(tenant: Tenant, document: str) -> None:
    """A file without a verdict stays in quarantine; after the last try a person gets to see that."""
    with tenancy.inside(tenant):
        found: Document | None = Document.objects.filter(pk=UUID(document), state="quarantined").first()
    if found is None:
        return
    verdict = clamd.scan(bytes(found.content), scanner())
    with tenancy.inside(tenant):
        settle(UUID(document), verdict)


def settle(document_id: UUID, verdict: clamd.Verdict) -> None:
    """What is refused loses its content; the row tells that it was there."""
    found: Document = Document.objects.select_for_update().defer("content").get(pk=document_id)
    if found.state != "quarantined":
        return
    found.state = "refused" if verdict.found else "clean"
    if verdict.found:
        found.content = b""
        found.save(update_fields=["state", "content"])
    else:
        found.save(update_fields=["state"])
    record(events.REFUSED if verdict.found else events.SCANNED, SYSTEM, about(found), document=str(found.pk))
