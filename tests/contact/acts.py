"""Residents, conversations and what is asked about them again and again."""

from uuid import UUID

from tests.factories import staff
from towpath.contact import actions
from towpath.foundation import clock
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import event_types
from towpath.foundation.models import Event
from towpath.people import actions as people
from towpath.people.models import ContactPoint

# Of one team only, as most are.
CLERK = staff("contact.write", "case.read", team="permits")


def resident(email: str = "sam@example.org", *, verified: bool = True, postal: str = "1 Lock Lane") -> UUID:
    made = people.register_person(
        SYSTEM, given_name="Sam", family_name="Reed", email=email, postal=postal, language="en"
    )
    if verified:
        ContactPoint.objects.filter(person_id=made.pk).update(verified_at=clock.now())
    return made.pk


def conversation(person_id: UUID | None, reference: str = "TP-2026-4711"):
    return actions.open_conversation(
        SYSTEM, subject="Your request", person_id=person_id, language="en", reference=reference
    )


def happened(*names: str) -> list[str]:
    """The types of the current body's contact events in order, only those named where some are."""
    assert set(names) <= set(event_types())
    found = Event.objects.filter(type__startswith="contact.").order_by("seq")
    return [event.type for event in found if not names or event.type in names]
