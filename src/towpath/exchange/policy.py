"""May this be asked, and of what is granted? Looked at when a call is made and again before each attempt."""

from collections.abc import Mapping
from typing import Any

from towpath.exchange import jws, rules
from towpath.exchange.connectors import Operation
from towpath.exchange.models import Agreement
from towpath.exchange.reply import Question
from towpath.foundation import clock, tenancy


def unfit(operation: Operation | None, inputs: Mapping[str, Any]) -> str:
    """The code of what is wrong with a question; empty when it may be asked, as far as its form goes."""
    if operation is None:
        return "unknown-operation"
    return "wrong-question" if operation.wrong_in_question(inputs) else ""


def agreement(operation: Operation, purpose: str) -> tuple[Agreement | None, str]:
    """The agreement in force, or None and the code of the objection."""
    made: list[Agreement] = list(Agreement.objects.filter(operation=operation.name).order_by("-valid_from"))
    found, objection = rules.in_force(made, purpose, clock.now())
    if found is not None and not jws.is_ours(found.signature, found.terms()):
        return None, "agreement-altered"
    return found, objection


def question(operation: Operation, terms: Agreement, inputs: dict[str, Any], key: str) -> Question:
    return Question(
        operation=operation,
        key=key,
        inputs=inputs,
        fields=tuple(terms.fields),
        purpose=terms.purpose,
        legal_basis=terms.legal_basis,
        agreement=str(terms.pk),
        body=tenancy.current().code,
        peer_key=terms.peer_key,
    )
