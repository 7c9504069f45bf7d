"""Closures that reach into values and go through lists: paths, filters, loops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from towpath.engines.feel.closures import KINDS, Code, code
from towpath.engines.feel.limits import (
    BUDGET,
    CALL_STEPS,
    MAX_LIST,
    Budget,
    Exceeded,
    Scope,
    bounded_list,
    budget_of,
)
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.times import part_of
from towpath.engines.feel.values import Range, is_huge, kind

LOOPS = frozenset(["filter", "for", "some", "every", "function", "invoke"])  # these share one budget
# In steps: names, comparisons and the like weigh little, but a text can have thousands of them.
_WEIGHTS = dict.fromkeys(["for", "some", "every", "call", "invoke"], CALL_STEPS)
_WEIGHTS |= {"arithmetic": 3, "filter": 3, "function": 2, "series": 2}
_WEIGHTS |= dict.fromkeys(
    ["compare", "list", "path", "in", "range", "half range", "instance of", "negate"], 1
)
_LITTLE = 4  # such nodes to a step
CHARGED = 3  # steps: what weighs less is covered by what each turn and each call counts for
_RANGE_PARTS: dict[str, Callable[[Range], Any]] = {
    "start": lambda value: value.low,
    "end": lambda value: value.high,
    "start included": lambda value: value.low_included,
    "end included": lambda value: value.high_included,
}


def _path(node: Node) -> Code:
    source, name = code(node.children[0]), node.value

    def read(scope: Scope) -> Any:
        value = source(scope)
        if type(value) is list:
            budget_of(scope).charge(value)
        return entry(value, name)

    return read


def entry(value: Any, name: str) -> Any:
    """An entry of a context, of each of a list, or a part of a date, a duration or a range."""
    if isinstance(value, Mapping):
        return value.get(name)
    if isinstance(value, list):
        return [entry(item, name) for item in value if not isinstance(item, list)]
    if isinstance(value, Range):
        part = _RANGE_PARTS.get(name)
        return part(value) if part else None
    return part_of(value, name)


# -- filters


def _filter(node: Node) -> Code:
    source, condition = map(code, node.children)
    names = names_read(node.children[1])
    weight = weight_of(node.children[1])
    fresh = any(each.kind == "function" for each in node.children[1].walk())
    return lambda scope: select(source(scope), condition, names, scope, fresh, weight)


def weight_of(node: Node) -> int:
    """The steps that one evaluation counts for: as the body of a loop or a function, or in a decision."""
    own, nodes = 0, 0
    for each in node.walk():
        nodes += 1
        # Each entry of a context is put into a scope too.
        own += 2 + len(each.children) // 4 if each.kind == "context" else _WEIGHTS.get(each.kind, 0)
    return 1 + own + nodes // _LITTLE


def charged(run: Code, node: Node) -> Code:
    """A closure that a decision may ask for again and again: there it counts for what it weighs."""
    weight = weight_of(node)
    if weight < CHARGED:
        return run

    def counted(scope: Scope) -> Any:
        budget = scope.get(BUDGET)
        if isinstance(budget, Budget):
            budget.spend(weight)
        return run(scope)

    return counted


def _weighed(weight: int, scope: Scope) -> int:
    """Turns copy the scope now and then: a large one costs more."""
    return weight * (1 + (len(scope) >> 6))


def names_read(node: Node) -> frozenset[str]:
    return frozenset(each.value for each in node.walk() if each.kind in ("name", "function name"))


def select(
    found: Any, condition: Code, names: frozenset[str], scope: Scope, fresh: bool = False, weight: int = 1
) -> Any:
    """The items for which the condition holds, or the one at the place that it gives.

    `names` are those that the condition reads: entries of the item go before what else has their name.
    `fresh`: each item needs a scope of its own, since functions remember it.
    """
    items = found if isinstance(found, list) else [] if found is None else [found]
    budget_of(scope).spend(len(items) * _weighed(weight, scope) + 1)
    kept = []
    inner = scope.copy()
    for item in items or [None]:
        inner = scope.copy() if fresh or type(item) is dict else inner
        inner["item"] = item
        if isinstance(item, Mapping):
            inner.update((name, item[name]) for name in names if name in item)
        holds = condition(inner)
        if kind(holds) == "number":
            return item_at(items, holds)
        if holds is True and items:
            kept.append(item)
    return kept


def item_at(items: list[Any], index: Any) -> Any:
    """Counted from 1, or from the end by negative numbers."""
    place = 0 if is_huge(index) else int(index)
    if place != index or place == 0 or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]


# -- loops


def _series(node: Node) -> Code:
    """What `for i in 1..5` goes through, up or down."""
    low, high = map(code, node.children)

    def items(scope: Scope) -> Iterator[Any] | None:
        return series(low(scope), high(scope), node.position)

    return items


def series(
    start: Any, end: Any, position: int = 0, first: bool = True, last: bool = True
) -> Iterator[Any] | None:
    """Whole numbers or dates from start to end; None if they aren't that.

    Without the `first` or the `last` where these are not included.
    """
    if kind(start) == kind(end) == "number":
        if is_huge(start) or is_huge(end):
            raise Exceeded(f"a list of more than {MAX_LIST} items (MAX_LIST)", position)
        if int(start) != start or int(end) != end:
            return None
        return map(Decimal, _steps(int(start), int(end), position)[slice(not first, None if last else -1)])
    if type(start) is date and type(end) is date:
        days = _steps(start.toordinal(), end.toordinal(), position)
        return map(date.fromordinal, days[slice(not first, None if last else -1)])
    return None


def _steps(start: int, end: int, position: int) -> range:
    if abs(end - start) >= MAX_LIST:
        raise Exceeded(f"a list of more than {MAX_LIST} items (MAX_LIST)", position)
    step = 1 if start <= end else -1
    return range(start, end + step, step)


def domain_items(domain: Any) -> Iterable[Any] | None:
    """What a loop goes through: a list, the whole numbers or dates of a range, or a single value."""
    if isinstance(domain, list | Iterator):
        return domain
    if isinstance(domain, Range):
        return series(domain.low, domain.high, 0, domain.low_included, domain.high_included)
    return None if domain is None else [domain]


Turns = Callable[[Scope], Iterator[Scope | None]]


def turns(variables: Sequence[tuple[str, Code]], fresh: bool = False, weight: int = 1) -> Turns:
    """The scopes in which a loop's body runs, one after the other; None in place of a null domain.

    `fresh`: each turn needs a scope of its own, since functions remember it.
    """

    def through(scope: Scope, depth: int = 0) -> Iterator[Scope | None]:
        variable, domain = variables[depth]
        items = domain_items(domain(scope))
        if items is None:
            yield None
            return
        budget, last, steps = budget_of(scope), depth + 1 == len(variables), _weighed(weight, scope)
        for item in items:
            budget.spend(steps)
            inner = scope.copy() if fresh else scope
            inner[variable] = item
            if last:
                yield inner
            else:
                yield from through(inner, depth + 1)

    return lambda scope: through(scope.copy())


def collected(each_turn: Turns, body: Code, partial: bool = True) -> Code:
    """`for`: the list of what the body gives; `partial` tells whether it reads what there is so far."""

    def collect(scope: Scope) -> list[Any] | None:
        results: list[Any] = []
        budget = budget_of(scope)
        for inner in each_turn(scope):
            if inner is None:
                return None
            if partial:  # a copy, since the body may keep it
                budget.spend(len(results) // 16)
                inner["partial"] = results.copy()
            results.append(body(inner))
            if len(results) > MAX_LIST:
                bounded_list(results)
        return results

    return collect


def decided(each_turn: Turns, body: Code, decides: bool) -> Code:
    """`some` (decided by true) and `every` (decided by false), three-valued.

    A value that is neither a boolean nor null makes the whole null.
    """

    def decide(scope: Scope) -> bool | None:
        result: bool | None = not decides
        for inner in each_turn(scope):
            value = None if inner is None else body(inner)
            if value is decides:
                return bool(decides)
            if type(value) is not bool:
                if value is not None:
                    return None
                result = None
        return result

    return decide


def _each_turn(node: Node) -> Turns:
    variables = list(zip(node.value, map(code, node.children[:-1]), strict=True))
    fresh = any(each.kind == "function" for each in node.walk())
    return turns(variables, fresh, weight_of(node.children[-1]))


def _for(node: Node) -> Code:
    body = node.children[-1]
    return collected(_each_turn(node), code(body), "partial" in names_read(body))


KINDS.update(
    {
        "path": _path,
        "filter": _filter,
        "series": _series,
        "for": _for,
        "some": lambda node: decided(_each_turn(node), code(node.children[-1]), True),
        "every": lambda node: decided(_each_turn(node), code(node.children[-1]), False),
    }
)
