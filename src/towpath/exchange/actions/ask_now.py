"""Prefill: what a register knows about the person who is signed in, at once or not at all."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextvars import copy_context
from datetime import datetime
from typing import Any

from django.db import transaction

from towpath.exchange import circuit, events, policy, rules, sending, stand_in
from towpath.exchange.connectors import Operation, operations
from towpath.exchange.queries import Answer
from towpath.exchange.reply import Failed, Question, Reply, Unreachable
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor, log_read
from towpath.foundation.ids import uuid7
from towpath.foundation.journal import EventType, Fact, record
from towpath.people.queries import pseudonym, register_number

log = logging.getLogger(__name__)


def ask_now(
    actor: Actor,
    operation: str,
    inputs: Mapping[str, Any] | None = None,
    *,
    purpose: str = "",
    seconds: float = 3,
) -> Answer | None:
    """The answer about the actor themselves, or None when there is none to be had now. Never raises.

    The input that says whom it is about is the actor's own register number, known from their sign-in; another number
    is not asked for. The answer is not kept here: only that it was asked for and seen.

    Nothing is written before the register has answered or its `seconds` are over: from its first write on a
    transaction holds back what follows in every body (ADR 0005), and a page's transaction goes on meanwhile.
    """
    try:
        with transaction.atomic():
            return _asked(actor, operation, inputs or {}, purpose, seconds)
    except Exception:
        log.exception("%s could not be asked at once", operation)
        return None


def _asked(actor: Actor, name: str, inputs: Mapping[str, Any], purpose: str, seconds: float) -> Answer | None:
    operation = operations()[name]
    own = _own(actor, operation, inputs)
    if own is None:
        return None
    terms, objection = policy.agreement(operation, purpose or operation.purpose)
    if terms is None:
        log.warning("%s is not asked: %s", name, objection)
        return None
    if circuit.is_down(operation.connector):
        return None
    question = policy.question(operation, terms, own, str(uuid7()))
    asked, started = clock.now(), time.monotonic()
    reply = _reply(question, min(seconds, operation.seconds))
    spent = round(time.monotonic() - started)
    _note(events.ASKED, actor, question, asked)
    if isinstance(reply, Failed):
        _note(events.FAILED, actor, question, why=reply.why, seconds=spent)
        return None
    found = reply.values is not None
    _note(events.ANSWERED, actor, question, seconds=spent, found=found)
    assert actor.person is not None
    log_read(actor, "person", actor.person, question.purpose, pseudonym(actor.person))
    return Answer(found=found, values=reply.values, by="register")


def _own(actor: Actor, operation: Operation, inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The inputs, when they ask about the actor and the actor is sure enough to be who they say; else None."""
    if actor.kind != "resident" or actor.person is None or not operation.about:
        return None
    if not actor.assured(operation.assurance):
        return None
    number = register_number(actor.person)
    asked_for = inputs.get(operation.about, number)
    if not number or asked_for != number:
        return None
    own = rules.minimised({**inputs, operation.about: number}, operation.inputs)
    return None if operation.wrong_in_question(own) else own


def _reply(question: Question, seconds: float) -> Reply | Failed:
    peer = question.operation.connector
    try:
        to = sending.peer(peer, tenancy.current().settings.get("registers", {}))
        reply = _within(seconds, lambda: sending.send(to, question, seconds))
    except Failed as failure:
        if isinstance(failure, Unreachable):
            circuit.failed(peer)
        return failure
    circuit.well(peer)
    return reply


def _within(seconds: float, send: Callable[[], Reply]) -> Reply:
    """The reply in so many seconds altogether: a connection bounds each of its steps, and there may be many.

    One that takes longer is left to its thread, which knows no database and ends with the process at the latest.
    """
    if stand_in.present():
        return send()  # no network, no waiting
    future: Future[Reply] = Future()

    def run() -> None:
        try:
            future.set_result(send())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=copy_context().run, args=(run,), name="prefill", daemon=True).start()
    try:
        return future.result(seconds)
    except FutureTimeout:
        raise Unreachable("timeout") from None


def _note(
    kind: EventType, actor: Actor, question: Question, at: datetime | None = None, /, **more: Any
) -> None:
    facts = {
        "operation": question.operation.name,
        "peer": question.operation.connector,
        "call": question.key,
        "purpose": question.purpose,
        "attempt": 1,
    }
    assert actor.person is not None
    about = Fact(person=pseudonym(actor.person), activity=question.operation.name, occurred_at=at)
    record(kind, actor, about, **facts, **more)
