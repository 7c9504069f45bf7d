"""What a model consists of, and how each comes to its value (DMN 1.5, section 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from towpath.engines.dmn.run import Logic, Run, Seen
from towpath.engines.dmn.trace import Step
from towpath.engines.feel.calls import Lambda, arrange
from towpath.engines.feel.expression import stopped
from towpath.engines.feel.limits import Exceeded, FeelError, Scope, budget_of
from towpath.engines.feel.types import ANY, Type, coerced
from towpath.engines.feel.values import FunctionValue

Needs = list[tuple[tuple[str, ...], "Element"]]  # where each stands in the scope, and what it is


@dataclass(slots=True, eq=False)
class Element:
    """Anything that has a name in a model. `namespace` is that of its model."""

    id: str
    name: str
    line: int
    type: Type = ANY
    namespace: str = ""

    def value_in(self, run: Run) -> Any:
        return run.values.get(self)


@dataclass(slots=True, eq=False)
class Input(Element):
    """Data that comes from outside."""


@dataclass(slots=True, eq=False)
class Decision(Element):
    """`needs` is all that its logic may read; `requires` the names of the decisions and inputs among them."""

    needs: Needs = field(default_factory=list)
    logic: Logic | None = None

    @property
    def requires(self) -> tuple[str, ...]:
        return tuple(path[-1] for path, each in self.needs if isinstance(each, Input | Decision))

    def decide(self, run: Run, work_out: Callable[[Scope], Seen], scope: Scope) -> Any:
        """The value; what stops the logic is a problem of the run and gives null."""
        try:
            value, seen, rules = work_out(scope)
        except (Exceeded, FeelError, RecursionError) as error:
            why = error if isinstance(error, FeelError) else stopped(f"the logic of {self.name}", error)
            run.problem(self, f"was stopped: {why}")
            value, seen, rules = None, {}, ()
        value = run.values[self] = run.checked(self, self.type, value)
        logic = self.logic
        labels = logic.labels if logic else {}
        run.steps.append(Step(self.name, logic.kind if logic else "", seen, rules, value, labels=labels))
        return value


@dataclass(slots=True, eq=False)
class Knowledge(Element):
    """A business knowledge model: a function that decisions call by its name."""

    needs: Needs = field(default_factory=list)
    parameters: list[tuple[str, Type]] = field(default_factory=list)
    body: Callable[[Scope], Any] | None = None

    def value_in(self, run: Run) -> Any:
        made = run.functions.get(self)
        if made is None:
            made = run.functions[self] = Lambda(self.parameters, self.body or _nothing, {}, self.type)
            made.scope = run.scope(self.needs)  # after it is known, since it may need itself
            made.scope[self.name] = made
        return made


def _nothing(scope: Scope) -> Any:
    return None


@dataclass(slots=True, eq=False)
class Service(Element):
    """A decision service: decisions that are invoked together, some of them given from outside."""

    inputs: list[Input | Decision] = field(default_factory=list)  # the data first, then the decisions
    outputs: list[Decision] = field(default_factory=list)
    order: Callable[[Sequence[Decision], frozenset[Element]], list[Decision]] | None = None

    def value_in(self, run: Run) -> Any:
        return run.functions.setdefault(self, ServiceFunction(self, run))

    def decide(self, run: Run, values: Sequence[Any]) -> Any:
        """The output's value, or a context of those of several."""
        inner = Run({key: value for key, value in run.base.items() if key in ("__today", "__now")}, run)
        for element, value in zip(self.inputs, values, strict=True):
            inner.values[element] = inner.checked(element, element.type, value)
        assert self.order is not None
        for decision in self.order(self.outputs, frozenset(self.inputs)):
            if decision.logic:
                decision.decide(inner, decision.logic.work_out, inner.scope(decision.needs))
        found = {each.name: inner.values.get(each) for each in self.outputs}
        value = next(iter(found.values()), None) if len(found) == 1 else found
        return run.checked(self, self.type, value)


class ServiceFunction(FunctionValue):
    """A decision service as the value of its name."""

    __slots__ = ("parameters", "run", "service", "types")

    def __init__(self, service: Service, run: Run) -> None:
        self.service = service
        self.run = run
        self.parameters = [each.name for each in service.inputs]
        self.types = [each.type for each in service.inputs]

    def invoke(self, scope: Scope, given: Sequence[str], values: list[Any]) -> Any:
        arranged = arrange(self.parameters, given, values)
        if arranged is None:
            return None
        budget = budget_of(scope)
        for type_, value in zip(self.types, arranged, strict=True):
            why = coerced(type_, value, budget)[1]
            if why:
                self.run.problem(self.service, f"a parameter {why}; it is not invoked")
                return None
        budget.enter(scope)
        try:
            return self.service.decide(self.run, arranged)
        finally:
            budget.leave()
