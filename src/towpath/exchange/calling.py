"""The job that asks: a short transaction before, the slow part outside any, a short transaction after.

A failed attempt raises, and `foundation.jobs` tries again with growing waits. After the last try the call is given up:
a person sees it. It is still asked quietly now and then, so that it goes on by itself when the register is back.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from towpath.exchange import calls, circuit, events, policy, rules, sending
from towpath.exchange.connectors import operations
from towpath.exchange.models import Call, Receipt
from towpath.exchange.reply import Failed, Question, Refused, Reply, Unreachable
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Tenant

TOWPATH = replace(SYSTEM, permissions=frozenset({("jobs.settle", "*")}))


@dataclass(frozen=True)
class Attempt:
    question: Question
    registers: Mapping[str, Any]  # where the body's registers stand


def given_up(tenant: Tenant, arguments: dict[str, Any], error: str) -> None:
    """After the last try: a person must see to it. An error of our own, not of the register, is told as `fault`."""
    call = calls.locked(arguments["call"])
    if call.state in rules.ENDED or call.state == rules.GIVEN_UP:
        return
    kind, _, code = error.partition(": ")
    calls.change(call, "give up", why=call.why or (code if kind == Unreachable.__name__ else "fault"))
    calls.note(events.GIVEN_UP, SYSTEM, call, why=call.why)
    _ask_quietly_later(call)


@jobs.job(calls.JOB, tries=6, given_up=given_up)
def ask_register(tenant: Tenant, *, call: str, case: str, quiet: str = "") -> None:
    """One attempt. `quiet` names the round of tries that was given up; there a failure stays silent."""
    with tenancy.inside(tenant):
        attempt = _begun(UUID(call), quiet)
    if attempt is None:
        return
    started = time.monotonic()
    try:
        reply = _sent(attempt)
    except Failed as failure:
        with tenancy.inside(tenant):
            silent = _failed(UUID(call), failure, _seconds(started))
        if not silent:
            raise
        return
    with tenancy.inside(tenant):
        _answered(UUID(call), attempt.question, reply, _seconds(started))


def _sent(attempt: Attempt) -> Reply:
    operation = attempt.question.operation
    to = sending.peer(operation.connector, attempt.registers)
    return sending.send(to, attempt.question, operation.seconds)


def _seconds(started: float) -> int:
    return round(time.monotonic() - started)


def _begun(call_id: UUID, quiet: str) -> Attempt | None:
    """Marks the attempt; None when there is nothing to do now."""
    call = calls.locked(call_id)
    if not _is_wanted(call, quiet) or _put_off(call, quiet):
        return None
    question = _question(call)
    if question is None:
        return None
    call.attempts += 1
    call.agreement_id, call.sent_at = UUID(question.agreement), clock.now()
    if not quiet:
        call.state = rules.after(call.state, "send")
    call.save(update_fields=["attempts", "agreement", "sent_at", "state"])
    return Attempt(question, tenancy.current().settings.get("registers", {}))


def _question(call: Call) -> Question | None:
    """What may be sent; None when the call had to be refused."""
    operation, inputs = operations().get(call.operation), calls.opened(call, "question")
    wrong = policy.unfit(operation, inputs)
    if operation is None or wrong:
        _refuse(call, wrong)
        return None
    terms, objection = policy.agreement(operation, call.purpose)
    if terms is None:
        _refuse(call, objection)
        return None
    return policy.question(operation, terms, inputs, call.idempotency_key)


def _is_wanted(call: Call, quiet: str) -> bool:
    if call.state in rules.ENDED:
        return False
    if quiet:
        return call.state == rules.GIVEN_UP and call.since.isoformat() == quiet
    if call.state == rules.GIVEN_UP:  # somebody had the job done again
        calls.change(call, "retry", since=clock.now(), why="")
        calls.note(events.ASKED_AGAIN, SYSTEM, call)
    return True


def _put_off(call: Call, quiet: str) -> bool:
    """While its register is known to be down, a call waits; not for ever, since a person must hear of it."""
    until = circuit.open_until(call.peer)
    if until is None:
        return False
    if not quiet and rules.put_off_too_long(call.since, clock.now()):
        raise Unreachable("register-down")
    _enqueue_at(call, until, quiet)
    return True


def _enqueue_at(call: Call, moment: datetime, quiet: str) -> None:
    """Without the lock: a job that waits for its time would hold back a person's retry."""
    jobs.enqueue(calls.JOB, at=moment, call=str(call.id), case=str(call.case_id), quiet=quiet)


def _ask_quietly_later(call: Call) -> None:
    moment = clock.now() + rules.QUIET_WAIT
    if moment - call.since < rules.QUIET_END:
        _enqueue_at(call, moment, call.since.isoformat())


def _answered(call_id: UUID, question: Question, reply: Reply, seconds: int) -> None:
    call = calls.locked(call_id)
    circuit.well(call.peer)
    if call.state not in (rules.SENDING, rules.GIVEN_UP):
        return  # a person, or another worker, was quicker
    calls.keep_answer(call, "answer", reply.values)
    Receipt.objects.create(
        call=call,
        signature=reply.signature,
        digest=reply.digest,
        peer_key=question.peer_key,
        received_at=clock.now(),
    )
    calls.note(events.ANSWERED, SYSTEM, call, seconds=seconds, found=call.found)
    calls.settle(TOWPATH, call)


def _failed(call_id: UUID, failure: Failed, seconds: int) -> bool:
    """Writes down what went wrong. True when it need not be raised: no try should follow, or it follows quietly."""
    call = calls.locked(call_id)
    if isinstance(failure, Unreachable):
        circuit.failed(call.peer)
    if call.state == rules.GIVEN_UP:
        _ask_quietly_later(call)
        return True
    if call.state != rules.SENDING:
        return True
    if isinstance(failure, Refused):
        _refuse(call, failure.why, seconds=seconds)
        return True
    calls.change(call, "fail", why=failure.why)
    calls.note(events.FAILED, SYSTEM, call, why=failure.why, seconds=seconds)
    return False


def _refuse(call: Call, why: str, **facts: int) -> None:
    calls.change(call, "refuse", why=why)
    calls.note(events.REFUSED, SYSTEM, call, why=why, **facts)
    calls.settle(TOWPATH, call)
