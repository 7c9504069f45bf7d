"""Who the resident at this screen is, as their session says. Bound to one body and to a few hours."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor, Assurance
from towpath.people import queries

KEPT: Final = "resident"  # in the session: tenant, person, assurance, at
VALID = timedelta(hours=4)
VISITOR: Final = Actor("visitor", "visitor", "portal")


def resident(request: HttpRequest) -> Actor:
    """The signed-in resident, or the visitor that everybody else is."""
    actor: Actor | None = getattr(request, "resident", None)
    if actor is None:
        actor = vars(request)["resident"] = _known(request)
    return actor


def _known(request: HttpRequest) -> Actor:
    kept = request.session.get(KEPT)
    if not kept or kept["tenant"] != tenancy.current().code:
        return VISITOR
    if clock.now() - datetime.fromisoformat(kept["at"]) > VALID:
        return VISITOR
    try:
        return queries.resident_actor(UUID(kept["person"]), kept["assurance"])
    except ObjectDoesNotExist:
        return VISITOR


def sign_in(request: HttpRequest, person: UUID, assurance: Assurance) -> None:
    """The session gets a new key. What another resident left in it does not pass to this one."""
    before = request.session.get(KEPT)
    if before and before["person"] != str(person):
        request.session.flush()
    request.session[KEPT] = {
        "tenant": tenancy.current().code,
        "person": str(person),
        "assurance": assurance,
        "at": clock.now().isoformat(),
    }
    request.session.cycle_key()
    rotate_token(request)
    vars(request).pop("resident", None)


def sign_out(request: HttpRequest) -> None:
    """All that this browser knew of the resident goes, drafts at hand included."""
    request.session.flush()
    vars(request)["resident"] = VISITOR
