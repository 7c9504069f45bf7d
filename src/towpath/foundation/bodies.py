"""Making a body, and changing what it says of itself. Whoever may run commands on the installation does it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact, event_type, record
from towpath.foundation.models import Tenant

BODY_SET_UP = event_type("body.set-up", "A body was made, or what it says of itself changed.", "changed")


def make(
    code: str,
    name: str,
    host: str,
    *,
    zone: str,
    languages: Sequence[str],
    settings: Mapping[str, Any] | None = None,
    is_demo: bool = False,
    is_rehearsal: bool = False,
) -> Tenant:
    """A body with nothing in it yet. Its journal begins with this."""
    with transaction.atomic():
        tenant: Tenant = Tenant.objects.create(
            code=code,
            name=name,
            host=host,
            zone=zone,
            languages=list(languages),
            settings=dict(settings or {}),
            is_demo=is_demo,
            is_rehearsal=is_rehearsal,
        )
        with tenancy.inside(tenant):
            record(BODY_SET_UP, SYSTEM, Fact(), changed=["made"])
    return tenant


def change(tenant: Tenant, **values: Any) -> None:
    """Gives the current body new values for some of its columns; the journal names those that differ."""
    changed = sorted(name for name, value in values.items() if getattr(tenant, name) != value)
    if not changed:
        return
    for name in changed:
        setattr(tenant, name, values[name])
    tenant.save(update_fields=changed)
    record(BODY_SET_UP, SYSTEM, Fact(), changed=changed)
