"""Who somebody is here and what they may do; people as those see them who may."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from towpath.foundation import clock, crypto, rows, search, tenancy
from towpath.foundation.access import Actor, Assurance, Channel, NotAllowed, log_read
from towpath.foundation.models import Tenant
from towpath.people.models import ContactPoint, Membership, Person, Pseudonym, Staff, Team, User
from towpath.people.rules import RENEWALS, WrongContactPoint, normalised, permissions
from towpath.people.rules import ROLES as KNOWN_ROLES
from towpath.people.staff_signin import authenticator_address, current_code, fresh_passphrase, fresh_secret

REGISTER_NUMBER: Final = ("people_person", "register_number")  # where it lies, for its encryption
FOUND = 50
ROLES = """
select role, code from people_membership left join people_team on people_team.id = team_id
where people_membership.tenant_id = %s and staff_id = %s
union
select role, team_code from people_grant where tenant_id = %s and staff_id = %s and until > %s
"""
STAFF_NAME = """
select name from people_staff join people_user on people_user.id = user_id
where tenant_id = %s and people_staff.id = %s
"""

__all__ = [
    "RENEWALS",
    "PersonCard",
    "account",
    "authenticator_address",
    "bodies_of",
    "current_code",
    "find_people",
    "fresh_passphrase",
    "fresh_secret",
    "memberships",
    "person",
    "person_by_email",
    "person_card",
    "posts_of",
    "pseudonym",
    "register_number",
    "renewable",
    "resident_actor",
    "role_names",
    "staff_actor",
    "staff_actor_of",
    "staff_name",
    "team_name",
    "teams",
]


@dataclass(frozen=True)
class PersonCard:
    """What one needs to write to a person. `channel` is how they wish to be written to: email or letter."""

    name: str
    email: str
    phone: str
    postal: str
    language: str
    channel: str


def staff_actor(user: User, channel: Channel = "desk") -> Actor | None:
    """What an account may do in the current body, by memberships and grants in force; None: nobody here."""
    if not user.is_active:
        return None
    staff = rows.first(Staff, "user_id = %s and active", user.pk)
    held = permissions(_roles(staff)) if staff else frozenset()
    if staff is None or not held:
        return None
    return Actor("staff", str(staff.pk), channel, held, name=user.name)


def staff_actor_of(staff_id: UUID) -> Actor | None:
    """The same for a member of staff, for work that was begun by them and is gone on with."""
    staff = Staff.objects.filter(pk=staff_id).select_related("user").first()
    return staff_actor(staff.user) if staff else None


def _roles(staff: Staff) -> list[tuple[str, str]]:
    tenant = tenancy.current_id()
    with connection.cursor() as cursor:
        cursor.execute(ROLES, [tenant, staff.pk, tenant, staff.pk, clock.now()])
        return list(cursor.fetchall())


def bodies_of(user: User) -> list[Tenant]:
    """The bodies for which an account works: each is entered once, since grants are visible only inside."""
    found = []
    for tenant in Tenant.objects.filter(is_rehearsal=False).order_by("name"):
        with tenancy.inside(tenant):
            if staff_actor(user):
                found.append(tenant)
    return found


def role_names() -> list[str]:
    return sorted(KNOWN_ROLES)


def account(email: str) -> User | None:
    """The account of this address, whichever body made it."""
    return User.objects.filter(email=email.lower()).select_related("home").first()


def memberships(email: str) -> set[tuple[str | None, str]]:
    """The (team code or None for all teams, role) pairs that a colleague has in the current body."""
    held = Membership.objects.filter(staff__user__email=email.lower())
    return set(held.values_list("team__code", "role"))


def renewable(actor: Actor) -> dict[UUID, User]:
    """Staff id -> account of those colleagues whom the actor may give new access (`actions.renew_access`).

    Accounts are renewed by their home body's own administrators, for others: a grant ends, but an account that
    was taken over would not; and who has stolen a session must not make it last.
    """
    if actor.kind != "system" and not actor.may("staff.manage"):
        return {}
    ours = Staff.objects.filter(active=True, user__is_active=True, user__home=tenancy.current_id())
    found = {staff.pk: staff.user for staff in ours.select_related("user")}
    if actor.kind == "system":
        return found
    others = {key: user for key, user in found.items() if str(key) != actor.id}
    return others if len(others) < len(found) else {}


def resident_actor(person_id: UUID, assurance: Assurance, channel: Channel = "portal") -> Actor:
    """A resident who acts for themselves. `Person.DoesNotExist` where there is none, or no longer."""
    found = Person.objects.get(pk=person_id, erased_at=None)
    known_as = str(pseudonym(person_id))
    return Actor("resident", known_as, channel, person=person_id, assurance=assurance, name=str(found))


def teams() -> list[Team]:
    return rows.rows(Team, "true order by name")


def team_name(code: str) -> str:
    """The code itself where no team has it (any more)."""
    return Team.objects.filter(code=code).values_list("name", flat=True).first() or code


def staff_name(staff_id: UUID | str) -> str:
    """Empty where no member of staff of this body has the id."""
    key = _uuid(staff_id)
    if key is None:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(STAFF_NAME, [tenancy.current_id(), key])
        found = cursor.fetchone()
    return str(found[0]) if found else ""


def _uuid(text: UUID | str) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def posts_of(staff_ids: Collection[str]) -> dict[str, str]:
    """Staff id -> the teams that they work for, without their name: for those who may know what, but not who."""
    found: dict[str, list[str]] = {}
    keys = [key for one in staff_ids if (key := _uuid(one))]
    members = Membership.objects.filter(staff_id__in=keys, team__isnull=False).order_by("team__name")
    for staff_id, team in members.values_list("staff_id", "team__name").distinct():
        found.setdefault(str(staff_id), []).append(team)
    return {staff_id: ", ".join(names) for staff_id, names in found.items()}


def person(actor: Actor, person_id: UUID, purpose: str) -> Person:
    """A person whom the actor may see; the reading is logged unless it is the person themselves."""
    own = actor.kind == "resident" and actor.person == person_id
    if not (own or actor.kind == "system" or actor.may_somewhere("case.read")):
        raise NotAllowed(f"{actor.kind} {actor.id} may not see people")
    found: Person = Person.objects.get(pk=person_id)
    if actor.kind == "staff":
        log_read(actor, "person", person_id, purpose, _pseudonym_or_none(person_id))
    return found


def person_card(person_id: UUID) -> PersonCard:
    """For rooms that write to a person; what people see goes through `person`."""
    found = rows.one(Person, "id = %s", person_id)
    # The last that was chosen of each kind.
    given = rows.rows(ContactPoint, "person_id = %s order by chosen_at, id", person_id)
    points = {point.kind: point.value for point in given}
    return PersonCard(
        name=str(found),
        email=points.get("email", ""),
        phone=points.get("phone", ""),
        postal=points.get("postal", ""),
        language=found.language,
        channel=found.channel,
    )


def pseudonym(person_id: UUID) -> UUID:
    """The name in the journal. `Pseudonym.DoesNotExist` for a person who was erased."""
    return rows.one(Pseudonym, "person_id = %s", person_id).value


def _pseudonym_or_none(person_id: UUID) -> UUID | None:
    found = rows.first(Pseudonym, "person_id = %s", person_id)
    return found.value if found else None


def register_number(person_id: UUID) -> str:
    """The number under which the population register knows a person; empty unless a sign-in told it."""
    sealed = Person.objects.values_list("register_number", flat=True).get(pk=person_id)
    return crypto.decrypt(sealed, *REGISTER_NUMBER, person_id) if sealed else ""


def person_by_email(address: str) -> Person | None:
    """The one person who verified this address; None also where several share it."""
    try:
        value = normalised("email", address)
    except WrongContactPoint:
        return None
    points = ContactPoint.objects.filter(kind="email", normalised=value, verified_at__isnull=False)
    people = Person.objects.filter(pk__in=points.values("person_id"), erased_at=None)[:2]
    return people[0] if len(people) == 1 else None


def find_people(actor: Actor, text: str) -> list[Person]:
    """By e-mail address, telephone number, or words of name and address; newest first. The search is logged."""
    if not actor.may_somewhere("case.read"):
        raise NotAllowed(f"{actor.kind} {actor.id} may not search people")
    if not text.strip():
        return []
    log_read(actor, "search", text.strip(), "find-people")
    found = _by_point(text) or search.find("person", text, FOUND)
    people = {p.pk: p for p in Person.objects.filter(pk__in=found, erased_at=None)}
    return [people[key] for key in found if key in people]


def _by_point(text: str) -> list[UUID]:
    kind = "email" if "@" in text else "phone"
    try:
        value = normalised(kind, text)
    except WrongContactPoint:
        return []
    points = ContactPoint.objects.filter(kind=kind, normalised=value).order_by("-chosen_at")
    return list(dict.fromkeys(points.values_list("person_id", flat=True)[:FOUND]))
