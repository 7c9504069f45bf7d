"""Conversations without a channel, entries with one, and what became of each letter that went out."""

import secrets
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from towpath.foundation import links
from towpath.foundation.ids import uuid7
from towpath.foundation.tenancy import TenantForeignKey, TenantModel

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


def reply_token() -> str:
    """128 random bits in hex: mail programs may change the case of an address's local part."""
    return secrets.token_hex(16)


class Conversation(TenantModel):
    """An exchange with one person, or with somebody not known yet."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    person = TenantForeignKey("people.Person", null=True)
    subject = models.CharField(max_length=300, blank=True)
    reference = models.CharField(
        max_length=64, blank=True, help_text="What people quote: the case's reference."
    )
    case_id = models.UUIDField(null=True, help_text="Whose link and code its letters may carry.")
    state = models.CharField(max_length=16, default="open")
    language = models.CharField(max_length=16, default="en")
    last_seq = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=32, default=reply_token, help_text="Of the address for replies.")
    opened_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "token"], name="conversation_token")]
        indexes = [
            models.Index(fields=["tenant", "person", "-opened_at"], name="conversation_person"),
            models.Index(
                fields=["tenant", "reference"], condition=~Q(reference=""), name="conversation_reference"
            ),
            models.Index(fields=["tenant", "opened_at"], condition=Q(state="new"), name="conversation_new"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Entry(TenantModel):
    """One thing that was said or done, never changed. Its words lie in `EntryText`, which can be erased."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    conversation = TenantForeignKey(Conversation)
    seq = models.PositiveIntegerField(help_text="1, 2, 3 … within the conversation, without gaps.")
    at = models.DateTimeField()
    channel = models.CharField(max_length=16)
    direction = models.CharField(max_length=8)
    kind = models.CharField(max_length=16)
    author_kind = models.CharField(max_length=16)
    author_id = models.CharField(max_length=64, blank=True)
    in_reply_to = models.UUIDField(null=True, help_text="The entry that was answered.")
    cause = models.CharField(
        max_length=200, null=True, help_text="Why it was sent; the same cause sends once."
    )

    if TYPE_CHECKING:
        texts: RelatedManager["EntryText"]
        attachments: RelatedManager["EntryAttachment"]

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "conversation", "seq"], name="entry_seq"),
            models.UniqueConstraint(fields=["tenant", "cause"], name="entry_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq}"

    @property
    def text(self) -> "EntryText | None":
        """Its words; None once they are erased."""
        return next(iter(self.texts.all()), None)

    @property
    def subject(self) -> str:
        return self.text.subject if self.text else ""

    @property
    def body(self) -> str:
        """As it is shown; links and codes are filled in on the way out only."""
        return links.shown(self.text.body) if self.text else ""


class EntryText(TenantModel):
    """What an entry said. Deleting the row erases it; the entry stays."""

    entry = TenantForeignKey(Entry, related_name="texts")
    subject = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True)
    quoted = models.TextField(blank=True, help_text="Earlier messages that an e-mail repeated.")
    contact_point = models.CharField(max_length=320, blank=True, help_text="From where, or to where.")
    message_id = models.CharField(max_length=998, blank=True, help_text="Of an e-mail that came in.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "entry"], name="entry_text_once")]

    def __str__(self) -> str:
        return self.subject


class EntryAttachment(TenantModel):
    """A file that came with an entry, as it came: neither looked into nor scanned."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = TenantForeignKey(Entry, related_name="attachments")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, help_text="As the sender claims.")
    content = models.BinaryField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "entry"], name="attachment_entry")]

    def __str__(self) -> str:
        return self.name


class Delivery(TenantModel):
    """One attempt to bring an entry to somebody. The last attempt tells where the letter is."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    entry = TenantForeignKey(Entry)
    attempt = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=16)
    status = models.CharField(max_length=24, help_text="One of GOV.UK Notify's; see rules.py.")
    provider_ref = models.CharField(max_length=200, blank=True, help_text="Set once it was taken.")
    at = models.DateTimeField(help_text="Of the last change.")
    error = models.CharField(max_length=500, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "entry", "attempt"], name="delivery_attempt")
        ]
        indexes = [
            models.Index(fields=["tenant", "at"], condition=Q(status="pending"), name="delivery_pending"),
            models.Index(
                fields=["tenant", "-at"],
                condition=Q(
                    status__in=[
                        "permanent-failure",
                        "returned-letter",
                        "technical-failure",
                        "temporary-failure",
                    ]
                ),
                name="delivery_failed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.status}"


class Mail(TenantModel):
    """An e-mail exactly as it came in, and what was done with it. Nothing that we accepted is ever lost."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    key = models.CharField(max_length=64, help_text="SHA-256 of Message-ID and recipient: a repeat is seen.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the message below its headers.")
    at = models.DateTimeField()
    raw = models.BinaryField()
    outcome = models.CharField(
        max_length=16, help_text="entered, unconfirmed, automatic, bounce or quarantined."
    )
    reason = models.CharField(max_length=200, blank=True)
    conversation = TenantForeignKey(Conversation, null=True, help_text="Where it is, or seems to belong.")
    entry = TenantForeignKey(Entry, null=True)
    settled_at = models.DateTimeField(null=True, help_text="When a person saw to it.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="mail_once")]
        indexes = [
            models.Index(
                fields=["tenant", "outcome", "at"],
                condition=Q(settled_at=None) & ~Q(outcome="entered"),
                name="mail_open",
            ),
        ]

    def __str__(self) -> str:
        return f"mail {self.pk}"
