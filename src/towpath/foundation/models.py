"""The tables of the ground. `global_tables.py` says which of all tables have no tenant, and why."""

from typing import Any

from django.db import models

from towpath.foundation.clock import real_now
from towpath.foundation.ids import uuid7
from towpath.foundation.tenancy import TenantModel


class Tenant(models.Model):
    """A body: a town, a county, an agency."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    host = models.CharField(max_length=253, unique=True, help_text="The host name that chooses this body.")
    zone = models.CharField(max_length=64, default="UTC")
    languages: Any = models.JSONField(
        default=list, help_text="Language codes offered; the first is the default."
    )
    settings: Any = models.JSONField(
        default=dict, help_text="Holidays, theme, contact points, costs per channel."
    )
    is_demo = models.BooleanField(default=False)
    is_rehearsal = models.BooleanField(default=False, help_text="Thrown away after a rehearsal; not served.")

    def __str__(self) -> str:
        return self.name


class LedgerEntry(TenantModel):
    """A row of a sealed, append-only ledger, partitioned by month.

    `xid` and `seq` are given by the database. `(xid, seq)` is the order in which readers with a cursor see rows:
    below the horizon no row can appear any more.
    """

    append_only = True

    recorded_at = models.DateTimeField()
    seq = models.BigIntegerField(primary_key=True)
    xid = models.BigIntegerField()
    salt = models.BinaryField()

    class Meta(TenantModel.Meta):
        abstract = True
        managed = False


class Event(LedgerEntry):
    """One fact of the journal. `data` holds facts, never personal content."""

    id = models.UUIDField()
    type = models.CharField(max_length=80)
    version = models.SmallIntegerField()
    occurred_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    channel = models.CharField(max_length=16)
    unit = models.CharField(max_length=64)
    case_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    person = models.UUIDField(null=True, help_text="A pseudonym; the mapping to the person can be erased.")
    objects_touched: Any = models.JSONField(db_column="objects")
    activity = models.CharField(max_length=200)
    lifecycle = models.CharField(max_length=16)
    data: Any = models.JSONField()

    class Meta(LedgerEntry.Meta):
        managed = False
        db_table = "journal_event"

    def __str__(self) -> str:
        return f"{self.type} #{self.seq}"


class AccessRecord(LedgerEntry):
    """Somebody read personal data: one row for each actor, subject and purpose in fifteen minutes."""

    window = models.DateTimeField(help_text="Start of the fifteen minutes.")
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    subject_kind = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=200, help_text="A person or case, or the text of a search.")
    purpose = models.CharField(max_length=80)
    person = models.UUIDField(
        null=True, help_text="Pseudonym of the person concerned, so that they can see it."
    )

    class Meta(LedgerEntry.Meta):
        managed = False
        db_table = "access_log"

    def __str__(self) -> str:
        return f"{self.actor_kind} {self.actor_id} read {self.subject_kind}"


class Seal(TenantModel):
    """A stretch of a ledger, closed: the hash of each row, their Merkle root, chained and signed."""

    append_only = True

    ledger = models.CharField(max_length=16)
    number = models.PositiveIntegerField()
    until_xid = models.BigIntegerField()
    until_seq = models.BigIntegerField()
    count = models.PositiveIntegerField()
    leaves = models.BinaryField(
        help_text="For each row in order: seq (8 bytes, big-endian), SHA-256 (32 bytes)."
    )
    root = models.BinaryField()
    previous = models.BinaryField()
    signature = models.BinaryField()
    key_id = models.CharField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ledger", "number"], name="seal_number")]

    def __str__(self) -> str:
        return f"{self.ledger} seal {self.number}"


class Cursor(TenantModel):
    """How far a subscriber has read the journal of one body."""

    subscriber = models.CharField(max_length=80)
    xid = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "subscriber"], name="one_cursor")]

    def __str__(self) -> str:
        return self.subscriber


class Parked(TenantModel):
    """An event that a subscriber could not take. The case's later events wait behind it for a person."""

    subscriber = models.CharField(max_length=80)
    seq = models.BigIntegerField()
    case_id = models.UUIDField(null=True)
    error = models.TextField(blank=True, help_text="Empty where the event only waits behind another.")
    parked_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "subscriber", "seq"], name="parked_once"),
        ]
        indexes = [models.Index(fields=["tenant", "subscriber", "case_id", "seq"])]

    def __str__(self) -> str:
        return f"{self.subscriber}: event {self.seq}"


class GivenUp(TenantModel):
    """A job whose last try failed: something that a person must see to."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    job = models.CharField(max_length=80)
    arguments: Any = models.JSONField()
    case_id = models.UUIDField(null=True)
    error = models.TextField()
    given_up_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "given_up_at"], condition=models.Q(settled_at=None), name="given_up_open"
            )
        ]

    def __str__(self) -> str:
        return self.job


class SearchToken(TenantModel):
    """One word under which an object is found. Equality and prefix ranges only (see `search.py`)."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16)
    token = models.CharField(max_length=64)
    object_id = models.UUIDField()
    rank = models.BigIntegerField(help_text="Higher comes first: usually the second in which it was opened.")

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "object_id", "token"], name="search_token_once"),
        ]
        indexes = [
            models.Index(fields=["tenant", "kind", "token", "-rank", "object_id"], name="search_token_order")
        ]

    def __str__(self) -> str:
        return self.token


class TenantKey(TenantModel):
    """A body's data key, wrapped by the installation's key. Deleting it erases what it encrypted."""

    key_id = models.CharField(max_length=32)
    wrapped = models.BinaryField()
    made_at = models.DateTimeField(default=real_now)

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "key_id"], name="tenant_key_once")]

    def __str__(self) -> str:
        return self.key_id


class Lockout(TenantModel):
    """Counts wrong tries against one thing that can be guessed (a reference, an account)."""

    subject = models.CharField(max_length=64, help_text="A hash of what is guessed at.")
    failures = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True)
    last_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "subject"], name="lockout_subject")]

    def __str__(self) -> str:
        return self.subject[:8]
