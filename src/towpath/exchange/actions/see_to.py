"""A person sees to a call that got no answer: has it asked again, or gives the answer."""

from typing import Any
from uuid import UUID

from towpath.exchange import calls, circuit, events
from towpath.exchange.connectors import operations
from towpath.exchange.models import Call
from towpath.foundation import clock
from towpath.foundation.access import Actor

PERMISSION = "jobs.settle"


class InvalidAnswer(ValueError):
    """The answer is not what the register would give. `places` are the parts that are wrong."""

    def __init__(self, places: list[str]) -> None:
        super().__init__(f"The answer is not in the agreed form: {', '.join(places)}.")
        self.places = places


def retry(actor: Actor, call_id: UUID) -> Call:
    """Has a register asked afresh, at once. `rules.NotPossible` when the call is not for a person to see to."""
    actor.require(PERMISSION)
    call = calls.locked(call_id)
    calls.change(call, "retry", since=clock.now(), why="")
    calls.note(events.ASKED_AGAIN, actor, call)
    calls.settle(actor, call)
    circuit.let_probe(call.peer)
    calls.enqueue(call)
    return call


def answer_by_hand(actor: Actor, call_id: UUID, answer: dict[str, Any] | None) -> Call:
    """Gives the answer instead of the register, in the register's form; None: there is no such thing.

    `InvalidAnswer` names what is wrong; `rules.NotPossible` when the call has its answer already.
    """
    actor.require(PERMISSION)
    call = calls.locked(call_id)
    declared = operations().get(call.operation)
    if answer is not None and declared is not None:
        wrong = declared.wrong_in_answer(answer, declared.fields)
        surplus = [f"$.{name}: surplus" for name in sorted(set(answer) - declared.fields)]
        if wrong or surplus:
            raise InvalidAnswer(wrong + surplus)
    calls.keep_answer(call, "answer by hand", answer)
    calls.note(events.BY_HAND, actor, call, found=call.found)
    calls.settle(actor, call)
    return call
