"""A stand-in for every register, for what is only played: scenarios and rehearsals. Nothing leaves the process.

It is asked where the network would be, so that all the rest (agreement, minimising, waiting, trying again, giving
up) is the real thing.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Literal, Protocol

from towpath.exchange import canonical, rules
from towpath.exchange.reply import Question, Refused, Reply, Unreachable, WrongReply
from towpath.foundation import tenancy

Fault = Literal["dead", "slow", "wrong", "refused"]


class NoAnswer(Exception):
    """The register does not answer, answers too late, answers nonsense, or refuses."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


class StandIn(Protocol):
    """Gives the answer of an operation, None where nobody is found; NoAnswer where the register fails."""

    def __call__(self, operation: str, inputs: Mapping[str, Any]) -> dict[str, Any] | None: ...


_standing: ContextVar[StandIn | None] = ContextVar("register_stand_in", default=None)


@contextmanager
def standing_in(register: StandIn) -> Iterator[None]:
    """Within, `register` answers instead of the network; in a throw-away body only."""
    token = _standing.set(register)
    try:
        yield
    finally:
        _standing.reset(token)


def present() -> StandIn | None:
    """The stand-in, where there is one and the body is thrown away afterwards."""
    return _standing.get() if tenancy.is_set() and tenancy.current().is_rehearsal else None


def answer(register: StandIn, question: Question) -> Reply:
    """What the stand-in says, believed as little as a real register."""
    try:
        values = register(question.operation.name, question.inputs)
    except NoAnswer as silent:
        raise _failed(silent.fault) from None
    kept = None if values is None else rules.granted(values, question.fields)
    if kept is not None and question.operation.wrong_in_answer(kept, question.fields):
        raise WrongReply("bad-answer")
    return Reply(kept, "", canonical.digest({"answer": kept}))


def _failed(fault: Fault) -> Exception:
    match fault:
        case "dead":
            return Unreachable("no-connection")
        case "slow":
            return Unreachable("timeout")
        case "wrong":
            return WrongReply("bad-answer")
        case "refused":
            return Refused("http-422")
