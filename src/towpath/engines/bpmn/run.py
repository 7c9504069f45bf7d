"""Start a case, and carry it on by one event. Pure: what is passed in is never changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from towpath.engines.bpmn import catching
from towpath.engines.bpmn.commands import (
    LOCALS,
    Cancel,
    Changed,
    Completed,
    Env,
    Escalated,
    Event,
    Failed,
    Fired,
    Message,
    Schedule,
    Signal,
    Step,
    Subscribe,
    Throw,
    Unschedule,
    Waiting,
)
from towpath.engines.bpmn.errors import Refused
from towpath.engines.bpmn.model import Element, Process
from towpath.engines.bpmn.play import READ, Play
from towpath.engines.bpmn.waits import command_id, count_of, opened, waits_on

State = dict[str, Any]


def start(
    process: Process,
    data: Mapping[str, Any],
    env: Env,
    *,
    message: str = "",
    signal: str = "",
    element: str = "",
) -> Step:
    """Begin a case at the plain start event, or where it starts with `message`, `signal`, or at `element`.

    Refused if there is no such start; Incident if the case cannot come to rest.
    """
    if not process.executable:
        raise Refused(f"the process '{process.id}' is only drawn (isExecutable='false')")
    play = Play(process, {"next": 1, "tokens": {}}, data, env)
    catching.listen(play, None)
    entries = process.entries()
    if not message and not signal and not element:
        _begin_plainly(play, entries)
        return play.settle()
    for entry in entries:
        for begins, event in _beginnings(process, entry):
            if (element == begins.id) if element else _starts_with(event, message, signal):
                _begin_with(play, begins, event)
                return play.settle()
    how = f"with '{message or signal or element}'"
    raise Refused(f"the process '{process.id}' does not start {how}")


def _begin_plainly(play: Play, entries: list[Element]) -> None:
    """At the start event without a trigger, or at the only one; of a process without start events everywhere at once.

    Where only an event begins a case, it begins by waiting for that.
    """
    starts = [entry for entry in entries if entry.kind == "start"]
    plain = [entry for entry in starts if entry.plain] or (starts if len(starts) == 1 else [])
    if not starts:
        plain = [entry for entry in entries if not entry.instantiates] or entries[:1]
    if not plain:
        raise Refused(f"the process '{play.process.id}' does not start without a message")
    for begins in plain[:1] if starts else plain:
        play.begin(begins)


def starts_of(process: Process, data: Mapping[str, Any], env: Env) -> tuple[Subscribe | Schedule, ...]:
    """What a host has to wait for, so that cases of this process begin by themselves: messages, signals, timers.

    Their ids bear the number 0, as no visit of a case does. `data` is what the timers' expressions see.
    """
    found: list[Subscribe | Schedule] = []
    for entry in process.entries():
        for _, event in _beginnings(process, entry):
            for part in event.parts or (event,):
                if waits_on(part):
                    commands, _ = opened(part, "0", data, {}, env)
                    found.extend(c for c in commands if isinstance(c, Subscribe | Schedule))
    return tuple(found)


def _beginnings(process: Process, entry: Element) -> list[tuple[Element, Element]]:
    """Where a case begins and what begins it; these differ for an event-based gateway."""
    if entry.kind == "event" and entry.instantiates:
        return [(entry, process.elements[flow.target]) for flow in entry.outgoing]
    return [(entry, entry)]


def _starts_with(event: Element, message: str, signal: str) -> bool:
    return any(
        (part.message is not None and part.message.name == message)
        or (part.signal is not None and part.signal == signal)
        for part in event.parts or (event,)
    )


def _begin_with(play: Play, begins: Element, event: Element) -> None:
    if begins.kind == "start":
        play.begin(begins)
        return
    number = play.put(begins, None)
    play.activate(begins, number)
    part = next(p for p in event.parts or (event,) if p.id in play.tokens[number]["waits"])
    catching.happened(play, number, part, {}, None)


def step(process: Process, state: Mapping[str, Any], event: Event, data: Mapping[str, Any], env: Env) -> Step:
    """Carry the case on. Refused if the event does not fit, Incident if the case cannot go on."""
    check_state(process, state)
    if not isinstance(event, Failed | Fired | Changed) and LOCALS in event.data:
        raise Refused(f"'{LOCALS}' is not a variable")
    play = Play(process, state, data, env)
    match event:
        case Completed():
            _complete(play, event)
        case Failed():
            _fail(play, event)
        case Fired():
            number, element = _find(play, event.command_id)
            if element.timer is None:
                raise Refused(f"'{event.command_id}' is not a timer")
            catching.happened(play, number, element, {}, Unschedule(event.command_id))
        case Message():
            number, element = _addressed(play, event)
            catching.happened(play, number, element, event.data, None)
        case Signal():
            if not catching.signalled(play, event.name, event.data):
                raise Refused(f"nothing waits for the signal '{event.name}'")
        case Escalated():
            number, element = _find(play, event.command_id)
            if element.kind != "call":
                raise Refused(f"'{event.command_id}' is not a call")
            thrown = Throw(
                f"{event.command_id}:{play.next}", "escalation", event.code, element.id, event.data
            )
            play.next += 1
            catching.escalate(play, None, event.code, thrown, number)
    return play.settle()


def cancel(process: Process, state: Mapping[str, Any], data: Mapping[str, Any], env: Env) -> Step:
    """End a case from outside: everything that it waits for is withdrawn. It has no `Finish`."""
    check_state(process, state)
    play = Play(process, state, data, env)
    play.withdraw_all(None)
    return play.settle()


def enabled(process: Process, state: Mapping[str, Any]) -> list[Waiting]:
    """Everything that the case waits for, in the order of the visits."""
    check_state(process, state)
    found = []
    for number, token in sorted(state["tokens"].items(), key=lambda item: int(item[0])):
        for name, remembered in sorted(token.get("waits", {}).items()):
            awaited = process.awaited[name]
            command = command_id(name, number, count_of(awaited, remembered))
            found.append(Waiting(command, awaited.whole or name, awaited.name))
    return found


def check_state(process: Process, state: Mapping[str, Any]) -> None:
    if state.get("format") not in READ:
        raise Refused(f"the state has format {state.get('format')!r}; formats {READ} are read here")
    for token in state["tokens"].values():
        for name in (token["at"], *token.get("waits", ())):
            if name not in process.awaited:
                why = f"the state has a token at '{name}', which process '{process.id}' does not have"
                raise Refused(f"{why}; migrate the case to this version first")


def _find(play: Play, command: str) -> tuple[str, Element]:
    """The token that waits under this command, and the element waited for."""
    name, _, rest = command.partition(":")
    number, _, times = rest.partition(":")
    element = play.process.awaited.get(name)
    if element is None or not _counts(number) or not (times == "" or (_counts(times) and times != "1")):
        raise Refused(f"'{command}' is no command of this case")
    waits = play.tokens.get(number, {}).get("waits", {})
    firing = int(times or 1)
    current = count_of(element, waits[name]) if name in waits else 0
    if current == firing:
        return number, element
    past = firing < current or (not current and int(number) < play.next)
    why = "was done or withdrawn before" if past else "is no command of this case"
    raise Refused(f"'{command}' {why}", already=past)


def _counts(text: str) -> bool:
    """A number as we write them: without sign, spaces or leading zeros."""
    return text.isascii() and text.isdigit() and text[0] != "0" and len(text) < 16


def _task(play: Play, command: str, what: str) -> tuple[str, Element]:
    number, element = _find(play, command)
    if not element.asked and element.kind != "call":
        raise Refused(f"'{command}' is not a task; it cannot be {what}")
    return number, element


def _complete(play: Play, event: Completed) -> None:
    number, element = _task(play, event.command_id, "completed")
    data = event.data
    if element.called is not None and not element.called.take_all and not element.outputs:
        data = {}
    if play.tokens[number]["at"] == element.id:
        play.finish(number, data, Cancel(event.command_id))
    else:  # a receive task after an event-based gateway
        catching.happened(play, number, element, data, Cancel(event.command_id))


def _fail(play: Play, event: Failed) -> None:
    number, element = _task(play, event.command_id, "failed")
    fulfilled = Cancel(event.command_id)
    if catching.raise_error(play, None, event.error_code, number, fulfilled):
        return
    if element.kind != "call":
        raise Refused(f"nothing around '{event.command_id}' catches the error '{event.error_code}'")
    # What a called process could not catch, nor this one, ends this one too.
    play.withdraw_all(None, fulfilled)
    play.over(None, element, error=event.error_code)


def _addressed(play: Play, event: Message) -> tuple[str, Element]:
    if event.command_id:
        number, element = _find(play, event.command_id)
        if element.message is None or event.name not in ("", element.message.name):
            raise Refused(f"'{event.command_id}' does not wait for a message '{event.name}'")
        return number, element
    for number, token in play.tokens.items():
        for name, key in sorted(token.get("waits", {}).items()):
            element = play.process.awaited[name]
            if (
                element.message
                and element.message.name == event.name
                and key in (None, event.correlation_key)
            ):
                return number, element
    raise Refused(f"nothing waits for the message '{event.name}' with the key {event.correlation_key!r}")
