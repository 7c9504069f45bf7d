"""What may become of a conversation and of a letter, and where an e-mail that came in belongs. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

State = Literal["new", "open", "waiting", "closed"]

# new: from somebody whom we don't know yet. waiting: for an answer from outside.
CONVERSATION: Final[Mapping[str, frozenset[str]]] = {
    "new": frozenset({"open", "waiting", "closed"}),
    "open": frozenset({"waiting", "closed"}),
    "waiting": frozenset({"open", "closed"}),
    "closed": frozenset({"open", "waiting"}),
}

Status = Literal[
    "created",
    "sending",
    "sent",
    "delivered",
    "pending",
    "technical-failure",
    "temporary-failure",
    "permanent-failure",
    "returned-letter",
    "cancelled",
]

# The names are GOV.UK Notify's. created: to be sent. sending: the mail server is being talked to. sent: it took the
# message, or the printed letter left the house. pending: a letter that waits for a person to print it.
# temporary-failure: tried in vain, or the far side gave up. technical-failure: we gave up; a person must see to it.
# A late report may still correct `sent`, and a late failure even `delivered`.
DELIVERY: Final[Mapping[str, frozenset[str]]] = {
    "created": frozenset({"sending", "cancelled", "technical-failure"}),
    "sending": frozenset(
        {"sent", "delivered", "temporary-failure", "permanent-failure", "technical-failure"}
    ),
    "sent": frozenset({"delivered", "temporary-failure", "permanent-failure", "returned-letter"}),
    "delivered": frozenset({"permanent-failure", "returned-letter"}),
    "pending": frozenset({"sent", "cancelled"}),
    "technical-failure": frozenset(),
    "temporary-failure": frozenset({"technical-failure"}),
    "permanent-failure": frozenset(),
    "returned-letter": frozenset(),
    "cancelled": frozenset(),
}
# A repeated job finds nothing to do once an attempt has come so far.
SETTLED: Final[frozenset[str]] = frozenset(
    {"sent", "delivered", "pending", "permanent-failure", "returned-letter", "cancelled"}
)
FAILED: Final[frozenset[str]] = frozenset({"technical-failure", "permanent-failure", "returned-letter"})
# With a reference of the mail server, which had taken it, a temporary failure is the far side's last word.
MAY_HAVE_FAILED: Final[frozenset[str]] = FAILED | {"temporary-failure"}

Direction = Literal["in", "out", "internal"]
DIRECTIONS: Final[frozenset[str]] = frozenset({"in", "out", "internal"})
KINDS: Final[frozenset[str]] = frozenset(
    {"message", "call", "visit", "note", "handover", "assignment", "rating", "answer"}
)


class NotPossible(ValueError):
    """A state can't follow another, or a value is none of those that are known. Says which would be right."""


def check_change(table: Mapping[str, frozenset[str]], before: str, after: str) -> None:
    possible = table.get(before, frozenset())
    if after not in possible:
        raise NotPossible(f"{before} can't become {after}, only: {', '.join(sorted(possible)) or 'nothing'}.")


def check_entry(direction: str, kind: str) -> None:
    if direction not in DIRECTIONS:
        raise NotPossible(
            f"An entry's direction is one of {', '.join(sorted(DIRECTIONS))}, not {direction!r}."
        )
    if kind not in KINDS:
        raise NotPossible(f"An entry's kind is one of {', '.join(sorted(KINDS))}, not {kind!r}.")


def way(preferred: str, email: str) -> Literal["email", "post"]:
    """How a letter goes out: on paper where somebody wishes it or has no e-mail."""
    return "post" if preferred == "letter" or not email else "email"


REFERENCE = re.compile(r"[A-Z0-9]+(?:-[A-Z0-9]+)+|[A-Z0-9]{6,}", re.IGNORECASE)
MOST_REFERENCES = 20


def references(subject: str) -> list[str]:
    """What in a subject line may be a case's reference, in capitals."""
    found = [word.upper() for word in REFERENCE.findall(subject[:500]) if any(c.isdigit() for c in word)]
    return list(dict.fromkeys(found))[:MOST_REFERENCES]


@dataclass(frozen=True)
class Report:
    """What a mail system says about a message of ours."""

    action: str
    status: str  # RFC 3463: class.subject.detail, or empty


def told(report: Report) -> Status | None:
    """The delivery's status after a report (RFC 3464, section 2.3.3); None where it decides nothing."""
    if report.action == "failed":
        return "temporary-failure" if report.status.startswith("4") else "permanent-failure"
    return "delivered" if report.action == "delivered" else None
