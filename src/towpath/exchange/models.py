"""What is kept: under which agreement somebody was asked, what came of it, and the proof of the answer."""

from typing import Any

from django.db import models

from towpath.exchange.rules import WAITING
from towpath.foundation import clock
from towpath.foundation.ids import uuid7
from towpath.foundation.tenancy import TenantForeignKey, TenantModel


class Agreement(TenantModel):
    """This body may ask `peer` for `fields` of one operation, for one purpose, for a time; signed by this body."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    peer = models.CharField(max_length=80)
    operation = models.CharField(max_length=120)
    purpose = models.CharField(max_length=200)
    legal_basis = models.CharField(max_length=300)
    fields: Any = models.JSONField(help_text="The names of the answer's fields that are granted.")
    peer_key = models.CharField(max_length=64, help_text="The peer's Ed25519 public key, base64url.")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    signature = models.TextField(help_text="Detached JWS over the canonical JSON of the terms.")
    revoked_at = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "operation", "-valid_from"], name="agreement_operation")]

    def __str__(self) -> str:
        return f"{self.peer}: {self.operation}"

    def terms(self) -> dict[str, Any]:
        """What is signed."""
        return {
            "id": str(self.id),
            "peer": self.peer,
            "operation": self.operation,
            "purpose": self.purpose,
            "legal-basis": self.legal_basis,
            "fields": sorted(self.fields),
            "peer-key": self.peer_key,
            "valid-from": self.valid_from.isoformat(),
            "valid-until": self.valid_until.isoformat(),
        }


class Call(TenantModel):
    """One question to a register. Its `id` is the idempotency key of every attempt.

    Question and answer are personal: both are encrypted in the row and appear in no event.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    peer = models.CharField(max_length=80)
    operation = models.CharField(max_length=120)
    case_id = models.UUIDField()
    command_id = models.CharField(max_length=200)
    result = models.CharField(
        max_length=80, blank=True, help_text="The process variable that takes the answer."
    )
    purpose = models.CharField(max_length=200)
    agreement = TenantForeignKey(Agreement, null=True)
    question = models.TextField(help_text="The minimised inputs, encrypted.")
    state = models.CharField(max_length=16, default=WAITING, help_text="See `rules.TRANSITIONS`.")
    why = models.CharField(max_length=40, blank=True, help_text="Code of the last failure or refusal.")
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    since = models.DateTimeField(default=clock.now, help_text="When the present round of tries began.")
    sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    found = models.BooleanField(null=True, help_text="False: the register knows no such thing.")
    answer = models.TextField(blank=True, help_text="The granted fields, encrypted.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case_id", "command_id"], name="call_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "asked_at"],
                condition=models.Q(state__in=["given-up", "refused"]),
                name="call_open_failures",
            )
        ]

    def __str__(self) -> str:
        return f"{self.operation} ({self.state})"

    @property
    def idempotency_key(self) -> str:
        return str(self.id)


class Receipt(TenantModel):
    """The peer's signature under its answer: what it said, it can't deny."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    call = TenantForeignKey(Call)
    signature = models.TextField(
        help_text="The peer's detached JWS over the canonical JSON of its whole reply."
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of that canonical JSON.")
    peer_key = models.CharField(max_length=64)
    received_at = models.DateTimeField(default=clock.now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "call"], name="one_receipt")]

    def __str__(self) -> str:
        return self.digest[:8]


class Circuit(TenantModel):
    """How a peer does at present. Too many failures in a row: calls wait, and one in a while probes."""

    peer = models.CharField(max_length=80)
    failures = models.PositiveIntegerField(default=0)
    probe_at = models.DateTimeField(null=True, help_text="No call goes out before; null while all is well.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "peer"], name="one_circuit")]

    def __str__(self) -> str:
        return self.peer
