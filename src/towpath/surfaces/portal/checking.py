"""The guided check of a service: what was answered so far lies in the session, and nowhere else."""

from typing import Any, Final

from django.http import HttpRequest

from towpath.engines.dmn import DONT_KNOW
from towpath.foundation.typed import pack, unpack
from towpath.surfaces.portal.offers import Offer

KNOWN: Final = "portal-checks"
_UNSURE: Final = {"$unsure": True}


def known(request: HttpRequest, offered: Offer) -> dict[str, Any]:
    """Question -> value, in the order in which they were answered; DONT_KNOW where the person didn't.

    What was answered under another version is not known: its questions may mean something else there.
    """
    kept = request.session.get(KNOWN, {}).get(offered.code)
    if not isinstance(kept, dict) or kept["version"] != str(offered.version.pk):
        return {}
    return {id_: DONT_KNOW if value == _UNSURE else unpack(value) for id_, value in kept["answers"]}


def answered(request: HttpRequest, offered: Offer) -> dict[str, Any]:
    """Without what the person didn't know."""
    return {id_: value for id_, value in known(request, offered).items() if value is not DONT_KNOW}


def note(request: HttpRequest, offered: Offer, question_id: str, value: Any) -> None:
    """What was answered after this question is asked anew: it may no longer matter."""
    before: dict[str, Any] = {}
    for id_, earlier in known(request, offered).items():
        if id_ == question_id:
            break
        before[id_] = earlier
    answers = [
        [id_, _UNSURE if one is DONT_KNOW else pack(one)]
        for id_, one in {**before, question_id: value}.items()
    ]
    kept = {"version": str(offered.version.pk), "answers": answers}
    request.session[KNOWN] = {**request.session.get(KNOWN, {}), offered.code: kept}


def forget(request: HttpRequest, code: str) -> None:
    kept = {other: answers for other, answers in request.session.get(KNOWN, {}).items() if other != code}
    if kept != request.session.get(KNOWN, {}):
        request.session[KNOWN] = kept
