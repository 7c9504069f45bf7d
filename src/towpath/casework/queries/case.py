"""One case, as staff see it, and drafts, as their owners do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from towpath.casework import answers, variables
from towpath.casework.models import Case, CaseConversation, Decision, Draft, KeptDate, Question, Rating, Task
from towpath.casework.queries.visible import seen
from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, rows
from towpath.foundation.access import Actor, log_read
from towpath.foundation.typed import unpack
from towpath.people import queries as people


@dataclass(frozen=True)
class CasePage:
    """Everything on the case page but its timeline and documents."""

    case: Case
    tasks: list[Task]
    questions: list[Question]
    decisions: list[Decision]
    dates: list[KeptDate]
    rating: Rating | None
    variables: dict[str, Any]


def case(actor: Actor, case_id: UUID, purpose: str = "casework") -> CasePage:
    """`Case.DoesNotExist` where the actor may not see it. The reading is logged."""
    found = seen(actor, case_id)
    if actor.kind == "staff":
        person = people.pseudonym(found.person_id) if found.person_id else None
        log_read(actor, "case", found.pk, purpose, person)
    return CasePage(
        found,
        rows.rows(Task, "case_id = %s order by made_at, id", found.pk),
        rows.rows(Question, "case_id = %s order by asked_at", found.pk),
        rows.rows(Decision, "case_id = %s order by decided_at", found.pk),
        rows.rows(KeptDate, 'case_id = %s order by "on"', found.pk),
        rows.first(Rating, "case_id = %s order by id", found.pk),
        {key: unpack(value) for key, value in found.data.items() if not key.startswith("$")},
    )


def answers_of(found: Case) -> dict[str, Any]:
    """All answers of a case that the caller was given by `case`."""
    return answers.read(found)


def links_of(case_id: UUID) -> list[UUID]:
    """The conversations in which a case is spoken of."""
    return list(
        CaseConversation.objects.filter(case_id=case_id)
        .order_by("-own", "pk")
        .values_list("conversation_id", flat=True)
    )


def draft(actor: Actor, draft_id: UUID, *, lock: bool = False) -> Draft:
    """A draft that the actor may go on with; `NotAllowed` otherwise, `Draft.DoesNotExist` when it is gone.

    `lock` for whoever reads it in order to change it: nobody else changes it meanwhile.
    """
    from towpath.casework.actions.drafts import accessible

    return accessible(actor, draft_id, lock=lock)


def draft_answers(found: Draft) -> dict[str, Any]:
    return answers.read(found)


def form_context(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a form sees while it is filled in."""
    return variables.of_form(actor, given)


def task_context(found: Case) -> dict[str, Any]:
    """What the form of a task sees: answers, applicant, case and the variables."""
    return variables.context(found, catalogue.package(found.version_id))


def drafts_of(actor: Actor) -> list[Draft]:
    """What a signed-in resident began and has not sent, newest first."""
    if actor.person is None:
        return []
    mine = Draft.objects.filter(person_id=actor.person, expires_at__gt=clock.now())
    return list(mine.order_by("-saved_at")[:20])
