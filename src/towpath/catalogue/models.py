"""Services and their versions, as published by a body."""

from typing import Any

from django.db import models

from towpath.foundation.ids import uuid7
from towpath.foundation.tenancy import TenantForeignKey, TenantModel


class Service(TenantModel):
    """A service that the body offers. What it is stands in its versions."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    code = models.SlugField(max_length=80)
    suspended_at = models.DateTimeField(null=True, help_text="Not offered to new applicants since then.")

    class Meta(TenantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "code"], name="service_code")]

    def __str__(self) -> str:
        return self.code


class ServiceVersion(TenantModel):
    """A published package. It never changes; running cases keep the version that they began with."""

    append_only = True

    id = models.UUIDField(primary_key=True, default=uuid7)
    service = TenantForeignKey(Service)
    number = models.PositiveIntegerField()
    effective_from = models.DateField()
    files: Any = models.JSONField(help_text="Path in the package -> text of the file.")
    digest = models.CharField(max_length=64, help_text="SHA-256 over the paths and texts, in order.")
    acknowledged: Any = models.JSONField(default=list, help_text="Warnings that the publisher took on.")
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=64)

    class Meta(TenantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "service", "number"], name="service_version_number")
        ]
        indexes = [models.Index(fields=["tenant", "service", "effective_from"])]

    def __str__(self) -> str:
        return f"{self.service_id} v{self.number}"
