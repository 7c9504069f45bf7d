"""Writing a call's row: its encrypted parts, its state and the event of each change. Used inside a transaction."""

import json
from typing import Any

from towpath.exchange import rules
from towpath.exchange.models import Call
from towpath.foundation import clock, crypto, jobs
from towpath.foundation.access import Actor
from towpath.foundation.ids import uuid7
from towpath.foundation.journal import EventType, Fact, record
from towpath.foundation.models import GivenUp

TABLE = "exchange_call"
JOB = "exchange.call"


def made(**values: Any) -> Call:
    """A new call, not yet saved; its question is encrypted."""
    call = Call(id=uuid7(), asked_at=clock.now(), since=clock.now(), **{**values, "question": ""})
    call.question = sealed(call, "question", values["question"])
    return call


def locked(call_id: object) -> Call:
    call: Call = Call.objects.select_for_update(no_key=True).get(pk=call_id)
    return call


def sealed(call: Call, column: str, value: Any) -> str:
    return crypto.encrypt(json.dumps(value), TABLE, column, call.id)


def opened(call: Call, column: str) -> Any:
    return json.loads(crypto.decrypt(getattr(call, column), TABLE, column, call.id))


def change(call: Call, what: rules.Change, **fields: Any) -> None:
    """Moves the call on by the table; `rules.NotPossible` where the table has no such move."""
    call.state = rules.after(call.state, what)
    for name, value in fields.items():
        setattr(call, name, value)
    call.save(update_fields=["state", *fields])


def note(kind: EventType, actor: Actor, call: Call, **more: Any) -> None:
    facts = {
        "operation": call.operation,
        "peer": call.peer,
        "call": str(call.id),
        "command_id": call.command_id,
        "purpose": call.purpose,
        "attempt": call.attempts,
    }
    about = Fact(case=call.case_id, activity=call.operation, objects=[("call", str(call.id))])
    record(kind, actor, about, **facts, **more)


def keep_answer(call: Call, what: rules.Change, values: dict[str, Any] | None) -> None:
    answer = "" if values is None else sealed(call, "answer", values)
    change(call, what, answer=answer, found=values is not None, answered_at=clock.now(), why="")


def enqueue(call: Call) -> None:
    """The ordinary try. Its lock holds further ones of this call back until it is done."""
    jobs.enqueue(JOB, lock=str(call.id), call=str(call.id), case=str(call.case_id))


def settle(actor: Actor, call: Call) -> None:
    """What the desk shows of this call as a failed job is seen to."""
    rows = GivenUp.objects.filter(job=JOB, settled_at=None, case_id=call.case_id)
    for row in rows:
        if row.arguments.get("call") == str(call.id):
            jobs.settle(actor, row.pk, again=False)
