"""Says in plain words where a YAML file breaks its JSON Schema."""

import json
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

from towpath.catalogue.problems import Problem, nearest
from towpath.catalogue.written import Document, mapping
from towpath.catalogue.written import Path as Place

FOLDER = Path(__file__).parent / "schemas"
KIND = {
    "object": "keys with values",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


@lru_cache
def schema(name: str, folder: Path = FOLDER) -> Draft202012Validator:
    return Draft202012Validator(json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8")))


def problems(document: Document, name: str, folder: Path = FOLDER) -> list[Problem]:
    """Everything at once, in the order of the lines."""
    errors = schema(name, folder).iter_errors(document.value)
    found = {problem for error in errors for problem in _told(document, error, ())}
    return sorted(found, key=lambda problem: (problem.line, problem.place, problem.what))


def _told(document: Document, error: ValidationError, before: Place) -> Iterator[Problem]:
    path: Place = before or (*error.absolute_path,)
    value, rule, validator = error.instance, error.validator_value, str(error.validator)
    match validator:
        case "oneOf" | "anyOf":
            yield from _of_branches(document, error, path)
        case "additionalProperties" if isinstance(value, dict):
            yield from _surplus(document, error, path, value)
        case "required" if isinstance(rule, list):
            # One error for each key that is missing; the message names it first, in quotes.
            missing = [
                key for key in rule if key not in mapping(value) and error.message.startswith(repr(key))
            ]
            for key in missing:
                yield document.problem(path, f"'{key}' is missing", _described(error, key))
        case "None":  # the schema says that nothing may stand here
            beside = mapping(document.at(*path))
            key = next((key for key, each in beside.items() if each is value), "this")
            yield document.problem((*path, key), f"'{key}' has no place here", "remove it, or look at 'type'")
        case _:
            what, right = _plain(error)
            of_key = "propertyNames" in error.absolute_schema_path
            yield document.problem((*path, str(value)) if of_key else path, what, right)


def _of_branches(document: Document, error: ValidationError, path: Place) -> Iterator[Problem]:
    """Of several forms the author meant the one whose keys, or whose kind of value, are there."""
    inner = _meant(error)
    if inner:
        for each in inner:
            yield from _told(document, each, (*path, *each.relative_path))
        return
    branches: list[Any] = list(error.validator_value)  # type: ignore[arg-type]
    marks = [" and ".join(b["required"]) for b in branches if b.get("required")]
    if isinstance(error.instance, dict) and marks:
        yield document.problem(
            path, "has none of the forms that are allowed", f"it needs {' or '.join(marks)}"
        )
        return
    rights = dict.fromkeys(right for each in error.context or [] if (right := _plain(each)[1]))
    yield document.problem(path, f"{_shown(error.instance)} is not allowed here", " or ".join(rights))


def _meant(error: ValidationError) -> list[ValidationError]:
    branches: list[Any] = list(error.validator_value)  # type: ignore[arg-type]
    found: dict[int, list[ValidationError]] = {}
    for each in error.context or []:
        found.setdefault(int(each.relative_schema_path[0]), []).append(each)
    keys = set(error.instance) if isinstance(error.instance, dict) else set()
    marked = [n for n in found if set(branches[n].get("required", ["\0"])) <= keys]
    if marked:
        return found[max(marked, key=lambda n: len(keys & set(branches[n].get("properties", {}))))]
    if any("properties" in branch or "required" in branch for branch in branches):
        return []
    of_kind = [n for n, errors in found.items() if not any(_other_kind(each) for each in errors)]
    return found[of_kind[0]] if len(of_kind) == 1 else []


def _other_kind(error: ValidationError) -> bool:
    return error.validator in ("type", "enum") and not error.relative_path


def _surplus(
    document: Document, error: ValidationError, path: Place, value: dict[str, Any]
) -> Iterator[Problem]:
    scheme: Any = error.schema
    known = scheme.get("properties", {}) if isinstance(scheme, dict) else {}
    for key in value:
        if key not in known:
            yield document.problem((*path, key), f"'{key}' is not known here", nearest(str(key), known))


def _plain(error: ValidationError) -> tuple[str, str]:
    value, rule = error.instance, error.validator_value
    described = _description(error)
    match error.validator:
        case "type":
            wanted = rule if isinstance(rule, list) else [rule]
            kinds = " or ".join(KIND.get(str(each), str(each)) for each in wanted)
            quotes = (
                " (put it in quotes)" if "string" in wanted and not isinstance(value, list | dict) else ""
            )
            return f"is {_kind(value)}", f"it must be {kinds}{quotes}"
        case "enum":
            known = [str(each) for each in rule]  # type: ignore[union-attr]
            close = nearest(str(value), known)
            return (
                f"{_shown(value)} is not one of its values",
                close if "mean" in close else f"one of: {', '.join(known)}",
            )
        case "pattern":
            return f"{_shown(value)} is not written as it must be", described or f"it must match {rule}"
        case "minItems":
            return "has too few entries", f"at least {rule}"
        case "maxItems":
            return "has too many entries", f"at most {rule}"
        case "uniqueItems":
            return "has the same entry twice", "keep one of them"
        case "minLength":
            return "is empty", described
        case "minimum" | "exclusiveMinimum":
            return f"{_shown(value)} is too small", f"at least {rule}"
        case "maximum" | "exclusiveMaximum":
            return f"{_shown(value)} is too large", f"at most {rule}"
        case "minProperties":
            return "is empty", described
    return f"breaks the rule '{error.validator}'", described


def _shown(value: Any) -> str:
    return "this" if isinstance(value, list | dict) else f"'{str(value)[:60]}'"


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, date):
        return "a date"
    for kind, words in (
        (dict, "keys with values"),
        (list, "a list"),
        (str, "a text"),
        (type(None), "nothing"),
    ):
        if isinstance(value, kind):
            return words
    return "a number"


def _description(error: ValidationError) -> str:
    scheme: Any = error.schema
    return str(scheme.get("description", "")) if isinstance(scheme, dict) else ""


def _described(error: ValidationError, key: str) -> str:
    scheme: Any = error.schema
    told = scheme.get("properties", {}).get(key, {}) if isinstance(scheme, dict) else {}
    return str(told.get("description", "")) if isinstance(told, dict) else ""
