"""Calls of functions, built in or defined, and definitions of functions (DMN 1.5, section 10.3.2.13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from towpath.engines.feel.checking import check
from towpath.engines.feel.closures import KINDS, Code, code
from towpath.engines.feel.functions import FUNCTIONS
from towpath.engines.feel.iteration import weight_of
from towpath.engines.feel.limits import BUDGET, Scope, budget_of
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.types import ANY, Type, coerced
from towpath.engines.feel.values import FunctionValue


class Lambda(FunctionValue):
    """A function that a text or a model defines; `scope` is what it sees besides its parameters.

    `gives` is the type that its result is taken as, `returns` what is known of it without that; `weight` are the
    steps that its body counts for where the body does not count them itself.
    """

    __slots__ = ("body", "gives", "parameters", "returns", "scope", "types", "weight")

    def __init__(
        self,
        parameters: Sequence[tuple[str, Type]],
        body: Code,
        scope: Scope,
        gives: Type = ANY,
        returns: Type = ANY,
        weight: int = 0,
    ) -> None:
        self.parameters = [name for name, _ in parameters]
        self.types = [type_ for _, type_ in parameters]
        self.gives = None if gives is ANY else gives
        self.returns = self.gives or returns
        self.body = body
        self.scope = scope
        self.weight = weight

    def invoke(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        arranged = arrange(self.parameters, given, values)
        if arranged is None:
            return None
        inner = self.scope.copy()
        budget = inner[BUDGET] = budget_of(scope)
        for name, type_, value in zip(self.parameters, self.types, arranged, strict=True):
            inner[name], why = coerced(type_, value, budget)
            if why:
                return None
        budget.enter(self.scope, self.weight)
        try:
            result = self.body(inner)
        finally:
            budget.leave()
        return coerced(self.gives, result, budget)[0] if self.gives else result


def arrange(parameters: Sequence[str], given: Sequence[str], values: list[Any]) -> list[Any] | None:
    """The values in the order of the parameters; None if they are not for these."""
    if len(values) != len(parameters):
        return None
    if not any(given):
        return values
    named = dict(zip(given, values, strict=True))
    return [named[name] for name in parameters] if set(named) == set(parameters) else None


def _function(node: Node) -> Code:
    body, parameters = code(node.children[0]), node.value
    returns, weight = check(node.children[0], dict(parameters))[0], weight_of(node.children[0])
    return lambda scope: Lambda(parameters, body, scope, returns=returns, weight=weight)


def outside(parameters: Sequence[tuple[str, Type]], work: Callable[[list[Any]], Any]) -> Code:
    """A function with a body that is not FEEL."""
    names = [name for name, _ in parameters]
    return lambda scope: Lambda(parameters, lambda inner: work([inner[name] for name in names]), scope)


def _call(node: Node) -> Code:
    form, given = node.value
    arguments = [code(child) for child in node.children]
    call = form.caller(given)
    return lambda scope: call(scope, [argument(scope) for argument in arguments])


def _invoke(node: Node) -> Code:
    callee, *arguments = map(code, node.children)

    def invoke(scope: Scope) -> Any:
        function = callee(scope)
        values = [argument(scope) for argument in arguments]
        return function.invoke(scope, node.value, values) if isinstance(function, FunctionValue) else None

    return invoke


def _function_name(node: Node) -> Code:
    name, otherwise = node.value, FUNCTIONS[node.value]

    def read(scope: Scope) -> Any:
        try:
            return scope[name]
        except KeyError:
            return otherwise

    return read


def _is_defined(node: Node) -> Code:
    """Whether the name or entry is there at all, null or not."""
    target = node.children[0]
    if target.kind == "path":
        source, key = code(target.children[0]), target.value
        return lambda scope: isinstance(found := source(scope), Mapping) and key in found
    if target.kind != "name":
        value = code(target)
        return lambda scope: value(scope) is not None

    def defined(scope: Scope) -> bool:
        try:
            scope[target.value]
        except KeyError:
            return False
        return True

    return defined


KINDS.update(
    {
        "function": _function,
        "external": lambda node: outside(*node.value),
        "call": _call,
        "invoke": _invoke,
        "is defined": _is_defined,
        "function name": _function_name,
    }
)
