"""Reading what a register sent back: nothing of it is believed until every check has passed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from towpath.exchange import canonical, jws, rules
from towpath.exchange.connectors import Operation

LARGEST = 256 * 1024  # bytes


class Failed(Exception):
    """An attempt brought no answer.

    Failed
    ├── Unreachable  timeouts, broken connections, 5xx: try again
    ├── WrongReply   not what was agreed or not about our question: try again, but hope is small
    └── Refused      4xx: asking again is useless
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Unreachable(Failed):
    pass


class WrongReply(Failed):
    pass


class Refused(Failed):
    pass


@dataclass(frozen=True)
class Question:
    """What goes out. `key` is the same for each attempt; `fields` are what the agreement grants."""

    operation: Operation
    key: str
    inputs: Mapping[str, Any] = field(repr=False)
    fields: tuple[str, ...]
    purpose: str
    legal_basis: str
    agreement: str
    body: str
    peer_key: str

    def document(self) -> dict[str, Any]:
        return {
            "inputs": dict(self.inputs),
            "fields": sorted(self.fields),
            "purpose": self.purpose,
            "legal-basis": self.legal_basis,
            "agreement": self.agreement,
            "body": self.body,
        }


@dataclass(frozen=True)
class Reply:
    """An answer that was checked. `values` is None where the register knows no such thing."""

    values: dict[str, Any] | None = field(repr=False)
    signature: str
    digest: str


def read(question: Question, status: int, raw: bytes, signature: str) -> Reply:
    """`Failed` says which check did not pass."""
    if status >= 500 or status in (408, 425, 429):
        raise Unreachable(f"http-{status}")
    if 400 <= status < 500 and status != 404:
        raise Refused(f"http-{status}")
    if status not in (200, 404):
        raise WrongReply(f"http-{status}")
    envelope = _envelope(raw)
    # A 404 of somebody else (a proxy, a wrong address) bears no receipt, so it is no answer.
    if not jws.is_signed_by(question.peer_key, signature, envelope):
        raise WrongReply("bad-receipt")
    _check_it_is_ours(question, envelope)
    return Reply(_values(question, envelope, status), signature, canonical.digest(envelope))


def _envelope(raw: bytes) -> dict[str, Any]:
    try:
        envelope = canonical.decode(raw)
        canonical.encode(envelope)
    except canonical.NotCanonical:
        raise WrongReply("not-json") from None
    if not isinstance(envelope, dict):
        raise WrongReply("not-json")
    return envelope


def _check_it_is_ours(question: Question, envelope: Mapping[str, Any]) -> None:
    ours = {
        "operation": question.operation.name,
        "key": question.key,
        "question": canonical.digest(dict(question.inputs)),
    }
    if any(envelope.get(name) != value for name, value in ours.items()):
        raise WrongReply("other-question")


def _values(question: Question, envelope: Mapping[str, Any], status: int) -> dict[str, Any] | None:
    found, answer = envelope.get("found"), envelope.get("answer")
    if found is False and answer is None:
        return None
    if found is not True or not isinstance(answer, dict) or status != 200:
        raise WrongReply("bad-answer")
    kept = rules.granted(answer, question.fields)
    if question.operation.wrong_in_answer(kept, question.fields):
        raise WrongReply("bad-answer")
    return kept
