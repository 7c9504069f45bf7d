"""What requires what: the order in which decisions are made, and circles among them."""

from __future__ import annotations

from collections.abc import Sequence

from towpath.engines.dmn.elements import Decision, Element


def in_order(wanted: Sequence[Decision], given: frozenset[Element] = frozenset()) -> list[Decision]:
    """The decisions and those that they require, each after what it requires; those `given` are left out."""
    ordered: dict[Decision, None] = {}
    waiting: list[tuple[Decision, bool]] = [(each, False) for each in reversed(wanted)]
    while waiting:
        decision, ready = waiting.pop()
        if decision in ordered or decision in given:
            continue
        if ready:
            ordered[decision] = None
            continue
        waiting.append((decision, True))
        required = [each for _, each in decision.needs if isinstance(each, Decision)]
        waiting.extend((each, False) for each in reversed(required))
    return list(ordered)


def break_cycles(decisions: Sequence[Decision]) -> list[tuple[Decision, list[Decision]]]:
    """The decisions that require themselves or what does, each with all of those."""
    left = {each: {need for _, need in each.needs if isinstance(need, Decision)} for each in decisions}
    while True:  # take away what requires no decision that is left
        free = {each for each, required in left.items() if not required & left.keys()}
        if not free:
            break
        left = {each: required for each, required in left.items() if each not in free}
    return [(each, list(left)) for each in left]
