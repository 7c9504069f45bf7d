"""Set up teams and staff; let a provider's staff work here for a time."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import validate_password

from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import Fact, record
from towpath.people.events import GRANT_ENDED, GRANTED, STAFF_SET_UP, TEAM_SET_UP
from towpath.people.models import Grant, Membership, Staff, Team, User
from towpath.people.rules import NotOurAccount, check_role


def set_up_team(code: str, name: str, actor: Actor = SYSTEM) -> Team:
    """The team of this code, made or renamed."""
    _may_manage(actor)
    team, made = Team.objects.get_or_create(code=code, defaults={"name": name})
    if made or team.name != name:
        team.name = name
        team.save(update_fields=["name"])
        record(TEAM_SET_UP, actor, Fact(unit=code), team=code)
    found: Team = team
    return found


def set_up_staff(
    email: str,
    name: str,
    password: str,
    roles: Iterable[tuple[str | None, str]] = (),
    totp_secret: str | None = None,
    actor: Actor = SYSTEM,
) -> Staff:
    """A member of staff of this body, with exactly these (team code or None for all teams, role) pairs.

    An account of this body that already exists keeps its name, password and second factor. NotOurAccount where
    another body made it: whoever knows its password would get our roles. A grant names who vouches, and ends.
    """
    _may_manage(actor)
    wanted = {(team, check_role(role)) for team, role in roles}
    teams = {code: Team.objects.get(code=code) for code, _ in wanted if code is not None}
    user = _own(email) or _account(email, name, password, totp_secret)
    staff, _ = Staff.objects.get_or_create(user=user)
    Membership.objects.filter(staff=staff).delete()
    Membership.objects.bulk_create(
        Membership(staff=staff, team=teams.get(code or ""), role=role)
        for code, role in sorted(wanted, key=str)
    )
    told = sorted(f"{role}:{code or '*'}" for code, role in wanted)
    record(STAFF_SET_UP, actor, Fact(), staff=str(staff.pk), roles=told)
    found: Staff = staff
    return found


def _own(email: str) -> User | None:
    user = User.objects.filter(email=email.lower()).first()
    if user is not None and user.home_id != tenancy.current_id():
        made_by = user.home.name if user.home else "another body"
        raise NotOurAccount(f"The account {email} was made by {made_by}. Let them work here by a grant.")
    return user


def _account(email: str, name: str, password: str, totp_secret: str | None) -> User:
    user = User(email=email.lower(), name=name, home=tenancy.current())
    validate_password(password, user)
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if totp_secret and not Authenticator.objects.filter(user=user).exists():
        TOTP.activate(user, totp_secret)
    return user


def give_grant(actor: Actor, *, email: str, role: str, until: datetime, team: str = "") -> Grant:
    """Lets an existing account work for this body in one role, for one team or (empty) all, until a moment."""
    _may_manage(actor)
    check_role(role)
    if until <= clock.now():
        raise ValueError("A grant must end in the future.")
    user = User.objects.get(email=email.lower())
    staff, _ = Staff.objects.get_or_create(user=user)
    if team:
        Team.objects.get(code=team)
    grant: Grant = Grant.objects.create(
        staff=staff, role=role, team_code=team, until=until, given_by=actor.id
    )
    facts = {"staff": str(staff.pk), "role": role, "team": team, "until": until}
    record(GRANTED, actor, Fact(), **facts)
    return grant


def end_grant(actor: Actor, grant_id: UUID) -> None:
    """Takes a grant back at once."""
    _may_manage(actor)
    grant = Grant.objects.select_for_update().get(pk=grant_id)
    if grant.until <= clock.now():
        return
    grant.until = clock.now()
    grant.save(update_fields=["until"])
    record(GRANT_ENDED, actor, Fact(), staff=str(grant.staff_id), grant=str(grant.pk))


def _may_manage(actor: Actor) -> None:
    if actor.kind != "system":
        actor.require("staff.manage")
