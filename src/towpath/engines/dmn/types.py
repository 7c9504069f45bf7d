"""Types of inputs and results: FEEL's own, and the item definitions of a model (DMN 1.5, section 7.3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from towpath.engines import feel
from towpath.engines.feel.values import kind

_OTHER_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "integer": "number",
    "long": "number",
    "double": "number",
    "any": "Any",
}


@dataclass(frozen=True, slots=True)
class Type:
    """`base` is a FEEL kind or "Any"; `components` those of a context; `of` what a list holds."""

    name: str
    base: str = "Any"
    allowed: feel.UnaryTest | None = None
    components: tuple[tuple[str, Type], ...] = ()
    of: Type | None = None

    def misfit(self, value: Any) -> str:
        """Why the value is not of this type, or "". Null is of every type."""
        if value is None:
            return ""
        if self.of:
            return self._misfit_in_list(value, self.of)
        if self.base != "Any" and kind(value) != self.base:
            return f"should be a {self.base} ({self.name}) but is a {_said(value)}"
        for name, type_ in self.components:
            why = type_.misfit(value.get(name)) if isinstance(value, Mapping) else ""
            if why:
                return f"{name} {why}"
        return outside(self.allowed, value)

    def _misfit_in_list(self, value: Any, of: Type) -> str:
        if not isinstance(value, list):
            return f"should be a list ({self.name}) but is a {_said(value)}"
        return next((why for why in map(of.misfit, value) if why), "") or outside(self.allowed, value)


def outside(allowed: feel.UnaryTest | None, value: Any) -> str:
    """Why the value is not among the allowed ones, or "". Null always is."""
    if value is None or allowed is None or allowed(value, {}):
        return ""
    return f"should be one of {allowed.text} but is {value!s:.80}"


def _said(value: Any) -> str:
    what = kind(value)
    return type(value).__name__ if what == "unknown" else what


ANY = Type("Any")
BUILT_IN = {
    name: Type(name, name)
    for name in (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "context",
        "list",
    )
} | {"Any": ANY}


def built_in(name: str) -> Type | None:
    """FEEL's own type of that name, also with a prefix such as feel: or in the older spellings."""
    plain = name.rpartition(":")[2]
    return BUILT_IN.get(_OTHER_NAMES.get(plain, plain))
