"""What a resting token asks of the host, and how it takes that back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from towpath.engines.bpmn import timers
from towpath.engines.bpmn.commands import (
    Assignment,
    Call,
    Cancel,
    Command,
    Do,
    Env,
    Schedule,
    Subscribe,
    Unschedule,
    Unsubscribe,
)
from towpath.engines.bpmn.errors import Incident
from towpath.engines.bpmn.model import Element, Timer, Value
from towpath.engines.bpmn.variables import evaluate

_CATCHING = frozenset({"catch", "boundary", "start", "receive"})
_NOBODY = Assignment()
_DO_KINDS: dict[str, Literal["user", "step", "manual", "receive"]] = {
    "user": "user",
    "manual": "manual",
    "receive": "receive",
}


def command_id(element: Element | str, number: str, firing: int = 1) -> str:
    """`firing` counts the times that a repeating timer is set."""
    name = element if isinstance(element, str) else element.id
    return f"{name}:{number}" if firing == 1 else f"{name}:{number}:{firing}"


def waits_on(element: Element) -> bool:
    """It is waited for by something of its own: a command, or a condition that becomes true."""
    if element.asked or element.kind == "call":
        return True
    return element.kind in _CATCHING and (
        element.timer is not None
        or element.message is not None
        or element.signal is not None
        or element.condition is not None
    )


def opened(
    element: Element, number: str, seen: Mapping[str, Any], inputs: Mapping[str, Any], env: Env
) -> tuple[list[Command], Any]:
    """The commands by which one wait begins, and what the token has to remember of it."""
    name = command_id(element, number)
    if element.timer is not None:
        first = schedule(element, element.timer, number, 1, seen, env)
        return [first], timed(element.timer, 1, first.due)
    if element.kind == "call":
        return [_call(element, name, seen, inputs)], None
    if element.condition is not None:
        return [], 0
    if element.signal is not None and element.kind in _CATCHING:
        return [Subscribe(name, element.signal, None, element.whole or element.id, "signal")], None
    commands: list[Command] = [_do(element, number, seen, inputs, env)] if element.asked else []
    if element.message is None or element.kind not in _CATCHING:
        return commands, None
    key = key_of(element, seen)
    return [*commands, Subscribe(name, element.message.name, key, element.whole or element.id)], key


def closing(
    element: Element, number: str, remembered: Any, fulfilled: Command | None = None
) -> Iterator[Command]:
    """The commands by which a wait ends, but for the one that what has happened makes needless."""
    if element.timer is not None:
        if not (isinstance(remembered, list) and remembered[2] is not None):
            name = command_id(element, number, count_of(element, remembered))
            if not (isinstance(fulfilled, Unschedule) and fulfilled.id == name):
                yield Unschedule(name)
        return
    name = command_id(element, number)
    if (element.asked or element.kind == "call") and not (
        isinstance(fulfilled, Cancel) and fulfilled.id == name
    ):
        yield Cancel(name)
    if element.kind in _CATCHING and (element.message is not None or element.signal is not None):
        yield Unsubscribe(name)


def timed(timer: Timer, count: int, due: datetime) -> Any:
    """What a token remembers of a timer: how often it was set and, if its clock can stop, when it is due."""
    return [count, due.isoformat(), None] if timer.stops_while else count


def count_of(element: Element, remembered: Any) -> int:
    """How often the command of this wait has been given."""
    if element.timer is None:
        return 1
    return int(remembered[0] if isinstance(remembered, list) else remembered)


def _call(element: Element, name: str, seen: Mapping[str, Any], inputs: Mapping[str, Any]) -> Call:
    assert element.called is not None
    process = evaluate(element, element.called.process, seen)
    if not isinstance(process, str) or not process:
        raise Incident(element.id, element.name, f"{process!r} is no process that it could call")
    given = {key: value for key, value in seen.items() if key not in ("__now", "__today")}
    return Call(name, process, element.id, element.name, given if element.called.give_all else inputs)


def schedule(
    element: Element, timer: Timer, number: str, firing: int, seen: Mapping[str, Any], env: Env
) -> Schedule:
    value = evaluate(element, timer.value, seen)
    try:
        if timer.how == "date":
            moment = timers.at(value, env)
        elif timer.how == "cycle":
            moment = timers.after(timers.read_cycle(str(value))[1], env)
        else:
            moment = timers.after(
                value, env, working_days=timer.working_days, working_hours=timer.working_hours
            )
    except timers.TimerError as error:
        raise Incident(element.id, element.name, f"its time cannot be told: {error}") from None
    return Schedule(command_id(element, number, firing), moment, element.whole or element.id)


def repeats(element: Element, firing: int, seen: Mapping[str, Any]) -> bool:
    """Whether a timer that has fired for the nth time is set again."""
    if element.timer is None or element.timer.how != "cycle":
        return False
    times, _ = timers.read_cycle(str(evaluate(element, element.timer.value, seen)))
    return times is None or firing < times


def _do(element: Element, number: str, seen: Mapping[str, Any], inputs: Mapping[str, Any], env: Env) -> Do:
    task = element.task
    return Do(
        command_id(element, number),
        element.id,
        element.name,
        _DO_KINDS.get(element.kind, "step"),
        task.type,
        task.form,
        _assignment(element, seen),
        None if task.due is None else _moment(element, task.due, seen, env),
        task.headers,
        inputs,
        None if task.follow_up is None else _moment(element, task.follow_up, seen, env),
        None if task.priority is None else evaluate(element, task.priority, seen),
        None if task.retries is None else evaluate(element, task.retries, seen),
    )


def _moment(element: Element, value: Value, seen: Mapping[str, Any], env: Env) -> datetime | None:
    if (found := evaluate(element, value, seen)) is None:
        return None
    calendar = element.properties.get("calendar", "")
    try:
        return timers.due(
            found,
            env,
            working_days=calendar == "working-days",
            working_hours=calendar == "working-hours",
        )
    except timers.TimerError as error:
        raise Incident(element.id, element.name, f"its due date cannot be told: {error}") from None


def _assignment(element: Element, seen: Mapping[str, Any]) -> Assignment:
    task = element.task
    if task.groups is None and task.users is None and task.assignee is None:
        return _NOBODY
    groups, users, assignee = (
        evaluate(element, value, seen) if value is not None else None
        for value in (task.groups, task.users, task.assignee)
    )
    return Assignment(_names(groups), _names(users), str(assignee or ""))


def _names(value: Any) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value or ()
    return tuple(str(name).strip() for name in names)


def key_of(element: Element, seen: Mapping[str, Any], *, strict: bool = True) -> str | None:
    """The correlation key of a message; who only sends it may have none (`strict` is false)."""
    if element.message is None or element.message.key is None:
        return None
    value = evaluate(element, element.message.key, seen)
    if value is None or isinstance(value, bool | list | dict):
        if not strict:
            return None
        raise Incident(
            element.id, element.name, f"{value!r} is no correlation key; it must be a text or a number"
        )
    # 7 and 7.0 are the same number, hence the same key.
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
