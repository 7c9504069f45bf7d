"""Makes what tests need, through the product's own actions where they exist."""

import secrets
from typing import Any

from towpath.foundation.access import Actor
from towpath.foundation.models import Tenant


def make_tenant(**changes: Any) -> Tenant:
    code = f"t{secrets.token_hex(6)}"
    values = {"code": code, "name": f"Town {code}", "host": f"{code}.localhost", "languages": ["en", "fr", "ar"]}
    return Tenant.objects.create(**(values | {"zone": "Europe/Amsterdam"} | changes))


def staff(*permissions: str, team: str = "*", id: str = "staff-1") -> Actor:
    """A member of staff with just these permissions, without rows behind it."""
    return Actor("staff", id, "web", frozenset((p, team) for p in permissions), name="Test Staff")
