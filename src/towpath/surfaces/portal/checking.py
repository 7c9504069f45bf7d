"""The guided check of a service: what was answered so far lies in the session, and nowhere else."""

from typing import Any, Final

from django.http import HttpRequest

from towpath.engines.dmn import DONT_KNOW
from towpath.foundation.typed import pack, unpack

KNOWN: Final = "portal-checks"
_UNSURE: Final = {"$unsure": True}


def known(request: HttpRequest, code: str) -> dict[str, Any]:
    """Question -> value, in the order in which they were answered; DONT_KNOW where the person didn't."""
    kept = request.session.get(KNOWN, {}).get(code, [])
    return {id_: DONT_KNOW if value == _UNSURE else unpack(value) for id_, value in kept}


def answered(request: HttpRequest, code: str) -> dict[str, Any]:
    """Without what the person didn't know."""
    return {id_: value for id_, value in known(request, code).items() if value is not DONT_KNOW}


def note(request: HttpRequest, code: str, question_id: str, value: Any) -> None:
    """What was answered after this question is asked anew: it may no longer matter."""
    before: dict[str, Any] = {}
    for id_, earlier in known(request, code).items():
        if id_ == question_id:
            break
        before[id_] = earlier
    answers = [
        [id_, _UNSURE if one is DONT_KNOW else pack(one)]
        for id_, one in {**before, question_id: value}.items()
    ]
    request.session[KNOWN] = {**request.session.get(KNOWN, {}), code: answers}


def forget(request: HttpRequest, code: str) -> None:
    kept = {other: answers for other, answers in request.session.get(KNOWN, {}).items() if other != code}
    if kept != request.session.get(KNOWN, {}):
        request.session[KNOWN] = kept
