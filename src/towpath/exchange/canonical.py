"""JSON in one way only (RFC 8785), so that a signature fits the content and not its spelling.

Numbers are whole and within ±(2^53 - 1): a fraction has no one spelling that every system keeps, so it is refused.
"""

import hashlib
import json
from typing import Any

MOST = 2**53 - 1
DEEPEST = 32


class NotCanonical(ValueError):
    """The value, or the text, can't be written in the one way. Says why."""


def encode(value: Any) -> bytes:
    try:
        return _text(value, 0).encode()
    except UnicodeEncodeError:
        raise NotCanonical("A text holds half a surrogate pair.") from None


def digest(value: Any) -> str:
    """SHA-256 of the canonical form, in hexadecimal."""
    return hashlib.sha256(encode(value)).hexdigest()


def decode(raw: bytes) -> Any:
    """Reads JSON strictly: UTF-8, no name twice in an object, no NaN. `NotCanonical` says what is wrong."""
    try:
        return json.loads(raw.decode(), object_pairs_hook=_unique, parse_constant=_no_constant)
    except NotCanonical:
        raise
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"This is no JSON: {type(error).__name__}.") from None


def _text(value: Any, depth: int) -> str:
    if depth > DEEPEST:
        raise NotCanonical(f"Nested deeper than {DEEPEST}.")
    if value is None or isinstance(value, bool | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return _number(value)
    if isinstance(value, list | tuple):
        return "[" + ",".join(_text(item, depth + 1) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(_member(name, value[name], depth) for name in _ordered(value)) + "}"
    raise NotCanonical(
        f"A {type(value).__name__} can't be written; texts, whole numbers and truth values can."
    )


def _number(value: int) -> str:
    if not -MOST <= value <= MOST:
        raise NotCanonical("A number lies beyond 2^53 - 1.")
    return str(int(value))


def _member(name: str, value: Any, depth: int) -> str:
    return f"{json.dumps(name, ensure_ascii=False)}:{_text(value, depth + 1)}"


def _ordered(value: dict[Any, Any]) -> list[str]:
    """Names in the order of their UTF-16 code units (RFC 8785, 3.2.3)."""
    if not all(isinstance(name, str) for name in value):
        raise NotCanonical("The name of a member is no text.")
    return sorted(value, key=lambda name: name.encode("utf-16-be"))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotCanonical("An object names a member twice.")
    return members


def _no_constant(name: str) -> Any:
    raise NotCanonical(f"{name} is no JSON number.")
