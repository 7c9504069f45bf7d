"""What the register answers. Each takes the inputs and gives the answer, or None: there is no such thing."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from demo.register.store import Store

Inputs = Mapping[str, str]
Answer = dict[str, Any] | None


def resident_by_number(store: Store, inputs: Inputs) -> Answer:
    row = store.resident(inputs["number"])
    if row is None:
        return None
    return {
        "name": {"full": f"{row['given']} {row['family']}", "given": row["given"], "family": row["family"]},
        "birth_date": row["birth_date"],
        "address": {
            "line_1": f"{row['house_number']} {row['street']}",
            "street": row["street"],
            "house_number": row["house_number"],
            "postcode": row["postcode"],
            "town": row["town"],
        },
        "moved_in": row["moved_in"],
        "moved_away": row["moved_away"],
    }


def residents_at_address(store: Store, inputs: Inputs) -> Answer:
    rows = store.at(inputs["postcode"], inputs["house_number"])
    registered = [{"family_name": row["family"], "initials": _initials(row["given"])} for row in rows]
    return {"count": len(rows), "registered": registered}


def vehicle_by_plate(store: Store, inputs: Inputs) -> Answer:
    row = store.vehicle(inputs["plate"])
    if row is None:
        return None
    return {
        "plate": row["plate"],
        "keeper_matches": row["number"] == inputs["number"],
        "emissions_class": row["emissions"],
        "kind": row["kind"],
    }


def _initials(given: str) -> str:
    return "".join(f"{name[0]}." for name in given.split())


# path -> (name, the inputs with the form of each, the answer)
OPERATIONS: Mapping[str, tuple[str, Mapping[str, str], Callable[[Store, Inputs], Answer]]] = {
    "/v1/resident-by-number": (
        "population-register.resident-by-number",
        {"number": r"[0-9]{9}"},
        resident_by_number,
    ),
    "/v1/residents-at-address": (
        "population-register.residents-at-address",
        {"postcode": r"[A-Za-z0-9 ]{3,12}", "house_number": r"[0-9A-Za-z /-]{1,20}"},
        residents_at_address,
    ),
    "/v1/vehicle-by-plate": (
        "population-register.vehicle-by-plate",
        {"plate": r"[A-Za-z0-9 -]{2,12}", "number": r"[0-9]{9}"},
        vehicle_by_plate,
    ),
}


def wrong_inputs(inputs: Any, forms: Mapping[str, str]) -> str:
    """What is wrong with the inputs; empty when nothing is."""
    if not isinstance(inputs, dict) or set(inputs) != set(forms):
        return f"`inputs` must be an object with exactly: {', '.join(forms)}."
    for name, form in forms.items():
        if not isinstance(inputs[name], str) or not re.fullmatch(form, inputs[name]):
            return f"`inputs.{name}` must be a text of the form {form}."
    return ""
