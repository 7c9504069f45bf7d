"""Files, with their content in the database: kept, backed up, isolated and erased with everything else."""

from django.db import models
from django.db.models import Q

from towpath.foundation.ids import uuid7
from towpath.foundation.tenancy import TenantForeignKey, TenantModel


class Document(TenantModel):
    """A file that somebody gave us. `case_id` and `draft_id` name things of rooms above."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100, help_text="What the content is, not what was claimed.")
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="Empty once it was refused.")
    state = models.CharField(
        max_length=16, help_text="quarantined, clean, unscanned or refused; see rules.py."
    )
    purpose = models.CharField(max_length=80, blank=True, help_text="The question that it answers.")
    case_id = models.UUIDField(null=True)
    draft_id = models.UUIDField(null=True)
    person = TenantForeignKey("people.Person", null=True)
    kept_at = models.DateTimeField()

    class Meta(TenantModel.Meta):
        indexes = [
            models.Index(fields=["tenant", "case_id"], condition=~Q(case_id=None), name="document_case"),
            models.Index(fields=["tenant", "draft_id"], condition=~Q(draft_id=None), name="document_draft"),
            models.Index(fields=["tenant", "person"], condition=~Q(person=None), name="document_person"),
        ]

    def __str__(self) -> str:
        return self.name
