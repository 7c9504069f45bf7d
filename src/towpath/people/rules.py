"""Which role may do what, and how ways to reach a person are read and compared."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

READS = frozenset({"case.read"})
WORKS = READS | {"case.note", "case.ask", "contact.write", "task.work", "task.refer", "task.decide"}
ON_BEHALF = frozenset({"case.open", "case.withdraw"})

ROLES: Final[dict[str, frozenset[str]]] = {
    # The first to speak to: asks on behalf of a caller or visitor, but decides nothing.
    "advisor": READS | ON_BEHALF | {"case.note", "case.ask", "contact.write"},
    "caseworker": WORKS | ON_BEHALF,
    "lead": WORKS | ON_BEHALF | {"jobs.settle", "insight.read", "case.migrate"},
    "manager": READS | {"insight.read"},
    "designer": frozenset({"service.publish", "insight.read", "case.migrate"}),
    # Looks after people and machinery, and for that needs no look into cases.
    "administrator": frozenset({"staff.manage", "jobs.settle"}),
    "auditor": READS | {"journal.verify", "insight.read"},
}

RENEWALS: Final = ("password", "second-factor", "both", "known-to-others")  # why somebody gets new access
EVERY_TEAM: Final = "*"
CHANNELS: Final = ("email", "letter")
EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")
EMAIL_LENGTH = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
PHONE_DIGITS = range(5, 16)  # E.164 allows fifteen
POSTAL_LENGTH = 320


class UnknownRole(ValueError):
    """A role that does not exist. Says which do."""

    def __init__(self, role: str) -> None:
        super().__init__(f"There is no role {role!r}. Roles: {', '.join(sorted(ROLES))}.")


class NotOurAccount(ValueError):  # named as people say it
    """Another body made the account, and holds its password. It may work here under a grant, which ends."""


class WrongContactPoint(ValueError):
    """An address or number that can't be one. `kind` is email, phone or postal; says what would be right."""

    def __init__(self, kind: str, right: str) -> None:
        super().__init__(right)
        self.kind = kind


def permissions(roles: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """(permission, team) pairs from (role, team) pairs. A role that no longer exists gives nothing."""
    return frozenset(
        (permission, team or EVERY_TEAM)
        for role, team in roles
        for permission in ROLES.get(role, frozenset())
    )


def check_role(role: str) -> str:
    if role not in ROLES:
        raise UnknownRole(role)
    return role


def normalised(kind: str, value: str) -> str:
    """How a contact point is compared: two ways of writing the same one give the same text."""
    text = unicodedata.normalize("NFKC", value).strip()
    if kind == "phone":
        return _phone(text)
    if kind == "email":
        return _email(text)
    return _postal(text)


def _email(text: str) -> str:
    folded = text.casefold()
    if len(folded) > EMAIL_LENGTH or not EMAIL.fullmatch(folded) or not folded.isprintable():
        raise WrongContactPoint("email", "An e-mail address looks like name@example.org.")
    return folded


def _phone(text: str) -> str:
    digits = re.sub(r"[\s().\-/]", "", text)
    plus = digits.startswith(("+", "00"))
    digits = digits.removeprefix("+") if digits.startswith("+") else digits.removeprefix("00")
    if not (digits.isascii() and digits.isdigit() and len(digits) in PHONE_DIGITS):
        raise WrongContactPoint("phone", "A telephone number has 5 to 15 digits, such as 01632 960 001.")
    return f"+{digits}" if plus else digits


def _postal(text: str) -> str:
    words = " ".join(re.findall(r"[\w/\-']+", text.casefold()))
    if not words or len(words) > POSTAL_LENGTH:
        raise WrongContactPoint("postal", f"A postal address has between 1 and {POSTAL_LENGTH} characters.")
    return words
