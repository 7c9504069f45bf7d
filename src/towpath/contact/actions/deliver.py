"""The job that hands an e-mail to the mail server. No transaction is open while it talks."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.mail import EmailMultiAlternatives

from towpath.contact import post, rules
from towpath.contact.actions.converse import locked
from towpath.contact.actions.track import attempt, change, latest
from towpath.contact.compose import compose
from towpath.contact.models import Delivery, Entry
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.models import Tenant


class NotTaken(Exception):
    """The mail server did not take a message now. It is tried again."""


@dataclass(frozen=True)
class _Begun:
    delivery_id: UUID
    message: EmailMultiAlternatives


def _given_up(tenant: Tenant, arguments: dict[str, Any], error: str) -> None:
    """After the last try: visible on the desk, and to whoever looks at the letter."""
    entry = _entry(UUID(arguments["entry"]))
    delivery = latest(entry)
    if delivery and delivery.status in {"created", "sending", "temporary-failure"}:
        change(delivery, "technical-failure", error=error)


@jobs.job("contact.deliver", tries=14, first_wait=timedelta(seconds=2), given_up=_given_up)
def deliver(tenant: Tenant, entry: str) -> None:
    """One attempt. Done twice, it finds the letter sent, or sends it under the same Message-ID and counts it."""
    with tenancy.inside(tenant):
        begun = _begin(UUID(entry), tenant)
    if begun is None:
        return
    if tenant.is_rehearsal or clock.is_virtual():
        outcome = post.Outcome("sent")  # nothing that is only played reaches anybody
    else:
        outcome = post.hand_over(begun.message)
    with tenancy.inside(tenant):
        _end(begun, outcome)
    if outcome.status == "temporary-failure":
        raise NotTaken(outcome.error)


def _begin(entry_id: UUID, tenant: Tenant) -> _Begun | None:
    """None where nothing is left to do."""
    entry = _entry(entry_id)
    delivery = latest(entry)
    if delivery is None or delivery.status in rules.SETTLED:
        return None
    if entry.text is None:
        if delivery.status == "created":
            change(delivery, "cancelled", error="The words were erased.")
        return None
    return _Begun(_next_attempt(entry, delivery).pk, compose(entry, tenant))


def _next_attempt(entry: Entry, last: Delivery) -> Delivery:
    if last.status == "created":
        change(last, "sending")
        return last
    if last.status == "sending":  # we were broken off; whether the server took it, nobody knows
        change(last, "temporary-failure", error="Broken off.")
    return attempt(entry, number=last.attempt + 1, channel="email", status="sending")


def _end(begun: _Begun, outcome: post.Outcome) -> None:
    delivery: Delivery = Delivery.objects.get(pk=begun.delivery_id)
    locked(delivery.entry.conversation_id)
    delivery.refresh_from_db()
    if delivery.status != "sending":  # a report of the far side was quicker
        return
    ref = str(begun.message.extra_headers["Message-ID"]) if outcome.status == "sent" else ""
    change(delivery, outcome.status, error=outcome.error, ref=ref)


def _entry(entry_id: UUID) -> Entry:
    """With its conversation locked."""
    entry: Entry = Entry.objects.get(pk=entry_id)
    entry.conversation = locked(entry.conversation_id)
    return entry
