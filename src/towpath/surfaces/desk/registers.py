"""Registers in words for staff: what is asked, what its answer holds, and why there is none.

What has no words here, such as a register of somebody's own, is told as its declaration tells it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.exchange.connectors import Operation, operations


@dataclass(frozen=True)
class Told:
    name: Any
    means: Any
    legal_basis: Any


OPERATIONS: Final[Mapping[str, Told]] = {
    "population-register.resident-by-number": Told(
        gettext_lazy("Population register: name and address"),
        gettext_lazy("The name and the address of the resident with this number."),
        gettext_lazy("Population Register Act, section 12: bodies that decide on applications of residents"),
    ),
    "population-register.residents-at-address": Told(
        gettext_lazy("Population register: who lives at an address"),
        gettext_lazy("How many people are registered at an address, with family name and initials."),
        gettext_lazy("Population Register Act, section 14: questions about an address"),
    ),
    "population-register.vehicle-by-plate": Told(
        gettext_lazy("Population register: who keeps a vehicle"),
        gettext_lazy("Whether this resident keeps the vehicle, and what it emits."),
        gettext_lazy("Vehicle Register Act, section 5: bodies that issue parking permits"),
    ),
}
REGISTERS: Final[Mapping[str, Any]] = {"population-register": gettext_lazy("Population register")}
WHY: Final[Mapping[str, Any]] = {
    "no-agreement": gettext_lazy("there is no agreement with this register about the question"),
    "other-purpose": gettext_lazy("the agreement is for another purpose"),
    "agreement-revoked": gettext_lazy("the agreement was ended early"),
    "agreement-not-yet": gettext_lazy("the agreement has not begun yet"),
    "agreement-expired": gettext_lazy("the agreement has run out"),
    "agreement-altered": gettext_lazy("the agreement was changed after it was signed"),
    "unknown-operation": gettext_lazy("the process asks something that no register is declared to answer"),
    "wrong-question": gettext_lazy("something is missing or wrong in the question"),
    "register-down": gettext_lazy("the register has not been answering for a while"),
    "no-connection": gettext_lazy("the register could not be reached"),
    "no-token": gettext_lazy("our key for the register is missing"),
    "timeout": gettext_lazy("the register took too long"),
    "too-large": gettext_lazy("the answer was too large"),
    "not-json": gettext_lazy("the answer could not be read"),
    "bad-receipt": gettext_lazy("the answer was not signed by the register"),
    "other-question": gettext_lazy("the answer was to another question"),
    "bad-answer": gettext_lazy("the answer was not in the agreed form"),
    "fault": gettext_lazy("our own software failed"),
}
HTTP: Final = re.compile(r"http-(\d{3})")
PARTS: Final[Mapping[str, Any]] = {
    "number": gettext_lazy("Resident number"),
    "plate": gettext_lazy("Number plate"),
    "name": gettext_lazy("Name"),
    "full": gettext_lazy("in full"),
    "given": gettext_lazy("given name"),
    "family": gettext_lazy("family name"),
    "birth_date": gettext_lazy("Date of birth"),
    "address": gettext_lazy("Address"),
    "line_1": gettext_lazy("first line"),
    "street": gettext_lazy("street"),
    "house_number": gettext_lazy("house number"),
    "postcode": gettext_lazy("postcode"),
    "town": gettext_lazy("town"),
    "moved_in": gettext_lazy("Moved in"),
    "moved_away": gettext_lazy("Moved away"),
    "count": gettext_lazy("How many"),
    "registered": gettext_lazy("Who is registered: family name, initials"),
    "keeper_matches": gettext_lazy("Is this resident the keeper?"),
    "emissions_class": gettext_lazy("Emissions"),
    "kind": gettext_lazy("Kind of vehicle"),
}
VALUES: Final[Mapping[str, Any]] = {
    "electric": gettext_lazy("Electric"),
    "euro-6": gettext_lazy("Euro 6"),
    "euro-5": gettext_lazy("Euro 5"),
    "euro-4": gettext_lazy("Euro 4"),
    "car": gettext_lazy("Car"),
    "van": gettext_lazy("Van"),
    "motorcycle": gettext_lazy("Motorcycle"),
}


def told(operation: Operation) -> Told:
    return OPERATIONS.get(operation.name) or Told(operation.name, operation.means, operation.legal_basis)


def name(operation: str) -> str:
    declared = operations().get(operation)
    return str(told(declared).name) if declared else operation


def why(code: str) -> str:
    """Why there is no answer, by the code that the exchange keeps."""
    if found := HTTP.fullmatch(code):
        return _("the register answered with error %(number)s") % {"number": found[1]}
    return str(WHY.get(code, code))


def trouble(text: str) -> str:
    """Why a step needs a person; what is no code of a register's stays as it is."""
    register, _sep, code = text.partition(": ")
    if code not in WHY and not HTTP.fullmatch(code):
        return text
    return _("%(register)s: %(why)s") % {"register": REGISTERS.get(register, register), "why": why(code)}


def part(place: str, gap: str) -> str:
    """The name of a value of a question or an answer, by its place (`name.full`)."""
    names = [str(PARTS.get(one) or one.replace("_", " ")) for one in place.split(gap)]
    label = " – ".join(names)
    return label[:1].upper() + label[1:]
