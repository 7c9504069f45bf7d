"""The token game: how tokens move through the elements of one process.

The state is JSON: `{"format": 1, "next": 8, "tokens": {"7": {...}}}`. A token has
  at     the element where it is
  in     the token of the subprocess or multi-instance around it (absent at the top)
  waits  what it waits for: element -> nothing (a task), a correlation key (a message), a count (a timer)
  via    the flow by which it came to a join, where it waits for others
  item   of one instance of a multi-instance: its place in the collection
  left   of a multi-instance itself: how many instances are still to end
Each visit of an element takes the next number, so a number never comes twice in a case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from towpath.engines.bpmn.commands import Command, Env, Finish, Passage, Step, Throw
from towpath.engines.bpmn.errors import Incident
from towpath.engines.bpmn.model import Element, Flow, Many, Process
from towpath.engines.bpmn.variables import Token, Variables, evaluate, mapped
from towpath.engines.bpmn.waits import closing, command_id, opened, waits_on

FORMAT = 1
LIMIT = 1_000  # visits of one element in one step: a process has 2,000 elements, so all of this is bounded


class Play:
    """One step under way. It works on copies: tokens are replaced, never changed."""

    def __init__(self, process: Process, state: Mapping[str, Any], data: Mapping[str, Any], env: Env) -> None:
        self.process = process
        self.env = env
        # In order of their numbers, however the host's store has turned them round.
        self.tokens: dict[str, Token] = dict(sorted(state["tokens"].items(), key=lambda item: int(item[0])))
        self.next: int = state["next"]
        now = env.now.astimezone(env.zone)
        self.variables = Variables({**data, "__now": now, "__today": now.date()}, self.tokens)
        self.commands: list[Command] = []
        self.passed: list[Passage] = []
        self._moving: deque[tuple[Element, str, str | None]] = deque()
        self._visits: dict[str, int] = {}

    def settle(self) -> Step:
        """Move until everything waits, and tell what has changed."""
        while self._moving or self._pass_an_inclusive_join():
            element, via, scope = self._moving.popleft()
            if scope is None or scope in self.tokens:
                self._arrive(element, via, scope)
        self._refuse_deadlock()
        state = {"format": FORMAT, "next": self.next, "tokens": self.tokens}
        return Step(state, tuple(self.commands), self.variables.changes(), tuple(self.passed))

    # Moving

    def begin(self, element: Element, scope: str | None = None) -> None:
        self._moving.append((element, "", scope))

    def leave(self, element: Element, scope: str | None, flows: Iterable[Flow] | None = None) -> None:
        for flow in element.outgoing if flows is None else flows:
            self._moving.append((self.process.elements[flow.target], flow.id, scope))

    def _arrive(self, element: Element, via: str, scope: str | None) -> None:
        if element.kind in ("parallel", "inclusive") and len(element.incoming) > 1:
            self._put(element, scope, via=via)
            if element.kind == "parallel":
                self._pass_parallel_join(element, scope)
        elif element.kind == "end":
            self._end(element, scope)
        elif element.many is not None:
            self._begin_many(element, element.many, scope)
        elif element.kind in ("start", "exclusive", "parallel", "inclusive"):
            self.go_through(element, scope)
        else:
            self._activate(element, self._put(element, scope))

    def go_through(
        self, element: Element, scope: str | None, result: Mapping[str, Any] | None = None
    ) -> None:
        """An element that holds no token: a gateway, or an event that has just happened."""
        number = self._number(element)
        self._note(element, number, "entered")
        self._store(element, scope, scope, result or {})
        self._note(element, number, "completed")
        self.leave(element, scope, self._chosen(element, scope))

    def _chosen(self, element: Element, scope: str | None) -> list[Flow]:
        if element.kind not in ("exclusive", "inclusive"):
            return element.outgoing
        seen = self.variables.seen_from(scope)
        chosen = []
        for flow in element.outgoing:
            if flow.id == element.default:
                continue
            if flow.condition is None or evaluate(element, flow.condition, seen) is True:
                chosen.append(flow)
                if element.kind == "exclusive":
                    break
        chosen = chosen or [flow for flow in element.outgoing if flow.id == element.default]
        if not chosen:
            raise Incident(element.id, element.name, "no condition holds, and there is no default flow")
        return chosen

    def _number(self, element: Element) -> str:
        number, self.next = str(self.next), self.next + 1
        self._visits[element.id] = self._visits.get(element.id, 0) + 1
        if self._visits[element.id] > LIMIT:
            why = f"passed more than {LIMIT} times in one step; it runs in circles"
            raise Incident(element.id, element.name, why)
        return number

    def _put(self, element: Element, scope: str | None, **more: Any) -> str:
        number = self._number(element)
        self.tokens[number] = {"at": element.id, **({} if scope is None else {"in": scope}), **more}
        return number

    def _note(
        self, element: Element, number: str, lifecycle: Literal["entered", "completed", "cancelled"]
    ) -> None:
        self.passed.append(Passage(element.id, element.name, element.kind, lifecycle, number))

    # Activities and events

    def _activate(self, element: Element, number: str) -> None:
        self._note(element, number, "entered")
        inputs = mapped(element, element.inputs, self.variables.seen_from(number))
        if inputs:
            self.variables.locals.setdefault(number, {}).update(inputs)
        if element.kind == "event":
            self._rest(number, [self.process.elements[flow.target] for flow in element.outgoing])
        elif element.waits:
            own = [element] if waits_on(element) else []
            # The boundary events of a multi-instance belong to it as a whole.
            around = [] if "item" in self.tokens[number] else element.boundaries
            self._rest(number, [*own, *around], dict(self.variables.locals.get(number, {})))
            for start in self.process.starts(element.id) if element.kind == "subprocess" else ():
                self.begin(start, number)
        else:
            self.finish(number, self._done_at_once(element, number, inputs))

    def _done_at_once(self, element: Element, number: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        seen = self.variables.seen_from(number)
        if element.message is not None:
            thrown = Throw(command_id(element, number), "message", element.message.name, element.id, inputs)
            self.commands.append(thrown)
        if element.value is None:
            return {}
        value = evaluate(element, element.value, seen)
        return {element.result: self.env.decide(value, seen) if element.kind == "decision" else value}

    def _rest(self, number: str, waited_for: list[Element], inputs: Mapping[str, Any] | None = None) -> None:
        """Open the waits of a token: its own first, then those on its border."""
        waits = {}
        seen = self.variables.seen_from(number)
        for element in waited_for:
            if waits_on(element):
                commands, waits[element.id] = opened(element, number, seen, inputs or {}, self.env)
                self.commands.extend(commands)
        if waits:
            self.tokens[number] = self.tokens[number] | {"waits": waits}

    def finish(self, number: str, result: Mapping[str, Any], fulfilled: Command | None = None) -> None:
        """An activity or event is done with `result`; `fulfilled` is what needs no withdrawing any more."""
        token, element = self.tokens[number], self.process.elements[self.tokens[number]["at"]]
        self._store(element, number, token.get("in"), result)
        self._close(number, fulfilled)
        self._note(element, number, "completed")
        if "item" in token and element.many is not None:
            self._end_instance(number, element, element.many)
        else:
            self._forget(number)
            self.leave(element, token.get("in"))

    def choose(
        self, number: str, event: Element, result: Mapping[str, Any], fulfilled: Command | None
    ) -> None:
        """What an event-based gateway has waited for: the first of its events to happen."""
        gateway, scope = self.process.elements[self.tokens[number]["at"]], self.tokens[number].get("in")
        self._close(number, fulfilled)
        self._note(gateway, number, "completed")
        self._forget(number)
        self.go_through(event, scope, result)

    def _store(
        self, element: Element, inner: str | None, outer: str | None, result: Mapping[str, Any]
    ) -> None:
        """Output mapping if there is one, else every variable outwards to where it lives."""
        if element.outputs:
            found = mapped(element, element.outputs, {**self.variables.seen_from(inner), **result})
            inner = outer
        else:
            found = dict(result)
        for name, value in found.items():
            self.variables.set(inner, name, value)

    def _close(self, number: str, fulfilled: Command | None = None) -> None:
        for waited_for, remembered in self.tokens[number].get("waits", {}).items():
            for command in closing(self.process.elements[waited_for], number, remembered):
                if command != fulfilled:
                    self.commands.append(command)

    def _forget(self, number: str) -> None:
        del self.tokens[number]
        self.variables.locals.pop(number, None)

    def withdraw(self, number: str, fulfilled: Command | None = None) -> None:
        """Take a token away with all that is inside of it."""
        for inner in [inner for inner, token in self.tokens.items() if token.get("in") == number]:
            self.withdraw(inner, fulfilled)
        token = self.tokens[number]
        self._close(number, fulfilled)
        if "via" not in token and "left" not in token:
            self._note(self.process.elements[token["at"]], number, "cancelled")
        self._forget(number)

    # Multi-instance

    def _begin_many(self, element: Element, many: Many, scope: str | None) -> None:
        items = evaluate(element, many.collection, self.variables.seen_from(scope))
        if not isinstance(items, list | tuple):
            raise Incident(element.id, element.name, f"its input collection is {items!r}, not a list")
        body = self._put(element, scope, left=len(items))
        if many.output:
            self.variables.locals[body] = {many.output: [None] * len(items)}
        self._rest(body, element.boundaries)
        for place, item in enumerate(items):
            number = self._put(element, body, item=place)
            own = {"loopCounter": place + 1}
            self.variables.locals[number] = own | ({many.item: item} if many.item else {})
            self._activate(element, number)
        if not items:
            self._end_many(body, element, many)

    def _end_instance(self, number: str, element: Element, many: Many) -> None:
        token = self.tokens[number]
        body = token["in"]
        if many.output_value is not None:
            value = evaluate(element, many.output_value, self.variables.seen_from(number))
            results = list(self.variables.locals[body][many.output])
            results[token["item"]] = value
            self.variables.locals[body][many.output] = results
        self._forget(number)
        self.tokens[body] = self.tokens[body] | {"left": self.tokens[body]["left"] - 1}
        if self.tokens[body]["left"] == 0:
            self._end_many(body, element, many)

    def _end_many(self, body: str, element: Element, many: Many) -> None:
        scope = self.tokens[body].get("in")
        if many.output:
            self.variables.set(scope, many.output, self.variables.locals[body][many.output])
        self._close(body)
        self._forget(body)
        self.leave(element, scope)

    # Joins

    def _pass_parallel_join(self, element: Element, scope: str | None) -> None:
        waiting = self._waiting_at(element.id, scope)
        if len(waiting) == len(element.incoming):
            self._pass_join(element, scope, waiting)

    def _waiting_at(self, join: str, scope: str | None) -> dict[str, str]:
        """The first token that waits on each incoming flow."""
        waiting: dict[str, str] = {}
        for number, token in self.tokens.items():
            if token["at"] == join and token.get("in") == scope:
                waiting.setdefault(token["via"], number)
        return waiting

    def _pass_join(self, element: Element, scope: str | None, waiting: Mapping[str, str]) -> None:
        for number in waiting.values():
            self._forget(number)
        self.go_through(element, scope)

    def _pass_an_inclusive_join(self) -> bool:
        for token in list(self.tokens.values()):
            element = self.process.elements[token["at"]]
            if "via" in token and element.kind == "inclusive":
                waiting = self._waiting_at(element.id, token.get("in"))
                if not self._still_to_come(element, token.get("in"), waiting):
                    self._pass_join(element, token.get("in"), waiting)
                    return True
        return False

    def _still_to_come(self, join: Element, scope: str | None, waiting: Mapping[str, str]) -> bool:
        """As BPMN 2.0 has it: a token elsewhere can reach a flow without a token, and none that has one."""
        for token in self.tokens.values():
            if token.get("in") == scope and token["at"] != join.id:
                ways = {flow for flow, before in join.before.items() if token["at"] in before}
                if ways and ways.isdisjoint(waiting):
                    return True
        return False

    # Ends

    def _end(self, element: Element, scope: str | None) -> None:
        number = self._number(element)
        self._note(element, number, "entered")
        self._note(element, number, "completed")
        if element.error is not None and self.raise_error(scope, element.error):
            return
        if element.terminate or element.error is not None:
            # An error that nothing catches ends the whole case.
            scope = scope if element.terminate else None
            self._withdraw_all(scope)
        if any(token.get("in") == scope for token in self.tokens.values()) or any(
            inside == scope for _, _, inside in self._moving
        ):
            return
        if scope is not None:
            self.finish(scope, {})
        else:
            finish = Finish(
                command_id(element, number), element.id, element.name, element.terminate, element.error or ""
            )
            self.commands.append(finish)

    def _withdraw_all(self, scope: str | None) -> None:
        for number in [number for number, token in self.tokens.items() if token.get("in") == scope]:
            self.withdraw(number)
        self._moving = deque(item for item in self._moving if item[2] != scope)

    def raise_error(self, number: str | None, code: str, fulfilled: Command | None = None) -> bool:
        """Go where the error is caught, looking outwards from a token; False if nothing catches it."""
        while number is not None:
            token = self.tokens[number]
            if "item" not in token:
                catching = self.process.elements[token["at"]].boundaries
                for wanted in (code, ""):
                    for boundary in catching:
                        if boundary.error == wanted:
                            scope = token.get("in")
                            self.withdraw(number, fulfilled)
                            self.go_through(boundary, scope)
                            return True
            number = token.get("in")
        return False

    def _refuse_deadlock(self) -> None:
        """Better refused aloud than a case that nobody hears of again."""
        if self.tokens and not any(token.get("waits") for token in self.tokens.values()):
            token = next(token for token in self.tokens.values() if "via" in token)
            element = self.process.elements[token["at"]]
            raise Incident(element.id, element.name, "waits for a token that can no longer come")
