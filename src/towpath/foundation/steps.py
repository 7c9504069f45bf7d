"""Step kinds: what a service task of a process may name. Rooms register theirs; `casework` drives them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from towpath.foundation.access import Actor


@dataclass(frozen=True)
class StepContext:
    """One step to be done for a case. `command_id` is the same each time, so that doing it twice is seen."""

    case_id: UUID
    command_id: str
    headers: Mapping[str, str]
    inputs: Mapping[str, Any]
    person_id: UUID | None
    language: str
    reference: str
    actor: Actor


Begin = Callable[[StepContext], dict[str, Any] | None]


@dataclass(frozen=True)
class StepKind:
    """`begin` gives the result variables when the step is done at once, or None when it waits.

    A waiting step ends through `casework.actions.finish_step` or `fail_step`, called from `flow.py`.
    """

    name: str
    means: str
    headers: frozenset[str]
    begin: Begin = field(compare=False)


_kinds: dict[str, StepKind] = {}


def step_kind(name: str, *, means: str, headers: tuple[str, ...] = ()) -> Callable[[Begin], Begin]:
    """Registers a step kind with the names of the task headers that it needs."""

    def register(begin: Begin) -> Begin:
        _kinds[name] = StepKind(name, means, frozenset(headers), begin)
        return begin

    return register


def step_kinds() -> dict[str, StepKind]:
    return dict(_kinds)
