"""The two things that a FEEL text can be: an expression, or the unary tests of a table's cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from towpath.engines.feel import closures, iteration
from towpath.engines.feel.limits import BUDGET, MAX_DEPTH, Budget, Exceeded, FeelError, Scope
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.parser import Parser
from towpath.engines.feel.values import Range


class _Compiled:
    __slots__ = ("names", "text")

    def __init__(self, text: str, names: Iterable[str]) -> None:
        self.text = text
        self.names = tuple(names)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(_Compiled):
    """Call it with a context (name -> value). `names` are the variables that it reads from there."""

    __slots__ = ("_loops", "run")

    def __init__(self, text: str, names: Iterable[str], node: Node) -> None:
        super().__init__(text, names)
        self.run = closures.code(node)
        self._loops = _loops(node)

    def __call__(self, context: Mapping[str, Any]) -> Any:
        if self._loops or not isinstance(context, dict):
            context = _scope(context, self._loops)
        try:
            return self.run(context)
        except (Exceeded, RecursionError) as error:
            raise stopped(self.text, error) from None


class UnaryTest(_Compiled):
    """Call it with the tested value and a context; true or false, never null.

    `spans` are the literal values and ranges of which one must hold, or None where the text says more.
    """

    __slots__ = ("_loops", "_negated", "run", "spans")

    def __init__(self, text: str, names: Iterable[str], node: Node) -> None:
        super().__init__(text, names)
        self._negated = node.kind == "not tests"
        self._loops = _loops(node)
        self.spans = None if self._negated else _spans(node)
        self.run = self._runner(node)

    def _runner(self, node: Node) -> Callable[[Any, Scope], bool]:
        if node.kind == "any":
            return lambda value, scope: True
        test = closures.tests(node.children)
        if self._negated:
            return lambda value, scope: test(value, scope) is False
        return lambda value, scope: test(value, scope) is True

    def __call__(self, value: Any, context: Mapping[str, Any]) -> bool:
        if self._loops or not isinstance(context, dict):
            context = _scope(context, self._loops)
        try:
            return self.run(value, context)
        except (Exceeded, RecursionError) as error:
            raise stopped(self.text, error) from None


def compile(text: str, names: Iterable[str] = (), *, closed: bool = False) -> Expression:  # noqa: A001
    """An expression; FeelError if it can't be read, or reads a name that is not among `names`.

    Without any names every name may be read, unless `closed` says that there are none.
    """
    parser = Parser(text, tuple(names), closed)
    try:
        node = parser.whole_expression()
        return Expression(text, parser.reads, node)
    except (Exceeded, RecursionError) as error:
        raise stopped(text, error) from None


def compile_unary(text: str, names: Iterable[str] = (), *, closed: bool = False) -> UnaryTest:
    """The unary tests of a cell: `-`, `< 5`, `[1..5]`, `"a", "b"`, `not(...)`, or a condition on `?`."""
    parser = Parser(text, tuple(names), closed)
    try:
        node = parser.whole_tests()
        return UnaryTest(text, parser.reads, node)
    except (Exceeded, RecursionError) as error:
        raise stopped(text, error) from None


def stopped(text: str, error: Exception) -> FeelError:
    """The error that names the text which was being read or evaluated when a bound was passed."""
    if isinstance(error, Exceeded):
        return FeelError(text, error.position, error.why)
    return FeelError(text, 0, f"nested deeper than {MAX_DEPTH} levels (MAX_DEPTH)")


def _scope(context: Mapping[str, Any], loops: bool) -> Scope:
    """The context itself where it will do: only loops need a budget that is shared."""
    scope = context if isinstance(context, dict) else dict(context)
    if loops and BUDGET not in scope:
        scope = scope.copy()
        scope[BUDGET] = Budget()
    return scope


def _loops(node: Node) -> bool:
    return any(each.kind in iteration.LOOPS for each in node.walk())


def _spans(node: Node) -> list[Range] | None:
    spans = [_span(test.value, test.children[0]) for test in node.children]
    known = [span for span in spans if span is not None]
    return known if spans and len(known) == len(spans) else None


def _span(sign: str, end: Node) -> Range | None:
    value = end.value
    if end.kind != "literal" or value is None or sign == "!=":
        return None
    if isinstance(value, Range):
        return value if sign == "in" else None
    if sign in ("in", "="):
        return Range(value, True, value, True)
    return (
        Range(value, sign == ">=", None, False) if sign[0] == ">" else Range(None, False, value, sign == "<=")
    )
