"""Closures that reach into values and go through lists: paths, filters, calls, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from towpath.engines.feel.closures import KINDS, Code, code
from towpath.engines.feel.limits import MAX_LIST, Exceeded, Scope, bounded_list, budget_of
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.times import part_of
from towpath.engines.feel.values import Range, kind

LOOPS = frozenset(["filter", "for", "some", "every"])


def _path(node: Node) -> Code:
    source, name = code(node.children[0]), node.value
    return lambda scope: _entry(source(scope), name)


def _entry(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list):
        return [_entry(item, name) for item in value if not isinstance(item, list)]
    if isinstance(value, Range):
        parts = {"start": value.low, "end": value.high}
        parts |= {"start included": value.low_included, "end included": value.high_included}
        return parts.get(name)
    return part_of(value, name)


def _filter(node: Node) -> Code:
    source, condition = map(code, node.children)
    names = {each.value for each in node.children[1].walk() if each.kind == "name"} - {"item"}

    def select(scope: Scope) -> Any:
        found = source(scope)
        items = found if isinstance(found, list) else [] if found is None else [found]
        budget_of(scope).spend(len(items) + 1)
        kept = []
        for inner, item in _each_item(items or [None], names, scope):
            holds = condition(inner)
            if kind(holds) == "number":
                return _item_at(items, holds)
            if holds is True and items:
                kept.append(item)
        return kept

    return select


def _each_item(items: list[Any], names: set[str], scope: Scope) -> Iterator[tuple[Scope, Any]]:
    """Each item with a scope where its entries go before what else has their names."""
    for item in items:
        inner = scope.copy()
        if isinstance(item, Mapping):
            inner.update((name, item[name]) for name in names if name in item)
        inner["item"] = item
        yield inner, item


def _item_at(items: list[Any], index: Any) -> Any:
    """Counted from 1, or from the end by negative numbers."""
    place = int(index)
    if place != index or place == 0 or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]


# -- calls and loops


def _call(node: Node) -> Code:
    form, given = node.value
    arguments = [code(child) for child in node.children]
    return lambda scope: form(scope, given, [argument(scope) for argument in arguments])


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


def _series(node: Node) -> Code:
    """The numbers of `for i in 1..5`, up or down."""
    low, high = map(code, node.children)

    def numbers(scope: Scope) -> list[Decimal] | None:
        start, end = low(scope), high(scope)
        if kind(start) != "number" or kind(end) != "number" or start % 1 or end % 1:
            return None
        if abs(end - start) >= MAX_LIST:
            raise Exceeded(f"a list of more than {MAX_LIST} items (MAX_LIST)", node.position)
        step = 1 if start <= end else -1
        return [Decimal(number) for number in range(int(start), int(end) + step, step)]

    return numbers


def _turns(node: Node) -> Callable[[Scope], Iterator[Scope | None]]:
    """The scopes in which a loop's body runs, one after the other; None in place of a null domain."""
    variables = list(zip(node.value, map(code, node.children[:-1]), strict=True))

    def turns(scope: Scope, depth: int = 0) -> Iterator[Scope | None]:
        if depth == len(variables):
            yield scope
            return
        variable, domain = variables[depth]
        items = domain(scope)
        if items is None:
            yield None
            return
        budget = budget_of(scope)
        for item in items if isinstance(items, list) else [items]:
            budget.spend(1)
            scope[variable] = item
            yield from turns(scope, depth + 1)

    return lambda scope: turns(scope.copy())


def _for(node: Node) -> Code:
    turns, body = _turns(node), code(node.children[-1])

    def collect(scope: Scope) -> list[Any] | None:
        results: list[Any] = []
        for inner in turns(scope):
            if inner is None:
                return None
            inner["partial"] = results
            results.append(body(inner))
            bounded_list(results)
        return results

    return collect


def _quantified(node: Node) -> Code:
    turns, body = _turns(node), code(node.children[-1])
    decides: bool = node.kind == "some"

    def decide(scope: Scope) -> bool | None:
        result: bool | None = not decides
        for inner in turns(scope):
            value = None if inner is None else body(inner)
            if value is decides:
                return bool(decides)
            if type(value) is not bool:
                result = None
        return result

    return decide


KINDS.update(
    {
        "path": _path,
        "filter": _filter,
        "call": _call,
        "is defined": _is_defined,
        "series": _series,
        "for": _for,
        "some": _quantified,
        "every": _quantified,
    }
)
