"""Makes what tests need, through the product's own actions where they exist."""

import hashlib
import secrets
from datetime import date
from pathlib import Path
from typing import Any

from towpath.foundation.access import Actor
from towpath.foundation.models import Tenant


def make_tenant(**changes: Any) -> Tenant:
    code = f"t{secrets.token_hex(6)}"
    values = {
        "code": code,
        "name": f"Town {code}",
        "host": f"{code}.localhost",
        "languages": ["en", "fr", "ar"],
    }
    return Tenant.objects.create(**(values | {"zone": "Europe/Amsterdam"} | changes))


def staff(*permissions: str, team: str = "*", name: str = "staff-1") -> Actor:
    """A member of staff with just these permissions, without rows behind it."""
    return Actor("staff", name, "web", frozenset((p, team) for p in permissions), name="Test Staff")


def publish(folder: Path, **changes: Any) -> Any:
    """The package of a folder, published for the current body since 2025."""
    from towpath.catalogue.load import files_of
    from towpath.catalogue.models import Service, ServiceVersion
    from towpath.foundation import clock
    from towpath.people import actions as people

    files = files_of(folder)
    for code in ("permits", "environment", "fire-safety", "building-control", "customer-service", "parking"):
        people.set_up_team(code, code.replace("-", " ").capitalize())
    service, _ = Service.objects.get_or_create(code=folder.name)
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    values = {"number": 1, "effective_from": date(2025, 1, 1), "files": files, "digest": digest}
    stamp = {"published_at": clock.now(), "published_by": "test"}
    return ServiceVersion.objects.create(service=service, **(values | stamp | changes))
