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
    "user", "manual", "step", "send", "receive", "script", "decision", "call", "subprocess",
    "exclusive", "parallel", "inclusive", "complex", "event",
]  # fmt: skip
ACTIVITIES = frozenset(
    {"user", "manual", "step", "send", "receive", "script", "decision", "call", "subprocess"}
)
GATEWAYS = frozenset({"exclusive", "parallel", "inclusive", "complex", "event"})
CHOOSING = frozenset({"exclusive", "inclusive", "complex"})


@dataclass(frozen=True, slots=True)
class Fixed:
    """A text that the author wrote without "=": it is its own value."""

    text: str

    def __call__(self, context: Mapping[str, Any]) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Variable:
    """The value of one variable, whatever characters its name has (a data object's may have spaces)."""

    name: str

    def __call__(self, context: Mapping[str, Any]) -> Any:
        return context.get(self.name)


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
    """`working_days`, `working_hours`: a duration is counted by the host's calendar.

    `stops_while`: elements; while a token is at one of them the clock of this timer stands still.
    """

    how: Literal["duration", "date", "cycle"]
    value: Value
    working_days: bool = False
    working_hours: bool = False
    stops_while: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """Without a correlation key a message is addressed to the case itself."""

    name: str
    key: Value | None = None


@dataclass(frozen=True, slots=True)
class Many:
    """Multi-instance: one instance for each item of `collection`, in which it is called `item`; or `cardinality`.

    `throws`: what is thrown when an instance ends, each under its condition; `once`: only the first time.
    """

    collection: Value | None
    item: str = ""
    output: str = ""
    output_value: Value | None = None
    cardinality: Value | None = None
    sequential: bool = False
    completion: Value | None = None
    throws: tuple[tuple[Value | None, Element], ...] = ()
    once: bool = False


@dataclass(frozen=True, slots=True)
class Loop:
    """Standard loop: again while `condition` holds (None: always), at most `maximum` times."""

    condition: Value | None
    maximum: Value | None = None
    test_before: bool = False


@dataclass(frozen=True, slots=True)
class AdHoc:
    """Its activities are open without an order; it ends when `completion` holds, or each was done once.

    `active` gives the ids of those that are open; all are if it is None.
    """

    completion: Value | None = None
    sequential: bool = False
    cancel_remaining: bool = True
    active: Value | None = None


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
    follow_up: Value | None = None
    priority: Value | None = None
    retries: Value | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What a call activity starts, and whether it is given all variables and all of its own come back."""

    process: Value
    give_all: bool = True
    take_all: bool = True


_ASKING = frozenset({"user", "manual", "step", "receive"})
_ASKING_IF_TYPED = frozenset({"send", "throw", "end", "script", "decision"})


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
    loop: Loop | None = None
    adhoc: AdHoc | None = None
    called: Called | None = None
    signal: str | None = None
    escalation: str | None = None  # "" catches every escalation
    condition: Value | None = None  # of a conditional event
    compensates: str | None = None  # of a throw or end event: the activity, "" for all in its scope
    compensation: bool = False  # a boundary or start event that waits to be compensated
    cancels: bool = False  # ends a transaction, or catches its cancellation
    link: str = ""
    parts: tuple[Element, ...] = ()  # of an event with several definitions: one for each of them
    all_parts: bool = False  # all of them must happen
    whole: str = ""  # of a part: the event that it belongs to
    triggered: bool = False  # an event subprocess
    transaction: bool = False
    for_compensation: bool = False
    undo: str = ""  # the activity that compensates this one
    keeps: bool = False  # its completion is remembered, for it can be compensated
    instantiates: bool = False
    needs: int = 1  # tokens that it takes to begin
    gives: int = 1  # tokens that it sends on each flow
    activation: Value | None = None  # of a complex join
    chooses: bool = False  # by conditions, which of its flows it takes
    direction: str = ""  # of a gateway, as its author meant it
    properties: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of an inclusive join: which elements can still bring a token to each incoming flow."""

    @property
    def asked(self) -> bool:
        """Somebody or something outside does it: the host gets a `Do`."""
        return self.kind in _ASKING or (bool(self.task.type) and self.kind in _ASKING_IF_TYPED)

    @property
    def waits(self) -> bool:
        """A token rests here until an event comes."""
        return self.asked or self.kind in ("catch", "event", "subprocess", "call")

    @property
    def signals(self) -> bool:
        """Of an event: a signal is what it waits for or throws, or one of the things."""
        return self.signal is not None or any(part.signal is not None for part in self.parts)

    @property
    def plain(self) -> bool:
        """Of an event: nothing triggers it, or it triggers nothing."""
        return not self.parts and not self.compensation and not self.cancels and all(
            trigger is None
            for trigger in (
                self.timer, self.message, self.error, self.signal, self.escalation, self.condition, self.compensates
            )
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Process:
    id: str
    name: str
    line: int
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    diagram: Diagram
    awaited: Mapping[str, Element] = field(default_factory=dict)
    """What a token can wait for, by name: the elements, and the parts of events that have several."""
    listening: Mapping[str | None, tuple[tuple[Element, Element], ...]] = field(default_factory=dict)
    """Scope -> its event subprocesses, each with its start event."""
    executable: bool = True  # else it is only drawn, and replayed
    conditional: bool = False  # something waits for a condition
    stopping: bool = False  # some timer's clock can stop

    def inside(self, scope: str | None) -> list[Element]:
        """The elements directly in a subprocess, or at the top for None."""
        return [element for element in self.elements.values() if element.scope == scope]

    def starts(self, scope: str | None = None) -> list[Element]:
        return [element for element in self.inside(scope) if element.kind == "start"]

    def entries(self, scope: str | None = None) -> list[Element]:
        """Where a subprocess begins: its start events or, if it has none, all that no flow leads to."""
        return self.starts(scope) or [
            element
            for element in self.inside(scope)
            if not element.incoming
            and element.kind != "boundary"
            and not element.triggered
            and not element.for_compensation
        ]


@dataclass(frozen=True, slots=True)
class Reference:
    """Something named in the model that lies outside of it; the host resolves it before publication."""

    kind: Literal["form", "decision", "team", "step", "process"]
    name: str
    element_id: str
    element_name: str
    line: int


@dataclass(frozen=True, slots=True)
class Model:
    processes: Mapping[str, Process]
    references: tuple[Reference, ...]
    warnings: tuple[Problem, ...]
