"""What applicants type, page by page, as a browser sends it."""

from collections.abc import Mapping
from datetime import date, timedelta

Fields = Mapping[str, str | list[str]]
SOON = date.today() + timedelta(days=30)  # noqa: DTZ011 (only a day ahead of now)
START: Fields = {
    "start_date-day": str(SOON.day),
    "start_date-month": str(SOON.month),
    "start_date-year": str(SOON.year),
}


def address(question: str, line_1: str, town: str = "Millbrook", postcode: str = "MB1 2CS") -> Fields:
    parts = {"line_1": line_1, "line_2": "", "town": town, "postcode": postcode}
    return {f"{question}-{part}": value for part, value in parts.items()}


def parking(name: str, email: str, number: str, **changes: str) -> dict[str, Fields]:
    """Page -> fields. With the number of a resident the register is asked; without one a person checks the address."""
    pages: dict[str, Fields] = {
        "full_name": {"full_name": name},
        "typed_address": address("typed_address", "12 canal street"),
        "resident_number": {"resident_number": number},
        "contact": {"email": email, "phone": ""},
        "vehicle_registration": {"vehicle_registration": "MB-417-K"},
        "vehicle_kind": {"vehicle_kind": "car"},
        "vehicle_keeper": {"vehicle_keeper": "me"},
        "emission_class": {"emission_class": "low"},
        "permits_at_address": {"permits_at_address": "0"},
        "off_street_space": {"off_street_space": "no"},
        "blue_badge": {"blue_badge": "no"},
        "start_date": START,
    }
    return {
        page: {**fields, **{k: v for k, v in changes.items() if k in fields}}
        for page, fields in pages.items()
    }


def environment(name: str, email: str) -> dict[str, Fields]:
    """The shortest way through the environmental permit: a tree."""
    return {
        "full_name": {"full_name": name},
        "contact": {"email": email, "phone": ""},
        "postal_address": address("postal_address", "12 Canal Street"),
        "activities": {"activities": ["fell-tree"]},
        "site_address": address("site_address", "12 Canal Street"),
        "description": {"description": "An old willow that leans over the path behind the house."},
        "start_date": START,
        "owns_land": {"owns_land": "yes"},
        "site_plan": {},
    }
