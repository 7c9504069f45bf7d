"""Letters on paper: a person prints them, puts them in the post, and says when one comes back."""

from uuid import UUID

from towpath.contact import rules
from towpath.contact.actions.converse import locked, may_write
from towpath.contact.actions.track import change
from towpath.contact.models import Delivery
from towpath.foundation.access import Actor


def letter_printed(actor: Actor, delivery_id: UUID) -> None:
    """It was printed and posted. Said twice, it counts once."""
    may_write(actor, None)
    delivery = _letter(delivery_id)
    if delivery.status != "sent":
        change(delivery, "sent", actor=actor)


def letter_returned(actor: Actor, delivery_id: UUID) -> None:
    """The post brought it back."""
    may_write(actor, None)
    delivery = _letter(delivery_id)
    if delivery.status != "returned-letter":
        change(delivery, "returned-letter", actor=actor)


def _letter(delivery_id: UUID) -> Delivery:
    delivery: Delivery = Delivery.objects.select_related("entry").get(pk=delivery_id)
    if delivery.channel != "post":
        raise rules.NotPossible(
            f"Delivery {delivery_id} is no letter on paper but goes by {delivery.channel}."
        )
    locked(delivery.entry.conversation_id)
    delivery.refresh_from_db(fields=["status"])
    return delivery
