"""Makes what tests need, through the product's own actions where they exist."""

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
    """The package of a folder, published for the current body since 2025. `changes` are for `publish` itself."""
    from towpath.catalogue import actions as catalogue
    from towpath.catalogue.load import files_of
    from towpath.foundation.access import SYSTEM
    from towpath.people import actions as people

    for code in ("permits", "environment", "fire-safety", "building-control", "customer-service", "parking"):
        people.set_up_team(code, code.replace("-", " ").capitalize())
    return catalogue.publish(SYSTEM, files_of(folder), **({"effective_from": date(2025, 1, 1)} | changes))
