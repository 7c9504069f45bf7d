"""Timers whose clock stands still while a token is at certain elements: while the resident owes something."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from towpath.engines.bpmn import timers
from towpath.engines.bpmn.commands import Schedule, Unschedule
from towpath.engines.bpmn.waits import command_id

if TYPE_CHECKING:
    from towpath.engines.bpmn.play import Play


def look(play: Play) -> None:
    """Stop the clocks that have to stand still now, and start those again that need not any more."""
    places = {token["at"] for token in play.tokens.values() if "via" not in token}
    for number, token in list(play.tokens.items()):
        for name, remembered in token.get("waits", {}).items():
            awaited = play.process.awaited[name]
            if awaited.timer is None or not awaited.timer.stops_while:
                continue
            count, due, stopped = remembered
            stands = not places.isdisjoint(awaited.timer.stops_while)
            if stands == (stopped is not None):
                continue
            if stands:
                play.commands.append(Unschedule(command_id(name, number, count)))
                after = [count + 1, due, play.env.now.isoformat()]
            else:
                moment = timers.later(
                    datetime.fromisoformat(due), datetime.fromisoformat(stopped), play.env, awaited.timer
                )
                play.commands.append(Schedule(command_id(name, number, count), moment, awaited.whole or name))
                after = [count, moment.isoformat(), None]
            play.tokens[number] = play.tokens[number] | {
                "waits": play.tokens[number]["waits"] | {name: after}
            }
