"""Reads who is registered from `demo/people.yaml`. Malformed entries are refused with their number."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).parent.parent / "people.yaml"
NEEDED = (
    "number", "given-name", "family-name", "birth-date", "street", "house-number", "postcode", "town", "moved-in",
)  # fmt: skip
EMISSIONS = ("electric", "euro-6", "euro-5", "euro-4")


class WrongPeople(Exception):
    """The file of people can't be used: where, and why."""


@dataclass(frozen=True)
class Resident:
    number: str
    given: str
    family: str
    birth_date: str
    street: str
    house_number: str
    postcode: str
    town: str
    moved_in: str
    moved_away: str | None
    plates: tuple[str, ...]


def load(path: Path = SOURCE) -> list[Resident]:
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, yaml.YAMLError) as error:
        raise WrongPeople(f"{path}: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("people"), list):
        raise WrongPeople(f"{path}: a list `people` is expected.")
    return list(_residents(path, content["people"]))


def _residents(path: Path, entries: list[Any]) -> Iterator[Resident]:
    for place, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not all(entry.get(name) for name in NEEDED):
            raise WrongPeople(f"{path}: entry {place} must have {', '.join(NEEDED)}.")
        yield _resident(entry)


def _resident(entry: Mapping[str, Any]) -> Resident:
    away = entry.get("moved-away")
    return Resident(
        number=str(entry["number"]),
        given=str(entry["given-name"]),
        family=str(entry["family-name"]),
        birth_date=str(entry["birth-date"]),
        street=str(entry["street"]),
        house_number=str(entry["house-number"]),
        postcode=str(entry["postcode"]),
        town=str(entry["town"]),
        moved_in=str(entry["moved-in"]),
        moved_away=str(away) if away else None,
        plates=tuple(plain(str(plate)) for plate in entry.get("vehicles") or ()),
    )


def plain(text: str) -> str:
    """Plates, postcodes and house numbers as they are compared: without spaces and hyphens, in capitals."""
    return "".join(c for c in text.upper() if c.isalnum())


def emissions(plate: str) -> str:
    """Made up from the plate, so that it is always the same."""
    return EMISSIONS[sum(ord(c) for c in plate) % len(EMISSIONS)]
