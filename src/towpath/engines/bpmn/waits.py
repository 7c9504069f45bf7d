"""What a resting token asks of the host, and how it takes that back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Literal

from towpath.engines.bpmn import timers
from towpath.engines.bpmn.commands import (
    Assignment,
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
from towpath.engines.bpmn.model import Element, Timer
from towpath.engines.bpmn.variables import evaluate

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
    """It is waited for by a command of its own."""
    return (
        element.asked or element.timer is not None or (element.message is not None and element.kind != "send")
    )


def opened(
    element: Element, number: str, seen: Mapping[str, Any], inputs: Mapping[str, Any], env: Env
) -> tuple[list[Command], Any]:
    """The commands by which one wait begins, and what the token has to remember of it."""
    if element.timer is not None:
        return [schedule(element, element.timer, number, 1, seen, env)], 1
    commands: list[Command] = [_do(element, number, seen, inputs, env)] if element.asked else []
    if element.message is None:
        return commands, None
    key = _key(element, seen)
    return [*commands, Subscribe(command_id(element, number), element.message.name, key, element.id)], key


def closing(element: Element, number: str, remembered: Any) -> Iterator[Command]:
    """The commands by which a wait ends that nothing has fulfilled."""
    if element.timer is not None:
        yield Unschedule(command_id(element, number, remembered))
        return
    if element.asked:
        yield Cancel(command_id(element, number))
    if element.message is not None:
        yield Unsubscribe(command_id(element, number))


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
            moment = timers.after(value, env, working_days=timer.working_days)
    except timers.TimerError as error:
        raise Incident(element.id, element.name, f"its time cannot be told: {error}") from None
    return Schedule(command_id(element, number, firing), moment, element.id)


def repeats(element: Element, firing: int, seen: Mapping[str, Any]) -> bool:
    """Whether a timer that has fired for the nth time is set again."""
    if element.timer is None or element.timer.how != "cycle":
        return False
    times, _ = timers.read_cycle(str(evaluate(element, element.timer.value, seen)))
    return times is None or firing < times


def _do(element: Element, number: str, seen: Mapping[str, Any], inputs: Mapping[str, Any], env: Env) -> Do:
    task = element.task
    due = None
    if task.due is not None and (value := evaluate(element, task.due, seen)) is not None:
        try:
            due = timers.due(value, env, working_days="calendar" in element.properties)
        except timers.TimerError as error:
            raise Incident(element.id, element.name, f"its due date cannot be told: {error}") from None
    return Do(
        command_id(element, number),
        element.id,
        element.name,
        _DO_KINDS.get(element.kind, "step"),
        task.type,
        task.form,
        _assignment(element, seen),
        due,
        task.headers,
        inputs,
    )


def _assignment(element: Element, seen: Mapping[str, Any]) -> Assignment:
    task = element.task
    groups, users, assignee = (
        evaluate(element, value, seen) if value is not None else None
        for value in (task.groups, task.users, task.assignee)
    )
    return Assignment(_names(groups), _names(users), str(assignee or ""))


def _names(value: Any) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value or ()
    return tuple(str(name).strip() for name in names)


def _key(element: Element, seen: Mapping[str, Any]) -> str | None:
    if element.message is None or element.message.key is None:
        return None
    value = evaluate(element, element.message.key, seen)
    if value is None or isinstance(value, bool | list | dict):
        raise Incident(
            element.id, element.name, f"{value!r} is no correlation key; it must be a text or a number"
        )
    # 7 and 7.0 are the same number, hence the same key.
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
