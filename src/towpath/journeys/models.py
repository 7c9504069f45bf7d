"""What the journal says of each request, and the figures that add up from it. Only this room's actions write here.

All of it can be thrown away and made again from the journal (`actions.rebuild`).
"""

from typing import Any, Final

from django.db import models

from towpath.foundation.tenancy import TenantModel

SUBSCRIBER: Final = "measures"  # of the journal: who takes its events into these facts


class CaseFact(TenantModel):
    """One request, from the first page of its form on. The fields are those of `rules.Journey`."""

    case_id = models.UUIDField(primary_key=True)
    service = models.SlugField(max_length=80)
    version = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=16)
    assisted = models.BooleanField(default=False)
    draft_started_at = models.DateTimeField(null=True)
    last_page = models.CharField(max_length=80, blank=True)
    draft_expired_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    submit_seconds = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True, help_text="The first decision.")
    withdrawn_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(
        null=True, help_text="Decided, withdrawn or closed, whichever was first."
    )
    outcome = models.CharField(max_length=32, blank=True)
    favourable = models.BooleanField(null=True)
    automatic = models.BooleanField(null=True)
    decisions = models.PositiveSmallIntegerField(default=0)
    stage = models.CharField(max_length=64, blank=True)
    awaits = models.CharField(max_length=16, blank=True)
    open_questions = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    clock_stopped_at = models.DateTimeField(null=True)
    clock_left_seconds = models.BigIntegerField(null=True)
    waiting_seconds = models.BigIntegerField(default=0, help_text="Waited for the applicant until the end.")
    deadline_met = models.BooleanField(null=True)
    score = models.PositiveSmallIntegerField(null=True)
    last_unit = models.CharField(max_length=64, blank=True)
    handovers = models.PositiveIntegerField(default=0)
    letters = models.PositiveIntegerField(default=0)
    emails = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    step = models.CharField(
        max_length=200, blank=True, help_text="The open step that it is at for the longest."
    )
    step_unit = models.CharField(max_length=64, blank=True)
    step_since = models.DateTimeField(null=True)
    xid = models.BigIntegerField(default=0, help_text="With `seq`: the last event that was taken.")
    seq = models.BigIntegerField(default=0)

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(
                fields=["tenant", "service", "step", "submitted_at"],
                include=["awaits", "due_at", "clock_stopped_at"],
                condition=models.Q(resolved_at=None, submitted_at__isnull=False),
                name="fact_open",
            ),
            models.Index(
                fields=["tenant", "-resolved_at"],
                condition=models.Q(resolved_at__isnull=False),
                name="fact_resolved",
            ),
            models.Index(
                fields=["tenant", "-submitted_at"],
                condition=models.Q(submitted_at__isnull=False),
                name="fact_submitted",
            ),
            models.Index(fields=["tenant", "service", "xid", "seq"], name="fact_taken"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.case_id}"


class ActivityFact(TenantModel):
    """One visit of a lasting step of a request: who had it, from when to when."""

    id = models.BigAutoField(primary_key=True)
    case_id = models.UUIDField()
    element = models.CharField(max_length=120)
    activity = models.CharField(max_length=200)
    unit = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    called_off = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "case_id", "started_at"], name="activity_of_case")]

    def __str__(self) -> str:
        return self.activity


class ConversationFact(TenantModel):
    """How often a conversation was written or spoken in, by way; and whose request it is about, once known."""

    conversation_id = models.UUIDField(primary_key=True)
    case_id = models.UUIDField(null=True)
    letters = models.PositiveIntegerField(default=0)
    emails = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=0)
    xid = models.BigIntegerField(default=0)
    seq = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.conversation_id)


class Figure(TenantModel):
    """A sum over all requests of a service, channel and month; `bucket` is its place in a histogram of times."""

    service = models.SlugField(max_length=80)
    channel = models.CharField(max_length=16)
    month = models.DateField(help_text="Its first day, in the body's own time zone.")
    measure = models.CharField(max_length=120)
    bucket = models.SmallIntegerField(default=0)
    value = models.BigIntegerField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "month", "service", "channel", "measure", "bucket"], name="figure_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.month}"


class ImportedLog(TenantModel):
    """A log of an older system, as `engines.mining` keeps it. Not made from the journal, and lasts until removed."""

    id = models.BigAutoField(primary_key=True)
    code = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    file = models.CharField(max_length=200)
    content = models.BinaryField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content, in hexadecimal.")
    imported_at = models.DateTimeField()
    events = models.BigIntegerField()
    cases = models.BigIntegerField()
    activities = models.PositiveIntegerField()
    first = models.DateTimeField(null=True)
    last = models.DateTimeField(null=True)
    problems: Any = models.JSONField(default=list, help_text="Rows left out, and what is doubtful.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="imported_log_code")]

    def __str__(self) -> str:
        return self.code
