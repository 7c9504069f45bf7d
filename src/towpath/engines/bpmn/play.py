"""The token game: how tokens move through the elements of one process.

The state is JSON: `{"format": 2, "next": 8, "tokens": {"7": {...}}}`, and `end`, the end event that was reached last,
and `done`, where there are such. A token has
  at      the element where it is
  in      the token of the subprocess or multi-instance around it (absent at the top)
  waits   what it waits for: element -> nothing (a task, a call), a correlation key (a message), a count (a timer;
          [count, due, stopped] if its clock can stop), 0 or 1 (a condition: whether it held when last looked at)
  via     the flow by which it came to a join, where it waits for others
  item    of one instance of a multi-instance or loop: its place
  left    of a multi-instance itself: how many instances are still to end; `of`: how many there are
  round   of a loop itself: how often it has run
  listens of an event subprocess: it has not begun, but waits for its start event
  fired   of a complex join that has been activated: the flows that it still takes a token from
  undo    of a compensation: what is still to be undone
  then    where a token goes when that is done: "cancel", a cancelled transaction
  done    what has been done inside and can be compensated: [activity, how often, what is inside of it]
Each visit of an element takes the next number, so a number never comes twice in a case. Format 1, which is read
too, had only at, in, waits, via, item and left.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from towpath.engines.bpmn import catching, clocks, joins, many, undo
from towpath.engines.bpmn.commands import Command, Env, Finish, Passage, Step, Throw
from towpath.engines.bpmn.errors import Incident
from towpath.engines.bpmn.model import CHOOSING, Element, Flow, Process
from towpath.engines.bpmn.variables import Token, Variables, evaluate, mapped
from towpath.engines.bpmn.waits import closing, command_id, key_of, opened, waits_on

FORMAT = 2
READ = (1, 2)
_PASSING = frozenset({"start", "exclusive", "parallel", "inclusive", "complex"})
LIMIT = 1_000  # visits of one element in one step: a process has 2,000 elements, so all of this is bounded


class Play:
    """One step under way. It works on copies: tokens are replaced, never changed."""

    def __init__(self, process: Process, state: Mapping[str, Any], data: Mapping[str, Any], env: Env) -> None:
        self.process = process
        self.env = env
        # In order of their numbers, however the host's store has turned them round.
        tokens: Mapping[str, Token] = state["tokens"]
        order = sorted(tokens, key=int) if len(tokens) > 1 else tokens
        self.tokens = {number: tokens[number] for number in order}
        self.next: int = state["next"]
        self.done: list[Any] = state.get("done", [])
        self.ended: str = state.get("end", "")
        now = env.now.astimezone(env.zone)
        self.variables = Variables({**data, "__now": now, "__today": now.date()}, self.tokens)
        self.commands: list[Command] = []
        self.passed: list[Passage] = []
        self.moving: deque[tuple[Element, str, str | None]] = deque()
        self._late: deque[tuple[Element, str, str | None]] = deque()
        self._visits: dict[str, int] = {}
        self.swept: dict[str | None, int] = {}  # scope -> how often all in it was withdrawn

    def settle(self) -> Step:
        """Move until everything waits, and tell what has changed."""
        while True:
            while self.moving:
                element, via, scope = self.moving.popleft()
                if scope is None or scope in self.tokens:
                    # Who throws a signal does so when everybody who is about to listen does.
                    if element.kind in ("throw", "end") and element.signals:
                        self._late.append((element, via, scope))
                    else:
                        self._arrive(element, via, scope)
            if self._late:
                element, via, scope = self._late.popleft()
                if scope is None or scope in self.tokens:
                    self._arrive(element, via, scope)
            elif not joins.pass_one(self) and not (self.process.conditional and catching.conditions(self)):
                break
        if self.process.stopping:
            clocks.look(self)
        if not self.env.patient:
            self._refuse_deadlock()
        state: dict[str, Any] = {"format": FORMAT, "next": self.next, "tokens": self.tokens}
        if self.done and self.tokens:
            state["done"] = self.done
        if self.ended and self.tokens:
            state["end"] = self.ended
        return Step(state, tuple(self.commands), self.variables.changes(), tuple(self.passed))

    # Moving

    def begin(self, element: Element, scope: str | None = None) -> None:
        self.moving.append((element, "", scope))

    def begin_scope(self, scope: str | None, element: Element | None) -> None:
        """Everything that starts when a process or a subprocess does."""
        catching.listen(self, scope)
        if element is not None and element.adhoc is not None:
            many.begin_ad_hoc(self, scope, element, element.adhoc)
            return
        for entry in self.process.entries(element.id if element else None):
            self.begin(entry, scope)

    def leave(self, element: Element, scope: str | None) -> None:
        flows = self._chosen(element, scope) if element.outgoing else ()
        if not flows:
            self.over(scope, element)
        for flow in flows:
            for _ in range(element.gives) if element.gives > 1 else (1,):
                self.moving.append((self.process.elements[flow.target], flow.id, scope))

    def send(self, flow: Flow, scope: str | None) -> None:
        self.moving.append((self.process.elements[flow.target], flow.id, scope))

    def _arrive(self, element: Element, via: str, scope: str | None) -> None:
        if element.kind in ("parallel", "inclusive", "complex") and len(element.incoming) > 1:
            joins.arrive(self, element, via, scope)
        elif element.needs > 1:
            joins.gather(self, element, via, scope)
        else:
            self.enter(element, scope)

    def enter(self, element: Element, scope: str | None) -> None:
        if element.many is not None or element.loop is not None:
            many.begin(self, element, scope)
        elif element.kind in _PASSING or (element.kind == "catch" and element.link):
            self.go_through(element, scope)
        elif element.kind in ("throw", "end") and not element.asked:
            self._throw(element, scope)
        else:
            self.activate(element, self.put(element, scope))

    def go_through(
        self, element: Element, scope: str | None, result: Mapping[str, Any] | None = None
    ) -> None:
        """An element that holds no token: a gateway, or an event that has just happened."""
        number = self.number(element)
        self.note(element, number, "entered")
        self.store(element, scope, scope, result or {})
        self.note(element, number, "completed")
        self.leave(element, scope)

    def _chosen(self, element: Element, scope: str | None) -> Iterable[Flow]:
        """By the conditions: a gateway that chooses needs one that holds, an activity always sends the others."""
        if not element.chooses:
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
        if not any(flow.condition for flow in chosen) or not chosen:
            chosen += [flow for flow in element.outgoing if flow.id == element.default and flow not in chosen]
        if not chosen and element.kind in CHOOSING:
            raise Incident(element.id, element.name, "no condition holds, and there is no default flow")
        return chosen

    def number(self, element: Element) -> str:
        number, self.next = str(self.next), self.next + 1
        self._visits[element.id] = self._visits.get(element.id, 0) + 1
        if self._visits[element.id] > LIMIT:
            why = f"passed more than {LIMIT} times in one step; it runs in circles"
            raise Incident(element.id, element.name, why)
        return number

    def put(self, element: Element, scope: str | None, **more: Any) -> str:
        number = self.number(element)
        self.tokens[number] = {"at": element.id, **({} if scope is None else {"in": scope}), **more}
        return number

    def note(
        self, element: Element, number: str, lifecycle: Literal["entered", "completed", "cancelled"]
    ) -> None:
        self.passed.append(Passage(element.id, element.name, element.kind, lifecycle, number))

    # Activities and events

    def activate(self, element: Element, number: str) -> None:
        self.note(element, number, "entered")
        inputs = mapped(element, element.inputs, self.variables.seen_from(number))
        if inputs:
            self.variables.locals.setdefault(number, {}).update(inputs)
        if element.kind == "event":
            self.rest(number, [self.process.elements[flow.target] for flow in element.outgoing])
        elif element.waits:
            # The boundary events of a multi-instance belong to it as a whole.
            around = [] if "item" in self.tokens[number] else element.boundaries
            self.rest(number, [element, *around], dict(self.variables.locals.get(number, {})))
            if self.process.conditional and catching.conditions(self, number) and number not in self.tokens:
                return
            if element.kind == "subprocess":
                self.begin_scope(number, element)
        else:
            self.finish(number, self._done_at_once(element, number, inputs))

    def _done_at_once(self, element: Element, number: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
        seen = self.variables.seen_from(number)
        if element.message is not None:
            self._send(element, element, number, inputs, seen)
        if element.value is None:
            return {}
        value = evaluate(element, element.value, seen)
        return {element.result: self.env.decide(value, seen) if element.kind == "decision" else value}

    def _send(
        self,
        whole: Element,
        element: Element,
        number: str,
        inputs: Mapping[str, Any],
        seen: Mapping[str, Any],
    ) -> None:
        assert element.message is not None
        name = command_id(element, number)
        key = key_of(element, {**seen, **inputs}, strict=False)
        self.commands.append(Throw(name, "message", element.message.name, whole.id, inputs, key))

    def rest(self, number: str, waited_for: list[Element], inputs: Mapping[str, Any] | None = None) -> None:
        """Open the waits of a token: its own first, then those on its border."""
        waits = {}
        seen = self.variables.seen_from(number)
        for whole in waited_for:
            for element in whole.parts or (whole,):
                if waits_on(element):
                    commands, waits[element.id] = opened(element, number, seen, inputs or {}, self.env)
                    self.commands.extend(commands)
        if waits:
            self.tokens[number] = self.tokens[number] | {"waits": waits}

    def finish(self, number: str, result: Mapping[str, Any], fulfilled: Command | None = None) -> None:
        """An activity or event is done with `result`; `fulfilled` is what needs no withdrawing any more."""
        token, element = self.tokens[number], self.process.elements[self.tokens[number]["at"]]
        scope = token.get("in")
        self.store(element, number, scope, result)
        self.close(number, fulfilled)
        self.note(element, number, "completed")
        if "item" in token:
            many.end_instance(self, number, element)
            return
        if element.keeps:
            undo.remember(self, element, scope, token.get("done"))
        self.forget(number)
        if element.kind == "end":
            self._end(element, scope, number)
        else:
            self.leave(element, scope)

    def choose(
        self, number: str, event: Element, result: Mapping[str, Any], fulfilled: Command | None
    ) -> None:
        """What an event-based gateway has waited for: the first of its events to happen."""
        gateway, scope = self.process.elements[self.tokens[number]["at"]], self.tokens[number].get("in")
        self.close(number, fulfilled)
        self.note(gateway, number, "completed")
        self.forget(number)
        self.go_through(event, scope, result)

    def store(
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

    def close(self, number: str, fulfilled: Command | None = None) -> None:
        for waited_for, remembered in self.tokens[number].get("waits", {}).items():
            awaited = self.process.awaited[waited_for]
            self.commands.extend(closing(awaited, number, remembered, fulfilled))

    def forget(self, number: str) -> None:
        del self.tokens[number]
        self.variables.locals.pop(number, None)

    def withdraw(self, number: str, fulfilled: Command | None = None) -> None:
        """Take a token away with all that is inside of it."""
        for inner in [inner for inner, token in self.tokens.items() if token.get("in") == number]:
            self.withdraw(inner, fulfilled)
        token = self.tokens[number]
        self.close(number, fulfilled)
        if token.keys().isdisjoint(("via", "left", "round", "listens", "fired")):
            self.note(self.process.elements[token["at"]], number, "cancelled")
        self.forget(number)

    def withdraw_all(self, scope: str | None, fulfilled: Command | None = None) -> None:
        self.swept[scope] = self.swept.get(scope, 0) + 1
        for number in [number for number, token in self.tokens.items() if token.get("in") == scope]:
            self.withdraw(number, fulfilled)
        self.moving = deque(item for item in self.moving if item[2] != scope)
        self._late = deque(item for item in self._late if item[2] != scope)

    # Throwing, and ends

    def _throw(self, element: Element, scope: str | None) -> None:
        """A throw or end event that asks nobody for anything."""
        number, swept = self.number(element), self.swept.get(scope, 0)
        self.note(element, number, "entered")
        inputs = mapped(element, element.inputs, self.variables.seen_from(scope))
        self.store(element, scope, scope, {})
        self.note(element, number, "completed")
        for part in element.parts or (element,):
            name = command_id(part, number)
            if part.message is not None:
                self._send(element, part, number, inputs, self.variables.seen_from(scope))
            elif part.signal is not None:
                self.commands.append(Throw(name, "signal", part.signal, element.id, inputs))
                catching.signalled(self, part.signal, inputs)
            elif part.escalation is not None:
                catching.escalate(
                    self,
                    scope,
                    part.escalation,
                    Throw(name, "escalation", part.escalation, element.id, inputs),
                )
            elif part.compensates is not None:
                undo.begin(self, element, scope, part.compensates)
                return  # it goes on when all is undone
            if (scope is not None and scope not in self.tokens) or self.swept.get(scope, 0) != swept:
                return  # what it has thrown has interrupted it
        if element.kind == "throw":
            self.leave(element, scope)
        else:
            self._end(element, scope, number)

    def _end(self, element: Element, scope: str | None, number: str) -> None:
        if element.scope is None or self.process.elements[element.scope].triggered:
            self.ended = element.id
        if element.cancels and undo.cancel(self, scope):
            return
        if element.error is not None:
            if catching.raise_error(self, scope, element.error):
                return
            # An error that nothing catches ends the whole case.
            scope = None
        if element.terminate or element.error is not None:
            self.withdraw_all(scope)
        self.over(scope, element, number, error=element.error or "")

    def over(self, scope: str | None, last: Element, number: str = "", *, error: str = "") -> None:
        """A token has ended; so has its scope if it was the last one."""
        if scope is not None and many.has_enough(self, scope):
            self.withdraw_all(scope)
        if any(token.get("in") == scope and "listens" not in token for token in self.tokens.values()):
            return
        if any(inside == scope for waiting in (self.moving, self._late) for _, _, inside in waiting):
            return
        for listening in [listening for listening, token in self.tokens.items() if token.get("in") == scope]:
            self.withdraw(listening)
        if scope is not None:
            self._scope_over(scope, last)
        else:
            name = command_id(last, number or self.number(last))
            end = self.process.elements.get(self.ended, last)
            self.commands.append(Finish(name, end.id, end.name, end.terminate, error))

    def _scope_over(self, scope: str, last: Element) -> None:
        token = self.tokens[scope]
        element = self.process.elements[token["at"]]
        if "undo" in token:
            undo.go_on(self, scope)
        elif element.adhoc is not None:
            many.go_on_ad_hoc(self, scope, element, element.adhoc, last)
        else:
            self.finish(scope, {})

    def _refuse_deadlock(self) -> None:
        """Better refused aloud than a case that nobody hears of again."""
        for token in self.tokens.values():
            if token.get("waits"):
                return
        token = next((token for token in self.tokens.values() if "via" in token), {})
        if token:
            element = self.process.elements[token["at"]]
            raise Incident(element.id, element.name, "waits for a token that can no longer come")
