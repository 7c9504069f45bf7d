"""An application being filled in: which pages it has for these answers, and which of them comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from towpath.casework import queries as casework
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.surfaces.portal.wording import Words

if TYPE_CHECKING:
    from towpath.casework.models import Draft
    from towpath.catalogue.package import Page


@dataclass(frozen=True)
class Filling:
    """A draft in the hands of who fills it in. `answers` are all that it keeps; `context` has those that count."""

    actor: Actor
    draft: Draft
    words: Words
    answers: Mapping[str, Any]
    context: Mapping[str, Any]

    @classmethod
    def of(cls, actor: Actor, draft: Draft, language: str) -> Filling:
        package = catalogue.package(draft.version_id)
        answers = casework.draft_answers(draft)
        context = form.with_all(package.form, casework.form_context(actor, answers))
        kept = form.shown_answers(package.form, context, draft.prefilled)
        counted = form.with_all(package.form, {**context, "answers": kept})
        return cls(actor, draft, Words(package, language), answers, counted)

    @property
    def id(self) -> UUID:
        found: UUID = self.draft.pk
        return found

    @property
    def package(self) -> catalogue.Package:
        return self.words.package

    @property
    def title(self) -> str:
        return self.words.text("service.title")

    @cached_property
    def pages(self) -> list[Page]:
        return form.visible_pages(self.package.form, self.context)

    def page(self, page_id: str) -> Page | None:
        return next((page for page in self.pages if page.id == page_id), None)

    def shown(self, page: Page) -> list[catalogue.Question]:
        return form.visible_questions(page, self.context)

    def address(self, page: Page | None, *, checking: bool = False) -> str:
        """Of a page of the form; of the check of all answers where there is no page."""
        if page is None:
            return reverse("portal:check-answers", args=[self.id])
        found = reverse("portal:page", args=[self.id, page.id])
        return f"{found}?check=1" if checking else found

    @cached_property
    def first_open(self) -> Page | None:
        return form.first_open_page(self.package.form, self.context)

    def go_on(self, *, checking: bool = False) -> str:
        """Where to go on: the first page that needs an answer, else the check of all answers."""
        return self.address(self.first_open, checking=checking)

    def after(self, page_id: str, *, checking: bool) -> str:
        """The next page of the form. Who changes an answer goes back to the check, unless more is asked now."""
        if checking:
            return self.go_on(checking=True)
        later = self._later(page_id)
        return self.address(later) if later else self.go_on()

    def before(self, page_id: str, *, checking: bool) -> str:
        if checking and self.first_open is None:
            return self.address(None)
        earlier = [page for page in self.pages if self._place(page.id) < self._place(page_id)]
        return (
            self.address(earlier[-1])
            if earlier
            else reverse("portal:service", args=[self.draft.service_code])
        )

    def _later(self, page_id: str) -> Page | None:
        return next((page for page in self.pages if self._place(page.id) > self._place(page_id)), None)

    def _place(self, page_id: str) -> int:
        return [page.id for page in self.package.form.pages].index(page_id)

    @cached_property
    def in_force(self) -> catalogue.ServiceVersion:
        return catalogue.version_in_force(self.draft.service_code, clock.today(tenancy.current().zone))
