"""Functions on strings, and conversion to and from them (DMN 1.5, tables 73 and 75)."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from towpath.engines.feel import patterns
from towpath.engines.feel.functions import function
from towpath.engines.feel.limits import MAX_STRING, Exceeded, Scope, bounded_list, bounded_string, budget_of
from towpath.engines.feel.texts import text_of
from towpath.engines.feel.values import NUMBERS

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,5})?")


@function("not", "negand: boolean")
def _not(negand: bool) -> bool:
    return not negand


@function("is defined", "value")
def _is_defined(value: Any) -> bool:
    """Only for its name and argument: `calls` compiles the call, since a value can't tell."""
    return value is not None


@function("string", "from", scoped=True)
def _string(scope: Scope, value: Any) -> str | None:
    return None if value is None else text_of(value, budget_of(scope))


@function("number", "from: string or number")
def _number_from(value: str | Decimal) -> Decimal | None:
    return _number(value, None, None) if isinstance(value, str) else value


@function("number", "from: string", "grouping separator?: string", "decimal separator?: string")
def _number(value: str, grouping: str | None, point: str | None) -> Decimal | None:
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping and grouping == (point or "."):
        return None
    plain = value.replace(grouping, "") if grouping else value
    plain = plain.replace(point, ".") if point else plain
    return NUMBERS.create_decimal(plain) if _NUMBER.fullmatch(plain) else None


@function("substring", "string: string", "start position: number", "length?: number")
def _substring(text: str, position: Decimal, length: Decimal | None) -> str | None:
    if not 1 <= abs(position) <= len(text) or (length is not None and length < 1):
        return None
    start = int(position) - 1 if position > 0 else len(text) + int(position)
    return text[start : len(text) if length is None else start + int(min(length, Decimal(len(text))))]


@function("string length", "string: string")
def _string_length(text: str) -> Decimal:
    return Decimal(len(text))


@function("upper case", "string: string")
def _upper_case(text: str) -> str:
    return text.upper()


@function("lower case", "string: string")
def _lower_case(text: str) -> str:
    return text.lower()


@function("substring before", "string: string", "match: string")
def _substring_before(text: str, match: str) -> str:
    before, found, _ = text.partition(match) if match else ("", "", "")
    return before if found else ""


@function("substring after", "string: string", "match: string")
def _substring_after(text: str, match: str) -> str:
    return text.partition(match)[2] if match else text


@function("contains", "string: string", "match: string")
def _contains(text: str, match: str) -> bool:
    return match in text


@function("starts with", "string: string", "match: string")
def _starts_with(text: str, match: str) -> bool:
    return text.startswith(match)


@function("ends with", "string: string", "match: string")
def _ends_with(text: str, match: str) -> bool:
    return text.endswith(match)


@function("matches", "input: string", "pattern: string", "flags?: string", scoped=True)
def _matches(scope: Scope, text: str, pattern: str, flags: str | None) -> bool | None:
    return patterns.matches(text, pattern, flags or "", budget_of(scope))


@function("replace", "input: string", "pattern: string", "replacement: string", "flags?: string", scoped=True)
def _replace(scope: Scope, text: str, pattern: str, replacement: str, flags: str | None) -> str | None:
    found = patterns.replaced(text, pattern, replacement, flags or "", budget_of(scope))
    return None if found is None else bounded_string(found)


@function("split", "string: string", "delimiter: string", scoped=True)
def _split(scope: Scope, text: str, delimiter: str) -> list[str] | None:
    found = patterns.split(text, delimiter, budget_of(scope))
    return None if found is None else bounded_list(found)


@function("string join", "list: list", "delimiter?: string")
def _string_join(items: list[Any], delimiter: str | None) -> str | None:
    texts = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in texts):
        return None
    if sum(map(len, texts)) + len(delimiter or "") * len(texts) > MAX_STRING:
        raise Exceeded(f"a string of more than {MAX_STRING} characters (MAX_STRING)")
    return (delimiter or "").join(texts)
