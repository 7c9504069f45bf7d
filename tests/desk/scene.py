"""A body in the middle of its work, so that every page of the desk has something true to show."""

from datetime import date, timedelta
from typing import Any

from tests import factories
from tests.desk.town import ENVIRONMENT, PARKING, SERVICES, actor, begun, publish, submitted, worker
from towpath.casework import actions as casework
from towpath.contact import actions as contact
from towpath.documents import actions as documents
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import GivenUp

MAIL = b"From: Ivo Marsh <ivo@example.org>\r\nTo: town@example.org\r\nSubject: A question\r\n\r\nWhen are you open?\r\n"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def at_work(body: Any) -> dict[str, Any]:
    """Makes it, and names what the pages lead to."""
    with tenancy.inside(body):
        publish()
        ana, bo = worker(name="Ana Ruiz"), worker(name="Bo Li")
        late = _late()
        held = submitted(full_name="Joan Clarke")
        begun(bo, held)
        granted = submitted(full_name="Mary Somerville")
        casework.complete_task(
            actor(ana), begun(ana, granted).pk, {"lives_here": True, "address_note": "Rang."}
        )
        doubtful = _doubtful(ana)
        asked = _asked(ana)
        letter = submitted(full_name="Émilie du Châtelet", email=None)
        casework.send_receipt(letter.pk)
        received = contact.receive(MAIL)
        GivenUp.objects.create(
            job="contact.deliver", arguments={}, error="The server said no.", given_up_at=clock.now()
        )
        # The law changes: all of these requests are on an older version now.
        factories.publish(SERVICES / PARKING, effective_from=date(2025, 1, 2))
        return {
            "ana": ana,
            "bo": bo,
            "admin": worker((None, "administrator"), (None, "auditor"), name="Cy Young"),
            "late": late,
            "held": held,
            "granted": granted,
            "doubtful": doubtful,
            "asked": asked,
            "conversation": received.conversation_id,
            "person": asked.person_id,
        }


def _late() -> Any:
    with clock.running(clock.VirtualClock(clock.now() - timedelta(days=30))):
        return submitted(full_name="Ada Lovelace")


def _doubtful(ana: Any) -> Any:
    """Two steps on: the task that decides, in Ana's hands."""
    case = submitted(full_name="Katherine Johnson", vehicle_kind="heavy")
    casework.complete_task(actor(ana), begun(ana, case).pk, {"lives_here": True, "address_note": "Known."})
    return begun(ana, case).case


def _asked(ana: Any) -> Any:
    case = submitted(ENVIRONMENT)
    task = begun(ana, case)
    documents.keep(SYSTEM, name="site plan.pdf", content_type="application/pdf", content=PDF, case_id=case.pk)
    casework.ask_resident(actor(ana), case.pk, "How high will the shed be?", task.pk)
    casework.note(actor(ana), case.pk, "The neighbour called about the same shed.")
    return case
