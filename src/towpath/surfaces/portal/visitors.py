"""What a browser may go on with, as its session says: drafts that it began or resumed, requests that it tracks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from towpath.casework import queries as casework
from towpath.foundation.access import Actor
from towpath.surfaces import limits
from towpath.surfaces.resident_access import resident

DRAFTS: Final = "portal-drafts"
REQUESTS: Final = "portal-requests"
TYPED: Final = "portal-typed"
ASKED: Final = "portal-registers-asked"
KEPT: Final = 20  # of each
TYPED_LIMIT: Final = 20_000  # characters, those of the names of fields included
TYPED_AN_HOUR: Final = 60  # times from one address


def remember_draft(request: HttpRequest, draft_id: UUID) -> None:
    _remember(request, DRAFTS, draft_id)


def remember_request(request: HttpRequest, case_id: UUID) -> None:
    _remember(request, REQUESTS, case_id)


def _remember(request: HttpRequest, place: str, id_: UUID) -> None:
    kept = [one for one in request.session.get(place, []) if one != str(id_)]
    request.session[place] = [*kept, str(id_)][-KEPT:]


def forget_draft(request: HttpRequest, draft_id: UUID) -> None:
    """It belongs to somebody who signed in: from now on only their sign-in opens it."""
    request.session[DRAFTS] = [one for one in request.session.get(DRAFTS, []) if one != str(draft_id)]


def knows_draft(request: HttpRequest, draft_id: UUID) -> bool:
    return str(draft_id) in request.session.get(DRAFTS, [])


def knows_request(request: HttpRequest, case_id: UUID) -> bool:
    return str(case_id) in request.session.get(REQUESTS, [])


def drafts_at_hand(request: HttpRequest) -> list[UUID]:
    """Newest first."""
    return [UUID(one) for one in reversed(request.session.get(DRAFTS, []))]


def visitor_of_draft(draft_id: UUID) -> Actor:
    return Actor("visitor", f"draft:{draft_id}", "portal")


def visitor_of_request(case_id: UUID) -> Actor:
    return Actor("visitor", f"case:{case_id}", "portal")


def draft_actor(request: HttpRequest, draft_id: UUID) -> Actor:
    """Who goes on with a draft: the signed-in resident, or the visitor whose session knows it."""
    me = resident(request)
    return visitor_of_draft(draft_id) if me.kind != "resident" and knows_draft(request, draft_id) else me


def request_actor(request: HttpRequest, case_id: UUID) -> Actor:
    """Who looks at a request: its signed-in applicant, or the visitor who came by its link or code."""
    me = resident(request)
    if not knows_request(request, case_id):
        return me
    if me.kind == "resident" and casework.may_see(me, case_id):
        return me
    return visitor_of_request(case_id)


def keep_typed(request: HttpRequest, place: str, typed: Mapping[str, Sequence[str]]) -> bool:
    """Keeps what was typed while the person was no longer known; only the last page's.

    False where it is too long, or too often: anybody may send it, and each session is a row.
    """
    fields = {name: list(values) for name, values in typed.items() if name != "csrfmiddlewaretoken"}
    if sum(len(text) for name, texts in fields.items() for text in [name, *texts]) > TYPED_LIMIT:
        return False
    if not limits.within(request, "typed", TYPED_AN_HOUR):
        return False
    request.session[TYPED] = {place: fields}
    return True


def take_typed(request: HttpRequest, place: str) -> Mapping[str, Sequence[str]] | None:
    """Gives it back, once."""
    kept: dict[str, Any] = request.session.get(TYPED, {})
    if place not in kept:
        return None
    del request.session[TYPED]
    found: Mapping[str, Sequence[str]] = kept[place]
    return found


def was_asked(request: HttpRequest, draft_id: UUID, operation: str) -> bool:
    return operation in request.session.get(ASKED, {}).get(str(draft_id), [])


def note_asked(request: HttpRequest, draft_id: UUID, operation: str) -> None:
    """The register has answered, if only that it knows nothing: it need not be asked again."""
    kept: dict[str, list[str]] = request.session.get(ASKED, {})
    request.session[ASKED] = {**kept, str(draft_id): [*kept.get(str(draft_id), []), operation]}


def address(request: HttpRequest) -> str:
    """From where a request comes: the browser's address, told by the proxy where one is trusted."""
    return str(get_adapter().get_client_ip(request))
