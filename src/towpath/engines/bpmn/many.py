"""One activity several times: multi-instance, loops, and the activities of an ad-hoc subprocess."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from towpath.engines.bpmn import catching, undo
from towpath.engines.bpmn.commands import Throw
from towpath.engines.bpmn.errors import Incident
from towpath.engines.bpmn.model import AdHoc, Element, Loop, Many
from towpath.engines.bpmn.variables import evaluate
from towpath.engines.bpmn.waits import command_id

if TYPE_CHECKING:
    from towpath.engines.bpmn.play import Play

MOST = 1_000  # instances of one activity, or rounds of a loop without anything to wait for
ITEMS = "$items"  # of a sequential multi-instance: what is still to come


def begin(play: Play, element: Element, scope: str | None) -> None:
    if element.loop is not None:
        body = play.put(element, scope, round=0)
        play.rest(body, element.boundaries)
        _next_round(play, body, element, element.loop)
    elif element.many is not None:
        _begin_many(play, element, element.many, scope)


def end_instance(play: Play, number: str, element: Element) -> None:
    body = play.tokens[number]["in"]
    many = element.many
    if many is not None and many.output_value is not None:
        value = evaluate(element, many.output_value, play.variables.seen_from(number))
        results = list(play.variables.locals[body][many.output])
        results[play.tokens[number]["item"]] = value
        play.variables.locals[body][many.output] = results
    if element.keeps:
        undo.remember(play, element, body, play.tokens[number].get("done"))
    play.forget(number)
    if many is not None:
        _one_less(play, body, element, many)
    elif element.loop is not None:
        _next_round(play, body, element, element.loop)


# Multi-instance


def _begin_many(play: Play, element: Element, many: Many, scope: str | None) -> None:
    items = _items(play, element, many, scope)
    body = play.put(element, scope, left=len(items), of=len(items))
    own: dict[str, Any] = {many.output: [None] * len(items)} if many.output else {}
    if many.sequential and many.collection is not None:
        own[ITEMS] = list(items)
    if own:
        play.variables.locals[body] = own
    play.rest(body, element.boundaries)
    if not items:
        _end_many(play, body, element, many)
    elif many.sequential:
        _begin_instance(play, body, element, many, 0, items[0])
    else:
        for place, item in enumerate(items):
            if body in play.tokens:
                _begin_instance(play, body, element, many, place, item)


def _items(play: Play, element: Element, many: Many, scope: str | None) -> list[Any]:
    seen = play.variables.seen_from(scope)
    if many.collection is not None:
        items = evaluate(element, many.collection, seen)
        if not isinstance(items, list | tuple):
            raise Incident(element.id, element.name, f"its input collection is {items!r}, not a list")
    else:
        assert many.cardinality is not None
        count = evaluate(element, many.cardinality, seen)
        if (
            not isinstance(count, int | Decimal)
            or isinstance(count, bool)
            or count < 0
            or count != int(count)
        ):
            raise Incident(
                element.id, element.name, f"its number of instances is {count!r}, not a number from 0 on"
            )
        items = [None] * min(int(count), MOST + 1)
    if len(items) > MOST:
        raise Incident(element.id, element.name, f"has more than {MOST} instances")
    return list(items)


def _begin_instance(play: Play, body: str, element: Element, many: Many, place: int, item: Any) -> None:
    number = play.put(element, body, item=place)
    own = {"loopCounter": place + 1}
    play.variables.locals[number] = own | ({many.item: item} if many.item else {})
    play.activate(element, number)


def _one_less(play: Play, body: str, element: Element, many: Many) -> None:
    token = play.tokens[body]
    left = token["left"] - 1
    play.tokens[body] = token = token | {"left": left}
    if many.throws:
        _throw(play, body, element, many)
        if body not in play.tokens:
            return
    if left and _enough(play, body, element, many):
        for inside in [n for n, other in play.tokens.items() if other.get("in") == body]:
            play.withdraw(inside)
        left = 0
    if not left:
        _end_many(play, body, element, many)
    elif many.sequential:
        place = token["of"] - left
        items = play.variables.locals.get(body, {}).get(ITEMS)
        _begin_instance(play, body, element, many, place, items[place] if items else None)


def _enough(play: Play, body: str, element: Element, many: Many) -> bool:
    if many.completion is None:
        return False
    return evaluate(element, many.completion, _attributes(play, body, many)) is True


def _attributes(play: Play, body: str, many: Many) -> dict[str, Any]:
    """The attributes of a multi-instance activity (BPMN 2.0.2, table 10.30), as variables."""
    token = play.tokens[body]
    size = token.get("of", token["left"])
    active = (1 if token["left"] else 0) if many.sequential else token["left"]
    return {
        **play.variables.seen_from(body),
        "numberOfInstances": size,
        "numberOfActiveInstances": active,
        "numberOfCompletedInstances": size - token["left"],
        "numberOfTerminatedInstances": 0,
    }


def _throw(play: Play, body: str, element: Element, many: Many) -> None:
    """The events that instances throw as they end; its own boundary events are the first to see them."""
    token = play.tokens[body]
    completed = token["of"] - token["left"]
    if many.once and completed > 1:
        return
    for condition, event in many.throws:
        if condition is not None and evaluate(element, condition, _attributes(play, body, many)) is not True:
            continue
        number = play.number(element)
        if event.signal is not None:
            play.commands.append(Throw(command_id(element, number), "signal", event.signal, element.id))
            catching.signalled(play, event.signal, {})
        elif event.message is not None:
            play.commands.append(
                Throw(command_id(element, number), "message", event.message.name, element.id)
            )
        elif event.escalation is not None:
            thrown = Throw(command_id(element, number), "escalation", event.escalation, element.id)
            catching.escalate(play, body, event.escalation, thrown)
        if body not in play.tokens:
            return


def _end_many(play: Play, body: str, element: Element, many: Many) -> None:
    token = play.tokens[body]
    scope = token.get("in")
    if many.output:
        play.variables.set(scope, many.output, play.variables.locals[body][many.output])
    _end_body(play, body, element)


def _end_body(play: Play, body: str, element: Element) -> None:
    token = play.tokens[body]
    scope = token.get("in")
    play.close(body)
    if token.get("done"):
        undo.keep(play, scope, token["done"])
    play.forget(body)
    play.leave(element, scope)


# Loops


def _next_round(play: Play, body: str, element: Element, loop: Loop) -> None:
    rounds = play.tokens[body]["round"]
    seen = {**play.variables.seen_from(body), "loopCounter": rounds}
    again = rounds == 0 and not loop.test_before
    if not again:
        again = loop.condition is None or evaluate(element, loop.condition, seen) is True
    if again and loop.maximum is not None:
        most = evaluate(element, loop.maximum, seen)
        if not isinstance(most, int | Decimal) or isinstance(most, bool) or most < 0:
            raise Incident(element.id, element.name, f"its greatest number of rounds is {most!r}")
        again = rounds < most
    if not again:
        _end_body(play, body, element)
        return
    play.tokens[body] = play.tokens[body] | {"round": rounds + 1}
    number = play.put(element, body, item=rounds)
    play.variables.locals[number] = {"loopCounter": rounds + 1}
    play.activate(element, number)


# Ad hoc


def begin_ad_hoc(play: Play, scope: str | None, element: Element, adhoc: AdHoc) -> None:
    entries = play.process.entries(element.id)
    for entry in entries[:1] if adhoc.sequential else entries:
        play.begin(entry, scope)


def go_on_ad_hoc(play: Play, scope: str, element: Element, adhoc: AdHoc, last: Element) -> None:
    """Nothing is under way in it any more: the next activity, all of them again, or its end."""
    if _completed(play, scope, adhoc):
        play.finish(scope, {})
        return
    entries = play.process.entries(element.id)
    first = _first(play, last, entries)
    following = entries[entries.index(first) + 1 :] if adhoc.sequential and first in entries else []
    if following:
        play.begin(following[0], scope)
    elif adhoc.completion is None:
        play.finish(scope, {})
    else:
        begin_ad_hoc(play, scope, element, adhoc)


def has_enough(play: Play, scope: str) -> bool:
    """An ad-hoc subprocess ends as soon as its condition holds, if it cancels what remains."""
    adhoc = play.process.elements[play.tokens[scope]["at"]].adhoc
    return adhoc is not None and adhoc.cancel_remaining and _completed(play, scope, adhoc)


def _completed(play: Play, scope: str, adhoc: AdHoc) -> bool:
    if adhoc.completion is None:
        return False
    element = play.process.elements[play.tokens[scope]["at"]]
    return evaluate(element, adhoc.completion, play.variables.seen_from(scope)) is True


def _first(play: Play, last: Element, entries: list[Element]) -> Element:
    """The activity with which the piece of flow begins that `last` ends."""
    seen = set()
    while last not in entries and last.id not in seen and (last.incoming or last.attached):
        seen.add(last.id)
        last = play.process.elements[last.incoming[0].source if last.incoming else last.attached]
    return last
