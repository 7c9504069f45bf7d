"""The answer of a register as a form: one control for each value that its declaration names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from towpath.exchange.connectors import Operation
from towpath.surfaces.desk import registers
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.questions import Raw

GAP = "."  # between the names of an object and of its parts


@dataclass(frozen=True)
class Asked:
    """A value of the answer: its place (`name.full`), its JSON Schema, whether it must be there."""

    place: str
    schema: Mapping[str, Any]
    needed: bool

    @property
    def kinds(self) -> list[str]:
        kind = self.schema.get("type", "string")
        return list(kind) if isinstance(kind, list) else [str(kind)]


def asked(operation: Operation) -> list[Asked]:
    return list(_asked(operation.answer, ""))


def _asked(schema: Mapping[str, Any], prefix: str) -> Iterator[Asked]:
    needed = schema.get("required", [])
    for name, part in schema.get("properties", {}).items():
        if part.get("type") == "object":
            yield from _asked(part, f"{prefix}{name}{GAP}")
        else:
            yield Asked(prefix + name, part, name in needed)


def fields(operation: Operation, typed: Raw, wrong: Mapping[str, str]) -> list[Field]:
    return [_field(one, next(iter(typed.get(one.place, [])), ""), wrong) for one in asked(operation)]


def _field(one: Asked, value: str, wrong: Mapping[str, str]) -> Field:
    label = registers.part(one.place, GAP)
    error = wrong.get(one.place, "")
    ident = f"answer-{one.place.replace(GAP, '-')}"
    if options := _options(one):
        return Field(
            "radios", one.place, label, id=ident, value=value, error=error, choices=options, small=True
        )
    hint = {
        "date": _("Year-month-day, such as 2027-03-27"),
        "array": _("One on each line, its parts after commas"),
    }
    kind = "array" if "array" in one.kinds else str(one.schema.get("format", ""))
    return Field(
        "textarea" if "array" in one.kinds else "text",
        one.place,
        label,
        id=ident,
        hint=hint.get(kind, ""),
        value=value,
        error=error,
        optional=not one.needed,
        rows=3,
    )


def _options(one: Asked) -> list[Choice]:
    if "boolean" in one.kinds:
        return [Choice("yes", _("Yes")), Choice("no", _("No"))]
    return [
        Choice(str(value), str(registers.VALUES.get(value, value))) for value in one.schema.get("enum", [])
    ]


def answer(operation: Operation, typed: Raw) -> dict[str, Any]:
    """What was typed as the register would have said it; what was left empty is left out."""
    found: dict[str, Any] = {}
    for one in asked(operation):
        text = next(iter(typed.get(one.place, [])), "").strip()
        if text:
            _put(found, one.place.split(GAP), _value(one, text))
    return found


def _put(into: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        into = into.setdefault(name, {})
    into[path[-1]] = value


def _value(one: Asked, text: str) -> Any:
    if "boolean" in one.kinds:
        return {"yes": True, "no": False}.get(text, text)
    if "integer" in one.kinds:
        return int(text) if text.lstrip("-").isdecimal() else text
    if "array" in one.kinds:
        names = list(one.schema.get("items", {}).get("properties", {}))
        return [_item(names, line) for line in text.splitlines() if line.strip()]
    return text


def _item(names: list[str], line: str) -> Any:
    if not names:
        return line.strip()
    return dict(zip(names, (part.strip() for part in line.split(",")), strict=False))


def wrong_places(places: list[str], operation: Operation) -> dict[str, str]:
    """Place -> what is wrong, from the places that the exchange names (`$.name.full: missing`)."""
    found: dict[str, str] = {}
    known = [one.place for one in asked(operation)]
    for place in places:
        path, _sep, what = place.removeprefix("$.").partition(": ")
        text = _("Fill this in.") if what == "missing" else _("The register would not write it like this.")
        for name in known:
            if name == path or name.startswith(path + GAP) or path.startswith(name):
                found.setdefault(name, text)
    return found
