"""Requests in a list: of a search, of a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from towpath.catalogue import queries as catalogue
from towpath.surfaces.desk import words
from towpath.surfaces.look import TagKind


@dataclass(frozen=True)
class Listed:
    href: str
    reference: str
    applicant: str
    service: str
    state: str
    tag: TagKind
    since: str


def listed(cases: Iterable[Any], language: str) -> list[Listed]:
    return [_line(case, language) for case in cases]


def _line(case: Any, language: str) -> Listed:
    package = catalogue.package(case.version_id)
    state, tag = words.STATES.get(case.state, (case.state, ""))
    outcome = package.text(f"outcomes.{case.outcome}.label", language) if case.outcome else ""
    return Listed(
        href=reverse("desk:case", args=[case.pk]),
        reference=case.reference,
        applicant=case.applicant_name,
        service=package.text("service.title", language),
        state=outcome or str(state),
        tag=tag,
        since=words.written_day(case.submitted_at),
    )
