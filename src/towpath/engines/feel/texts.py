"""Values as texts: what `string()` gives (DMN 1.5, section 10.3.4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel import times
from towpath.engines.feel.exact import Exact
from towpath.engines.feel.limits import MAX_STRING, Budget, Exceeded
from towpath.engines.feel.values import FunctionValue, Range, kind


def text_of(value: Any, budget: Budget, quote: bool = False) -> str:
    """Inside lists, contexts and ranges strings are quoted."""
    what = kind(value)
    if what == "string":
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quote else str(value)
    if what == "number":
        return number_text(value)
    if what == "list":
        return _joined("[", (text_of(item, budget, True) for item in value), "]", budget)
    if what == "context":
        entries = (f"{_key_text(key)}: {text_of(item, budget, True)}" for key, item in value.items())
        return _joined("{", entries, "}", budget)
    if what == "range":
        return _range_text(value, budget)
    return _scalar_text(value)


def _joined(opened: str, texts: Iterable[str], closed: str, budget: Budget) -> str:
    """What is too long is stopped before it is put together."""
    size, kept = 0, []
    for text in texts:
        budget.spend(1)
        size += len(text) + 2
        if size > MAX_STRING:
            raise Exceeded(f"a string of more than {MAX_STRING} characters (MAX_STRING)")
        kept.append(text)
    return opened + ", ".join(kept) + closed


def _key_text(key: str) -> str:
    plain = key and all(word.isidentifier() for word in key.split(" "))
    return key if plain else '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _range_text(value: Range, budget: Budget) -> str:
    if value.sign:
        end = value.high if value.low is None else value.low
        return f"({value.sign} {text_of(end, budget, True)})"
    low, high = text_of(value.low, budget, True), text_of(value.high, budget, True)
    return ("[" if value.low_included else "(") + f"{low}..{high}" + ("]" if value.high_included else ")")


def _scalar_text(value: Any) -> str:
    if isinstance(value, timedelta):
        return times.text_of_duration(value)
    if isinstance(value, date | time | Exact):
        return times.text_of_moment(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, FunctionValue):
        return f"function({', '.join(value.parameters)})"
    return str(value)


def number_text(value: Decimal | int) -> str:
    """Without exponent and without zeros at the end: 100, 1.5, 0.001."""
    text = f"{value:f}"
    text = (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return "0" if text == "-0" else text
