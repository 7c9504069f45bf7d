"""Who sees which case. Every read of a case begins here."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from towpath.casework.models import Case, Task
from towpath.foundation import rows
from towpath.foundation.access import Actor, NotAllowed


def visible_to(actor: Actor) -> QuerySet[Case]:
    """Residents see their own; staff those of services and tasks of their teams; a link shows its one case."""
    cases: QuerySet[Case] = Case.objects.all()
    if actor.kind == "system":
        return cases
    if actor.kind == "staff":
        teams = actor.teams("case.read")
        if "*" in teams:
            return cases
        theirs = Task.objects.filter(case_id=OuterRef("pk"), team__in=teams)
        return cases.filter(Q(team__in=teams) | Exists(theirs)) if teams else cases.none()
    if actor.person is not None:
        return cases.filter(person_id=actor.person)
    linked = linked_case(actor)
    return cases.filter(pk=linked) if linked else cases.none()


def seen(actor: Actor, case_id: UUID) -> Case:
    """One case that the actor may see, by the rule of `visible_to`; `Case.DoesNotExist` where they may not."""
    case = rows.one(Case, "id = %s", case_id)
    if not _sees(actor, case):
        raise Case.DoesNotExist(f"{actor.kind} {actor.id} may not see case {case_id}")
    return case


def _sees(actor: Actor, case: Case) -> bool:
    if actor.kind == "system":
        return True
    if actor.kind == "staff":
        teams = actor.teams("case.read")
        return bool(
            teams & {"*", case.team} or (teams and Task.objects.filter(case=case, team__in=teams).exists())
        )
    if actor.person is not None:
        return bool(case.person_id == actor.person)
    return linked_case(actor) == case.pk


def linked_case(actor: Actor) -> UUID | None:
    """The case that a visitor reached by its link, or by reference and code: their id says so."""
    kind, _, id_ = actor.id.partition(":")
    return UUID(id_) if actor.kind == "visitor" and kind == "case" else None


def may_see(actor: Actor, case_id: UUID) -> bool:
    try:
        return bool(seen(actor, case_id))
    except Case.DoesNotExist:
        return False


def own_case(actor: Actor, case_id: Any, permission: str, *, lock: bool = False) -> Case:
    """A case on which the resident, or staff for them, may act."""
    # The lock is taken on the row alone: joined rows of other tables stay free.
    if not may_see(actor, case_id):
        raise NotAllowed(f"{actor.kind} {actor.id} may not see case {case_id}")
    if actor.kind == "staff" and not _may_for(actor, permission, case_id):
        raise NotAllowed(f"{actor.kind} {actor.id} may not {permission} in case {case_id}")
    cases: Any = Case.objects.select_for_update(no_key=True) if lock else Case.objects
    found: Case = cases.get(pk=case_id)
    return found


def _may_for(actor: Actor, permission: str, case_id: Any) -> bool:
    """Whether staff hold the permission for the team that owns the case, or for one that works on it."""
    teams = actor.teams(permission)
    if "*" in teams:
        return True
    owned = Case.objects.filter(pk=case_id, team__in=teams).exists()
    return owned or Task.objects.filter(case_id=case_id, team__in=teams).exists()
