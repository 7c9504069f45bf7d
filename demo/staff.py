"""Who works in the two towns: made-up colleagues, their teams and what they may do."""

from dataclasses import dataclass

# Of every demonstration account; each has a second factor of its own.
PASSPHRASE = "mill-brook-east-mere"  # noqa: S105 (everybody may know it)
TEAMS = {
    "customer-service": "Customer service",
    "parking": "Parking",
    "permits": "Permits",
    "environment": "Environment",
    "fire-safety": "Fire safety",
    "building-control": "Building control",
}
EVERY = None  # a role in all teams


@dataclass(frozen=True)
class Colleague:
    """`roles` are (team or EVERY, role) pairs; `what` is told on the sign-in page."""

    email: str
    name: str
    what: str
    roles: tuple[tuple[str | None, str], ...]
    shown: bool = True


@dataclass(frozen=True)
class Guest:
    """Somebody of the service centre, who works in a town under a grant: a role in one team, or in all ("")."""

    email: str
    name: str
    what: str
    role: str
    team: str = ""


def _of(town: str, *people: tuple[str, str, tuple[tuple[str | None, str], ...], bool]) -> list[Colleague]:
    return [
        Colleague(f"{name.split()[0].lower()}@{town}.localhost", name, what, roles, shown)
        for name, what, roles, shown in people
    ]


def _works(*teams: str) -> tuple[tuple[str | None, str], ...]:
    return tuple((team, "caseworker") for team in teams)


STAFF = {
    "millbrook": _of(
        "millbrook",
        ("Maya Lindqvist", "advisor: takes calls and visits", ((EVERY, "advisor"),), True),
        ("Peter Achterberg", "caseworker, parking", _works("parking"), True),
        ("Dina Farouk", "team lead, parking", (("parking", "lead"),), True),
        ("Ines Carvalho", "caseworker, permits", _works("permits"), True),
        ("Owen Tallis", "team lead, permits", (("permits", "lead"),), False),
        ("Ruth Ogilvie", "caseworker, customer service", _works("customer-service"), True),
        ("Jonas Eklund", "caseworker, environment", _works("environment"), True),
        ("Samira Aziz", "caseworker, fire safety", _works("fire-safety"), True),
        ("Colm Hegarty", "caseworker, building control", _works("building-control"), True),
        ("Beatrix Wolf", "manager: figures, no work of her own", ((EVERY, "manager"),), True),
        ("Theo Marchand", "service designer", ((EVERY, "designer"),), True),
        ("Agnes Petrov", "administrator", ((EVERY, "administrator"),), True),
        ("Silas Burke", "auditor", ((EVERY, "auditor"),), True),
    ),
    "eastmere": _of(
        "eastmere",
        ("Carys Bowen", "advisor: takes calls and visits", ((EVERY, "advisor"),), True),
        ("Emil Novotny", "team lead, parking", (("parking", "lead"),), True),
        ("Hilde Sorensen", "caseworker, permits", _works("permits", "customer-service"), True),
        ("Tariq Mansour", "caseworker, environment and fire safety", _works("environment", "fire-safety"), True),
        ("Moira Kincaid", "caseworker, building control", _works("building-control"), True),
        ("Lars Vendel", "manager: figures, no work of his own", ((EVERY, "manager"),), True),
        ("Petra Holub", "administrator and service designer", ((EVERY, "administrator"), (EVERY, "designer")), True),
        ("Amos Reid", "auditor", ((EVERY, "auditor"),), True),
    ),
}  # fmt: skip

CENTRE = Guest(
    "noor@servicecentre.localhost", "Noor Castellan", "service centre: works for both towns", "lead"
)
