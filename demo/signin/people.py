"""The made-up residents who can sign in."""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent / "people.yaml"


@dataclass(frozen=True)
class Resident:
    number: str
    given_name: str
    family_name: str
    birth_date: date
    town: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    @property
    def subject(self) -> str:
        """Opaque: it says nothing of the register number to who doesn't know it."""
        return hashlib.sha256(f"demonstration|{self.number}".encode()).hexdigest()[:32]

    def claims(self) -> dict[str, Any]:
        return {
            "sub": self.subject,
            "register_number": self.number,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "name": self.name,
            "birthdate": self.birth_date.isoformat(),
            "email": self.email,
            "email_verified": True,
        }


def load(source: Path = SOURCE) -> list[Resident]:
    rows = yaml.safe_load(source.read_text(encoding="utf-8"))["people"]
    return [
        Resident(
            number=row["number"],
            given_name=row["given-name"],
            family_name=row["family-name"],
            birth_date=row["birth-date"],
            town=row["town"],
            email=row["email"],
        )
        for row in rows
        if row["sign-in"]
    ]


def of_town(people: list[Resident], host: str) -> list[Resident]:
    """Those of the town that the host name begins with; all, where it begins with none."""
    label = host.partition(".")[0].lower()
    return [p for p in people if p.town.lower() == label] or people
