"""Decision tables (DMN 1.5, chapter 8): which rules hold, and what the hit policy makes of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from towpath.engines import feel
from towpath.engines.dmn.trace import MatchedRule
from towpath.engines.dmn.types import ANY, Type, outside
from towpath.engines.feel.closures import Unknown
from towpath.engines.feel.limits import Scope, budget_of
from towpath.engines.feel.values import arithmetic, equal, ordered

LISTS = frozenset(["RULE ORDER", "OUTPUT ORDER", "COLLECT"])
POLICIES = LISTS | {"UNIQUE", "ANY", "PRIORITY", "FIRST"}
Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Column:
    """An input: its expression, its type, and the values that the table is made for."""

    expression: feel.Expression
    type: Type = ANY
    allowed: feel.UnaryTest | None = None

    def misfit(self, value: Any) -> str:
        why = self.type.misfit(value) or outside(self.allowed, value)
        return f"{self.expression.text} {why}" if why else ""


@dataclass(frozen=True, slots=True)
class Output:
    """A result column. `order` are its values from the most to the least important, for P and O."""

    name: str
    type: Type = ANY
    allowed: feel.UnaryTest | None = None
    order: tuple[Any, ...] = ()
    default: feel.Expression | None = None

    def checked(self, value: Any, note: Note) -> Any:
        why = self.type.misfit(value) or outside(self.allowed, value)
        if why:
            note(f"output {self.name or 'column'} {why}")
        return None if why else value

    def rank(self, value: Any, scope: Scope) -> int:
        budget = budget_of(scope)
        places = (place for place, each in enumerate(self.order) if equal(each, value, budget))
        return next(places, len(self.order))


@dataclass(frozen=True, slots=True)
class Rule:
    """`tests` by column, None where the cell is "-"."""

    id: str
    index: int
    tests: tuple[feel.UnaryTest | None, ...]
    outputs: tuple[feel.Expression, ...]
    annotations: dict[str, str]

    def holds(self, values: Sequence[Any], scope: Scope) -> bool:
        for test, value in zip(self.tests, values):  # noqa: B905 - the loader counted them; this is the hot loop
            if test is not None and not test(value, scope):
                return False
        return True

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
    columns: tuple[Column, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    policy: str
    aggregation: str = ""

    kind = "decision table"

    def evaluate(self, scope: Scope, note: Note) -> tuple[Any, dict[str, Any], tuple[MatchedRule, ...]]:
        """The value, the inputs seen and the rules that gave it. `note` is told what is wrong."""
        values = [column.expression(scope) for column in self.columns]
        seen = {column.expression.text: value for column, value in zip(self.columns, values, strict=True)}
        if self._misfits(values, note):
            return None, seen, ()
        rules = (rule for rule in self.rules if rule.holds(values, scope))
        found = list(islice(rules, 1)) if self.policy == "FIRST" else list(rules)
        value, matched = self._outcome(found, scope, note)
        return value, seen, matched

    def ask(self, scope: Scope, note: Note) -> tuple[Any, dict[str, Any], tuple[MatchedRule, ...]]:
        """As `evaluate`, from what is known; raises the first Unknown that may still change the value."""
        values = [_known_or_not(column, scope) for column in self.columns]
        seen = {
            column.expression.text: value
            for column, value in zip(self.columns, values, strict=True)
            if not isinstance(value, Unknown)
        }
        if self._misfits(values, note):
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

    def _misfits(self, values: Sequence[Any], note: Note) -> bool:
        known = [
            (column, value)
            for column, value in zip(self.columns, values, strict=True)
            if not isinstance(value, Unknown)
        ]
        misfits = [why for column, value in known if (why := column.misfit(value))]
        for why in misfits:
            note(f"input {why}")
        return bool(misfits)

    # -- the hit policies

    def _outcome(self, rules: list[Rule], scope: Scope, note: Note) -> tuple[Any, tuple[MatchedRule, ...]]:
        if not rules:
            return self._default(scope, note), ()
        matched = [(rule, [output(scope) for output in rule.outputs]) for rule in rules]
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
        if self.policy == "UNIQUE" and len(outputs) > 1:
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
        values = [output.default(scope) if output.default else None for output in self.outputs]
        value = self._output(values, note)
        return [value] if self.policy in LISTS and not self.aggregation else value

    def _ranks(self, values: list[Any], scope: Scope) -> list[int]:
        return [output.rank(value, scope) for output, value in zip(self.outputs, values, strict=True)]

    def _output(self, values: list[Any], note: Note) -> Any:
        checked = [output.checked(value, note) for output, value in zip(self.outputs, values, strict=True)]
        if len(self.outputs) == 1:
            return checked[0]
        return {output.name: value for output, value in zip(self.outputs, checked, strict=True)}


def _known_or_not(column: Column, scope: Scope) -> Any:
    try:
        return column.expression(scope)
    except Unknown as unknown:
        return unknown


def _listed(rules: list[MatchedRule]) -> str:
    return "rules " + " and ".join(str(rule.index) for rule in rules)
