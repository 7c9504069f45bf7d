"""A loaded model: evaluate a decision, invoke a service or a function, or ask for what is still needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from towpath.engines.dmn.analysis import doubts
from towpath.engines.dmn.ask import Inquiry, Plan
from towpath.engines.dmn.domains import Domain
from towpath.engines.dmn.elements import Decision, Element, Input, Knowledge, Service
from towpath.engines.dmn.graph import in_order
from towpath.engines.dmn.problems import Problem, Report
from towpath.engines.dmn.run import Run
from towpath.engines.dmn.table import Table
from towpath.engines.dmn.trace import DONT_KNOW, Evaluation, Question, Step, Undecided
from towpath.engines.dmn.uses import Uses
from towpath.engines.feel.closures import Unknown
from towpath.engines.feel.limits import Scope
from towpath.engines.feel.names import nearest
from towpath.engines.feel.values import FunctionValue

CLOCK = ("__today", "__now")


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


class Model:
    """`decisions` maps each decision's name to the names of the inputs that it needs, directly or not.

    `inputs` maps an input's name to its definition (imported ones under their name too, if it is free),
    `tables` a decision's name to its decision table; `invocables` are the decision services and knowledge
    models. `warnings` are for the publisher to acknowledge; `errors` is only filled by `load(refuse=False)`.
    """

    def __init__(
        self, name: str, elements: Sequence[Element], report: Report, errors: Sequence[Problem]
    ) -> None:
        self.name = name
        self.errors = tuple(errors)
        self._report = report
        self._decisions = {each.name: each for each in elements if isinstance(each, Decision)}
        self.inputs = {each.name: each for each in elements if isinstance(each, Input)}
        self.invocables = {each.name: each for each in elements if isinstance(each, Knowledge | Service)}
        self.tables = {
            each.name: each.logic for each in self._decisions.values() if isinstance(each.logic, Table)
        }
        self._order: dict[str, tuple[Decision, ...]] = {}
        self._domains: dict[Decision, dict[Input, Domain | None]] = {}
        self._needed = self._inputs_needed()
        for each in (one for needed in self._needed.values() for one in needed):
            self.inputs.setdefault(each.name, each)
        self.decisions = {
            name: tuple(input_.name for input_ in self._needed[each])
            for name, each in self._decisions.items()
        }

    @cached_property
    def warnings(self) -> tuple[Problem, ...]:
        """What is doubtful: also gaps and overlaps in tables, each with an example, and rules that never hold."""
        found = [*self._report.warnings, *(doubt for table in self._report.tables for doubt in doubts(table))]
        return tuple(sorted(found, key=lambda problem: problem.line))

    def evaluate(self, name: str, inputs: Mapping[str, Any]) -> Evaluation:
        """The decision's value with these inputs; LookupError if there is no such decision.

        A missing input, or one of a wrong type, counts as null and is among the problems. Inputs of imported
        models go by their name, or "{namespace}name" where two have the same. "__today" and "__now" are what
        `today()` and `now()` give.
        """
        decision = self._decision(name)
        run = self._begin(inputs)
        for data in self._needed[decision]:
            found, value = _given(data, inputs)
            if not found:
                run.problem(data, "is missing; null is used")
            if value is DONT_KNOW:
                run.problem(data, "is not known; null is used")
                value = None
            run.values[data] = run.checked(data, data.type, value)
        for each in self._ordered(decision):
            if each.logic:
                each.decide(run, each.logic.work_out, run.scope(each.needs))
        return Evaluation(run.values[decision], tuple(run.steps), tuple(run.problems))

    def invoke(self, name: str, arguments: Mapping[str, Any]) -> Evaluation:
        """A decision service or a business knowledge model, with arguments by the names of its parameters."""
        element = self.invocables.get(name)
        if element is None:
            known = nearest(name, self.invocables)
            raise LookupError(f"there is no decision service or business knowledge model '{name}'{known}")
        run = self._begin(arguments)
        called: FunctionValue = element.value_in(run)
        values = [arguments.get(parameter) for parameter in called.parameters]
        value = called.invoke(run.base, [""] * len(values), values)
        return Evaluation(value, tuple(run.steps), tuple(run.problems))

    def ask(
        self, name: str, known: Mapping[str, Any], *, empty: bool = True
    ) -> Question | Evaluation | Undecided:
        """The evaluation if what is known settles it, else the input to ask next.

        `known` has None for an input that is known to be empty, and DONT_KNOW for one that nobody knows: with
        such a one it may stay Undecided. `empty=False` says that what is asked is never answered by None.
        """
        decision = self._decision(name)
        needed = {data: _given(data, known) for data in self._needed[decision]}
        given = {data: value for data, (found, value) in needed.items() if found and value is not DONT_KNOW}
        clock = {key: known[key] for key in CLOCK if key in known}
        run, value, hangs_on = self._tried(decision, clock, given)
        if hangs_on is None:
            return Evaluation(value, tuple(run.steps), tuple(run.problems))
        domains = self._domains_of(decision)
        inquiry = Inquiry(
            lambda values: self._tried(decision, clock, values),
            given,
            {data: domains[data] for data in needed if data not in given},
            frozenset(data for data, (_, value) in needed.items() if value is DONT_KNOW),
            empty,
        )
        inquiry.expand()
        plan = Plan(inquiry)
        asked = plan.next()
        if asked:
            return Question(asked.name, asked.type.name, asked.type.allowed_text)
        return _concluded(decision, plan, run)

    def _tried(
        self, decision: Decision, clock: Mapping[str, Any], given: Mapping[Input, Any]
    ) -> tuple[Run, Any, Input | None]:
        """With the other inputs unknown: the run, the value, and an input on which that hangs."""
        run = Run(dict(clock))
        unknown = {data: Unknown(data.name) for data in self._needed[decision] if data not in given}
        open_: dict[Element, Unknown] = {each: one for each, one in unknown.items()}  # noqa: C416
        for data, value in given.items():
            run.values[data] = run.checked(data, data.type, value)
        for each in self._ordered(decision):
            waiting = {path[0]: open_[need] for path, need in each.needs if need in open_}
            scope = Asking(run.scope([need for need in each.needs if need[0][0] not in waiting]), waiting)
            try:
                if each.logic:
                    each.decide(run, each.logic.ask, scope)
            except Unknown as found:
                open_[each] = found
        if decision not in open_:
            return run, run.values.get(decision), None
        return run, None, next(data for data, one in unknown.items() if one is open_[decision])

    def _domains_of(self, decision: Decision) -> dict[Input, Domain | None]:
        found = self._domains.get(decision)
        if found is None:
            uses = Uses(self._ordered(decision))
            found = self._domains[decision] = {data: uses.domain(data) for data in self._needed[decision]}
        return found

    def _decision(self, name: str) -> Decision:
        if name not in self._decisions:
            raise LookupError(f"there is no decision '{name}'{nearest(name, self._decisions)}")
        return self._decisions[name]

    def _begin(self, inputs: Mapping[str, Any]) -> Run:
        return Run({key: inputs[key] for key in CLOCK if key in inputs})

    def _ordered(self, decision: Decision) -> tuple[Decision, ...]:
        found = self._order.get(decision.name)
        if found is None:
            found = self._order[decision.name] = tuple(in_order([decision]))
        return found

    def _inputs_needed(self) -> dict[Decision, dict[Input, None]]:
        needed: dict[Decision, dict[Input, None]] = {}
        for decision in in_order(list(self._decisions.values())):
            found: dict[Input, None] = {}
            for _, each in decision.needs:
                found |= (
                    needed[each]
                    if isinstance(each, Decision)
                    else {each: None}
                    if isinstance(each, Input)
                    else {}
                )
            needed[decision] = found
        return needed


def _given(element: Input, inputs: Mapping[str, Any]) -> tuple[bool, Any]:
    for key in (f"{{{element.namespace}}}{element.name}", element.name):
        if key in inputs:
            return True, inputs[key]
    return False, None


def _concluded(decision: Decision, plan: Plan, run: Run) -> Evaluation | Undecided:
    """Where one value is left it is the value, though what gives it may be one of several rules."""
    left = plan.left()
    if len(left) > 1 or not left[0].settled:
        values = tuple(leaf.value for leaf in left if leaf.settled)
        settling = tuple(data.name for data in plan.settling())
        return Undecided(values, settling, all(leaf.settled for leaf in left))
    rules = {(rule.id, rule.index): rule for leaf in plan.leaves for rule in leaf.rules}
    in_order = tuple(sorted(rules.values(), key=lambda rule: rule.index))
    kind, labels = (decision.logic.kind, decision.logic.labels) if decision.logic else ("", {})
    either = len(in_order) > 1
    step = Step(decision.name, kind, {}, in_order, left[0].value, either=either, labels=labels)
    return Evaluation(left[0].value, (*run.steps, step), tuple(run.problems))
