"""Nodes to closures: each takes the scope (name -> value) and gives the value. Nothing is parsed at run time.

A name that the scope lacks is null. A scope that raises from `__missing__` (dmn's asking does) is told
apart only by `and` and `or`, which look whether their other side decides alone.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from towpath.engines.feel.limits import POWER_STEPS, Scope, budget_of
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.operations import ARITHMETIC, arithmetic, negated
from towpath.engines.feel.types import is_instance
from towpath.engines.feel.values import FAILURES, ORDERS, Range, equal, half_range, ordered

Code = Callable[[Scope], Any]
_SIMPLE = (Decimal, str, bool)


class Unknown(Exception):
    """A value was read that is not known yet; `name` is the input that it hangs on."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def code(node: Node) -> Code:
    """The closure of a node of any kind."""
    return KINDS[node.kind](node)


def _literal(node: Node) -> Code:
    value = node.value
    return lambda scope: value


def _name(node: Node) -> Code:
    name = node.value

    def read(scope: Scope) -> Any:
        try:
            return scope[name]
        except KeyError:
            return None

    return read


def _list(node: Node) -> Code:
    items = [code(child) for child in node.children]
    return lambda scope: [item(scope) for item in items]


def _context(node: Node) -> Code:
    entries = [(key, code(child)) for key, child in zip(node.value, node.children, strict=True)]

    def build(scope: Scope) -> dict[str, Any]:
        inner, context = scope.copy(), {}
        for key, entry in entries:
            inner[key] = context[key] = entry(inner)
        return context

    return build


def _range(node: Node) -> Code:
    low, high = map(code, node.children)
    low_included, high_included = node.value

    def build(scope: Scope) -> Range | None:
        start, end = low(scope), high(scope)
        if (start is None) is (end is None) and not ordered("<=", start, end):
            return None
        return Range(start, low_included, end, high_included)

    return build


def _half_range(node: Node) -> Code:
    end, sign = code(node.children[0]), node.value

    def build(scope: Scope) -> Range | None:
        value = end(scope)
        return None if value is None else half_range(sign, value)

    return build


# -- operators


def _arithmetic(node: Node) -> Code:
    left, right = map(code, node.children)
    sign = node.value
    if sign == "**":
        return _power(left, right)
    on_numbers = ARITHMETIC[sign, "number", "number"]

    def work_out(scope: Scope) -> Any:
        a, b = left(scope), right(scope)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return on_numbers(a, b)
            except FAILURES:
                return None
        result = arithmetic(sign, a, b)
        if type(result) is str:
            budget_of(scope).charge(result)
        return result

    return work_out


def _power(base: Code, exponent: Code) -> Code:
    def work_out(scope: Scope) -> Any:
        budget_of(scope).spend(POWER_STEPS)
        return arithmetic("**", base(scope), exponent(scope))

    return work_out


def _negate(node: Node) -> Code:
    operand = code(node.children[0])
    return lambda scope: negated(operand(scope))


def _compare(node: Node) -> Code:
    left, right = node.children
    if right.kind == "literal" and type(right.value) in _SIMPLE and left.kind == "name":
        return _compare_name(left.value, node.value, right.value)
    value, test = code(left), sign_test(node.value, right)
    return lambda scope: test(value(scope), scope)


def _compare_name(name: str, sign: str, literal: Any) -> Code:
    """`age >= 18`: the most frequent of all conditions, in one closure."""
    what, holds = type(literal), _EQUALS.get(sign) or ORDERS[sign]
    other = code(Node("literal", 0, (), literal))
    test = _equality(other, sign == "=") if sign in _EQUALS else _order(sign, other)
    plain = what is not bool or sign in _EQUALS

    def compare(scope: Scope) -> bool | None:
        try:
            value = scope[name]
        except KeyError:
            value = None
        if type(value) is what and plain:
            return holds(value, literal)
        return test(value, scope)

    return compare


_EQUALS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
}


def _order(sign: str, other: Code) -> Callable[[Any, Scope], bool | None]:
    return lambda value, scope: ordered(sign, value, other(scope))


def sign_test(sign: str, end: Node) -> Callable[[Any, Scope], bool | None]:
    """`value sign end`."""
    other = code(end)
    return _equality(other, sign == "=") if sign in ("=", "!=") else _order(sign, other)


def _equality(other: Code, wanted: bool) -> Callable[[Any, Scope], bool | None]:
    def compare(value: Any, scope: Scope) -> bool | None:
        end = other(scope)
        if type(value) is type(end) and type(value) in _SIMPLE:
            return (value == end) is wanted
        same = equal(value, end, budget_of(scope))
        return None if same is None else same is wanted

    return compare


def _between(node: Node) -> Code:
    value, low, high = map(code, node.children)

    def compare(scope: Scope) -> bool | None:
        tested = value(scope)
        return both(ordered(">=", tested, low(scope)), ordered("<=", tested, high(scope)))

    return compare


def both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _and_or(node: Node) -> Code:
    """Three-valued: the deciding value (false for `and`) wins over null and over what is not yet known."""
    parts = [code(child) for child in node.children]
    decides: bool = node.kind == "or"
    goes_on = not decides

    def combine(scope: Scope) -> bool | None:
        result: bool | None = goes_on
        unknown: Unknown | None = None
        for part in parts:
            try:
                value = part(scope)
            except Unknown as missing:
                unknown = unknown or missing
                continue
            if value is goes_on:
                continue
            if value is decides:
                return not goes_on
            result = None
        if unknown:
            raise unknown
        return result

    return combine


def _if(node: Node) -> Code:
    return conditional(*map(code, node.children))


def conditional(condition: Code, then: Code, otherwise: Code) -> Code:
    """Null counts as false; a condition that is neither makes the whole null (section 7.3.10)."""

    def choose(scope: Scope) -> Any:
        found = condition(scope)
        if found is True:
            return then(scope)
        return otherwise(scope) if found is False or found is None else None

    return choose


def _instance_of(node: Node) -> Code:
    value, type_ = code(node.children[0]), node.value
    return lambda scope: is_instance(value(scope), type_, budget_of(scope))


KINDS: dict[str, Callable[[Node], Code]] = {
    "literal": _literal,
    "name": _name,
    "list": _list,
    "context": _context,
    "range": _range,
    "half range": _half_range,
    "arithmetic": _arithmetic,
    "negate": _negate,
    "compare": _compare,
    "between": _between,
    "and": _and_or,
    "or": _and_or,
    "if": _if,
    "instance of": _instance_of,
}
