"""The kinds of events. Each room declares its own in `events.py`, with the facts that they may carry."""

from dataclasses import dataclass


class UnknownFact(ValueError):
    """An event was to carry a fact that its type does not declare (personal content must not slip in)."""


@dataclass(frozen=True)
class EventType:
    name: str
    means: str
    facts: frozenset[str]
    version: int


_declared: dict[str, EventType] = {}


def event_type(name: str, means: str, *facts: str, version: int = 1) -> EventType:
    """Declares a kind of event: `room.happened`, in the past tense."""
    if name in _declared:
        raise ValueError(f"The event type {name} is declared twice.")
    _declared[name] = EventType(name, means, frozenset(facts), version)
    return _declared[name]


def event_types() -> dict[str, EventType]:
    return dict(_declared)
