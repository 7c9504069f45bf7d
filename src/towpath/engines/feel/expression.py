"""The two things that a FEEL text can be: an expression, or the unary tests of a table's cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from towpath.engines.feel import closures, iteration, unary
from towpath.engines.feel.limits import BUDGET, MAX_DEPTH, Budget, Exceeded, FeelError, Scope
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.parser import Parser
from towpath.engines.feel.types import Type
from towpath.engines.feel.values import Range

MANY = 40  # nodes: the parts of a larger text share a budget


def _shares(node: Node) -> bool:
    """Whether one budget is for the whole: where something is done often, or much is done at all."""
    kinds = [each.kind for each in node.walk()]
    return len(kinds) > MANY or kinds.count("call") > 1 or not iteration.LOOPS.isdisjoint(kinds)


class _Compiled:
    """`node` is the tree that was read, for those who look into it (type checks, tables)."""

    __slots__ = ("_shares", "names", "node", "text")

    def __init__(self, text: str, names: Iterable[str], node: Node) -> None:
        self.text = text
        self.names = tuple(names)
        self.node = node
        self._shares = _shares(node)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(_Compiled):
    """Call it with a context (name -> value). `names` are the variables that it reads from there.

    `run` is the bare closure, for callers that bring a scope with a budget and catch `Exceeded` themselves.
    """

    __slots__ = ("run",)

    def __init__(self, text: str, names: Iterable[str], node: Node) -> None:
        super().__init__(text, names, node)
        self.run = iteration.charged(closures.code(node), node)

    def __call__(self, context: Mapping[str, Any]) -> Any:
        if self._shares or type(context) is not dict:
            context = _scope(context, self._shares)
        try:
            return self.run(context)
        except (Exceeded, RecursionError) as error:
            raise stopped(self.text, error) from None


class UnaryTest(_Compiled):
    """Call it with the tested value and a context; true or false, never null.

    `spans` are the literal values and ranges of which one must hold, or None where the text says more;
    `excluded` are those of a `not(...)`, none of which may hold; `any` tells that it is "-".
    """

    __slots__ = ("_negated", "any", "excluded", "run", "spans")

    def __init__(self, text: str, names: Iterable[str], node: Node) -> None:
        super().__init__(text, names, node)
        self._negated = node.kind == "not tests"
        self.any = node.kind == "any"
        literals = unary.spans(node.children)
        self.spans: list[Range] | None = None if self._negated else literals
        self.excluded: list[Range] | None = literals if self._negated else None
        self.run = self._runner(node)

    def _runner(self, node: Node) -> Callable[[Any, Scope], bool]:
        if node.kind == "any":
            return lambda value, scope: True
        test = unary.tests(node.children)
        if self._negated:
            return lambda value, scope: test(value, scope) is False
        return lambda value, scope: test(value, scope) is True

    def __call__(self, value: Any, context: Mapping[str, Any]) -> bool:
        if self._shares or type(context) is not dict:
            context = _scope(context, self._shares)
        try:
            return self.run(value, context)
        except (Exceeded, RecursionError) as error:
            raise stopped(self.text, error) from None


def compile(  # noqa: A001
    text: str,
    names: Iterable[str] = (),
    *,
    closed: bool = False,
    types: Mapping[str, Type] | None = None,
    parts: Iterable[str] = (),
    loose: bool = False,
) -> Expression:
    """An expression; FeelError if it can't be read, or reads a name that is not among `names`.

    Without any names every name may be read, unless `closed` says that there are none. `types` are those
    that the text may name, `parts` entries that contexts are known to have, which matters where their
    names have signs in them. `loose`: a name that is not known may be an entry of the item, as in a filter.
    """
    parser = Parser(text, tuple(names), closed, types, tuple(parts), loose)
    try:
        node = parser.whole_expression()
        return Expression(text, parser.reads, node)
    except (Exceeded, RecursionError) as error:
        raise stopped(text, error) from None


def compile_unary(
    text: str,
    names: Iterable[str] = (),
    *,
    closed: bool = False,
    types: Mapping[str, Type] | None = None,
    parts: Iterable[str] = (),
) -> UnaryTest:
    """The unary tests of a cell: `-`, `< 5`, `[1..5]`, `"a", "b"`, `not(...)`, or a condition on `?`."""
    parser = Parser(text, tuple(names), closed, types, tuple(parts))
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


def _scope(context: Mapping[str, Any], shares: bool) -> Scope:
    """The context itself where it will do: a single operation has a budget of its own."""
    scope = context if isinstance(context, dict) else dict(context)
    if shares and not isinstance(scope.get(BUDGET), Budget):
        scope = scope.copy()
        scope[BUDGET] = Budget()
    return scope
