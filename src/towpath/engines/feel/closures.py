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
from towpath.engines.feel.values import (
    ARITHMETIC,
    FAILURES,
    Range,
    arithmetic,
    equal,
    kind,
    negated,
    ordered,
)

Code = Callable[[Scope], Any]
Test = Callable[[Any, Scope], bool | None]
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
        return Range(start, low_included, end, high_included) if ordered("<=", start, end) else None

    return build


def _half_range(node: Node) -> Code:
    end, sign = code(node.children[0]), node.value

    def build(scope: Scope) -> Range | None:
        value = end(scope)
        if value is None:
            return None
        if sign == "=":
            return Range(value, True, value, True)
        if sign[0] == "<":
            return Range(None, False, value, sign == "<=")
        return Range(value, sign == ">=", None, False)

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
        return arithmetic(sign, a, b)

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
    left, test = code(node.children[0]), sign_test(node.value, node.children[1])
    return lambda scope: test(left(scope), scope)


def _between(node: Node) -> Code:
    value, low, high = map(code, node.children)

    def compare(scope: Scope) -> bool | None:
        tested = value(scope)
        return _both(ordered(">=", tested, low(scope)), ordered("<=", tested, high(scope)))

    return compare


def _both(left: bool | None, right: bool | None) -> bool | None:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _and_or(node: Node) -> Code:
    """Three-valued: the deciding value (false for `and`) wins over null and over what is not yet known."""
    parts = [code(child) for child in node.children]
    decides: bool = node.kind == "or"

    def combine(scope: Scope) -> bool | None:
        result: bool | None = not decides
        unknown: Unknown | None = None
        for part in parts:
            try:
                value = part(scope)
            except Unknown as missing:
                unknown = unknown or missing
                continue
            if value is decides:
                return bool(decides)
            if type(value) is not bool:
                result = None
        if unknown:
            raise unknown
        return result

    return combine


def _if(node: Node) -> Code:
    condition, then, otherwise = map(code, node.children)
    return lambda scope: then(scope) if condition(scope) is True else otherwise(scope)


def _in(node: Node) -> Code:
    value, test = code(node.children[0]), tests(node.children[1:])
    return lambda scope: test(value(scope), scope)


# -- unary tests


def tests(nodes: tuple[Node, ...]) -> Test:
    """True if one of them is; else null if one of them is."""
    parts = [unary(node) for node in nodes]
    if len(parts) == 1:
        return parts[0]

    def any_of(value: Any, scope: Scope) -> bool | None:
        result: bool | None = False
        for part in parts:
            found = part(value, scope)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return any_of


def unary(node: Node) -> Test:
    end = node.children[0]
    if node.value != "in":
        return _asking(end, sign_test(node.value, end))
    if end.kind == "literal":
        if not isinstance(end.value, Range):
            return sign_test("=", end)
        contains = end.value.contains
        return lambda value, scope: contains(value)
    if end.kind == "list" and end.children and all(item.kind == "literal" for item in end.children):
        return tests(tuple(Node("test", item.position, (item,), "in") for item in end.children))
    inner, question, wants_range = code(end), end.question, end.kind in ("range", "half range")

    def holds(value: Any, scope: Scope) -> bool | None:
        found = inner(scope)
        if found is None and wants_range:
            return None
        if question and (found is None or type(found) is bool):
            return found
        return _is_in(value, found, scope)

    return _asking(end, holds)


def _asking(node: Node, test: Test) -> Test:
    """A test that reads `?` gets a scope that has it."""
    if not node.question:
        return test

    def asked(value: Any, scope: Scope) -> bool | None:
        inner = scope.copy()
        inner["?"] = value
        return test(value, inner)

    return asked


def _is_in(value: Any, found: Any, scope: Scope) -> bool | None:
    if isinstance(found, Range):
        return found.contains(value)
    if isinstance(found, list):
        if isinstance(value, list) and equal(value, found, budget_of(scope)):
            return True
        budget_of(scope).spend(len(found))
        return any(_is_in(value, item, scope) is True for item in found if not isinstance(item, list))
    if found is True and type(value) is not bool:  # an expression that says so itself
        return True
    return equal(value, found, budget_of(scope))


def sign_test(sign: str, end: Node) -> Test:
    """`value sign end`."""
    if end.kind == "literal" and sign == "=" and type(end.value) in (str, Decimal):
        return _same(end.value)
    other = code(end)
    if sign in ("=", "!="):
        return _equality(other, sign == "=")
    return lambda value, scope: ordered(sign, value, other(scope))


def _equality(other: Code, wanted: bool) -> Test:
    def compare(value: Any, scope: Scope) -> bool | None:
        end = other(scope)
        if type(value) is type(end) and type(value) in _SIMPLE:
            return (value == end) is wanted
        same = equal(value, end, budget_of(scope))
        return None if same is None else same is wanted

    return compare


def _same(literal: Any) -> Test:
    """Equality with a text or number that stands there: by far the most frequent test."""
    what = type(literal)

    def same(value: Any, scope: Scope) -> bool | None:
        if type(value) is what:
            return bool(value == literal)
        return False if value is None else None if kind(value) != kind(literal) else bool(value == literal)

    return same


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
    "in": _in,
}
