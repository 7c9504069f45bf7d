"""A host in miniature: it keeps instances, carries commands out and does the scripts of the betsy suite."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from towpath.engines import bpmn
from towpath.engines.bpmn.model import Variable

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
WAITS = frozenset({"WAIT_TEN_SECONDS", "CREATE_TIMESTAMP_LOG_1", "CREATE_TIMESTAMP_LOG_2"})
TEN = timedelta(seconds=10)


class EveryDay:
    def add_working_days(self, start: datetime, days: int, /) -> datetime:
        return start + timedelta(days=days)


def _no_decision(name: str, inputs: Mapping[str, Any]) -> Any:
    raise LookupError(f"there is no decision '{name}'")


@dataclass(eq=False)
class Instance:
    process: bpmn.Process
    data: dict[str, Any]
    parent: "Instance | None" = None
    call: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    subscriptions: dict[str, bpmn.Subscribe] = field(default_factory=dict)
    calls: dict[str, "Instance"] = field(default_factory=dict)
    withdrawn: set[str] = field(default_factory=set)
    over: bool = False


class World:
    def __init__(self, model: bpmn.Model) -> None:
        self.model = model
        self.now = NOON
        self.instances: list[Instance] = []
        self.due: list[tuple[datetime, int, Instance, bpmn.Event]] = []
        self.work: deque[tuple[Instance, bpmn.Command]] = deque()
        self.trace: list[str] = []
        self.marker = False
        self.data: Any = None
        self.intervals: dict[str, tuple[datetime, datetime]] = {}
        self.error = ""

    def run(self, start: list[str], variables: Mapping[str, Any], wait: int) -> None:
        try:
            for name in start:
                given = variables if name == start[-1] else {}
                self._start(self.model.processes[name], dict(given))
                self._work()
            self._wait(self.now + timedelta(milliseconds=wait))
        except bpmn.Incident as incident:
            self.error = f"runtime: {incident}"
        except (bpmn.Refused, KeyError) as refused:
            self.error = f"refused: {refused}"

    def overlap(self) -> bool:
        if len(self.intervals) < 2:
            return False
        (begun, ended), (begun_2, ended_2) = self.intervals.values()
        return begun <= begun_2 < ended or begun_2 <= begun < ended_2

    def _env(self) -> bpmn.Env:
        return bpmn.Env(self.now, UTC, EveryDay(), _no_decision, patient=True)

    def _start(
        self,
        process: bpmn.Process,
        data: dict[str, Any],
        parent: Instance | None = None,
        call: str = "",
        message: str = "",
        signal: str = "",
    ) -> Instance:
        instance = Instance(process, data, parent, call)
        self.instances.append(instance)
        self._keep(instance, bpmn.start(process, data, self._env(), message=message, signal=signal))
        return instance

    def _step(self, instance: Instance, event: bpmn.Event) -> None:
        if not instance.over:
            self._keep(
                instance, bpmn.step(instance.process, instance.state, event, instance.data, self._env())
            )

    def _keep(self, instance: Instance, step: bpmn.Step) -> None:
        instance.state = step.state
        instance.data |= step.changes
        withdrawn = {c.id for c in step.commands if isinstance(c, bpmn.Cancel | bpmn.Unschedule)}
        instance.withdrawn |= withdrawn
        for command in step.commands:
            # Who is to listen does so at once; work and what is thrown wait for their turn.
            match command:
                case bpmn.Subscribe(id=name):
                    instance.subscriptions[name] = command
                case bpmn.Unsubscribe(id=name):
                    instance.subscriptions.pop(name, None)
                case _:
                    self.work.append((instance, command))

    def _work(self) -> None:
        while self.work and not self.error:
            instance, command = self.work.popleft()
            self._carry_out(instance, command)

    def _wait(self, until: datetime) -> None:
        while self.due and not self.error:
            first = min(self.due, key=lambda entry: entry[:2])
            if first[0] > until:
                return
            self.due.remove(first)
            moment, _, instance, event = first
            self.now = max(self.now, moment)
            if isinstance(event, bpmn.Fired | bpmn.Completed) and event.command_id not in instance.withdrawn:
                self._step(instance, event)
                self._work()

    def _carry_out(self, instance: Instance, command: bpmn.Command) -> None:
        match command:
            case bpmn.Do() if command.id not in instance.withdrawn:
                self._do(instance, command)
            case bpmn.Schedule(id=name, due=due):
                self.due.append((due, len(self.due), instance, bpmn.Fired(name)))
            case bpmn.Call() if command.id not in instance.withdrawn:
                called = self.model.processes[command.process]
                instance.calls[command.id] = self._start(called, dict(command.data), instance, command.id)
            case bpmn.Cancel(id=name) if name in instance.calls:
                child = instance.calls[name]
                if not child.over:
                    child.over = True
                    self._keep(child, bpmn.cancel(child.process, child.state, child.data, self._env()))
            case bpmn.Throw():
                self._throw(instance, command)
            case bpmn.Finish():
                self._finish(instance, command)

    def _throw(self, instance: Instance, thrown: bpmn.Throw) -> None:
        if thrown.kind == "escalation":
            if instance.parent is not None:
                self._step(instance.parent, bpmn.Escalated(instance.call, thrown.name))
            return
        waiting = [
            (other, subscription)
            for other in self.instances
            for subscription in other.subscriptions.values()
            if not other.over and subscription.kind == thrown.kind and subscription.message == thrown.name
        ]
        if thrown.kind == "signal":
            for other in {id(o): o for o, _ in waiting if o is not instance}.values():
                self._step(other, bpmn.Signal(thrown.name, thrown.payload))
            self._begin(thrown)
            return
        for other, subscription in waiting:
            if subscription.correlation_key in (None, thrown.correlation_key):
                event = bpmn.Message(thrown.name, data=thrown.payload, command_id=subscription.id)
                self._step(other, event)
                return
        self._begin(thrown)

    def _begin(self, thrown: bpmn.Throw) -> None:
        """Processes that start with what was thrown."""
        for process in self.model.processes.values():
            names = [
                wait.message
                for wait in bpmn.starts_of(process, {}, self._env())
                if isinstance(wait, bpmn.Subscribe) and wait.kind == thrown.kind
            ]
            if thrown.name in names:
                if thrown.kind == "message":
                    self._start(process, dict(thrown.payload), message=thrown.name)
                    return
                self._start(process, dict(thrown.payload), signal=thrown.name)

    def _finish(self, instance: Instance, finish: bpmn.Finish) -> None:
        instance.over = True
        if instance.parent is None:
            if finish.error:
                self.error = f"thrown-error-event: {finish.error}"
        elif finish.error:
            self._step(instance.parent, bpmn.Failed(instance.call, finish.error))
        else:
            own = {name: value for name, value in instance.data.items() if name != bpmn.LOCALS}
            self._step(instance.parent, bpmn.Completed(instance.call, own))

    # Scripts

    def _do(self, instance: Instance, do: bpmn.Do) -> None:
        word = do.type
        if word in WAITS:
            self.intervals.setdefault(word, (self.now, self.now + TEN))
            self.due.append((self.now + TEN, len(self.due), instance, bpmn.Completed(do.id)))
            return
        if word == "THROW_ERROR":
            try:
                self._step(instance, bpmn.Failed(do.id, "ERR_CODE"))
            except bpmn.Refused as refused:
                self.error = f"thrown-error-event: {refused}"
            return
        self._step(instance, bpmn.Completed(do.id, self._script(instance, do)))

    def _script(self, instance: Instance, do: bpmn.Do) -> dict[str, Any]:
        word = do.type
        element = instance.process.elements[do.element]
        if word.startswith("SCRIPT_"):
            self.trace.append(word.removeprefix("SCRIPT_"))
        elif word.startswith("INCREMENT_INTEGER_VARIABLE"):
            if word.endswith("_AND_LOG"):
                self.trace.append("increment")
            return {"integerVariable": instance.data.get("integerVariable", 0) + 1}
        elif word == "CREATE_MARKER_FILE":
            self.marker = True
        elif word == "SET_STRING_DATA":
            named = [value.name for _, value in element.outputs if isinstance(value, Variable)]
            return dict.fromkeys(named or ["data"], "String")
        elif word == "LOG_DATA":
            found = list(do.inputs.values()) or [instance.data.get("data")]
            self.data = found[0]
        return {}
