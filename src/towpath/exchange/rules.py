"""The rules of asking, without I/O: the states of a call, the policy, minimising, and when a person must help."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, Protocol, TypeVar

State = Literal["waiting", "sending", "failed", "answered", "refused", "given-up", "answered-by-hand"]
Change = Literal["send", "answer", "refuse", "fail", "give up", "retry", "answer by hand"]

WAITING: Final = "waiting"
SENDING: Final = "sending"
GIVEN_UP: Final = "given-up"
# A worker may die while sending, so `sending` can be sent again. What was given up is still asked now and then
# without changing its state, so that it goes on by itself when the register is back.
TRANSITIONS: Final[Mapping[tuple[str, Change], State]] = {
    ("waiting", "send"): "sending",
    ("waiting", "refuse"): "refused",
    ("waiting", "give up"): "given-up",
    ("waiting", "answer by hand"): "answered-by-hand",
    ("sending", "send"): "sending",
    ("sending", "answer"): "answered",
    ("sending", "refuse"): "refused",
    ("sending", "fail"): "failed",
    ("sending", "give up"): "given-up",
    ("sending", "answer by hand"): "answered-by-hand",
    ("failed", "send"): "sending",
    ("failed", "refuse"): "refused",
    ("failed", "give up"): "given-up",
    ("failed", "retry"): "waiting",
    ("failed", "answer by hand"): "answered-by-hand",
    ("refused", "retry"): "waiting",
    ("refused", "answer by hand"): "answered-by-hand",
    ("given-up", "answer"): "answered",
    ("given-up", "refuse"): "refused",
    ("given-up", "retry"): "waiting",
    ("given-up", "answer by hand"): "answered-by-hand",
}
ENDED: Final = frozenset({"answered", "refused", "answered-by-hand"})
FOR_A_PERSON: Final = ("given-up", "refused")

PATIENCE = timedelta(minutes=5)  # how long a call is put off while its register is known to be down
QUIET_WAIT = timedelta(minutes=15)  # between tries of a call that was given up
QUIET_END = timedelta(days=7)
FAILURES = 5  # in a row, then calls to the peer are put off
PROBE_EVERY = timedelta(seconds=30)


class NotPossible(ValueError):
    """The call is in a state in which this can't be done."""


def after(state: str, change: Change) -> State:
    try:
        return TRANSITIONS[state, change]
    except KeyError:
        raise NotPossible(f"A call that is {state} can't {change}.") from None


class Terms(Protocol):
    purpose: Any
    valid_from: Any
    valid_until: Any
    revoked_at: Any


Some = TypeVar("Some", bound=Terms)


def in_force(agreements: Iterable[Some], purpose: str, now: datetime) -> tuple[Some | None, str]:
    """The agreement under which one may ask for this purpose now; else None and the code of the objection."""
    objection = "no-agreement"
    for agreement in agreements:
        if agreement.purpose != purpose:
            objection = _weightier(objection, "other-purpose")
        elif agreement.revoked_at is not None and agreement.revoked_at <= now:
            objection = _weightier(objection, "agreement-revoked")
        elif now >= agreement.valid_until:
            objection = _weightier(objection, "agreement-expired")
        elif now < agreement.valid_from:
            objection = _weightier(objection, "agreement-not-yet")
        else:
            return agreement, ""
    return None, objection


OBJECTIONS: Final = (
    "no-agreement",
    "other-purpose",
    "agreement-revoked",
    "agreement-not-yet",
    "agreement-expired",
)


def _weightier(one: str, other: str) -> str:
    """The objection that says more: an expired agreement tells more than none."""
    return max(one, other, key=OBJECTIONS.index)


def minimised(inputs: Mapping[str, Any], declared: Collection[str]) -> dict[str, Any]:
    """Only what the operation declares, in plain JSON; what is null is left out."""
    return {name: _plain(inputs[name]) for name in sorted(declared) if inputs.get(name) is not None}


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    if isinstance(value, Decimal):
        return str(value)
    return value


def granted(answer: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """The part of an answer that the agreement grants."""
    return {name: value for name, value in answer.items() if name in fields}


def put_off_too_long(since: datetime, now: datetime) -> bool:
    return now - since >= PATIENCE
