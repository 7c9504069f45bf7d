"""Where tokens wait for others: parallel, inclusive and complex joins, and activities that need several."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from towpath.engines.bpmn.model import Element
from towpath.engines.bpmn.variables import evaluate

if TYPE_CHECKING:
    from towpath.engines.bpmn.play import Play


def arrive(play: Play, join: Element, via: str, scope: str | None) -> None:
    play.put(join, scope, via=via)
    if join.kind == "parallel":
        waiting = _waiting_at(play, join.id, scope)
        if len(waiting) == len(join.incoming):
            _pass(play, join, scope, waiting)
    elif join.kind == "complex":
        _activate(play, join, scope)


def gather(play: Play, activity: Element, via: str, scope: str | None) -> None:
    """An activity that needs several tokens (startQuantity), by whatever flows they come."""
    play.put(activity, scope, via=via)
    waiting = [
        number
        for number, token in play.tokens.items()
        if token["at"] == activity.id and token.get("in") == scope and "via" in token
    ]
    if len(waiting) >= activity.needs:
        for number in waiting[: activity.needs]:
            play.forget(number)
        play.enter(activity, scope)


def pass_one(play: Play) -> bool:
    """Let one inclusive join go on, or one complex join be reset, for whose tokens nobody is still to come."""
    waiting_ones = [item for item in play.tokens.items() if "via" in item[1] or "fired" in item[1]]
    for number, token in waiting_ones:
        join, scope = play.process.elements[token["at"]], token.get("in")
        if join.kind == "inclusive":
            waiting = _waiting_at(play, join.id, scope)
            if not _still_to_come(play, join, scope, waiting, join.before.keys() - waiting.keys()):
                _pass(play, join, scope, waiting)
                return True
        elif "fired" in token and _reset(play, number, join, scope):
            return True
    return False


def _waiting_at(play: Play, join: str, scope: str | None) -> dict[str, str]:
    """The first token that waits on each incoming flow."""
    waiting: dict[str, str] = {}
    for number, token in play.tokens.items():
        if token["at"] == join and token.get("in") == scope and "via" in token:
            waiting.setdefault(token["via"], number)
    return waiting


def _pass(play: Play, join: Element, scope: str | None, waiting: Mapping[str, str]) -> None:
    for number in waiting.values():
        play.forget(number)
    play.go_through(join, scope)


def _still_to_come(
    play: Play, join: Element, scope: str | None, waiting: Collection[str], empty: Collection[str]
) -> bool:
    """As BPMN 2.0 has it: a token elsewhere can reach a flow without a token, and none that has one."""
    for token in play.tokens.values():
        if token.get("in") == scope and token["at"] != join.id and "listens" not in token:
            ways = {flow for flow, before in join.before.items() if token["at"] in before}
            if not ways.isdisjoint(empty) and ways.isdisjoint(waiting):
                return True
    return False


# A complex join goes through two phases (BPMN 2.0.2, 13.4.5): it is activated when its condition holds, then it
# takes what still comes on the other flows, and is as it was.


def _activate(play: Play, join: Element, scope: str | None) -> None:
    if any(
        "fired" in token and token["at"] == join.id and token.get("in") == scope
        for token in play.tokens.values()
    ):
        return
    waiting = _waiting_at(play, join.id, scope)
    here = [t for t in play.tokens.values() if t["at"] == join.id and t.get("in") == scope and "via" in t]
    seen = {**play.variables.seen_from(scope), "activationCount": len(here), "waitingForStart": True}
    for flow in join.incoming:
        seen[flow.id] = sum(token["via"] == flow.id for token in here)
    holds = (
        len(waiting) == len(join.incoming)
        if join.activation is None
        else evaluate(join, join.activation, seen) is True
    )
    if holds:
        missing = [flow.id for flow in join.incoming if flow.id not in waiting]
        if missing:
            play.put(join, scope, fired=missing)
        _pass(play, join, scope, waiting)


def _reset(play: Play, number: str, join: Element, scope: str | None) -> bool:
    missing = play.tokens[number]["fired"]
    waiting = {flow: token for flow, token in _waiting_at(play, join.id, scope).items() if flow in missing}
    if len(waiting) < len(missing) and _still_to_come(
        play, join, scope, waiting, [flow for flow in missing if flow not in waiting]
    ):
        return False
    for token in (number, *waiting.values()):
        play.forget(token)
    seen = {**play.variables.seen_from(scope), "waitingForStart": False}
    for flow in join.outgoing:
        if flow.condition is not None and evaluate(join, flow.condition, seen) is True:
            play.send(flow, scope)
    if _waiting_at(play, join.id, scope):
        _activate(play, join, scope)
    play.over(scope, join)
    return True
