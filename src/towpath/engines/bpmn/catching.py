"""What happens to a case, and who in it catches what is thrown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from towpath.engines.bpmn.commands import Command, Throw, Unschedule
from towpath.engines.bpmn.model import Element
from towpath.engines.bpmn.variables import evaluate
from towpath.engines.bpmn.waits import closing, command_id, count_of, repeats, schedule, timed, waits_on

if TYPE_CHECKING:
    from towpath.engines.bpmn.play import Play


def happened(
    play: Play, number: str, awaited: Element, data: Mapping[str, Any], fulfilled: Command | None
) -> None:
    """What a token waited for: in itself, after an event-based gateway, on its border, to begin a subprocess."""
    token = play.tokens[number]
    at, scope = play.process.elements[token["at"]], token.get("in")
    element = play.process.elements[awaited.whole] if awaited.whole else awaited
    if element.all_parts and awaited.whole and _others_to_come(play, number, awaited, element, fulfilled):
        play.store(element, scope, scope, data)
    elif "listens" in token:
        start_subprocess(play, at, element, scope, data, number, fulfilled)
    elif at is element:
        play.finish(number, data, fulfilled)
    elif at.kind == "event" and at.all_parts:
        _one_of_all(play, number, at, element, data, fulfilled)
    elif at.kind == "event":
        play.choose(number, element, data, fulfilled)
    elif element.interrupting:
        play.withdraw(number, fulfilled)
        play.go_through(element, scope, data)
    else:
        _set_again(play, number, awaited)
        play.go_through(element, scope, data)


def _others_to_come(
    play: Play, number: str, awaited: Element, element: Element, fulfilled: Command | None
) -> bool:
    """An event of which all definitions must happen: this one has, and is waited for no more."""
    waits = dict(play.tokens[number]["waits"])
    remembered = waits.pop(awaited.id)
    if not any(part.id in waits for part in element.parts):
        return False
    play.commands.extend(closing(awaited, number, remembered, fulfilled))
    play.tokens[number] = play.tokens[number] | {"waits": waits}
    return True


def _one_of_all(
    play: Play,
    number: str,
    gateway: Element,
    event: Element,
    data: Mapping[str, Any],
    fulfilled: Command | None,
) -> None:
    """A parallel event-based gateway: each of its events goes its way, and all of them must happen."""
    token = play.tokens[number]
    waits = dict(token["waits"])
    for name in [part.id for part in event.parts or (event,)]:
        remembered = waits.pop(name)
        play.commands.extend(closing(play.process.awaited[name], number, remembered, fulfilled))
    scope = token.get("in")
    play.tokens[number] = token | {"waits": waits}
    if not waits:
        play.note(gateway, number, "completed")
        play.forget(number)
    play.go_through(event, scope, data)


def _set_again(play: Play, number: str, awaited: Element) -> None:
    """A message can come again; a timer only if it repeats, counting from when it was seen to fire."""
    if awaited.timer is None:
        return
    token = play.tokens[number]
    waits = dict(token["waits"])
    firing = count_of(awaited, waits.pop(awaited.id))
    seen = play.variables.seen_from(number)
    if repeats(awaited, firing, seen):
        again = schedule(awaited, awaited.timer, number, firing + 1, seen, play.env)
        waits[awaited.id] = timed(awaited.timer, firing + 1, again.due)
        play.commands.append(again)
    play.tokens[number] = {key: value for key, value in token.items() if key != "waits"}
    if waits:
        play.tokens[number]["waits"] = waits


# Event subprocesses


def listen(play: Play, scope: str | None) -> None:
    """The event subprocesses of a scope begin to wait for their start events."""
    name = None if scope is None else play.tokens[scope]["at"]
    for inside, start in play.process.listening.get(name, ()):
        if any(waits_on(part) for part in start.parts or (start,)):
            play.rest(play.put(inside, scope, listens=1), [start])


def start_subprocess(
    play: Play,
    inside: Element,
    start: Element,
    scope: str | None,
    data: Mapping[str, Any],
    listener: str | None = None,
    fulfilled: Command | None = None,
) -> None:
    if start.interrupting:
        play.withdraw_all(scope, fulfilled)
    elif listener is not None:
        name = next((n for n in play.tokens[listener]["waits"] if _fulfils(play, n, listener, fulfilled)), "")
        if name:
            _set_again(play, listener, play.process.awaited[name])
    number = play.put(inside, scope)
    play.note(inside, number, "entered")
    listen(play, number)
    play.go_through(start, number, data)


def _fulfils(play: Play, name: str, number: str, fulfilled: Command | None) -> bool:
    if not isinstance(fulfilled, Unschedule):
        return False
    awaited = play.process.awaited[name]
    firing = count_of(awaited, play.tokens[number]["waits"][name])
    return fulfilled.id == command_id(name, number, firing)


# Errors and escalations look outwards for who catches them


def _outwards(play: Play, scope: str | None, at: str | None) -> Iterator[tuple[str | None, Element, Element]]:
    """Who may catch what is thrown in a scope, or at a token in it: (token or scope, event, its subprocess).

    What an event subprocess throws is not caught by those beside it, which stand for the same scope.
    """
    inner = at
    while True:
        if inner is not None:
            token = play.tokens[inner]
            element = play.process.elements[token["at"]]
            if "item" not in token:
                for boundary in element.boundaries:
                    for part in boundary.parts or (boundary,):
                        yield inner, part, boundary
            scope = token.get("in")
            if element.triggered:
                inner = scope
                if scope is None:
                    return
                continue
        around = None if scope is None else play.tokens[scope]
        if around is None or around.keys().isdisjoint(("left", "round", "undo")):
            name = None if around is None else around["at"]
            for inside, start in play.process.listening.get(name, ()):
                for part in start.parts or (start,):
                    yield scope, part, inside
        if scope is None:
            return
        inner = scope


def raise_error(
    play: Play, scope: str | None, code: str, at: str | None = None, fulfilled: Command | None = None
) -> bool:
    """Go where the error is caught, the nearest first, before all by its code; False if nothing catches it."""
    found: tuple[str | None, Element] | None = None
    home: tuple[str | None, str | None] | None = None
    for place, event, owner in _outwards(play, scope, at):
        here = (place, owner.id if owner.triggered else None)
        if found is not None and (home is None or home[0] != here[0]):
            break
        if event.error == code or (event.error == "" and found is None):
            found, home = (place, owner), here
            if event.error == code:
                break
    if found is None:
        return False
    _caught(play, *found, {}, fulfilled, interrupting=True)
    return True


def escalate(play: Play, scope: str | None, code: str, thrown: Throw, at: str | None = None) -> None:
    """Who catches an escalation may let everything go on; the parent hears of one that nobody catches."""
    for place, event, owner in _outwards(play, scope, at):
        if event.escalation in (code, "") and event.escalation is not None:
            start = play.process.starts(owner.id)[0] if owner.triggered else owner
            _caught(play, place, owner, thrown.payload, None, interrupting=start.interrupting)
            return
    play.commands.append(thrown)


def _caught(
    play: Play,
    place: str | None,
    owner: Element,
    data: Mapping[str, Any],
    fulfilled: Command | None,
    *,
    interrupting: bool,
) -> None:
    if owner.triggered:
        start_subprocess(play, owner, play.process.starts(owner.id)[0], place, data, None, fulfilled)
        return
    assert place is not None
    scope = play.tokens[place].get("in")
    if interrupting:
        play.withdraw(place, fulfilled)
    play.go_through(owner, scope, data)


# Signals and conditions


def signalled(play: Play, name: str, data: Mapping[str, Any]) -> bool:
    """Everybody who waits for the signal now hears it. False if nobody does."""
    waiting = [
        (number, waited_for)
        for number, token in play.tokens.items()
        for waited_for in token.get("waits", ())
        if play.process.awaited[waited_for].signal == name
    ]
    for number, waited_for in waiting:
        if number in play.tokens and waited_for in play.tokens[number].get("waits", ()):
            happened(play, number, play.process.awaited[waited_for], data, None)
    return bool(waiting)


def conditions(play: Play, only: str | None = None) -> bool:
    """Look at the conditions that are waited for. An event happens when its condition becomes true."""
    for number, token in list(play.tokens.items()) if only is None else [(only, play.tokens[only])]:
        for name, before in list(token.get("waits", {}).items()):
            awaited = play.process.awaited[name]
            if awaited.condition is None:
                continue
            holds = int(evaluate(awaited, awaited.condition, play.variables.seen_from(number)) is True)
            if holds != before:
                waits = play.tokens[number]["waits"] | {name: holds}
                play.tokens[number] = play.tokens[number] | {"waits": waits}
            if holds and not before:
                happened(play, number, awaited, {}, None)
                return True
    return False
