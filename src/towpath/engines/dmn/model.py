"""A loaded model: evaluate a decision, or ask for what it still needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from towpath.engines import feel
from towpath.engines.dmn.problems import Problem
from towpath.engines.dmn.table import Note, Table
from towpath.engines.dmn.trace import Evaluation, MatchedRule, Question, Step
from towpath.engines.dmn.types import Type
from towpath.engines.feel.closures import Unknown
from towpath.engines.feel.limits import BUDGET, Budget, Scope
from towpath.engines.feel.names import nearest

CLOCK = ("__today", "__now")


@dataclass(frozen=True, slots=True)
class Input:
    id: str
    name: str
    line: int
    type: Type


@dataclass(frozen=True, slots=True)
class Literal:
    """A decision whose logic is one expression."""

    expression: feel.Expression

    kind = "literal expression"

    def evaluate(self, scope: Scope, note: Note) -> tuple[Any, dict[str, Any], tuple[MatchedRule, ...]]:
        seen = {name: scope.get(name) for name in self.expression.names}
        return self.expression(scope), seen, ()

    ask = evaluate


@dataclass(frozen=True, slots=True)
class Decision:
    """`requires` are the names of the decisions and inputs that it may read."""

    id: str
    name: str
    line: int
    type: Type
    requires: tuple[str, ...]
    logic: Table | Literal


class Asking(Scope):
    """A scope that raises the Unknown of what is not settled yet when it is read."""

    def __init__(self, known: Mapping[str, Any], open_: dict[str, Unknown]) -> None:
        super().__init__(known)
        self.open = open_

    def __missing__(self, name: str) -> Any:
        if name in self.open:
            raise self.open[name]
        raise KeyError(name)

    def copy(self) -> Asking:
        return Asking(self, self.open)


@dataclass(slots=True)
class _Run:
    """What one evaluation gathers."""

    steps: dict[str, Step] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def evaluation(self, name: str) -> Evaluation:
        return Evaluation(self.steps[name].output, tuple(self.steps.values()), tuple(self.problems))


class Model:
    """`decisions` maps each decision's name to the names of the inputs that it needs, directly or not.

    `inputs` maps an input's name to its definition; `warnings` are for the publisher to acknowledge.
    """

    def __init__(
        self, name: str, inputs: list[Input], decisions: list[Decision], warnings: list[Problem]
    ) -> None:
        self.name = name
        self.inputs = {each.name: each for each in inputs}
        self.warnings = tuple(warnings)
        self._decisions = {each.name: each for each in decisions}
        graph = {each.name: [to for to in each.requires if to in self._decisions] for each in decisions}
        sorted_ = list(TopologicalSorter(graph).static_order())
        self._order = {each.name: self._required(each.name, sorted_) for each in decisions}
        self.decisions = {each.name: self._needed(each.name) for each in decisions}

    def evaluate(self, name: str, inputs: Mapping[str, Any]) -> Evaluation:
        """The decision's value with these inputs; LookupError if there is no such decision.

        A missing input, or one of a wrong type, counts as null and is among the problems. "__today" and
        "__now" of `inputs` are what `today()` and `now()` give.
        """
        run = _Run()
        scope = self._scope(name, inputs, run)
        for missing in self.decisions[name]:
            if missing not in scope:
                self._problem(run, self.inputs[missing], "is missing; null is used")
                scope[missing] = None
        for required in self._order[name]:
            decision = self._decisions[required]
            scope[required] = self._decide(decision, decision.logic.evaluate, scope, run)
        return run.evaluation(name)

    def ask(self, name: str, known: Mapping[str, Any]) -> Question | Evaluation:
        """The evaluation if what is known settles it, else the first input that may still change it.

        An input that is known to be empty is given as None.
        """
        run = _Run()
        open_ = {each: Unknown(each) for each in self.decisions.get(name, ()) if each not in known}
        scope = Asking(self._scope(name, known, run), open_)
        for required in self._order[name]:
            decision = self._decisions[required]
            try:
                scope[required] = self._decide(decision, decision.logic.ask, scope, run)
            except Unknown as unknown:
                open_[required] = unknown
        if name not in open_:
            return run.evaluation(name)
        asked = self.inputs[open_[name].name]
        return Question(asked.name, asked.type.name, asked.type.allowed.text if asked.type.allowed else "")

    def _scope(self, name: str, inputs: Mapping[str, Any], run: _Run) -> Scope:
        if name not in self._decisions:
            raise LookupError(f"there is no decision '{name}'{nearest(name, self._decisions)}")
        scope: Scope = {key: inputs[key] for key in CLOCK if key in inputs}
        scope[BUDGET] = Budget()
        for each in self.decisions[name]:
            if each in inputs:
                scope[each] = self._checked(self.inputs[each], inputs[each], run)
        return scope

    def _checked(self, element: Input | Decision, value: Any, run: _Run) -> Any:
        why = element.type.misfit(value)
        if why and isinstance(value, list) and len(value) == 1 and not element.type.misfit(value[0]):
            return value[0]  # a list of one stands for its item (section 10.3.2.9.4)
        if why and element.type.of and not element.type.misfit([value]):
            return [value]
        if why:
            self._problem(run, element, f"{why}; null is used")
        return None if why else value

    def _decide(self, decision: Decision, work_out: Any, scope: Scope, run: _Run) -> Any:
        def note(message: str) -> None:
            self._problem(run, decision, message)

        try:
            value, seen, rules = work_out(scope, note)
        except feel.FeelError as error:
            note(f"was stopped: {error}")
            value, seen, rules = None, {}, ()
        value = self._checked(decision, value, run)
        run.steps[decision.name] = Step(decision.name, decision.logic.kind, seen, rules, value)
        return value

    def _problem(self, run: _Run, element: Input | Decision, message: str) -> None:
        run.problems.append(Problem(element.id, element.name, element.line, message))

    def _required(self, name: str, sorted_: list[str]) -> tuple[str, ...]:
        """The decision and those that it requires, each after what it requires itself."""
        found, waiting = {name}, [name]
        while waiting:
            for required in self._decisions[waiting.pop()].requires:
                if required in self._decisions and required not in found:
                    found.add(required)
                    waiting.append(required)
        return tuple(each for each in sorted_ if each in found)

    def _needed(self, name: str) -> tuple[str, ...]:
        required = [each for decision in self._order[name] for each in self._decisions[decision].requires]
        return tuple(dict.fromkeys(each for each in required if each in self.inputs))
