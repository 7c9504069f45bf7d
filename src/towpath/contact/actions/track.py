"""What becomes of a letter: each attempt is a row, each change of its state an event."""

from towpath.contact import events, rules
from towpath.contact.actions.converse import about
from towpath.contact.models import Delivery, Entry
from towpath.foundation import clock
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import EventType, record


def attempt(entry: Entry, *, number: int, channel: str, status: rules.Status) -> Delivery:
    made: Delivery = Delivery.objects.create(
        entry=entry, attempt=number, channel=channel, status=status, at=clock.now()
    )
    _tell(SYSTEM, made, events.OF_STATUS[status])
    return made


def change(
    delivery: Delivery, status: rules.Status, *, error: str = "", ref: str = "", actor: Actor = SYSTEM
) -> None:
    """Raises `rules.NotPossible` for a state that can't follow. The conversation is locked by the caller."""
    rules.check_change(rules.DELIVERY, delivery.status, status)
    # Once it had left the house there is no further try of ours: the far side's failure is the last word.
    last_word = status == "temporary-failure" and delivery.status != "sending"
    delivery.status, delivery.at = status, clock.now()
    delivery.error = error[:500]
    delivery.provider_ref = (ref or delivery.provider_ref)[:200]
    delivery.save(update_fields=["status", "at", "error", "provider_ref"])
    _tell(actor, delivery, events.FAILED if last_word else events.OF_STATUS[status])


def latest(entry: Entry) -> Delivery | None:
    return Delivery.objects.filter(entry=entry).order_by("-attempt").first()


def _tell(actor: Actor, delivery: Delivery, kind: EventType | None) -> None:
    if kind is None:
        return
    facts = {"entry": str(delivery.entry_id), "delivery": str(delivery.pk), "attempt": delivery.attempt}
    if "status" in kind.facts:
        facts["status"] = delivery.status
    record(
        kind,
        actor.through("post" if delivery.channel == "post" else "email"),
        about(delivery.entry.conversation),
        **facts,
    )
