"""What residents do in the tests: fill in, send, follow."""

import re
from html import unescape
from typing import Any
from uuid import UUID

from django.test import Client

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
PARKING = "resident-parking-permit"
PAGES: dict[str, dict[str, Any]] = {
    "full_name": {"full_name": "Ada Lovelace"},
    "typed_address": {
        "typed_address-line_1": "12 Mill Lane",
        "typed_address-town": "Millbrook",
        "typed_address-postcode": "MB1 2AB",
    },
    "resident_number": {"resident_number": ""},
    "contact": {"email": "ada@example.org", "phone": ""},
    "vehicle_registration": {"vehicle_registration": "AB12 CDE"},
    "vehicle_kind": {"vehicle_kind": "car"},
    "vehicle_keeper": {"vehicle_keeper": "me"},
    "emission_class": {"emission_class": "low"},
    "permits_at_address": {"permits_at_address": "0"},
    "off_street_space": {"off_street_space": "no"},
    "blue_badge": {"blue_badge": "no"},
    "start_date": {"start_date-day": "1", "start_date-month": "12", "start_date-year": "2031"},
}


class Browser(Client):
    """Keeps to what a person can do: open pages, follow redirects, send the form that is shown."""

    def begin(self, code: str = PARKING) -> UUID:
        went = self.post(f"/apply/{code}/")
        assert went.status_code == 302, went.content
        return UUID(went["Location"].split("/")[2])

    def fill(self, draft: UUID, **changes: dict[str, Any]) -> str:
        """Sends page after page as the site leads; the address where it ends."""
        there = self.get(f"/drafts/{draft}/")["Location"]
        while not there.endswith("/check-answers/"):
            page = there.split("/")[3]
            answer = self.post(there, {**PAGES, **changes}[page])
            assert answer.status_code == 302, f"{page}: {words(answer)}"
            there = answer["Location"]
        return there

    def send(self, draft: UUID) -> UUID:
        went = self.post(f"/drafts/{draft}/check-answers/")
        assert went.status_code == 302, went.content
        assert went["Location"].endswith("/receipt/"), went["Location"]
        return UUID(went["Location"].split("/")[2])

    def apply(self, **changes: dict[str, Any]) -> UUID:
        draft = self.begin()
        self.fill(draft, **changes)
        return self.send(draft)

    def sign_in(self, town: Any, person: Any, assurance: str = "low") -> None:
        from towpath.foundation import clock
        from towpath.surfaces.resident_access import KEPT

        session = self.session
        values = {"tenant": town.code, "person": str(person.pk), "assurance": assurance}
        session[KEPT] = values | {"at": clock.now().isoformat()}
        session.save()
        self.cookies["sessionid"] = session.session_key


def words(response: Any) -> str:
    """The text of a page's body as people read it."""
    body = response.content.decode().partition("<body")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def field(response: Any, name: str) -> str:
    """What stands in an input."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.content.decode())
    assert found, f"no field {name}"
    value = re.search(r'value="([^"]*)"', found[0])
    return unescape(value[1]) if value else ""
