"""What goes in and out of a step: events from the host, commands to it.

A command's id is made from its element and a number that no other visit of the case has, so the host can see
that it has carried one out already. A `Cancel`, `Unschedule` or `Unsubscribe` bears the id of what it undoes.
A subscription lasts until its `Unsubscribe`; a timer that has fired is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Any, Literal, NamedTuple, Protocol

LOCALS = "$locals"
"""The one key of `changes` that is no variable: values that live in a subprocess or instance only (io mapping,
the item of a multi-instance), by token. The host stores it with the case data and passes it back in `data`."""


class Calendar(Protocol):
    def add_working_days(self, start: datetime, days: int, /) -> datetime: ...


class WorkingHours(Calendar, Protocol):
    """A calendar that also counts time within working hours. `calendars.WorkingTime` is one."""

    def add_working_time(self, start: datetime, time: timedelta, /) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Env:
    """The world as a step sees it. `now` is aware; `decide(name, inputs)` evaluates a decision.

    `patient`: tokens that wait at a join for what can no longer come wait for ever, as BPMN has it. Else they
    are an Incident: better told than a case that nobody hears of again.

    Expressions see `now` as FEEL's now() and today(); `decide` gets it the same way, as "__now" and "__today".
    """

    now: datetime
    zone: tzinfo
    calendar: Calendar
    decide: Callable[[str, Mapping[str, Any]], Any]
    patient: bool = False

    def __post_init__(self) -> None:
        if self.now.tzinfo is None:
            raise ValueError("Env.now must know its zone")


@dataclass(frozen=True, slots=True)
class Assignment:
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    assignee: str = ""


@dataclass(frozen=True, slots=True)
class Do:
    """A task for somebody. `inputs` is what only this task sees: its io mapping, its item of a collection.

    'receive' is also done by its message: there is a `Subscribe` of the same id.
    """

    id: str
    element: str
    name: str
    kind: Literal["user", "step", "manual", "receive"]
    type: str = ""
    form: str = ""
    assignment: Assignment = Assignment()
    due: datetime | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    follow_up: datetime | None = None
    priority: Any = None
    retries: Any = None


@dataclass(frozen=True, slots=True)
class Call:
    """Start a process as an instance of its own, whose parent this case is, with `data`.

    Its end comes back as `Completed`, or as `Failed` with its error; its uncaught escalations as `Escalated`.
    """

    id: str
    process: str
    element: str
    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cancel:
    """Of a `Do` or of a `Call`, whose instance is to be ended (`cancel`)."""

    id: str


@dataclass(frozen=True, slots=True)
class Schedule:
    id: str
    due: datetime
    element: str


@dataclass(frozen=True, slots=True)
class Unschedule:
    id: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`correlation_key` is None for a message that is addressed to the case itself, and for a signal."""

    id: str
    message: str
    correlation_key: str | None
    element: str
    kind: Literal["message", "signal"] = "message"


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    id: str


@dataclass(frozen=True, slots=True)
class Throw:
    """A message for whoever waits for it; a signal for all *other* instances (this one has had it already);
    an escalation for the parent of this instance."""

    id: str
    kind: Literal["message", "signal", "escalation"]
    name: str
    element: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    correlation_key: str | None = None


@dataclass(frozen=True, slots=True)
class Finish:
    """The case has ended; `outcome` and `name` are those of the end event reached last."""

    id: str
    outcome: str
    name: str
    terminate: bool = False
    error: str = ""


Command = Do | Call | Cancel | Schedule | Unschedule | Subscribe | Unsubscribe | Throw | Finish


@dataclass(frozen=True, slots=True)
class Completed:
    command_id: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    command_id: str
    error_code: str


@dataclass(frozen=True, slots=True)
class Fired:
    command_id: str


@dataclass(frozen=True, slots=True)
class Message:
    """Addressed by `command_id` (its subscription), or by name and correlation key."""

    name: str
    correlation_key: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    command_id: str = ""


@dataclass(frozen=True, slots=True)
class Signal:
    """For everything in the case that waits for it. Refused if nothing does."""

    name: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalated:
    """An instance that this case has called escalates, and goes on."""

    command_id: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """The case data are other than before: conditions are looked at again."""


Event = Completed | Failed | Fired | Message | Signal | Escalated | Changed


class Passage(NamedTuple):
    """An element entered, completed or (withdrawn by something else) cancelled; `token` pairs the two ends."""

    element: str
    name: str
    kind: str
    lifecycle: Literal["entered", "completed", "cancelled"]
    token: str


class Waiting(NamedTuple):
    """What a token waits for."""

    command_id: str
    element: str
    name: str


@dataclass(frozen=True, slots=True)
class Step:
    state: dict[str, Any]
    commands: tuple[Command, ...]
    changes: dict[str, Any]
    passed: tuple[Passage, ...]
