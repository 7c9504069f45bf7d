"""Decision tables (DMN 1.5, chapter 8): which rules hold, and what the hit policy makes of them.

What analyses need to know of a table stands here in plain terms: `columns`, `rules` and, for each cell, a
`feel.UnaryTest` (None for "-") with its `text`, its `spans` (literal values and ranges of which one must
hold), its `excluded` (those of a `not(...)`) and its `node`, the tree of anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any

from towpath.engines import feel
from towpath.engines.dmn.index import ColumnIndex, index_of
from towpath.engines.dmn.run import Seen, note_of
from towpath.engines.dmn.trace import MatchedRule
from towpath.engines.dmn.types import outside
from towpath.engines.feel.closures import Unknown
from towpath.engines.feel.limits import Budget, Scope, budget_of
from towpath.engines.feel.operations import arithmetic
from towpath.engines.feel.types import ANY, Type, coerced
from towpath.engines.feel.values import equal, ordered

LISTS = frozenset(["RULE ORDER", "OUTPUT ORDER", "COLLECT"])
POLICIES = LISTS | {"UNIQUE", "ANY", "PRIORITY", "FIRST"}
Note = Callable[[str], None]
ROWS, ASKING = (
    4,
    16,
)  # rows tried that count as a step, and as how many such rows one counts whose cells read `?`
RULE_STEPS = 6  # what a rule that holds counts for


@dataclass(frozen=True, slots=True)
class Column:
    """An input: its expression, its type, and the values that the table is made for. `label` is for people.

    `tested` is the type that the expression is bound to give, where the column itself has none.
    """

    expression: feel.Expression
    type: Type = ANY
    allowed: feel.UnaryTest | None = None
    label: str = ""
    tested: Type = ANY

    def misfit(self, value: Any, budget: Budget | None = None) -> str:
        why = self.type.misfit(value, budget) or outside(self.allowed, value)
        return f"{self.expression.text} {why}" if why else ""


@dataclass(frozen=True, slots=True)
class Output:
    """A result column. `order` are its values from the most to the least important, for P and O."""

    name: str
    type: Type = ANY
    allowed: feel.UnaryTest | None = None
    order: tuple[Any, ...] = ()
    default: feel.Expression | None = None
    label: str = ""

    def checked(self, value: Any, note: Note) -> Any:
        found, why = coerced(self.type, value)
        why = why or outside(self.allowed, found)
        if why:
            note(f"output {self.name or 'column'} {why}")
        return None if why else found

    def rank(self, value: Any, scope: Scope) -> int:
        budget = budget_of(scope)
        places = (place for place, each in enumerate(self.order) if equal(each, value, budget))
        return next(places, len(self.order))


@dataclass(frozen=True, slots=True)
class Rule:
    """`tests` by column, None where the cell is "-". `index` counts from 1."""

    id: str
    index: int
    tests: tuple[feel.UnaryTest | None, ...]
    outputs: tuple[feel.Expression, ...]
    annotations: dict[str, str]

    def unsettled(self, values: Sequence[Any], scope: Scope) -> Unknown | bool:
        """Whether it holds, or the first unknown that this hangs on. Unknown values are `Unknown`s."""
        first: Unknown | None = None
        for test, value in zip(self.tests, values, strict=True):
            if test is None:
                continue
            try:
                if isinstance(value, Unknown):
                    first = first or value
                elif not test(value, scope):
                    return False
            except Unknown as unknown:
                first = first or unknown
        return first or True

    def excludes(self, other: Rule) -> bool:
        """True if the literals of some column show that both can't hold; False says nothing."""
        return any(
            one is not None
            and two is not None
            and one.spans is not None
            and two.spans is not None
            and all(_apart(a, b) for a in one.spans for b in two.spans)
            for one, two in zip(self.tests, other.tests, strict=True)
        )


def _apart(a: feel.Range, b: feel.Range) -> bool:
    return _before(a, b) or _before(b, a)


def _before(a: feel.Range, b: feel.Range) -> bool:
    if a.high is None or b.low is None:
        return False
    if a.high_included and b.low_included:
        if isinstance(a.high, bool) and isinstance(b.low, bool):
            return a.high is not b.low
        return ordered("<", a.high, b.low) is True
    return ordered("<=", a.high, b.low) is True


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is that of the decision or knowledge model that has it; `id` and `line` are its own."""

    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: str
    aggregation: str = ""
    name: str = ""
    id: str = ""
    line: int = 0
    kind: str = "decision table"
    indexes: tuple[ColumnIndex | None, ...] = field(init=False, repr=False, compare=False)
    labels: Mapping[str, str] = field(init=False, repr=False, compare=False)
    row_weight: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_column = [[rule.tests[place] for rule in self.rules] for place in range(len(self.columns))]
        object.__setattr__(self, "indexes", tuple(map(index_of, by_column)))
        # A cell that reads `?` takes a scope of its own.
        asking = any(test and test.node.question for rule in self.rules for test in rule.tests)
        object.__setattr__(self, "row_weight", ASKING if asking else 1)
        labels = {column.expression.text: column.label for column in self.columns}
        labels |= {output.name: output.label for output in self.outputs}
        object.__setattr__(self, "labels", {name: label for name, label in labels.items() if label})

    def work_out(self, scope: Scope) -> Seen:
        """The value, the inputs seen and the rules that gave it. What is wrong is told to the run."""
        values = [column.expression.run(scope) for column in self.columns]
        seen = {column.expression.text: value for column, value in zip(self.columns, values, strict=True)}
        note = note_of(scope, self.name, self.id, self.line)
        if self._misfits(values, note, budget_of(scope)):
            return None, seen, ()
        matching = self.matching(values, scope)
        found = list(islice(matching, 1)) if self.policy == "FIRST" else list(matching)
        value, matched = self._outcome(found, scope, note)
        return value, seen, matched

    def matching(self, values: Sequence[Any], scope: Scope) -> Iterator[Rule]:
        """The rules that hold for these values of the columns, in order."""
        open_, settled = (1 << len(self.rules)) - 1, []
        for index, value in zip(self.indexes, values, strict=True):
            rows = index.rows(value) if index else None
            if rows is not None:
                open_ &= rows
            settled.append(index.settled if index and rows is not None else 0)
        # What the indexes leave is tried row by row.
        budget_of(scope).spend(open_.bit_count() * self.row_weight // ROWS)
        while open_:
            bit = open_ & -open_
            open_ ^= bit
            rule = self.rules[bit.bit_length() - 1]
            for test, value, sure in zip(rule.tests, values, settled):  # noqa: B905 - the loader counted them
                if test is not None and not sure & bit and not test.run(value, scope):
                    break
            else:
                yield rule

    # -- asking

    def ask(self, scope: Scope) -> Seen:
        """As `work_out`, from what is known; raises the first Unknown that may still change the value."""
        values = [_known_or_not(column, scope) for column in self.columns]
        seen = {
            column.expression.text: value
            for column, value in zip(self.columns, values, strict=True)
            if not isinstance(value, Unknown)
        }
        note = note_of(scope, self.name, self.id, self.line)
        if self._misfits(values, note, budget_of(scope)):
            return None, seen, ()
        value, matched = self._outcome(self._settled(values, scope), scope, note)
        return value, seen, matched

    def _settled(self, values: Sequence[Any], scope: Scope) -> list[Rule]:
        held: list[Rule] = []
        open_: list[tuple[Rule, Unknown]] = []
        for rule in self.rules:
            state = rule.unsettled(values, scope)
            if isinstance(state, Unknown):
                if self.policy == "FIRST":
                    raise state
                open_.append((rule, state))
            elif state:
                held.append(rule)
                if self.policy == "FIRST":
                    return held
        if self.policy == "UNIQUE" and held:
            open_ = [(rule, why) for rule, why in open_ if len(held) == 1 and not rule.excludes(held[0])]
        if open_:
            raise open_[0][1]
        return held

    def _misfits(self, values: Sequence[Any], note: Note, budget: Budget) -> bool:
        wrong = False
        for column, value in zip(self.columns, values, strict=True):
            if (column.type is ANY and column.allowed is None) or isinstance(value, Unknown):
                continue
            why = column.misfit(value, budget)
            if why:
                note(f"input {why}")
                wrong = True
        return wrong

    # -- the hit policies

    def _outcome(self, rules: list[Rule], scope: Scope, note: Note) -> tuple[Any, tuple[MatchedRule, ...]]:
        if not rules:
            return self._default(scope, note), ()
        matched = [(rule, [output.run(scope) for output in rule.outputs]) for rule in rules]
        budget = budget_of(scope)
        for _, outputs in matched:
            budget.spend(RULE_STEPS)
            for value in outputs:
                budget.charge(value)  # each is looked through for its type
        if self.policy in ("PRIORITY", "OUTPUT ORDER"):
            matched.sort(key=lambda each: self._ranks(each[1], scope))
        if self.policy == "PRIORITY":
            matched = matched[:1]
        shown = [
            MatchedRule(rule.id, rule.index, rule.annotations, self._output(values, note))
            for rule, values in matched
        ]
        return self._combined([each.output for each in shown], shown, scope, note), tuple(shown)

    def _combined(self, outputs: list[Any], shown: list[MatchedRule], scope: Scope, note: Note) -> Any:
        if self.policy in LISTS:
            return self._aggregated(outputs) if self.aggregation else outputs
        if len(outputs) == 1:
            return outputs[0]
        if self.policy == "UNIQUE":
            note(f"{_listed(shown)} hold at once, but the hit policy is UNIQUE: only one may")
            return None
        budget = budget_of(scope)
        if self.policy == "ANY" and any(equal(outputs[0], other, budget) is not True for other in outputs):
            note(f"{_listed(shown)} hold at once with different outputs; the hit policy ANY wants the same")
            return None
        return outputs[0]

    def _aggregated(self, outputs: list[Any]) -> Any:
        if self.aggregation == "COUNT":
            return Decimal(len(outputs))
        total = outputs[0]
        for value in outputs[1:]:
            if self.aggregation == "SUM":
                total = arithmetic("+", total, value)
            else:
                better = ordered("<" if self.aggregation == "MIN" else ">", value, total)
                total = None if better is None else value if better else total
        return total

    def _default(self, scope: Scope, note: Note) -> Any:
        if not any(output.default for output in self.outputs):
            return [] if self.policy in LISTS and not self.aggregation else None
        values = [output.default.run(scope) if output.default else None for output in self.outputs]
        value = self._output(values, note)
        return [value] if self.policy in LISTS and not self.aggregation else value

    def _ranks(self, values: list[Any], scope: Scope) -> list[int]:
        return [output.rank(value, scope) for output, value in zip(self.outputs, values, strict=True)]

    def _output(self, values: list[Any], note: Note) -> Any:
        if len(self.outputs) == 1:
            return self.outputs[0].checked(values[0], note)
        return {
            output.name: output.checked(value, note)
            for output, value in zip(self.outputs, values, strict=True)
        }


def _known_or_not(column: Column, scope: Scope) -> Any:
    try:
        return column.expression.run(scope)
    except Unknown as unknown:
        return unknown


def _listed(rules: list[MatchedRule]) -> str:
    return "rules " + " and ".join(str(rule.index) for rule in rules)
