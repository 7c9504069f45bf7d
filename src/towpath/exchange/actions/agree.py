"""A body and a register agree on what may be asked; the body signs."""

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from towpath.exchange import events, jws
from towpath.exchange.connectors import operations
from towpath.exchange.models import Agreement
from towpath.foundation import clock
from towpath.foundation.access import Actor
from towpath.foundation.ids import uuid7
from towpath.foundation.journal import Fact, record

PERMISSION = "staff.manage"  # held by administrators


class WrongAgreement(ValueError):
    """The terms can't be agreed on. Says which, and what would be right."""


def agree(
    actor: Actor,
    operation: str,
    *,
    peer_key: str,
    valid_from: datetime,
    valid_until: datetime,
    purpose: str = "",
    legal_basis: str = "",
    fields: Collection[str] | None = None,
) -> Agreement:
    """Signs an agreement. Purpose, legal basis and fields are the declared ones unless named.

    `peer_key` is the register's raw Ed25519 public key in base64url. An earlier agreement stays as it is.
    """
    _authorise(actor)
    declared = operations().get(operation)
    if declared is None:
        raise WrongAgreement(f"No operation is called {operation}. There are: {', '.join(operations())}.")
    granted = declared.fields if fields is None else frozenset(fields)
    if unknown := granted - declared.fields:
        raise WrongAgreement(f"{operation} does not answer {', '.join(sorted(unknown))}.")
    if not jws.is_public_key(peer_key):
        raise WrongAgreement("The peer's key must be 32 bytes in base64url: a raw Ed25519 public key.")
    if valid_from >= valid_until:
        raise WrongAgreement("An agreement must begin before it ends.")
    agreement = Agreement(
        id=uuid7(),
        peer=declared.connector,
        operation=operation,
        purpose=purpose or declared.purpose,
        legal_basis=legal_basis or declared.legal_basis,
        fields=sorted(granted),
        peer_key=peer_key,
        # As the database gives them back: the signature is over their text.
        valid_from=valid_from.astimezone(UTC),
        valid_until=valid_until.astimezone(UTC),
    )
    agreement.signature = jws.sign(agreement.terms())
    agreement.save(force_insert=True)
    facts = {"operation": operation, "peer": agreement.peer, "purpose": agreement.purpose}
    record(events.AGREED, actor, Fact(), agreement=str(agreement.pk), **facts)
    return agreement


def revoke(actor: Actor, agreement_id: UUID) -> None:
    """Ends an agreement now; doing it twice changes nothing."""
    _authorise(actor)
    agreement: Agreement = Agreement.objects.select_for_update(no_key=True).get(pk=agreement_id)
    if agreement.revoked_at is not None:
        return
    agreement.revoked_at = clock.now()
    agreement.save(update_fields=["revoked_at"])
    facts = {"operation": agreement.operation, "peer": agreement.peer}
    record(events.REVOKED, actor, Fact(), agreement=str(agreement.pk), **facts)


def _authorise(actor: Actor) -> None:
    if actor.kind != "system":  # setting up a body happens before it has an administrator
        actor.require(PERMISSION)
