"""What is doubtful in a decision table: cases for which no rule holds, rules that hold at once, rules that never do.

Each column is cut into values that its cells treat alike (see `domains`); a case takes one of each column. A
cell that is no plain value or range may hold for any value: no doubt is told that could be none. Missing
inputs (null) are no cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from towpath.engines import feel
from towpath.engines.dmn.domains import examples, marks
from towpath.engines.dmn.problems import Problem
from towpath.engines.dmn.table import LISTS, Column, Rule, Table
from towpath.engines.dmn.uses import allowed_spans
from towpath.engines.feel.limits import Budget
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.texts import text_of
from towpath.engines.feel.types import SIMPLE
from towpath.engines.feel.values import Range, kind, ordered

MAX_TOLD = 5  # of each kind of doubt in one table; how many more there are is told too
MAX_STATES = 20_000  # of one search for a case
MAX_COLUMNS = 100  # of a table that is searched
_KINDS = {*SIMPLE, "Any"}
_TEXTS = {  # the constructor of a literal
    "date": "date",
    "date and time": "date and time",
    "days and time duration": "duration",
    "years and months duration": "duration",
}


_BOUND = f"(within {MAX_STATES} states, MAX_STATES)"


class _TooMany(Exception):
    """The search takes more than MAX_STATES states."""


def doubts(table: Table) -> Iterator[Problem]:
    """The warnings about a table, first of rules that can't hold."""
    headings = {column.expression.text for column in table.columns}
    if not table.rules or len(headings) < len(table.columns):  # cases would not be free to combine
        return
    if len(table.columns) > MAX_COLUMNS:
        what = f"has more than {MAX_COLUMNS} columns (MAX_COLUMNS): it is not searched for gaps and overlaps"
        yield Problem(table.id, table.name, table.line, what)
        return
    cases = Cases(table)
    yield from _told(table, _impossible(cases))
    if table.policy == "FIRST":
        yield from _told(table, _unreached(cases))
    if table.policy in ("UNIQUE", "ANY"):
        yield from _told(table, _overlaps(cases))
    if table.policy not in LISTS and not any(output.default for output in table.outputs):
        yield from _told(table, _gaps(cases))


def _told(table: Table, found: Iterator[tuple[Rule | None, str]]) -> Iterator[Problem]:
    listed = list(islice(found, MAX_TOLD + 1))
    for rule, message in listed[:MAX_TOLD]:
        yield Problem(rule.id if rule and rule.id else table.id, table.name, table.line, message)
    if len(listed) > MAX_TOLD:
        message = f"there are more of these: the first {MAX_TOLD} are told ('{listed[0][1][:60]}' …)"
        yield Problem(table.id, table.name, table.line, message)


# -- cases


@dataclass(frozen=True, slots=True)
class Example:
    """A value of a column, and the rules whose cell there may hold and surely holds for it, as bits."""

    value: Any
    may: int
    sure: int


class Cases:
    """`columns` has the examples of each column that no cell of it tells apart."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.all = (1 << len(table.rules)) - 1
        self.columns = [self._examples(place, column) for place, column in enumerate(table.columns)]

    def _examples(self, place: int, column: Column) -> list[Example]:
        cells = [rule.tests[place] for rule in self.table.rules]
        anyway = sum(1 << number for number, cell in enumerate(cells) if cell is None or cell.any)
        base = column.tested.base
        values = examples(_ends(cells, column), "" if base == "Any" else base) if base in _KINDS else None
        if values is None:
            return [Example(None, self.all, anyway)]
        excluded = [
            (1 << number, cell.excluded) for number, cell in enumerate(cells) if cell and cell.excluded
        ]
        grouped: dict[tuple[int, int], Example] = {}
        for value in values:
            if not (column.misfit(value) or column.tested.misfit(value)):
                example = self._example(place, value, anyway, excluded)
                grouped.setdefault((example.may, example.sure), example)
        return list(grouped.values())

    def _example(
        self, place: int, value: Any, anyway: int, excluded: list[tuple[int, list[Range]]]
    ) -> Example:
        index = self.table.indexes[place]
        rows = index.rows(value) if index else None
        may = self.all if rows is None else rows
        sure = anyway if rows is None or index is None else rows & index.settled
        for bit, spans in excluded:
            if marks(spans, value):
                may &= ~bit
            else:
                sure |= bit
        return Example(value, may, sure)

    def told(self, case: Sequence[Example | None]) -> str:
        """`age = 17, fuel = "petrol"`; columns that don't matter are left out."""
        named = zip(self.table.columns, case, strict=True)
        return ", ".join(
            f"{column.expression.text} = {literal(each.value)}"
            for column, each in named
            if each and each.value is not None
        )


def _ends(cells: Iterable[feel.UnaryTest | None], column: Column) -> list[Range]:
    """All literals by which the column's values are cut."""
    tests = [*cells, column.allowed]
    spans = [span for test in tests if test for span in test.spans or test.excluded or []]
    return [*spans, *allowed_spans(column.tested)]


def literal(value: Any) -> str:
    """The value as it would be written in a cell."""
    text = text_of(value, Budget(), True)
    constructor = _TEXTS.get(kind(value))
    return f'{constructor}("{text}")' if constructor else text


# -- doubts


def _impossible(cases: Cases) -> Iterator[tuple[Rule, str]]:
    for number, rule in enumerate(cases.table.rules):
        for column, test, found in zip(cases.table.columns, rule.tests, cases.columns, strict=True):
            if test and (_is_empty(test) or not any(each.may >> number & 1 for each in found)):
                what = f"{column.expression.text} has no value that is {test.text}"
                yield rule, f"rule {rule.index} can never hold: {what}"
                break


def _is_empty(test: feel.UnaryTest) -> bool:
    """Whether all of it are ranges whose ends are the wrong way round."""
    return bool(test.node.children) and all(_wrong_way(each.children[0]) for each in test.node.children)


def _wrong_way(end: Node) -> bool:
    if end.kind != "range" or any(each.kind != "literal" for each in end.children):
        return False
    low, high = (each.value for each in end.children)
    return low is not None and high is not None and ordered("<=", low, high) is False


def _unreached(cases: Cases) -> Iterator[tuple[Rule | None, str]]:
    room = [MAX_STATES]
    for number, rule in enumerate(cases.table.rules):
        if not _holds_somewhere(cases, number):
            continue
        columns = [[each for each in found if each.may >> number & 1] for found in cases.columns]
        try:
            free = next(_free(columns, (1 << number) - 1, lambda each: each.sure, room), None)
        except _TooMany:
            yield None, f"is too large to be searched for rules that are never reached {_BOUND}"
            return
        if free is None:
            yield rule, f"rule {rule.index} is never reached: rules before it hold wherever it does"


def _holds_somewhere(cases: Cases, number: int) -> bool:
    return all(any(each.may >> number & 1 for each in found) for found in cases.columns)


def _gaps(cases: Cases) -> Iterator[tuple[None, str]]:
    try:
        for case in _free(cases.columns, cases.all, lambda each: each.may, [MAX_STATES]):
            told = cases.told(case)
            yield None, f"no rule holds{f' for {told}' if told else ''}; add one, or a default output"
    except _TooMany:
        yield None, f"is too large to be searched for gaps {_BOUND}"


def _free(
    columns: Sequence[Sequence[Example]], rules: int, mask: Callable[[Example], int], room: list[int]
) -> Iterator[list[Example | None]]:
    """Cases for which none of the rules is left; None for the columns that don't matter then."""
    barren: set[tuple[int, int]] = set()  # where there is none

    def search(place: int, left: int) -> Iterator[list[Example | None]]:
        if not left:
            yield [None] * (len(columns) - place)
            return
        if place == len(columns) or (place, left) in barren:
            return
        room[0] -= 1
        if room[0] < 0:
            raise _TooMany
        found, seen = False, set()
        for example in columns[place]:
            then = left & mask(example)
            if then in seen:
                continue
            seen.add(then)
            for rest in search(place + 1, then):
                found = True
                yield [example if then != left else None, *rest]
        if not found:
            barren.add((place, left))

    yield from search(0, rules)


def _overlaps(cases: Cases) -> Iterator[tuple[Rule, str]]:
    rules, policy = cases.table.rules, cases.table.policy
    wants = "only one may" if policy == "UNIQUE" else "their outputs must be the same"
    for number, later in enumerate(_together(cases)):
        for other in _bits(later):
            if policy == "ANY" and not _differ(rules[number], rules[other]):
                continue
            case = [
                next(e for e in found if e.sure >> number & e.sure >> other & 1) for found in cases.columns
            ]
            which = f"rules {rules[number].index} and {rules[other].index} both hold"
            where = cases.told(
                [e if _tests(place, rules[number], rules[other]) else None for place, e in enumerate(case)]
            )
            yield rules[number], f"{which}{f' for {where}' if where else ''}; hit policy {policy}: {wants}"


def _tests(place: int, *rules: Rule) -> bool:
    return any((test := rule.tests[place]) is not None and not test.any for rule in rules)


def _together(cases: Cases) -> list[int]:
    """For each rule the later ones that hold together with it in some case."""
    found = [cases.all & ~((2 << number) - 1) for number, _ in enumerate(cases.table.rules)]
    for examples_ in cases.columns:
        partners = [0] * len(found)
        for each in examples_:
            for number in _bits(each.sure):
                partners[number] |= each.sure
        found = [before & column for before, column in zip(found, partners, strict=True)]
    return found


def _differ(rule: Rule, other: Rule) -> bool:
    """Whether it can be seen that their outputs are not the same."""
    pairs = zip(rule.outputs, other.outputs, strict=True)
    return any(
        one.node.kind == two.node.kind == "literal" and one.node.value != two.node.value for one, two in pairs
    )


def _bits(mask: int) -> Iterable[int]:
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit
