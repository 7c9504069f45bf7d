"""Functions on lists (DMN 1.5, tables 76, 77 and 81)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from towpath.engines.feel.functions import function
from towpath.engines.feel.limits import POWER_STEPS, Scope, bounded_list, budget_of
from towpath.engines.feel.operations import arithmetic
from towpath.engines.feel.values import NUMBERS, FunctionValue, equal, is_number, kind, ordered


def _items(values: list[Any]) -> list[Any]:
    """sum(1, 2) is sum([1, 2])."""
    return values[0] if len(values) == 1 and kind(values[0]) == "list" else values


def _numbers(values: list[Any]) -> list[Decimal] | None:
    items = _items(values)
    return [Decimal(item) for item in items] if all(map(is_number, items)) else None


@function("list contains", "list: list", "element", scoped=True)
def _list_contains(scope: Scope, items: list[Any], element: Any) -> bool:
    budget = budget_of(scope)
    return any(equal(item, element, budget) is True for item in items)


@function("count", "list...")
def _count(values: list[Any]) -> Decimal | None:
    return None if values == [None] else Decimal(len(_items(values)))


@function("min", "list...")
def _min(values: list[Any]) -> Any:
    return _extreme("<", _items(values))


@function("max", "list...")
def _max(values: list[Any]) -> Any:
    return _extreme(">", _items(values))


def _extreme(sign: str, items: list[Any]) -> Any:
    best = items[0] if items else None
    if len(items) == 1 and ordered("<=", best, best) is None:
        return None
    for item in items[1:]:
        better = ordered(sign, item, best)
        if better is None:
            return None
        best = item if better else best
    return best


@function("sum", "list...")
def _sum(values: list[Any]) -> Any:
    items = _items(values)
    total = items[0] if items else None
    for item in items[1:]:
        total = arithmetic("+", total, item)
    summed = ("number", "days and time duration", "years and months duration")
    return total if all(kind(item) in summed for item in items) else None


@function("product", "list...")
def _product(values: list[Any]) -> Decimal | None:
    numbers = _numbers(values)
    if not numbers:
        return None
    total = numbers[0]
    for number in numbers[1:]:
        total = NUMBERS.multiply(total, number)
    return total


@function("mean", "list...")
def _mean(values: list[Any]) -> Any:
    items = _items(values)
    return arithmetic("/", _sum(items), Decimal(len(items))) if items else None


@function("median", "list...")
def _median(values: list[Any]) -> Decimal | None:
    numbers = sorted(_numbers(values) or [])
    if not numbers:
        return None
    middle = len(numbers) // 2
    if len(numbers) % 2:
        return numbers[middle]
    return NUMBERS.divide(NUMBERS.add(numbers[middle - 1], numbers[middle]), Decimal(2))


@function("stddev", "list...", scoped=True)
def _stddev(scope: Scope, values: list[Any]) -> Decimal | None:
    """Of a sample: divided by one less than there are."""
    numbers = _numbers(values) or []
    if len(numbers) < 2:
        return None
    budget_of(scope).spend(POWER_STEPS)
    mean = NUMBERS.divide(_total(numbers), Decimal(len(numbers)))
    squares = [NUMBERS.multiply(d, d) for d in (NUMBERS.subtract(number, mean) for number in numbers)]
    return NUMBERS.sqrt(NUMBERS.divide(_total(squares), Decimal(len(numbers) - 1)))


def _total(numbers: list[Decimal]) -> Decimal:
    total = Decimal(0)
    for number in numbers:
        total = NUMBERS.add(total, number)
    return total


@function("mode", "list...")
def _mode(values: list[Any]) -> list[Decimal] | None:
    """The most frequent numbers, the smallest first."""
    numbers = None if values == [None] else _numbers(values)
    if numbers is None:
        return None
    counts: dict[Decimal, int] = {}
    for number in numbers:
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


@function("all", "list...")
def _all(values: list[Any]) -> bool | None:
    return _decided(values, False)


@function("any", "list...")
def _any(values: list[Any]) -> bool | None:
    return _decided(values, True)


def _decided(values: list[Any], decides: bool) -> bool | None:
    items = _items(values)
    if not all(item is None or type(item) is bool for item in items):
        return None
    if decides in items:
        return decides
    return None if None in items else not decides


@function("sublist", "list: list", "start position: number", "length?: number")
def _sublist(items: list[Any], position: Decimal, length: Decimal | None) -> list[Any] | None:
    start = _place(items, position)
    end = len(items) if length is None else start + int(min(length, Decimal(len(items) + 1)))
    return items[start:end] if start < end <= len(items) else None


@function("append", "list: list", "item...")
def _append(items: list[Any], more: list[Any]) -> list[Any]:
    return bounded_list([*items, *more])


@function("concatenate", "list...")
def _concatenate(lists: list[Any]) -> list[Any] | None:
    if any(each is None for each in lists):
        return None
    return bounded_list([item for each in lists for item in (each if kind(each) == "list" else [each])])


@function("union", "list...", scoped=True)
def _union(scope: Scope, lists: list[Any]) -> list[Any] | None:
    joined = _concatenate(lists)
    return None if joined is None else _distinct_values(scope, joined)


@function("distinct values", "list: list", scoped=True)
def _distinct_values(scope: Scope, items: list[Any]) -> list[Any]:
    budget = budget_of(scope)
    kept: list[Any] = []
    for item in items:
        budget.spend(len(kept))
        if not any(equal(item, other, budget) is True for other in kept):
            kept.append(item)
    return kept


def _place(items: list[Any], position: Decimal) -> int:
    """Counted from 0; IndexError (a ValueError here) where there is none."""
    if not 1 <= abs(position) <= len(items):
        raise ValueError("there is no such place")
    place = int(position)
    return place - 1 if place > 0 else len(items) + place


@function("insert before", "list: list", "position: number", "newItem")
def _insert_before(items: list[Any], position: Decimal, item: Any) -> list[Any]:
    place = _place(items, position)
    return bounded_list([*items[:place], item, *items[place:]])


@function("remove", "list: list", "position: number")
def _remove(items: list[Any], position: Decimal) -> list[Any]:
    place = _place(items, position)
    return [*items[:place], *items[place + 1 :]]


@function("list replace", "list: list", "position: number", "newItem")
def _list_replace(items: list[Any], position: Decimal, item: Any) -> list[Any]:
    place = _place(items, position)
    return [*items[:place], item, *items[place + 1 :]]


@function("list replace", "list: list", "match: function", "newItem", scoped=True)
def _list_replace_matches(
    scope: Scope, items: list[Any], match: FunctionValue, item: Any
) -> list[Any] | None:
    found = [match.invoke(scope, ("", ""), [each, item]) for each in items]
    if not all(type(each) is bool for each in found):
        return None
    return [item if each else old for each, old in zip(found, items, strict=True)]


@function("reverse", "list: list")
def _reverse(items: list[Any]) -> list[Any]:
    return items[::-1]


@function("index of", "list: list", "match", scoped=True)
def _index_of(scope: Scope, items: list[Any], match: Any) -> list[Decimal]:
    budget = budget_of(scope)
    return [Decimal(n) for n, item in enumerate(items, 1) if equal(item, match, budget) is True]


@function("flatten", "list: list", scoped=True)
def _flatten(scope: Scope, items: list[Any]) -> list[Any]:
    flat: list[Any] = []
    waiting = [iter(items)]
    spend: Callable[[int], None] = budget_of(scope).spend
    while waiting:
        for item in waiting[-1]:
            spend(1)
            if isinstance(item, list):
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return bounded_list(flat)


@function("sort", "list: list", "precedes?: function", scoped=True)
def _sort(scope: Scope, items: list[Any], precedes: FunctionValue | None) -> list[Any]:
    """Stable; without a function by the order of the values."""
    budget = budget_of(scope)

    def compared(one: Any, other: Any) -> int:
        budget.spend(1)
        before = precedes.invoke(scope, ("", ""), [one, other]) if precedes else ordered("<", one, other)
        if type(before) is not bool:
            raise ValueError("the two have no order")
        return -1 if before else 0

    return sorted(items, key=cmp_to_key(compared))
