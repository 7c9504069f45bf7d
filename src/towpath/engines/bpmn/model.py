"""A process model, compiled once into plain indexes that running, replaying and drawing share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from towpath.engines.bpmn.errors import Problem
from towpath.engines.bpmn.figures import Diagram

Value = Callable[[Mapping[str, Any]], Any]
"""A FEEL expression, or `Fixed` for a text written as it is."""

Kind = Literal[
    "start", "end", "throw", "catch", "boundary",
    "user", "manual", "step", "send", "receive", "script", "decision", "subprocess",
    "exclusive", "parallel", "inclusive", "event",
]  # fmt: skip
ACTIVITIES = frozenset({"user", "manual", "step", "send", "receive", "script", "decision", "subprocess"})
GATEWAYS = frozenset({"exclusive", "parallel", "inclusive", "event"})


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text that the author wrote without "=": it is its own value."""

    text: str

    def __call__(self, context: Mapping[str, Any]) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    name: str
    source: str
    target: str
    condition: Value | None
    line: int


@dataclass(frozen=True, slots=True)
class Timer:
    """`working_days`: a duration in days is counted by the host's calendar."""

    how: Literal["duration", "date", "cycle"]
    value: Value
    working_days: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Without a correlation key a message is addressed to the case itself."""

    name: str
    key: Value | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """Parallel multi-instance: one instance for each item of `collection`, in which it is called `item`."""

    collection: Value
    item: str = ""
    output: str = ""
    output_value: Value | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What the host needs to have an activity done; `type` is the step kind."""

    type: str = ""
    form: str = ""
    groups: Value | None = None
    users: Value | None = None
    assignee: Value | None = None
    due: Value | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Element:
    """A flow node with everything around it. Nothing changes it once the model is loaded."""

    id: str
    name: str
    kind: Kind
    line: int
    scope: str | None = None  # the subprocess that it lies in
    incoming: list[Flow] = field(default_factory=list)
    outgoing: list[Flow] = field(default_factory=list)
    default: str = ""
    boundaries: list[Element] = field(default_factory=list)
    attached: str = ""  # of a boundary event: its activity
    interrupting: bool = True
    timer: Timer | None = None
    message: Message | None = None
    error: str | None = None  # "" catches every error
    terminate: bool = False
    task: Task = Task()
    value: Value | None = None  # of a script its expression, of a business rule task its decision
    result: str = ""  # the variable that takes that value
    inputs: tuple[tuple[str, Value], ...] = ()
    outputs: tuple[tuple[str, Value], ...] = ()
    many: Many | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of an inclusive join: which elements can still bring a token to each incoming flow."""

    @property
    def asked(self) -> bool:
        """Somebody or something outside does it: the host gets a `Do`."""
        return self.kind in ("user", "manual", "step", "receive") or (
            self.kind in ("send", "throw") and bool(self.task.type)
        )

    @property
    def waits(self) -> bool:
        """A token rests here until an event comes."""
        return self.asked or self.kind in ("catch", "event", "subprocess")


@dataclass(frozen=True, slots=True)
class Process:
    id: str
    name: str
    line: int
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    diagram: Diagram

    def inside(self, scope: str | None) -> list[Element]:
        """The elements directly in a subprocess, or at the top for None."""
        return [element for element in self.elements.values() if element.scope == scope]

    def starts(self, scope: str | None = None) -> list[Element]:
        return [element for element in self.inside(scope) if element.kind == "start"]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something named in the model that lies outside of it; the host resolves it before publication."""

    kind: Literal["form", "decision", "team", "step"]
    name: str
    element_id: str
    element_name: str
    line: int


@dataclass(frozen=True, slots=True)
class Model:
    processes: Mapping[str, Process]
    references: tuple[Reference, ...]
    warnings: tuple[Problem, ...]
