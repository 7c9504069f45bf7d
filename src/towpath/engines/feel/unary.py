"""Unary tests (DMN 1.5, section 10.3.1.1 and 10.3.2.7): closures of the tested value and the scope."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from towpath.engines.feel.closures import KINDS, Code, code, sign_test
from towpath.engines.feel.iteration import CHARGED, weight_of
from towpath.engines.feel.limits import Scope, budget_of
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.values import Range, equal, half_range, kind

Test = Callable[[Any, Scope], bool | None]


def tests(nodes: tuple[Node, ...]) -> Test:
    """True if one of them is; else null if one of them is."""
    parts = [unary(node) for node in nodes]
    if len(parts) == 1:
        return parts[0]

    many = len(parts) // 8  # such tests to a step

    def any_of(value: Any, scope: Scope) -> bool | None:
        result: bool | None = False
        if many:
            budget_of(scope).spend(many)
        for part in parts:
            found = part(value, scope)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return any_of


def unary(node: Node) -> Test:
    """One test; where it weighs much it counts for that each time."""
    test, weight = _unary(node), weight_of(node)
    if weight < CHARGED:
        return test

    def counted(value: Any, scope: Scope) -> bool | None:
        budget_of(scope).spend(weight)
        return test(value, scope)

    return counted


def _unary(node: Node) -> Test:
    end = node.children[0]
    if node.value != "in":
        return _asking(end, _signed(node.value, end))
    if end.kind == "literal":
        if not isinstance(end.value, Range):
            return _signed("=", end)
        contains = end.value.contains
        return lambda value, scope: contains(value)
    inner, question, wants_range = code(end), end.question, end.kind in ("range", "half range")

    def holds(value: Any, scope: Scope) -> bool | None:
        found = inner(scope)
        if found is None and wants_range:
            return None
        if question and (found is None or type(found) is bool):
            return found
        return is_in(value, found, scope)

    return _asking(end, holds)


def _signed(sign: str, end: Node) -> Test:
    if end.kind == "literal" and sign == "=" and type(end.value) in (str, Decimal):
        return _same(end.value)
    return sign_test(sign, end)


def _asking(node: Node, test: Test) -> Test:
    """A test that reads `?` gets a scope that has it."""
    if not node.question:
        return test

    def asked(value: Any, scope: Scope) -> bool | None:
        inner = scope.copy()
        inner["?"] = value
        return test(value, inner)

    return asked


def is_in(value: Any, found: Any, scope: Scope) -> bool | None:
    """Whether the value is what was found, or in it."""
    if isinstance(found, Range):
        return value == found if isinstance(value, Range) else found.contains(value)
    if isinstance(found, list):
        if isinstance(value, list) and equal(value, found, budget_of(scope)):
            return True
        budget_of(scope).spend(len(found))
        return any(_is_item(value, item, scope) for item in found)
    if found is True and type(value) is not bool:  # an expression that says so itself
        return True
    return equal(value, found, budget_of(scope))


def _is_item(value: Any, item: Any, scope: Scope) -> bool:
    if isinstance(item, list):
        return equal(value, item, budget_of(scope)) is True
    return is_in(value, item, scope) is True


def _same(literal: Any) -> Test:
    """Equality with a text or number that stands there: by far the most frequent test."""
    what = type(literal)

    def same(value: Any, scope: Scope) -> bool | None:
        if type(value) is what:
            return bool(value == literal)
        return False if value is None else None if kind(value) != kind(literal) else bool(value == literal)

    return same


def _in(node: Node) -> Code:
    value, test = code(node.children[0]), tests(node.children[1:])
    return lambda scope: test(value(scope), scope)


def spans(nodes: tuple[Node, ...]) -> list[Range] | None:
    """The literal values and ranges of which one must hold, or None where the tests say more."""
    found = [_span(test.value, test.children[0]) for test in nodes]
    known = [span for span in found if span is not None]
    return known if found and len(known) == len(found) else None


def _span(sign: str, end: Node) -> Range | None:
    value = end.value
    if end.kind != "literal" or value is None or sign == "!=" or type(value) in (list, dict):
        return None
    if isinstance(value, Range):
        return value if sign == "in" and value.sign != "!=" else None
    if sign in ("in", "="):
        return Range(value, True, value, True)
    return half_range(sign, value)


KINDS["in"] = _in
