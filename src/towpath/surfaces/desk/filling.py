"""A form filled in for somebody: the same pages that they would see in the portal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.urls import reverse

from towpath.casework import actions, rules
from towpath.casework import queries as casework
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.documents import actions as documents
from towpath.documents import queries as kept
from towpath.foundation.access import Actor, Channel
from towpath.people import queries as people
from towpath.surfaces.desk import pages
from towpath.surfaces.look import Field, Row
from towpath.surfaces.questions import Filled, Raw, Wording, fields_of, said
from towpath.surfaces.staff_access import desk_actor

if TYPE_CHECKING:
    from towpath.casework.models import Draft
    from towpath.catalogue.package import Page


@dataclass(frozen=True)
class Filling:
    """A draft with what it holds. `context` is what the form's expressions see."""

    actor: Actor
    draft: Draft
    package: catalogue.Package
    language: str
    answers: Mapping[str, Any]
    context: Mapping[str, Any]

    @property
    def words(self) -> Wording:
        return Wording(self.package, self.language)

    @property
    def title(self) -> str:
        return self.package.text("service.title", self.language)

    @property
    def pages(self) -> list[Page]:
        return form.visible_pages(self.package.form, self.context)

    def page(self, page_id: str) -> Page:
        for page in self.pages:
            if page.id == page_id:
                return page
        raise Http404(page_id)

    def asked(self, page: Page) -> list[catalogue.Question]:
        return form.visible_questions(page, self.context)

    def address(self, page: Page | None) -> str:
        """Of a page; of the check of all answers where there is none."""
        if page is None:
            return reverse("desk:draft", args=[self.draft.pk])
        return reverse("desk:draft-page", args=[self.draft.pk, page.id])

    def after(self, page_id: str) -> str:
        """The next page that is shown; from the last one, or when only one was missing, the check."""
        following = [page for page in self.pages if self._place(page.id) > self._place(page_id)]
        return self.address(following[0] if following else None)

    def before(self, page_id: str) -> str:
        earlier = [page for page in self.pages if self._place(page.id) < self._place(page_id)]
        return self.address(earlier[-1]) if earlier else reverse("desk:new")

    def _place(self, page_id: str) -> int:
        return [page.id for page in self.package.form.pages].index(page_id)

    def page_title(self, page: Page) -> str:
        return self.package.text(f"pages.{page.id}.title", self.language)

    def page_intro(self, page: Page) -> str:
        return self.package.text(f"pages.{page.id}.intro", self.language, " ").strip()

    def fields(self, page: Page, typed: Raw | None, errors: Mapping[str, str]) -> list[Field]:
        known = self._known_of_person() if typed is None else {}
        shown: list[Field] = []
        for question in self.asked(page):
            value = self.answers.get(question.id)
            if value is None:
                value = known.get(question.fills)
            filled = Filled(question, value, typed, errors.get(question.id, ""))
            shown += fields_of(filled, self.words, small=True)
        return shown

    def _known_of_person(self) -> dict[str, Any]:
        """What we know of the person anyway is suggested; it counts once it is sent."""
        if self.draft.person_id is None:
            return {}
        card = people.person_card(self.draft.person_id)
        return {"name": card.name, "email": card.email, "phone": card.phone}

    def rows(self) -> list[Row]:
        """Check the answers: each question that is shown, with its way back."""
        return [
            Row(
                self.words.label(question),
                said(question, self.answers.get(question.id), self.words),
                change=self.address(page),
            )
            for page in self.pages
            for question in self.asked(page)
            if question.type != "evidence"
        ]

    def missing(self) -> list[tuple[str, str]]:
        """(address of the page, what is wrong) for each question that lacks a right answer."""
        wrong = form.missing(self.package.form, self.context)
        found = [(page, q) for page in self.pages for q in self.asked(page) if q.id in wrong]
        return [
            (self.address(page), f"{self.words.label(q)} {self.words.message(q, wrong[q.id])}")
            for page, q in found
        ]


def filling(request: HttpRequest, draft_id: UUID) -> Filling:
    """Http404 where the draft is gone; the actor stands in for the applicant, in the channel that was named."""
    staff = desk_actor(request)
    try:
        draft = casework.draft(staff, draft_id, lock=request.method == "POST")
    except ObjectDoesNotExist as gone:
        raise Http404(str(draft_id)) from gone
    person = draft.person_id
    way = cast(Channel, draft.channel)
    actor = staff.on_behalf_of(person, way) if person else staff.through(way)
    package = catalogue.package(draft.version_id)
    answers = casework.draft_answers(draft)
    context = form.with_all(package.form, casework.form_context(actor, answers))
    counted = form.shown_answers(package.form, context, dict(draft.prefilled))
    context = form.with_all(package.form, {**context, "answers": counted})
    return Filling(actor, draft, package, pages.language(), answers, context)


def read(request: HttpRequest, found: Filling, page: Page) -> tuple[form.Reading, Raw]:
    """What was sent for a page; files are kept at once, so that a mistake beside them does not lose them."""
    typed: dict[str, Sequence[str]] = {
        name: [str(value) for value in values] for name, values in request.POST.lists()
    }
    refused: dict[str, str] = {}
    for question in found.asked(page):
        if question.type == "file":
            typed[question.id], error = _files(request, found, question)
            refused |= {question.id: error} if error else {}
    reading = form.read(found.asked(page), typed, found.context)
    return form.Reading(reading.values, {**reading.errors, **refused}), typed


def _files(request: HttpRequest, found: Filling, question: catalogue.Question) -> tuple[list[str], str]:
    names = [one.name for one in kept.of_draft(found.draft.pk) if one.purpose == question.id]
    error = ""
    for file in request.FILES.getlist(question.id):
        upload = rules.Upload(file.name or "", file.content_type or "", file.read())
        try:
            names.append(actions.attach_to_draft(found.actor, found.draft.pk, question.id, upload).name)
        except documents.NotTaken as refused:
            error = error or refused.code
    return names, error
