"""What registers know about who is signed in: asked for at once, put in, and shown before it is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from towpath.casework import actions as casework_actions
from towpath.catalogue.package import Page, Source
from towpath.catalogue.queries import Question
from towpath.exchange import actions as exchange
from towpath.exchange import queries as agreements
from towpath.foundation.access import Actor, Assurance
from towpath.surfaces.portal import pages, visitors, wording
from towpath.surfaces.portal.filling import Filling


@dataclass(frozen=True)
class Told:
    """How a page stands with registers. `offer` is the level of sign-in that would let us ask."""

    filling: Filling
    unavailable: bool = False
    offer: Assurance | None = None
    register: str = ""
    legal_basis: str = ""


def ask_for(request: HttpRequest, filling: Filling, page: Page) -> Told:
    """Asks the registers for what the page's questions lack and the applicant's sign-in lets us know."""
    open_ones = [q for q in page.questions if q.source and filling.answers.get(q.id) is None]
    mine = [s for q in open_ones if (s := q.source) and _may_ask(filling.actor, s)]
    unavailable = False
    for source in {s.operation: s for s in mine}.values():
        if visitors.was_asked(request, filling.id, source.operation):
            continue
        found = _ask(request, filling, source)
        unavailable = unavailable or found is None
        filling = found or filling
    return Told(filling, unavailable, _offer(filling.actor, page.questions), *_source(page, filling))


def _may_ask(actor: Actor, source: Source) -> bool:
    return actor.kind == "resident" and actor.assured(pages.level(source.assurance))


def _offer(actor: Actor, questions: Sequence[Question]) -> Assurance | None:
    return next(
        (pages.level(q.source.assurance) for q in questions if q.source and not _may_ask(actor, q.source)),
        None,
    )


def _source(page: Page, filling: Filling) -> tuple[str, str]:
    """The register that the page's answers came from, and the agreement's legal basis; empty where there is none."""
    source = next((q.source for q in page.questions if q.source and q.id in filling.draft.prefilled), None)
    if source is None:
        return "", ""
    made = [one for one in agreements.agreements() if one.operation == source.operation]
    return wording.register(source.register), made[0].legal_basis if made else ""


def _ask(request: HttpRequest, filling: Filling, source: Source) -> Filling | None:
    """None where no answer is to be had now."""
    answer = exchange.ask_now(filling.actor, source.operation)
    if answer is None:
        return None
    visitors.note_asked(request, filling.id, source.operation)
    values = _values(filling, source.operation, answer.values or {})
    if not values:
        return filling
    draft = casework_actions.prefill(filling.actor, filling.id, values, source.register)
    return Filling.of(filling.actor, draft, pages.language())


def _values(filling: Filling, operation: str, told: dict[str, Any]) -> dict[str, Any]:
    """Question -> value, for all questions of the form that the same answer serves and that are still open."""
    sourced = [(q, q.source) for page in filling.package.form.pages for q in page.questions if q.source]
    found = {q.id: _at(told, s.field) for q, s in sourced if s and s.operation == operation}
    return {
        id_: value for id_, value in found.items() if value is not None and filling.answers.get(id_) is None
    }


def _at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def notice(told: Told) -> str:
    """What is said of the source on the page."""
    if not told.register:
        return ""
    text = _("This comes from %(register)s. We asked only for what this form needs.") % {
        "register": told.register
    }
    basis = _("Legal basis: %(basis)s.") % {"basis": told.legal_basis} if told.legal_basis else ""
    return f"{text} {basis}".strip()
