"""How built-in functions are declared and called; `library` has the functions themselves.

Arguments of another kind than declared make the call null, as FEEL wants; a list of one item stands for
that item, an item for a list of one, and a date for its midnight (DMN 1.5, section 10.3.2.9.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from towpath.engines.feel.limits import CALL_STEPS, Scope, budget_of
from towpath.engines.feel.values import FAILURES, FunctionValue, kind

MISFIT = object()


@dataclass(frozen=True, slots=True)
class Parameter:
    """`alias` is another name for it that older versions of the standard have."""

    name: str
    kinds: tuple[str, ...]  # () takes anything, null included
    optional: bool
    alias: str = ""

    def fitted(self, value: Any, scope: Scope) -> Any:
        """The value as this parameter takes it, out of lists that hold it alone where need be, or MISFIT."""
        if not self.kinds:
            return value
        what, levels = kind(value), 0
        while what not in self.kinds and what == "list" and len(value) == 1:
            value = value[0]
            what, levels = kind(value), levels + 1
        if levels:
            budget_of(scope).spend(levels)
        if what in self.kinds or (value is None and self.optional):
            return value
        return [value] if "list" in self.kinds and value is not None else MISFIT


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a built-in function; some have several.

    `rest`: the last parameter takes all further values as one list. `scoped`: the body gets the scope first.
    """

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
            known = {parameter.alias: parameter.name for parameter in self.parameters if parameter.alias}
            plain = [known.get(name, name) for name in given]
            if set(needed) <= set(plain) <= set(names) and len(set(plain)) == len(plain):
                return ""
            return f"{self.name}() takes arguments named: {', '.join(names)}"
        if len(given) < len(needed) or (len(given) > len(names) and not self.rest):
            most = " or more" if self.rest else f" to {len(names)}" if len(names) > len(needed) else ""
            return f"{self.name}() takes {len(needed)}{most} argument(s), not {len(given)}"
        return ""

    def __call__(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        return self.caller(given)(scope, values)

    def caller(self, given: Sequence[str], misfit: Any = None) -> Callable[[Scope, list[Any]], Any]:
        """For calls with arguments of these names; `misfit` is what comes of arguments of wrong kinds."""
        order = self._order(given)
        parameters, body, scoped = self.parameters, self.body, self.scoped
        fixed = len(parameters) - 1 if self.rest and not any(given) else None

        def call(scope: Scope, values: list[Any]) -> Any:
            if fixed is not None:
                values = [*values[:fixed], values[fixed:]]
            fitted = []
            for parameter, place in zip(parameters, order):  # noqa: B905 - of the same length
                value = parameter.fitted(values[place] if place < len(values) else None, scope)
                if value is MISFIT:
                    return misfit
                if type(value) in (str, list, dict):
                    budget_of(scope).charge(value)
                fitted.append(value)
            try:
                result = body(scope, *fitted) if scoped else body(*fitted)
            except FAILURES:
                return None
            if type(result) in (str, list, dict):
                budget_of(scope).charge(result)
            return result

        return call

    def _order(self, given: Sequence[str]) -> list[int]:
        """For each parameter the place of its argument; a place beyond the last for what is left out."""
        if not any(given):
            return list(range(len(self.parameters)))
        places = {name: place for place, name in enumerate(given)}
        return [places.get(each.name, places.get(each.alias, len(given))) for each in self.parameters]


@dataclass(frozen=True, slots=True)
class Either:
    """Several forms with as many parameters: the kinds of the arguments tell which is meant."""

    name: str
    forms: tuple[Form, ...]

    def __call__(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        return self.caller(given)(scope, values)

    def caller(self, given: Sequence[str]) -> Callable[[Scope, list[Any]], Any]:
        callers = [form.caller(given, MISFIT) for form in self.forms]

        def call(scope: Scope, values: list[Any]) -> Any:
            for each in callers:
                found = each(scope, values)
                if found is not MISFIT:
                    return found
                budget_of(scope).spend(CALL_STEPS)
            return None

        return call


class Function(FunctionValue):
    """A built-in function: its forms, of which the arguments pick one."""

    __slots__ = ("forms", "name", "parameters")

    def __init__(self, name: str) -> None:
        self.name = name
        self.forms: list[Form] = []
        self.parameters: list[str] = []

    def add(self, form: Form) -> None:
        self.forms.append(form)
        self.parameters = self.parameters or [parameter.name for parameter in form.parameters]

    def invoke(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        names = given if any(given) else [""] * len(values)
        form = pick(self.name, names)
        return None if isinstance(form, str) else form(scope, names, values)


FUNCTIONS: dict[str, Function] = {}


def pick(name: str, given: Sequence[str]) -> Form | Either | str:
    """The form of the function that takes arguments of these names, or why none does."""
    forms = FUNCTIONS[name].forms
    wrong = [form.misuse(given) for form in forms]
    fitting = tuple(form for form, why in zip(forms, wrong, strict=True) if not why)
    if len(fitting) > 1:
        return Either(name, fitting)
    return fitting[0] if fitting else " or ".join(dict.fromkeys(wrong))


def function(
    name: str, *parameters: str, scoped: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Registers a form. Parameters read "name: kind or kind"; "name?" is optional, "name..." the rest."""

    def register(body: Callable[..., Any]) -> Callable[..., Any]:
        rest = bool(parameters) and "..." in parameters[-1]
        form = Form(name, tuple(map(_parameter, parameters)), rest, scoped, body)
        FUNCTIONS.setdefault(name, Function(name)).add(form)
        return body

    return register


def _parameter(text: str) -> Parameter:
    name, _, kinds = text.partition(":")
    name, _, alias = name.partition("|")
    plain = name.strip("?.")
    if name.endswith("..."):
        return Parameter(plain, ("list",), False)
    kinds_of = tuple(each.strip() for each in kinds.split(" or ")) if kinds else ()
    return Parameter(plain, kinds_of, name.endswith("?"), alias)
