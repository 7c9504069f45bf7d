"""How built-in functions are declared and called; `builtins` has the functions themselves.

Arguments of another kind than declared make the call null, as FEEL wants; a list of one item stands for
that item and an item for a list of one (DMN 1.5, section 10.3.2.9.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from towpath.engines.feel.limits import Scope, budget_of
from towpath.engines.feel.values import FAILURES, kind

MISFIT = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    kinds: tuple[str, ...]  # () takes anything, null included
    optional: bool

    def fitted(self, value: Any) -> Any:
        """The value as this parameter takes it, or MISFIT."""
        what = kind(value)
        if not self.kinds or what in self.kinds or (value is None and self.optional):
            return value
        if "list" in self.kinds:
            return MISFIT if value is None else [value]
        if what == "list" and len(value) == 1:
            return self.fitted(value[0])
        return MISFIT


@dataclass(frozen=True, slots=True)
class Function:
    """`rest`: the last parameter takes all further values as one list. `scoped`: the body gets the scope first."""

    name: str
    parameters: tuple[Parameter, ...]
    rest: bool
    scoped: bool
    body: Callable[..., Any]

    def misuse(self, given: Sequence[str]) -> str:
        """Why a call with arguments of these names ("" for unnamed ones) is wrong, or ""."""
        names = [parameter.name for parameter in self.parameters]
        needed = [parameter.name for parameter in self.parameters if not parameter.optional]
        if any(given):
            if set(needed) <= set(given) <= set(names) and len(set(given)) == len(given):
                return ""
            return f"{self.name}() takes arguments named: {', '.join(names)}"
        if len(given) < len(needed) or (len(given) > len(names) and not self.rest):
            most = " or more" if self.rest else f" to {len(names)}" if len(names) > len(needed) else ""
            return f"{self.name}() takes {len(needed)}{most} argument(s), not {len(given)}"
        return ""

    def __call__(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        fitted = [each.fitted(value) for each, value in self._arranged(given, values)]
        if MISFIT in fitted:
            return None
        for value in fitted:
            if isinstance(value, list):
                budget_of(scope).spend(len(value))
        try:
            return self.body(scope, *fitted) if self.scoped else self.body(*fitted)
        except FAILURES:
            return None

    def _arranged(self, given: Sequence[str], values: list[Any]) -> list[tuple[Parameter, Any]]:
        if any(given):
            named = dict(zip(given, values, strict=True))
            values = [named.get(parameter.name) for parameter in self.parameters]
        elif self.rest:
            fixed = len(self.parameters) - 1
            values = [*values[:fixed], values[fixed:]]
        missing = [None] * (len(self.parameters) - len(values))
        return list(zip(self.parameters, values + missing, strict=True))


FUNCTIONS: dict[str, list[Function]] = {}  # more than one where the standard has several forms


def pick(name: str, given: Sequence[str]) -> Function | str:
    """The form of the function that takes arguments of these names, or why none does."""
    forms = FUNCTIONS[name]
    wrong = [form.misuse(given) for form in forms]
    return forms[wrong.index("")] if "" in wrong else " or ".join(wrong)


def function(
    name: str, *parameters: str, scoped: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a body. Parameters read "name: kind or kind"; "name?" is optional, "name..." the rest."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        rest = bool(parameters) and "..." in parameters[-1]
        form = Function(name, tuple(map(_parameter, parameters)), rest, scoped, body)
        FUNCTIONS.setdefault(name, []).append(form)
        return body

    return register


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(":")
    plain = name.strip("?.")
    if name.endswith("..."):
        return Parameter(plain, ("list",), False)
    return Parameter(
        plain, tuple(each.strip() for each in kinds.split(" or ")) if kinds else (), name.endswith("?")
    )
