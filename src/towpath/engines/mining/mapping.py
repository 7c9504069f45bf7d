"""Which column means what. Guessed from names and contents, shown, and corrected by a small YAML file:

case: Case number         activity: Step            time: Finished at
start: Started at         unit: Department          resource: Clerk
channel: Channel          lifecycle: Status
steps: {Received: opened, Closed: closed}    one row per case, each of these columns a time
objects: Permit           OCEL: the type of object that is the case
zone: Europe/Amsterdam    for times without a zone (else UTC)
time-format: "%d/%m/%Y %H:%M"        delimiter: ";"        encoding: latin-1
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from towpath.engines.mining.errors import LogError, Problem, refused

ROLES = ("case", "activity", "time", "start", "unit", "resource", "channel", "lifecycle")


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by role; "" where there is none. `steps` maps columns of times to activities (one row a case)."""

    case: str = ""
    activity: str = ""
    time: str = ""
    start: str = ""
    unit: str = ""
    resource: str = ""
    channel: str = ""
    lifecycle: str = ""
    steps: dict[str, str] = field(default_factory=dict)
    objects: str = ""
    zone: str = "UTC"
    time_format: str = ""
    delimiter: str = ""
    encoding: str = ""

    def roles(self) -> dict[str, str]:
        """Role to column, those that are set."""
        return {role: name for role in ROLES if (name := getattr(self, role))}

    def yaml(self) -> str:
        """As a mapping file, without what is empty."""
        given = {name.replace("_", "-"): value for name, value in asdict(self).items() if value}
        return yaml.safe_dump(given, allow_unicode=True, sort_keys=False)

    def over(self, guess: Mapping) -> Mapping:
        """This mapping, with what it leaves open taken from a guess."""
        named = {one.name: value for one in fields(self) if (value := getattr(self, one.name))}
        if self.zone == "UTC":
            named.pop("zone")
        if self.steps:
            named |= {"activity": "", "time": "", "start": ""}
        elif self.activity or self.time:
            named |= {"steps": {}}
        return replace(guess, **named)


def load(path: str | Path) -> Mapping:
    """A mapping file. LogError with every entry that is not understood."""
    file = Path(path)
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as why:
        raise refused("mapping", f"the mapping can't be read: {why}", file=file.name) from None
    return of(given, file.name)


def of(given: Any, file: str = "") -> Mapping:
    """The mapping that a YAML document holds."""
    if not isinstance(given, dict):
        raise refused("mapping", "a mapping has lines such as 'case: Case number'", file=file)
    known = {one.name.replace("_", "-"): one.name for one in fields(Mapping)}
    wrong: list[Problem] = []
    taken: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            wrong.append(Problem("mapping", f"'{key}' is not known here; one of {', '.join(known)}"))
        elif key == "steps" and not _texts(value):
            wrong.append(Problem("mapping", "'steps' should be columns and their activities"))
        elif key != "steps" and not isinstance(value, str):
            wrong.append(Problem("mapping", f"'{key}' should be a text"))
        else:
            taken[known[key]] = value
    wrong += _zone(taken.get("zone", "UTC"))
    if wrong:
        raise LogError(wrong, file)
    return Mapping(**taken)


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for pair in value.items() for one in pair)


def _zone(name: str) -> list[Problem]:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return [Problem("mapping", f"'{name}' is not a time zone; write it as Europe/Amsterdam")]
    return []
