"""The population of the two towns: those of `people.yaml`, and many more made up from a seed."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

import yaml

from demo.register import people as register
from demo.signin import people as signin

INITIALS = {"Millbrook": "MB", "Eastmere": "EM"}
NAMES = Path(__file__).parent / "names.yaml"


@dataclass(frozen=True)
class Resident:
    """`entry` is what the population register holds; `subject` what the sign-in provider calls them."""

    entry: register.Resident
    email: str
    phone: str
    language: str
    subject: str

    @property
    def name(self) -> str:
        return f"{self.entry.given} {self.entry.family}"

    @property
    def address(self) -> dict[str, str]:
        line = f"{self.entry.house_number} {self.entry.street}"
        return {"line_1": line, "line_2": "", "town": self.entry.town, "postcode": self.entry.postcode}

    @property
    def plate(self) -> str:
        """Of their own vehicle, or of one that they borrow."""
        borrowed = f"{INITIALS[self.entry.town]}-{self.entry.number[-3:]}-X"
        return self.entry.plates[0] if self.entry.plates else borrowed


def known(town: str) -> list[Resident]:
    """Those of `people.yaml` who live in the town."""
    rows = yaml.safe_load(register.SOURCE.read_text(encoding="utf-8"))["people"]
    entries = {one.number: one for one in register.load()}
    subjects = {one.number: one.subject for one in signin.load()}
    return [
        Resident(entries[row["number"]], row["email"], row["phone"], "en", subjects.get(row["number"], ""))
        for row in rows
        if row["town"] == town
    ]


def made_up(town: str, count: int, rng: Random) -> list[Resident]:
    """`count` further residents: addresses, numbers and plates are each one's own."""
    names = yaml.safe_load(NAMES.read_text(encoding="utf-8"))
    taken: set[str] = {one.entry.number for one in known(town)}
    return [_one(town, names, place, taken, rng) for place in range(count)]


def _one(
    town: str, names: dict[str, dict[str, list[str]]], place: int, taken: set[str], rng: Random
) -> Resident:
    language = rng.choices(["en", "fr", "ar"], [82, 10, 8])[0]
    given, family = rng.choice(names["given"][language]), rng.choice(names["family"][language])
    # Streets are numbered like the postcodes that they have.
    street = rng.randrange(len(names["streets"][town]))
    letters = INITIALS[town]
    entry = register.Resident(
        number=_number(taken, rng),
        given=given,
        family=family,
        birth_date=(date(1940, 1, 1) + timedelta(days=rng.randrange(23_000))).isoformat(),
        street=names["streets"][town][street],
        house_number=str(1 + rng.randrange(140)),
        postcode=f"{letters}{1 + street % 4} {1 + street // 4}{chr(65 + street)}{chr(75 + street % 10)}",
        town=town,
        moved_in=(date(1985, 1, 1) + timedelta(days=rng.randrange(13_000))).isoformat(),
        moved_away=None,
        plates=(f"{letters}-{rng.randrange(1000):03}-{rng.choice('ABCDEFGHKLMNPRSTUVWXYZ')}",),
    )
    email = f"{_plain(given)}.{_plain(family)}{place}@mail.{town.lower()}.localhost"
    return Resident(entry, email, f"01632 {960_100 + place % 399}", language, f"made-up-{entry.number}")


def _number(taken: set[str], rng: Random) -> str:
    while (number := str(rng.randrange(430_000_000, 999_999_999))) in taken:
        pass
    taken.add(number)
    return number


def _plain(name: str) -> str:
    """A name as it stands in an e-mail address."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return "".join(c for c in letters if c.isascii() and c.isalpha()) or "resident"
