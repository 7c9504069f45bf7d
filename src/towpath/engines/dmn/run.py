"""One evaluation of a model: what it has worked out, its trace and its problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from towpath.engines.dmn.problems import Problem
from towpath.engines.dmn.trace import MatchedRule, Step
from towpath.engines.feel.limits import BUDGET, MAX_STEPS, Budget, Scope
from towpath.engines.feel.types import Type, coerced

if TYPE_CHECKING:
    from towpath.engines.dmn.elements import Element, Knowledge, Service

RUN: Any = object()  # where a scope has its run: as with BUDGET, no name in a model is this
Seen = tuple[Any, dict[str, Any], tuple[MatchedRule, ...]]  # the value, the inputs seen, the rules


class Logic(Protocol):
    """A boxed expression (DMN 1.5, section 7.3 and chapter 8). `ask` raises `Unknown` where `work_out` needs more."""

    @property
    def kind(self) -> str: ...

    @property
    def labels(self) -> Mapping[str, str]:
        """What the model itself calls the inputs and outputs."""
        ...

    def work_out(self, scope: Scope) -> Seen: ...

    def ask(self, scope: Scope) -> Seen: ...


class Run:
    """`values` are those of inputs and decisions so far; `base` is what every scope has: clock, budget, run."""

    __slots__ = ("base", "functions", "problems", "steps", "values")

    def __init__(self, clock: Scope, outer: Run | None = None) -> None:
        self.values: dict[Element, Any] = {}
        self.functions: dict[Knowledge | Service, Any] = {}
        self.steps: list[Step] = outer.steps if outer else []
        self.problems: list[Problem] = outer.problems if outer else []
        self.base: Scope = dict(clock)
        self.base[BUDGET] = outer.base[BUDGET] if outer else Budget()
        self.base[RUN] = self

    @property
    def spent(self) -> int:
        """The steps that it took so far."""
        return MAX_STEPS - int(self.base[BUDGET].left)

    def problem(self, element: Element, message: str) -> None:
        self.problems.append(Problem(element.id, element.name, element.line, message))

    def checked(self, element: Element, type_: Type, value: Any) -> Any:
        """The value as that type takes it; null, and a problem, if it doesn't fit."""
        if value is None:
            return None
        found, why = coerced(type_, value)
        if why:
            self.problem(element, f"{why}; null is used")
        return found

    def scope(self, needs: Sequence[tuple[tuple[str, ...], Element]]) -> Scope:
        """What logic sees of these: values by name, those of imported models inside a context."""
        scope = self.base.copy()
        imported: dict[str, Scope] = {}
        for path, element in needs:
            where = scope if len(path) == 1 else imported.setdefault(path[0], {})
            where[path[-1]] = element.value_in(self)
        scope.update(imported)
        return scope


def note_of(scope: Scope, owner: str, element: str = "", line: int = 0) -> Any:
    """Tells the run what is wrong, if there is one."""
    run = scope.get(RUN)

    def note(message: str) -> None:
        if isinstance(run, Run):
            run.problems.append(Problem(element, owner, line, message))

    return note
