"""A case asks a register: the question is kept, and a job carries it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from towpath.exchange import calls, events, policy, rules
from towpath.exchange.connectors import Operation, operations
from towpath.exchange.models import Call
from towpath.foundation.access import Actor


def ask(
    actor: Actor,
    operation: str,
    inputs: Mapping[str, Any],
    *,
    case_id: UUID,
    command_id: str,
    purpose: str = "",
    result: str = "",
) -> Call:
    """The call; the same one when the command comes again.

    What may not be asked ends as `refused` at once, with a code in `why`, and nothing is sent. `purpose` is the
    operation's declared one unless named; `result` is the process variable that takes the answer.
    """
    known: Call | None = Call.objects.filter(case_id=case_id, command_id=command_id).first()
    if known is not None:
        return known
    declared = operations().get(operation)
    question = rules.minimised(inputs, declared.inputs) if declared else {}
    wrong = policy.unfit(declared, question)
    call = calls.made(
        peer=declared.connector if declared else "",
        operation=operation,
        case_id=case_id,
        command_id=command_id,
        result=result,
        purpose=purpose or (declared.purpose if declared else ""),
        question={} if wrong else question,
    )
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:  # the same command, at the same moment
        first: Call = Call.objects.get(case_id=case_id, command_id=command_id)
        return first
    _send_on(actor, call, declared, wrong)
    return call


def _send_on(actor: Actor, call: Call, declared: Operation | None, wrong: str) -> None:
    calls.note(events.ASKED, actor, call)
    objection = wrong
    if declared is not None and not wrong:
        _, objection = policy.agreement(declared, call.purpose)
    if objection:
        calls.change(call, "refuse", why=objection)
        calls.note(events.REFUSED, actor, call, why=objection)
    else:
        calls.enqueue(call)
