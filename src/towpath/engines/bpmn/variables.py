"""Case data as the elements see them, and expressions read against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from towpath.engines import feel
from towpath.engines.bpmn.commands import LOCALS
from towpath.engines.bpmn.errors import Incident
from towpath.engines.bpmn.model import Element, Value

Token = dict[str, Any]


def evaluate(element: Element, value: Value, context: Mapping[str, Any]) -> Any:
    """The value, or an Incident that names the element."""
    try:
        return value(context)
    except feel.FeelError as error:
        raise Incident(element.id, element.name, f"an expression cannot be evaluated: {error}") from None


def mapped(
    element: Element, pairs: tuple[tuple[str, Value], ...], context: Mapping[str, Any]
) -> dict[str, Any]:
    """An io mapping, in order: a later pair sees what an earlier one has set."""
    if not pairs:
        return {}
    seen, found = dict(context), {}
    for target, source in pairs:
        found[target] = seen[target] = evaluate(element, source, seen)
    return found


class Variables:
    """Those of the case, hidden by those of the subprocesses and instances around an element."""

    def __init__(self, data: dict[str, Any], tokens: Mapping[str, Token]) -> None:
        """`data` is ours from now on."""
        self._top = data
        self.locals: dict[str, dict[str, Any]] = _copy(self._top.pop(LOCALS, None) or {})
        self._before = _copy(self.locals)
        self._tokens = tokens
        self._changes: dict[str, Any] = {}

    def seen_from(self, number: str | None) -> Mapping[str, Any]:
        if not self.locals:
            return self._top
        layers = []
        while number is not None:
            layers.append(self.locals.get(number, {}))
            number = self._tokens[number].get("in")
        seen = dict(self._top)
        for layer in reversed(layers):
            seen.update(layer)
        return seen

    def set(self, number: str | None, name: str, value: Any) -> None:
        """Where the variable already lives, looking outwards from a token; else in the case."""
        while number is not None:
            if name in self.locals.get(number, {}):
                self.locals[number][name] = value
                return
            number = self._tokens[number].get("in")
        self._top[name] = self._changes[name] = value

    def changes(self) -> dict[str, Any]:
        return self._changes if self.locals == self._before else self._changes | {LOCALS: self.locals}


def _copy(layers: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    return {number: dict(values) for number, values in layers.items()} if layers else {}
