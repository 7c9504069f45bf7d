"""A town to measure: its services, teams, staff and agreement, made through the product's own actions."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from towpath.catalogue.load import files_of
from towpath.foundation import bodies, clock, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant
from towpath.project.folders import CHECKOUT

SERVICES = ("resident-parking-permit", "environmental-permit")
TEAMS = ("permits", "environment", "fire-safety", "building-control", "customer-service", "parking")
OPERATION = "population-register.resident-by-number"


def set_up(var: Path, name: str = "Millbrook", code: str = "millbrook") -> Tenant:
    tenant = bodies.make(
        code=code,
        name=name,
        host=f"{code}.localhost",
        zone="Europe/Amsterdam",
        languages=["en", "fr", "ar"],
        settings={"registers": {"population-register": {"token-file": str(var / "register" / "token")}}},
    )
    with tenancy.inside(tenant):
        _teams()
        for service in SERVICES:
            publish(service)
        _agree(var)
    return tenant


def _teams() -> None:
    from towpath.people import actions as people

    for code in TEAMS:
        people.set_up_team(code, code.replace("-", " ").capitalize())


def publish(service: str) -> Any:
    from towpath.catalogue import actions, check

    files = files_of(CHECKOUT / "services" / service)
    doubts = [one.id for one in check.check(files)]
    return actions.publish(SYSTEM, files, date(2025, 1, 1), acknowledged=doubts)


def _agree(var: Path) -> None:
    from towpath.exchange import actions as exchange

    now = clock.now()
    exchange.agree(
        SYSTEM,
        OPERATION,
        peer_key=(var / "register" / "public.key").read_text(),
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=365),
    )


def member(email: str, name: str, *roles: tuple[str | None, str]) -> Any:
    """A member of staff of the current body; (team or None for all, role)."""
    from towpath.people import actions as people

    return people.set_up_staff(email, name, "heron-under-the-old-bridge", roles)


def signed_in(staff: Any) -> str:
    """The key of a session of somebody who is signed in with both factors, as their browser would hold it."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from towpath.surfaces.staff_access import ACTIVATED

    user = staff.user
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[ACTIVATED] = str(user.pk)
    session.create()
    return str(session.session_key)
