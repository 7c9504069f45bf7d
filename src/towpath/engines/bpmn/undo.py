"""Compensation: what has been done is undone, the last first; and transactions that are cancelled.

Done work is kept where it was done, as [activity, how often, what is inside of it], in the order of the last
completions. A loop counts; it does not make the state grow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from towpath.engines.bpmn.model import Element

if TYPE_CHECKING:
    from towpath.engines.bpmn.play import Play

Done = list[Any]


def remember(play: Play, element: Element, scope: str | None, inside: Done | None) -> None:
    """An activity has been completed that can be compensated, by itself or by what is inside of it."""
    if element.undo or inside:
        keep(play, scope, [[element.id, 1, inside] if inside and not element.undo else [element.id, 1]])


def keep(play: Play, scope: str | None, more: Done) -> None:
    done = list(_done(play, scope))
    for name, times, *inside in more:
        known = next((entry for entry in done if entry[0] == name), None)
        if known is not None:
            done.remove(known)
            times += known[1] if not inside else 0
            inside = [_merged(known[2], inside[0])] if inside and len(known) > 2 else inside
        done.append([name, times, *inside])
    _set(play, scope, done)


def _merged(before: Done, after: Done) -> Done:
    """What was done inside, over several runs of one subprocess."""
    merged = [entry for entry in before if entry[0] not in {name for name, *_ in after}]
    counts = {entry[0]: entry for entry in before}
    for name, times, *inside in after:
        known = counts.get(name)
        if known is not None and not inside:
            times += known[1]
        elif known is not None and len(known) > 2:
            inside = [_merged(known[2], inside[0])]
        merged.append([name, times, *inside])
    return merged


def _done(play: Play, scope: str | None) -> Done:
    done: Done = play.done if scope is None else play.tokens[scope].get("done", [])
    return done


def _set(play: Play, scope: str | None, done: Done) -> None:
    if scope is None:
        play.done = done
    elif done:
        play.tokens[scope] = play.tokens[scope] | {"done": done}
    else:
        play.tokens[scope] = {key: value for key, value in play.tokens[scope].items() if key != "done"}


def begin(play: Play, thrower: Element, scope: str | None, activity: str) -> None:
    """A compensation is thrown: for one activity, or for all that was done around it ("")."""
    home = _home(play, thrower, scope)
    done = _done(play, home)
    chosen = [entry for entry in done if activity in ("", entry[0])]
    if chosen:
        _set(play, home, [entry for entry in done if entry not in chosen])
    number = play.put(thrower, scope, undo=_flat(chosen))
    go_on(play, number)


def cancel(play: Play, scope: str | None) -> bool:
    """The transaction around `scope` is cancelled: what runs in it ends, what was done is undone."""
    while scope is not None and not play.process.elements[play.tokens[scope]["at"]].transaction:
        scope = play.tokens[scope].get("in")
    if scope is None:
        return False
    play.withdraw_all(scope)
    todo = _flat(_done(play, scope))
    play.tokens[scope] = {**play.tokens[scope], "undo": todo, "then": "cancel"}
    go_on(play, scope)
    return True


def go_on(play: Play, number: str) -> None:
    """The next one to be undone; or all is, and the token goes on."""
    token = play.tokens[number]
    element = play.process.elements[token["at"]]
    if token["undo"]:
        *rest, (name, times) = token["undo"]
        play.tokens[number] = token | {"undo": rest if times == 1 else [*rest, [name, times - 1]]}
        handler = play.process.elements[play.process.elements[name].undo]
        play.enter(handler, number)
    elif token.get("then") == "cancel":
        _cancelled(play, number, element)
    else:
        scope = token.get("in")
        play.forget(number)
        play.leave(element, scope)


def _cancelled(play: Play, number: str, element: Element) -> None:
    token = play.tokens[number]
    body = number if "item" not in token else token["in"]  # one cancelled instance cancels all of them
    scope = play.tokens[body].get("in")
    catching = next((boundary for boundary in element.boundaries if boundary.cancels), None)
    play.withdraw(body)
    if catching is not None:
        play.go_through(catching, scope)
    else:
        play.leave(element, scope)


def _home(play: Play, thrower: Element, scope: str | None) -> str | None:
    """Whose work is undone: that of the scope, seen from an event subprocess that of the scope around it."""
    while scope is not None:
        token = play.tokens[scope]
        element = play.process.elements[token["at"]]
        if not (element.triggered or "undo" in token):
            break
        scope = token.get("in")
    return scope


def _flat(done: Done) -> list[list[Any]]:
    """What is to be undone, the last at the end: a subprocess without a handler of its own piece by piece."""
    todo: list[list[Any]] = []
    for name, times, *inside in done:
        if inside:
            todo += _flat(inside[0])
        else:
            todo.append([name, times])
    return todo
