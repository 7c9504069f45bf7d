"""What may be asked of whom: each YAML file beside this declares one register and its operations.

An operation is named `<register>.<operation>`. Where a register stands is a setting of each body, not of its
declaration. A file that breaks `connector.schema.json` is refused when it is loaded, with its place.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from towpath.foundation.access import Assurance

FOLDER = Path(__file__).parent


class BrokenConnector(ValueError):
    """A declaration breaks the rules: which file, where in it, and what."""


@dataclass(frozen=True)
class Operation:
    """One question that a register answers. `question` and `answer` are JSON Schemas of objects."""

    connector: str
    name: str
    means: str
    path: str
    purpose: str
    legal_basis: str
    about: str
    assurance: Assurance
    seconds: float
    key_header: str
    question: Mapping[str, Any] = field(repr=False)
    answer: Mapping[str, Any] = field(repr=False)

    @property
    def inputs(self) -> frozenset[str]:
        return frozenset(self.question["properties"])

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.answer["properties"])

    def wrong_in_question(self, inputs: Mapping[str, Any]) -> list[str]:
        """The places that break the schema, without the values: they are personal."""
        return _places(self.question, inputs)

    def wrong_in_answer(self, answer: Any, granted: Collection[str]) -> list[str]:
        """As above, for the granted part of an answer; a field that is not granted can't be missing."""
        required = [name for name in self.answer.get("required", []) if name in granted]
        return _places({**self.answer, "required": required}, answer)


def _places(schema: Mapping[str, Any], value: Any) -> list[str]:
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return sorted({place for error in checker.iter_errors(value) for place in _named(error)})


def _named(error: jsonschema.ValidationError) -> list[str]:
    if error.validator == "required":
        required: Any = error.validator_value
        given: Any = error.instance
        return [f"{error.json_path}.{name}: missing" for name in required if name not in given]
    return [f"{error.json_path}: {error.validator}"]


@lru_cache
def operations() -> Mapping[str, Operation]:
    """Every declared operation by its full name."""
    return {o.name: o for path in sorted(FOLDER.glob("*.yaml")) for o in load(path)}


def load(path: Path) -> Iterator[Operation]:
    declared = _checked(path)
    for short, terms in declared["operations"].items():
        yield Operation(
            connector=declared["name"],
            name=f"{declared['name']}.{short}",
            means=terms["means"],
            path=terms["path"],
            purpose=terms["purpose"],
            legal_basis=terms["legal-basis"],
            about=terms.get("about", ""),
            assurance=terms["assurance"],
            seconds=terms["seconds"],
            key_header=terms["key-header"],
            question=terms["in"],
            answer=terms["out"],
        )


def _checked(path: Path) -> dict[str, Any]:
    rules = json.loads((FOLDER / "connector.schema.json").read_text())
    try:
        declared = yaml.safe_load(path.read_text())
        jsonschema.validate(declared, rules, cls=jsonschema.Draft202012Validator)
        for short, terms in declared["operations"].items():
            for side in ("in", "out"):
                _check_schema(terms[side], f"operations.{short}.{side}")
    except yaml.YAMLError as error:
        raise BrokenConnector(f"{path.name}: {error}") from error
    except jsonschema.ValidationError as error:
        raise BrokenConnector(f"{path.name}: {error.json_path}: {error.message}") from error
    checked: dict[str, Any] = declared
    return checked


def _check_schema(schema: Mapping[str, Any], place: str) -> None:
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        raise jsonschema.ValidationError(f"{place} is no JSON Schema: {error.message}") from error
