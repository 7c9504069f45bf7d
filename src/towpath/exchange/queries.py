"""What was asked and answered. Answers are personal: who shows one logs the reading."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from towpath.exchange import calls, connectors, rules
from towpath.exchange.models import Agreement, Call, Receipt
from towpath.foundation import clock, rows

SHOWN = 200


@dataclass(frozen=True)
class Answer:
    """`values` is None, and `found` False, where the register knows no such thing."""

    found: bool
    values: dict[str, Any] | None = field(repr=False)
    by: Literal["register", "person"]
    result: str = ""

    @property
    def variables(self) -> dict[str, Any]:
        """For the process: the answer under the name that the step gave it."""
        return {self.result: self.values} if self.result else {}


def call(call_id: UUID) -> Call:
    found: Call = Call.objects.get(pk=call_id)
    return found


def calls_of(case_id: UUID) -> list[Call]:
    return rows.rows(Call, "case_id = %s order by asked_at, id", case_id)


def answer(call_id: UUID) -> Answer | None:
    """None while there is no answer."""
    kept = call(call_id)
    if kept.found is None:
        return None
    values = calls.opened(kept, "answer") if kept.answer else None
    return Answer(
        kept.found, values, "person" if kept.state == "answered-by-hand" else "register", kept.result
    )


def question(call_id: UUID) -> dict[str, Any]:
    """What is asked: for the person who finds the answer by hand."""
    asked: dict[str, Any] = calls.opened(call(call_id), "question")
    return asked


def receipt(call_id: UUID) -> Receipt | None:
    return Receipt.objects.filter(call_id=call_id).first()


def open_failures() -> list[Call]:
    """Calls that a person must see to, oldest first."""
    return list(Call.objects.filter(state__in=rules.FOR_A_PERSON).order_by("asked_at")[:SHOWN])


def agreements() -> list[Agreement]:
    """Those in force and those to come, by operation."""
    made = Agreement.objects.filter(revoked_at=None, valid_until__gt=clock.now())
    return list(made.order_by("operation", "valid_from"))


def operation_names() -> list[str]:
    """What a process may ask for, for the check of a package."""
    return sorted(connectors.operations())
