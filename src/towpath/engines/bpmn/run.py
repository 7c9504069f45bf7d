"""Start a case, and carry it on by one event. Pure: what is passed in is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from towpath.engines.bpmn.commands import (
    LOCALS,
    Cancel,
    Command,
    Completed,
    Env,
    Event,
    Failed,
    Fired,
    Message,
    Step,
    Unschedule,
    Waiting,
)
from towpath.engines.bpmn.errors import Refused
from towpath.engines.bpmn.model import Element, Process
from towpath.engines.bpmn.play import FORMAT, Play
from towpath.engines.bpmn.waits import command_id, repeats, schedule

State = dict[str, Any]


def start(process: Process, data: Mapping[str, Any], env: Env, *, message: str = "") -> Step:
    """Begin a case at the plain start event, or at the one that starts with `message`.

    Refused if there is no such start event; Incident if the case cannot come to rest.
    """
    starts = process.starts()
    wanted = [begin for begin in starts if (begin.message.name if begin.message else "") == message]
    if not wanted and not message and len(starts) == 1:
        wanted = starts
    if not wanted:
        how = f"with the message '{message}'" if message else "without a message"
        raise Refused(f"the process '{process.id}' does not start {how}")
    play = Play(process, {"next": 1, "tokens": {}}, data, env)
    play.begin(wanted[0])
    return play.settle()


def step(process: Process, state: Mapping[str, Any], event: Event, data: Mapping[str, Any], env: Env) -> Step:
    """Carry the case on. Refused if the event does not fit, Incident if the case cannot go on."""
    _check(process, state)
    if isinstance(event, Completed | Message) and LOCALS in event.data:
        raise Refused(f"'{LOCALS}' is not a variable")
    play = Play(process, state, data, env)
    match event:
        case Completed():
            number = _task(play, event.command_id, "completed")
            play.finish(number, event.data, Cancel(event.command_id))
        case Failed():
            number = _task(play, event.command_id, "failed")
            if not play.raise_error(number, event.error_code, Cancel(event.command_id)):
                raise Refused(f"nothing around '{event.command_id}' catches the error '{event.error_code}'")
        case Fired():
            number, element = _find(play, event.command_id)
            if element.timer is None:
                raise Refused(f"'{event.command_id}' is not a timer")
            _happened(play, number, element, {}, Unschedule(event.command_id))
        case Message():
            number, element = _addressed(play, event)
            _happened(play, number, element, event.data, None)
    return play.settle()


def enabled(process: Process, state: Mapping[str, Any]) -> list[Waiting]:
    """Everything that the case waits for, in the order of the visits."""
    _check(process, state)
    return [
        Waiting(
            command_id(name, number, _firing(process, name, remembered)), name, process.elements[name].name
        )
        for number, token in sorted(state["tokens"].items(), key=lambda item: int(item[0]))
        for name, remembered in sorted(token.get("waits", {}).items())
    ]


def _check(process: Process, state: Mapping[str, Any]) -> None:
    if state.get("format") != FORMAT:
        raise Refused(f"the state has format {state.get('format')!r}; format {FORMAT} is read here")
    for token in state["tokens"].values():
        if token["at"] not in process.elements:
            why = f"the state has a token at '{token['at']}', which process '{process.id}' does not have"
            raise Refused(f"{why}; migrate the case to this version first")


def _firing(process: Process, name: str, remembered: Any) -> int:
    return int(remembered) if process.elements[name].timer is not None else 1


def _find(play: Play, command: str) -> tuple[str, Element]:
    """The token that waits under this command, and the element waited for."""
    name, _, rest = command.partition(":")
    number, _, times = rest.partition(":")
    element = play.process.elements.get(name)
    if element is None or not _counts(number) or not (times == "" or (_counts(times) and times != "1")):
        raise Refused(f"'{command}' is no command of this case")
    waits = play.tokens.get(number, {}).get("waits", {})
    firing = int(times or 1)
    current = _firing(play.process, name, waits[name]) if name in waits else 0
    if current == firing:
        return number, element
    past = firing < current or (not current and int(number) < play.next)
    why = "was done or withdrawn before" if past else "is no command of this case"
    raise Refused(f"'{command}' {why}", already=past)


def _counts(text: str) -> bool:
    """A number as we write them: without sign, spaces or leading zeros."""
    return text.isascii() and text.isdigit() and text[0] != "0" and len(text) < 16


def _task(play: Play, command: str, what: str) -> str:
    number, element = _find(play, command)
    if not element.asked:
        raise Refused(f"'{command}' is not a task; it cannot be {what}")
    return number


def _addressed(play: Play, event: Message) -> tuple[str, Element]:
    if event.command_id:
        number, element = _find(play, event.command_id)
        if element.message is None or event.name not in ("", element.message.name):
            raise Refused(f"'{event.command_id}' does not wait for a message '{event.name}'")
        return number, element
    for number, token in play.tokens.items():
        for name, key in sorted(token.get("waits", {}).items()):
            element = play.process.elements[name]
            if (
                element.message
                and element.message.name == event.name
                and key in (None, event.correlation_key)
            ):
                return number, element
    raise Refused(f"nothing waits for the message '{event.name}' with the key {event.correlation_key!r}")


def _happened(
    play: Play, number: str, element: Element, data: Mapping[str, Any], fulfilled: Command | None
) -> None:
    """A timer or message that a token waited for: in itself, after an event-based gateway, or on its border."""
    token = play.tokens[number]
    scope = token.get("in")
    if token["at"] == element.id:
        play.finish(number, data, fulfilled)
    elif element.kind == "catch":
        play.choose(number, element, data, fulfilled)
    elif element.interrupting:
        play.withdraw(number, fulfilled)
        play.go_through(element, scope, data)
    else:
        _set_again(play, number, element)
        play.go_through(element, scope, data)


def _set_again(play: Play, number: str, element: Element) -> None:
    """A message can come again; a timer only if it repeats, counting from when it was seen to fire."""
    if element.timer is None:
        return
    token = play.tokens[number]
    waits = dict(token["waits"])
    firing = waits.pop(element.id)
    seen = play.variables.seen_from(number)
    if repeats(element, firing, seen):
        waits[element.id] = firing + 1
        play.commands.append(schedule(element, element.timer, number, firing + 1, seen, play.env))
    play.tokens[number] = token | {"waits": waits}
