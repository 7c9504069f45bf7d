"""Types of values: FEEL's own, and those that a model defines (DMN 1.5, sections 7.3.3 and 10.3.2.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, time
from typing import Any

from towpath.engines.feel.exact import combined
from towpath.engines.feel.limits import Budget
from towpath.engines.feel.values import FunctionValue, kind

Allowed = Callable[[Any], bool]
SIMPLE = (
    "number",
    "string",
    "boolean",
    "date",
    "time",
    "date and time",
    "days and time duration",
    "years and months duration",
)
_OTHER_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "integer": "number",
    "long": "number",
    "double": "number",
    "any": "Any",
    "null": "Null",
}


@dataclass(frozen=True, slots=True)
class Type:
    """`base` is a FEEL kind, "Any" or "Null".

    `of` is what a list or range holds; `components` are those of a context; `takes` and `gives` what a
    function does, None where it is any function; `allowed` tests the value, or where it is a list of
    `of` the list as a whole, and `allowed_text` is its text.
    """

    name: str
    base: str = "Any"
    of: Type | None = None
    components: tuple[tuple[str, Type], ...] = ()
    takes: tuple[Type, ...] | None = None
    gives: Type | None = None
    allowed: Allowed | None = None
    allowed_text: str = ""

    def misfit(self, value: Any, budget: Budget | None = None) -> str:
        """Why the value is not of this type, or "". Null is of every type. `budget` pays for long lists."""
        if value is None:
            return ""
        if self.base == "Any":
            return self._outside(value)
        what = kind(value)
        if what != self.base:
            named = self.base if self.name == self.base else f"{self.base} ({self.name})"
            return f"should be a {named} but is a {type(value).__name__ if what == 'unknown' else what}"
        return self._misfit_inside(value, budget) or self._outside(value)

    def _misfit_inside(self, value: Any, budget: Budget | None) -> str:
        if self.components:
            return self._misfit_in_context(value, budget)
        if self.of and self.base == "list":
            if budget is not None:
                budget.charge(value)
            found = (self.of.misfit(item, budget) for item in value)
            return next((f"holds what {why}" for why in found if why), "")
        if self.of and self.base == "range":
            return self.of.misfit(value.low) or self.of.misfit(value.high)
        if self.base == "function" and self.takes is not None:
            return self._misfit_of_function(value)
        return ""

    def _misfit_in_context(self, value: Mapping[str, Any], budget: Budget | None) -> str:
        for name, type_ in self.components:
            if name not in value:
                return f"has no {name}"
            why = type_.misfit(value[name], budget)
            if why:
                return f"{name} {why}"
        return ""

    def _misfit_of_function(self, value: FunctionValue) -> str:
        found, wanted = getattr(value, "types", None), self.takes or ()
        if len(value.parameters) != len(wanted):
            return f"should be a function of {len(wanted)} parameters"
        if found and not all(
            given.base == "Any" or accepts(given, needed) for given, needed in zip(found, wanted, strict=True)
        ):
            return "is a function of other parameters"
        returns = getattr(value, "returns", ANY)
        if returns.base != "Any" and self.gives and not accepts(self.gives, returns):
            return "is a function that gives something else"
        return ""

    def _outside(self, value: Any) -> str:
        if self.allowed is None or self.allowed(value):
            return ""
        return f"should be one of {self.allowed_text} but is {value!s:.80}"


def accepts(wide: Type, narrow: Type) -> bool:
    """Whether every value of `narrow` is one of `wide` (conformance, section 10.3.2.9.2)."""
    if wide.base == "Any" or narrow.base == "Null":
        return True
    if wide.base != narrow.base:
        return False
    if wide.of:
        return narrow.of is not None and accepts(wide.of, narrow.of)
    parts = dict(narrow.components)
    if not all(name in parts and accepts(type_, parts[name]) for name, type_ in wide.components):
        return False
    if wide.takes is None:
        return True
    if narrow.takes is None or len(narrow.takes) != len(wide.takes):
        return False
    return all(accepts(b, a) for a, b in zip(wide.takes, narrow.takes, strict=True)) and (
        wide.gives is None or narrow.gives is None or accepts(wide.gives, narrow.gives)
    )


def coerced(type_: Type, value: Any, budget: Budget | None = None) -> tuple[Any, str]:
    """The value as that type takes it, or null and why it doesn't fit (section 10.3.2.9.4)."""
    why = type_.misfit(value, budget)
    if not why:
        return value, ""
    for other in _conversions(type_, value):
        if not type_.misfit(other, budget):
            return other, ""
    return None, why


def _conversions(type_: Type, value: Any) -> list[Any]:
    what, tried = kind(value), []
    if type_.base == "date and time" and what == "date":
        tried.append(combined(value, time(tzinfo=UTC)))
    if what == "list" and type_.base != "list" and len(value) == 1:
        tried.append(value[0])
        tried += [] if kind(value[0]) == "list" else _conversions(type_, value[0])
    if type_.base == "list":
        items = value if what == "list" else [value]
        tried.append(items)
        if type_.of and (what != "list" or type_.of.base == "date and time"):
            tried.append([coerced(type_.of, item)[0] for item in items])
    return [each for each in tried if each is not None and each != [None]]


ANY = Type("Any")
LIST, CONTEXT, RANGE, FUNCTION = (Type(each, each) for each in ("list", "context", "range", "function"))
BUILT_IN = {name: Type(name, name) for name in SIMPLE}
BUILT_IN |= {"Any": ANY, "Null": Type("Null", "Null"), "context": CONTEXT, "list": LIST}


def built_in(name: str) -> Type | None:
    """FEEL's own type of that name, also with a prefix such as feel: or in the older spellings."""
    plain = name.rpartition(":")[2].strip()
    return BUILT_IN.get(_OTHER_NAMES.get(plain, plain))


def is_instance(value: Any, type_: Type, budget: Budget | None = None) -> bool:
    """`value instance of type`: null is an instance of Null only."""
    if value is None:
        return type_.base == "Null"
    if type_.base == "Null":
        return False
    return not type_.misfit(value, budget)
