"""What is to be done so that a body is as its file says. Nothing is changed here; a step changes when it is asked to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from towpath.exchange import actions as exchange
from towpath.exchange import queries as agreed
from towpath.exchange.connectors import operations
from towpath.foundation import bodies, clock
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant
from towpath.people import actions as people
from towpath.people import queries as known
from towpath.project.body.file import roles

COLUMNS = ("name", "host", "zone", "languages")
Wanted = Mapping[str, Any]
Role = tuple[str | None, str]


@dataclass(frozen=True)
class Welcome:
    """A new colleague's first passphrase and second factor, in clear: to be shown once, and kept nowhere."""

    name: str
    email: str
    passphrase: str = field(repr=False)
    secret: str = field(repr=False)

    @property
    def address(self) -> str:
        return known.authenticator_address(self.email, self.secret)


@dataclass(frozen=True)
class Step:
    """One change, told in a line. `do` runs inside the body; a new colleague's welcome comes back."""

    told: str
    do: Callable[[], Welcome | None]


@dataclass(frozen=True)
class Present:
    """What the body has already; an empty one is a body that is yet to be made."""

    teams: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, set[Role]] = field(default_factory=dict)
    agreements: tuple[Any, ...] = ()


def present(wanted: Wanted) -> Present:
    """Of the current body."""
    emails = [one["email"].lower() for one in wanted.get("staff", ())]
    return Present(
        teams={team.code: team.name for team in known.teams()},
        roles={email: known.memberships(email) for email in emails if known.account(email)},
        agreements=tuple(agreed.agreements()),
    )


def steps(wanted: Wanted, tenant: Tenant | None, there: Present) -> Iterator[Step]:
    """In an order in which each may build on those before. Twice the same file gives none the second time."""
    if tenant is not None:
        yield from _body(wanted, tenant)
    for code, name in wanted.get("teams", {}).items():
        yield from _team(code, name, there.teams.get(code))
    for one in wanted.get("staff", ()):
        yield from _colleague(one, there.roles.get(one["email"].lower()))
    for one in wanted.get("agreements", ()):
        yield from _agreement(one, wanted, there.agreements)


def _body(wanted: Wanted, tenant: Tenant) -> Iterator[Step]:
    given = {name: wanted[name] for name in COLUMNS}
    settings = tenant.settings | wanted.get("settings", {})
    changed = [name for name, value in given.items() if getattr(tenant, name) != value]
    changed += [name for name, value in settings.items() if tenant.settings.get(name) != value]
    if changed:
        told = f"body {tenant.code}: change {', '.join(changed)}"
        yield Step(told, lambda: bodies.change(tenant, **given, settings=settings))


def _team(code: str, name: str, now: str | None) -> Iterator[Step]:
    def do() -> None:
        people.set_up_team(code, name)

    if now is None:
        yield Step(f"team {code}: set up", do)
    elif now != name:
        yield Step(f"team {code}: rename '{now}' to '{name}'", do)


def _colleague(one: Wanted, held: set[Role] | None) -> Iterator[Step]:
    """`held` is None where there is no account yet."""
    email, name, wanted = one["email"].lower(), one["name"], roles(one)
    passphrase, secret = known.fresh_passphrase(), known.fresh_secret()

    def do() -> Welcome | None:
        people.set_up_staff(email, name, passphrase, wanted, secret)
        return Welcome(name, email, passphrase, secret) if held is None else None

    if held is None:
        yield Step(f"staff {email}: make an account, {_listed(wanted)}", do)
    elif held != wanted:
        more = [f"give {_listed(wanted - held)}"] if wanted - held else []
        less = [f"take {_listed(held - wanted)}"] if held - wanted else []
        yield Step(f"staff {email}: {'; '.join(more + less)}", do)


def _listed(pairs: set[Role]) -> str:
    return ", ".join(f"{role} in {team or 'all teams'}" for team, role in sorted(pairs, key=str))


def _agreement(one: Wanted, wanted: Wanted, made: tuple[Any, ...]) -> Iterator[Step]:
    """One that would win over the new one, and is not in the file, is revoked: the latest to begin is in force."""
    terms = _terms(one, wanted["zone"])
    if terms["valid_until"] <= clock.now() or terms in map(_terms_of, made):
        return
    listed = [_terms(other, wanted["zone"]) for other in wanted["agreements"]]
    instead = [
        each
        for each in made
        if (each.operation, each.purpose) == (terms["operation"], terms["purpose"])
        and each.valid_from >= terms["valid_from"]
        and _terms_of(each) not in listed
    ]

    def do() -> None:
        for each in instead:
            exchange.revoke(SYSTEM, each.pk)
        exchange.agree(SYSTEM, **terms)

    replaced = f", in place of {len(instead)} made before" if instead else ""
    told = (
        f"agreement {one['operation']}: sign, from {one['valid-from']} until {one['valid-until']}{replaced}"
    )
    yield Step(told, do)


def _terms(one: Wanted, zone: str) -> dict[str, Any]:
    declared = operations()[one["operation"]]
    return {
        "operation": declared.name,
        "purpose": one.get("purpose", declared.purpose),
        "legal_basis": one.get("legal-basis", declared.legal_basis),
        "fields": sorted(one.get("fields", declared.fields)),
        "peer_key": one["register-key"],
        "valid_from": _midnight(one["valid-from"], zone),
        "valid_until": _midnight(one["valid-until"], zone, days=1),
    }


def _terms_of(agreement: Any) -> dict[str, Any]:
    names = ("operation", "purpose", "legal_basis", "fields", "peer_key", "valid_from", "valid_until")
    return {name: getattr(agreement, name) for name in names}


def _midnight(day: str, zone: str, days: int = 0) -> datetime:
    """With which the day begins there; a last day lasts until the next one begins."""
    begins = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), ZoneInfo(zone))
    return begins.astimezone(UTC)
