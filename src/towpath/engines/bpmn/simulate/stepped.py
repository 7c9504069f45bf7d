"""The same by `step`, for processes that hold more than the light play knows: slower, and complete.

The process is prepared: where it would ask the data of a case, it asks the plan and chance.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from towpath.engines.bpmn.commands import (
    LOCALS,
    Call,
    Cancel,
    Command,
    Completed,
    Do,
    Event,
    Failed,
    Finish,
    Fired,
    Message,
    Schedule,
    Signal,
    Step,
    Subscribe,
    Unschedule,
    Unsubscribe,
)
from towpath.engines.bpmn.errors import Incident
from towpath.engines.bpmn.model import CHOOSING, Element, Fixed, Flow, Process, Task, Timer
from towpath.engines.bpmn.run import start, step
from towpath.engines.bpmn.simulate.chance import key, uniform
from towpath.engines.bpmn.simulate.compiled import Compiled, Node
from towpath.engines.bpmn.simulate.world import Case, Token, World

_AT_ONCE = frozenset({"start", "end", "throw", "send", "script", "decision", "boundary"})


class Stepped:
    def __init__(self, world: World) -> None:
        self.world = world
        self.prepared = _Prepared(world.compiled)
        self.states: dict[int, dict[str, Any]] = {}
        self.locals: dict[int, Any] = {}
        self.open: dict[tuple[int, str, str], Token] = {}

    def begin(self, case: Case) -> None:
        self.prepared.case = case
        env = self.world.compiled.env(self.world.now)
        begin = self.world.compiled.start
        how = {} if begin.element.plain else {"element": begin.id}
        self._keep(case, lambda: start(self.prepared.process, {}, replace(env, patient=True), **how))

    def done(self, token: Token) -> None:
        event = self.world.fails(token)
        outcome = "done" if event is None else "cancelled"
        self._note(token, outcome)
        self._close(token, "do")
        said: Event = Completed(token.command)
        if event is not None:
            said = Failed(token.command, event.element.error or "any other error")
        self._step(token.case, said)

    def came(self, token: Token, node: Node) -> None:
        world = self.world
        if node.kind == "catch":
            world.out.append((token.case.number, node.id, token.ready, token.ready, world.now, "", "done"))
        if node.due is not None or node.element.timer is not None:
            self._close(token, "schedule")
            self._step(token.case, Fired(token.command))
        elif node.element.signal is not None:
            self._step(token.case, Signal(node.element.signal))
        else:
            self._step(token.case, Message("", command_id=token.command))

    def _step(self, case: Case, event: Event) -> None:
        self.prepared.case = case
        data = {LOCALS: self.locals.pop(case.number, {})}
        env = replace(self.world.compiled.env(self.world.now), patient=True)
        state = self.states[case.number]
        self._keep(case, lambda: step(self.prepared.process, state, event, data, env))

    def _keep(self, case: Case, go: Any) -> None:
        try:
            done: Step = go()
        except Incident:
            self._withdraw(case)
            return
        self.states[case.number] = done.state
        if locals_ := done.changes.get(LOCALS):
            self.locals[case.number] = locals_
        now = self.world.now
        for passage in done.passed:
            element = self.world.compiled.process.elements[passage.element]
            if passage.lifecycle == "completed" and passage.kind in _AT_ONCE and not element.asked:
                self.world.out.append((case.number, passage.element, now, now, now, "", "done"))
        for command in done.commands:
            self._carry_out(case, command)
        if case.ended:
            self._withdraw(case)

    def _withdraw(self, case: Case) -> None:
        """Nothing of a case goes on any more."""
        for at, token in list(self.open.items()):
            if at[0] == case.number:
                self._close(token, at[2])
                self.world.leave_desk(token)
        self.states.pop(case.number, None)
        self.locals.pop(case.number, None)

    def _carry_out(self, case: Case, command: Command) -> None:
        match command:
            case Do() | Call():
                self.world.work(self._token(case, command.id, command.element, "do"))
            case Schedule():
                node = self._node(command.id)
                due = (command.due - self.world.compiled.midnight).total_seconds()
                self.world.wait(self._token(case, command.id, node.id, "schedule"), node, due)
            case Subscribe():
                node = self._node(command.id)
                if (case.number, command.id, "do") not in self.open:
                    self.world.wait(self._token(case, command.id, node.id, "subscribe"), node)
            case Cancel():
                token = self.open[case.number, command.id, "do"]
                self._note(token, "cancelled")
                self._close(token, "do")
                self.world.leave_desk(token)
            case Unschedule():
                self._close(self.open.get((case.number, command.id, "schedule")), "schedule")
            case Unsubscribe():
                self._close(self.open.get((case.number, command.id, "subscribe")), "subscribe")
            case Finish():
                self.world.end(case)

    def _node(self, command: str) -> Node:
        name = command.partition(":")[0]
        element = self.world.compiled.process.awaited[name]
        return self.world.compiled.nodes[element.whole or name]

    def _token(self, case: Case, command: str, element: str, sort: str) -> Token:
        token = Token(case, self.world.compiled.nodes[element], None, self.world.now)
        token.command = command
        self.open[case.number, command, sort] = token
        return token

    def _close(self, token: Token | None, sort: str) -> None:
        if token is not None:
            self.world.close(token)
            self.open.pop((token.case.number, token.command, sort), None)

    def _note(self, token: Token, outcome: str) -> None:
        now, node = self.world.now, token.node
        begin = min(token.begin, now) if token.begin >= 0 else now
        self.world.out.append((token.case.number, node.id, token.ready, begin, now, node.team, outcome))


class _Prepared:
    """A copy of the process that asks no data. `case` is the one that is being carried on."""

    def __init__(self, compiled: Compiled) -> None:
        self.compiled = compiled
        self.case = Case(0, 0, 0.0)
        self.chosen: dict[str, set[str]] = {}
        process = compiled.process
        flows = {flow.id: self._flow(process, flow) for flow in process.flows.values()}
        elements = {name: self._element(element) for name, element in process.elements.items()}
        for element in elements.values():
            element.incoming = [flows[flow.id] for flow in element.incoming]
            element.outgoing = [flows[flow.id] for flow in element.outgoing]
            element.boundaries = [elements[event.id] for event in element.boundaries]
        self.process = replace(
            process,
            elements=elements,
            flows=flows,
            awaited={name: elements.get(name, element) for name, element in process.awaited.items()},
            listening={
                scope: tuple((elements[inside.id], elements[begin.id]) for inside, begin in found)
                for scope, found in process.listening.items()
            },
        )

    def _element(self, element: Element) -> Element:
        made = copy(element)
        made.inputs, made.outputs = (), ()
        made.task = Task(type=element.task.type)
        if element.value is not None:
            made.value = Fixed("") if element.kind in ("script", "decision") else element.value
        if element.message is not None:
            made.message = replace(element.message, key=None)
        if element.timer is not None and element.id in self.compiled.plan.work:
            made.timer = Timer("duration", lambda context: timedelta())
        if element.many is not None:
            times = self.compiled.nodes[element.id].work.times
            made.many = replace(
                element.many,
                collection=lambda context: [None] * times,
                cardinality=None,
                output="",
                output_value=None,
                completion=None,
                throws=(),
            )
        if element.loop is not None:
            times = self.compiled.nodes[element.id].work.times
            made.loop = replace(
                element.loop, condition=lambda context: context.get("loopCounter", 0) < times, maximum=None
            )
        if element.called is not None:
            made.called = replace(element.called, process=Fixed("called"))
        return made

    def _flow(self, process: Process, flow: Flow) -> Flow:
        """At a gateway that chooses, the condition of the first flow asks chance for all of them."""
        source = process.elements[flow.source]
        if source.kind not in CHOOSING or len(source.outgoing) < 2:
            if flow.condition is None or flow.id == source.default:
                return flow
            share = self.compiled.plan.branches.get(source.id, {}).get(flow.id, 1.0)
            return replace(flow, condition=lambda context: self._happens(flow, share))
        others = [one.id for one in source.outgoing if one.id != source.default]

        def condition(context: Mapping[str, Any]) -> bool:
            if flow.id == others[0]:
                self.chosen[source.id] = self._choose(source.id)
            return flow.id in self.chosen[source.id]

        return replace(flow, condition=condition)

    def _choose(self, gateway: str) -> set[str]:
        node, case = self.compiled.nodes[gateway], self.case
        numbers = self.compiled.choose(node, case.number, case.seed, case.visit(node.key))
        return {node.flows[number].id for number in numbers}

    def _happens(self, flow: Flow, share: float) -> bool:
        number = key(flow.id)
        return uniform(self.case.seed, number, self.case.visit(number)) < share
