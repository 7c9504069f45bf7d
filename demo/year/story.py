"""What is going to happen to one request: who asks for what, and how those who handle it will see it."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from demo.residents import Resident
from demo.year.world import World
from towpath.casework.actions import Upload, Verdict
from towpath.casework.models import Case
from towpath.foundation.access import Actor, Channel
from towpath.people import queries as people


@dataclass
class Story:
    """`answers` are to all questions that may be asked; `plan` is what only this kind of request knows.

    `gives_up_at` is the number of pages after which the form is left; `replies` says whether questions get answers.
    """

    who: Resident
    service: str
    channel: Channel
    signed_in: bool
    answers: dict[str, Any]
    files: dict[str, Upload]
    plan: dict[str, Any]
    gives_up_at: int | None = None
    replies: bool = True
    withdraws: bool = False
    rates: bool = False
    case_id: UUID | None = None
    person_id: UUID | None = None
    asked: int = 0

    @property
    def by_staff(self) -> bool:
        return self.channel != "portal"

    @property
    def writes_mail(self) -> bool:
        return bool(self.answers.get("email"))

    def actor(self, world: World, advisor: str) -> Actor:
        """How the applicant acts once the request is sent: signed in, by the link, or through an advisor."""
        if self.signed_in and self.person_id:
            return people.resident_actor(self.person_id, "substantial")
        if self.by_staff and self.person_id and world.rng.random() < 0.6:
            return world.colleague(advisor).on_behalf_of(self.person_id, self.channel)
        return Actor("visitor", f"case:{self.case_id}", "portal")


@dataclass(frozen=True)
class Done:
    """A task is completed with these values; one that decides carries the verdict."""

    values: dict[str, Any] = field(default_factory=dict)
    verdict: Verdict | None = None


@dataclass(frozen=True)
class Ask:
    """First the resident is asked, in the caseworker's words."""

    text: str


@dataclass(frozen=True)
class Refer:
    """Another department should do it."""

    team: str
    reason: str


Move = Done | Ask | Refer


def case_of(story: Story) -> Case:
    found: Case = Case.objects.get(pk=story.case_id)
    return found
