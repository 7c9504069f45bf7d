"""Drafts, cases and what belongs to them. Only this room's actions write these rows."""

from typing import Any

from django.db import models

from towpath.foundation.ids import uuid7
from towpath.foundation.sealed import SealedJSON
from towpath.foundation.tenancy import TenantForeignKey, TenantModel


class Draft(TenantModel):
    """An application being filled in. Saved by itself; gone when submitted or expired."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    service_code = models.SlugField(max_length=80)
    version = TenantForeignKey("catalogue.ServiceVersion")
    person = TenantForeignKey("people.Person", null=True)
    channel = models.CharField(max_length=16)
    opened_by = models.CharField(max_length=64, help_text="The actor; staff when filled in for a caller.")
    language = models.CharField(max_length=8)
    answers: Any = models.JSONField(default=dict)
    sealed_answers = models.TextField(blank=True, help_text="Sensitive answers, encrypted.")
    prefilled: Any = models.JSONField(
        default=dict, help_text="Question -> register that its answer came from."
    )
    reference = models.CharField(max_length=16)
    code_hash = models.CharField(max_length=64, help_text="Of the code that resumes it with the reference.")
    link_hash = models.CharField(max_length=64, help_text="Of the secret in the link that resumes it.")
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference"], name="draft_reference"),
            models.UniqueConstraint(fields=["tenant", "link_hash"], name="draft_link"),
        ]
        indexes = [
            models.Index(fields=["tenant", "person", "-saved_at"]),
            models.Index(fields=["tenant", "expires_at"]),
        ]

    def __str__(self) -> str:
        return self.reference


class Case(TenantModel):
    """A request on its way. `state` moves by the table in `rules.py`; each move is an event."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    reference = models.CharField(max_length=16)
    service_code = models.SlugField(max_length=80)
    version = TenantForeignKey("catalogue.ServiceVersion")
    person = TenantForeignKey("people.Person", null=True)
    applicant_name = models.CharField(max_length=200, help_text="As given; erased with the person.")
    channel = models.CharField(max_length=16, help_text="How it came in.")
    assisted = models.BooleanField(default=False, help_text="Staff filled it in for the applicant.")
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=16)
    stage = models.CharField(
        max_length=64, blank=True, help_text="Shown to the resident; named in the package."
    )
    awaits = models.CharField(max_length=16, help_text="Who must act: resident, staff, register, nobody.")
    team = models.CharField(max_length=64, help_text="The team that owns it.")
    answers: Any = models.JSONField(default=dict)
    sealed_answers = models.TextField(blank=True)
    data: Any = SealedJSON(default=dict, help_text="Variables of the process; they may come from answers.")
    process_state: Any = models.JSONField(default=dict)
    called: Any = SealedJSON(default=dict, help_text="What its process has called: see `instances.py`.")
    outcome = models.CharField(max_length=32, blank=True)
    link_hash = models.CharField(max_length=64, help_text="Of the secret in the tracking link.")
    code_hash = models.CharField(max_length=64)
    submission_key = models.CharField(max_length=64, help_text="Sending a form twice makes one case.")
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, help_text="The legal deadline as it stands.")
    clock_stopped_at = models.DateTimeField(null=True)
    clock_left = models.DurationField(null=True, help_text="What was left when the clock stopped.")
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    last_activity_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "reference"], name="case_reference"),
            models.UniqueConstraint(fields=["tenant", "link_hash"], name="case_link"),
            models.UniqueConstraint(fields=["tenant", "submission_key"], name="case_submission_key"),
        ]
        indexes = [
            models.Index(fields=["tenant", "person", "-submitted_at"]),
            models.Index(fields=["tenant", "service_code", "state", "-submitted_at"], name="case_by_service"),
        ]

    def __str__(self) -> str:
        return self.reference


class Task(TenantModel):
    """Work for a person, or a step that somebody else carries out. Made by a command of the process."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = TenantForeignKey(Case)
    command_id = models.CharField(max_length=200)
    element = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, help_text="user or step.")
    step_kind = models.CharField(max_length=64, blank=True)
    form = models.CharField(max_length=80, blank=True)
    name = models.CharField(
        max_length=200, help_text="The element's name, as the map and the journal have it."
    )
    team = models.CharField(max_length=64, blank=True)
    referred_from = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=16)
    service_code = models.SlugField(max_length=80)
    headers: Any = models.JSONField(default=dict)
    inputs: Any = SealedJSON(default=dict)
    values: Any = SealedJSON(default=dict, help_text="What was entered so far.")
    assignee = models.CharField(max_length=64, blank=True)
    lease_until = models.DateTimeField(null=True)
    waiting_for_resident = models.BooleanField(default=False)
    trouble = models.CharField(max_length=200, blank=True, help_text="Why a step needs a person.")
    due_at = models.DateTimeField(help_text="Its own term, or the case's deadline; it orders the queue.")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "command_id"], name="task_command_once"),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "team", "due_at", "id"],
                condition=models.Q(state="open", kind="user"),
                name="task_queue",
            ),
            models.Index(
                fields=["tenant", "due_at", "id"],
                condition=models.Q(state="open", kind="user"),
                name="task_queue_all",
            ),
            models.Index(
                fields=["tenant", "team", "service_code", "due_at", "id"],
                condition=models.Q(state="open", kind="user"),
                name="task_queue_service",
            ),
            models.Index(
                fields=["tenant", "assignee", "due_at", "id"],
                condition=models.Q(state="open", kind="user"),
                name="task_mine",
            ),
            models.Index(
                fields=["tenant", "due_at"],
                condition=models.Q(state="open", kind="step") & ~models.Q(trouble=""),
                name="task_trouble",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Timer(TenantModel):
    """A moment at which a case goes on. Found by its index, never by looking through cases."""

    case = TenantForeignKey(Case)
    command_id = models.CharField(max_length=200)
    due_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "case", "command_id"], name="timer_command_once"),
        ]
        indexes = [models.Index(fields=["tenant", "due_at", "id"], name="timer_due")]

    def __str__(self) -> str:
        return self.command_id


class Subscription(TenantModel):
    """A message or signal that a case waits for."""

    case = TenantForeignKey(Case)
    command_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=16, default="message", help_text="message or signal.")
    message = models.CharField(max_length=80)
    correlation = models.CharField(max_length=200, blank=True)
    fresh = models.BooleanField(
        default=True, help_text="Nobody has looked yet whether a message was kept for it."
    )

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "command_id"], name="subscription_command_once"
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "message", "correlation"]),
            models.Index(fields=["tenant", "id"], condition=models.Q(fresh=True), name="subscription_fresh"),
        ]

    def __str__(self) -> str:
        return self.message


class Thrown(TenantModel):
    """A message or signal on its way to another case, or kept until somebody waits for it. Gone when it was heard."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = TenantForeignKey(Case, help_text="Who sends it.")
    to = TenantForeignKey(Case, null=True, help_text="Who hears a signal. A message finds its receiver.")
    kind = models.CharField(max_length=16, help_text="message or signal.")
    name = models.CharField(max_length=80)
    correlation = models.CharField(max_length=200, blank=True)
    payload: Any = SealedJSON(default=dict)
    fresh = models.BooleanField(default=True, help_text="To be handed on; else nobody waits for it so far.")
    expires_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "id"], condition=models.Q(fresh=True), name="thrown_fresh"),
            models.Index(fields=["tenant", "name", "correlation"], name="thrown_kept"),
            models.Index(fields=["tenant", "expires_at"], name="thrown_over"),
        ]

    def __str__(self) -> str:
        return self.name


class Question(TenantModel):
    """Something that the resident is asked after submission: information or a document."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = TenantForeignKey(Case)
    task = TenantForeignKey(Task, null=True, help_text="The step or task that waits for the answer.")
    asked_by = models.CharField(max_length=64)
    form = models.CharField(max_length=80, blank=True, help_text="Its form among the package's asks.")
    text = models.TextField()
    stops_clock = models.BooleanField(default=True)
    state = models.CharField(max_length=16)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answer: Any = SealedJSON(default=str)
    values: Any = SealedJSON(default=dict)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=64, blank=True)

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "case", "asked_at"])]

    def __str__(self) -> str:
        return self.state


class Decision(TenantModel):
    """What was decided, by whom or by which rule, under which version of the law, and why. It never changes."""

    append_only = True
    erasable = ("reason", "rules")

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = TenantForeignKey(Case)
    outcome = models.CharField(max_length=32)
    favourable = models.BooleanField()
    automatic = models.BooleanField()
    reason = models.TextField(blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    rules: Any = SealedJSON(default=list, help_text="The trace: decision, rule, what it saw, annotations.")
    version = TenantForeignKey("catalogue.ServiceVersion", help_text="The version of the law that was used.")
    law_date = models.DateField(help_text="The day whose law was applied (`applies-by`).")
    decided_by = models.CharField(max_length=64)
    decided_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [models.Index(fields=["tenant", "case", "decided_at"])]

    def __str__(self) -> str:
        return self.outcome


class Rating(TenantModel):
    """What the resident thought of it, asked at every end; once for a case."""

    append_only = True
    erasable = ("comment",)

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = TenantForeignKey(Case)
    score = models.PositiveSmallIntegerField(help_text="1 (very bad) to 5 (very good).")
    comment = models.TextField(blank=True)
    given_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case"], name="one_rating")]

    def __str__(self) -> str:
        return str(self.score)


class KeptDate(TenantModel):
    """A date that matters after the decision, such as a renewal."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    case = TenantForeignKey(Case)
    person = TenantForeignKey("people.Person", null=True)
    name = models.CharField(max_length=64)
    on = models.DateField()

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "case", "name"], name="one_date_of_a_name")]
        indexes = [models.Index(fields=["tenant", "person", "on"])]

    def __str__(self) -> str:
        return f"{self.name} {self.on}"


class CaseConversation(TenantModel):
    """The conversations in which a case is spoken of; the first is its own."""

    case = TenantForeignKey(Case)
    conversation_id = models.UUIDField()
    own = models.BooleanField(default=False)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "case", "conversation_id"], name="case_conversation_once"
            ),
        ]
        indexes = [models.Index(fields=["tenant", "conversation_id"])]

    def __str__(self) -> str:
        return str(self.conversation_id)
