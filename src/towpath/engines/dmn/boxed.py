"""Boxed expressions other than tables (DMN 1.5, section 7.3) as logic that works itself out in a scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from towpath.engines import feel
from towpath.engines.dmn.problems import Problem
from towpath.engines.dmn.run import RUN, Logic, Run, Seen, note_of
from towpath.engines.dmn.table import Table
from towpath.engines.dmn.trace import Step
from towpath.engines.feel.calls import Lambda
from towpath.engines.feel.closures import Code
from towpath.engines.feel.iteration import CHARGED, collected, decided, names_read, select, turns
from towpath.engines.feel.limits import Scope, budget_of
from towpath.engines.feel.types import ANY, Type, coerced
from towpath.engines.feel.values import FunctionValue

CELLS = 4  # small expressions to a step


@dataclass(frozen=True, slots=True)
class Boxed:
    """`code` gives the value; `names` are what the trace shows of the scope; `expression` what it is, if one."""

    kind: str
    code: Code
    names: tuple[str, ...] = ()
    expression: feel.Expression | None = None
    labels: Mapping[str, str] = field(default_factory=dict)

    def work_out(self, scope: Scope) -> Seen:
        return self.code(scope), {name: scope.get(name) for name in self.names}, ()

    ask = work_out


@dataclass(frozen=True, slots=True)
class Refused:
    """Stands in for logic that was refused: null, and the reason in each evaluation."""

    problems: tuple[Problem, ...]
    kind: str = "refused"
    labels: Mapping[str, str] = field(default_factory=dict)

    def work_out(self, scope: Scope) -> Seen:
        run = scope.get(RUN)
        if isinstance(run, Run):
            run.problems.extend(self.problems)
        return None, {}, ()

    ask = work_out


def inner_code(logic: Logic, owner: str) -> Code:
    """Logic inside of other logic; what a table decides there is a step of the trace too."""
    if isinstance(logic, Boxed):
        return logic.code
    if not isinstance(logic, Table):
        return lambda scope: logic.work_out(scope)[0]

    def decide(scope: Scope) -> Any:
        value, seen, rules = logic.work_out(scope)
        run = scope.get(RUN)
        if isinstance(run, Run):
            run.steps.append(Step(owner, logic.kind, seen, rules, value, labels=logic.labels))
        return value

    return decide


def typed(code: Code, type_: Type, what: str, owner: str) -> Code:
    """Whose value must be of that type; null, and a problem, where it isn't."""
    if type_ is ANY:
        return code

    def checked(scope: Scope) -> Any:
        value, why = coerced(type_, code(scope), budget_of(scope))
        if why:
            note_of(scope, owner)(f"{what} {why}; null is used")
        return value

    return checked


def literal(expression: feel.Expression) -> Boxed:
    return Boxed("literal expression", expression.run, expression.names, expression)


def context(entries: list[tuple[str, Code]], result: Code | None) -> Code:
    """Each entry sees those before it; with a `result` that is the value instead of the context."""

    steps = len(entries) // 2

    def build(scope: Scope) -> Any:
        budget_of(scope).spend(steps)
        inner, made = scope.copy(), {}
        for name, code in entries:
            inner[name] = made[name] = code(inner)
        return result(inner) if result else made

    return build


def listing(items: list[Code]) -> Code:
    steps = len(items) // CELLS

    def build(scope: Scope) -> list[Any]:
        budget_of(scope).spend(steps)
        return [item(scope) for item in items]

    return build


def relation(columns: list[str], rows: list[list[Code]]) -> Code:
    steps = len(columns) * len(rows) // CELLS

    def build(scope: Scope) -> list[dict[str, Any]]:
        budget_of(scope).spend(steps)
        return [{name: cell(scope) for name, cell in zip(columns, row, strict=True)} for row in rows]

    return build


def function(parameters: list[tuple[str, Type]], body: Code) -> Code:
    return lambda scope: Lambda(parameters, body, scope)


def invocation(callee: Code, bindings: list[tuple[str, Code]], owner: str) -> Code:
    names = [name for name, _ in bindings]

    def invoke(scope: Scope) -> Any:
        called = callee(scope)
        if not isinstance(called, FunctionValue):
            note_of(scope, owner)("what is invoked is no function")
            return None
        return called.invoke(scope, names, [code(scope) for _, code in bindings])

    return invoke


def filtered(source: Code, match: feel.Expression) -> Code:
    names = names_read(match.node)
    return lambda scope: select(source(scope), match.run, names, scope, fresh=True)


def iterated(variable: str, domain: Code, body: Code, kind: str) -> Code:
    """A boxed `for`, `some` or `every`."""
    each_turn = turns([(variable, domain)], fresh=True, weight=CHARGED)
    makers: dict[str, Callable[[], Code]] = {
        "for": lambda: collected(each_turn, body),
        "some": lambda: decided(each_turn, body, True),
        "every": lambda: decided(each_turn, body, False),
    }
    return makers[kind]()
