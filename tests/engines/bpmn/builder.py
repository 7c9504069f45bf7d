"""Small processes for tests: flows as text, elements as XML where the default will not do."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from towpath.engines import bpmn

ZONE = ZoneInfo("Europe/Brussels")
NOON = datetime(2025, 3, 3, 12, 0, tzinfo=ZONE)  # a Monday
_ROOT = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI">'
)


class WeekDays:
    def add_working_days(self, start: datetime, days: int, /) -> datetime:
        while days:
            start += timedelta(days=1)
            days -= start.weekday() < 5
        return start


def no_decision(name: str, inputs: Mapping[str, Any]) -> Any:
    raise AssertionError(f"nobody should decide {name}")


def env(now: datetime = NOON, decide: Any = no_decision) -> bpmn.Env:
    return bpmn.Env(now, ZONE, WeekDays(), decide)


def flows(text: str, ids: str = "f") -> str:
    """Lines like "a -> b -> c", "x -> b if amount > 3" and "x => c" (the default flow of x)."""
    return "".join(f'<sequenceFlow id="{ids}{n}" {flow}' for n, flow in enumerate(_flows(text), 1))


def _flows(text: str) -> list[str]:
    found = []
    for line in filter(None, map(str.strip, text.splitlines())):
        way, _, condition = line.partition(" if ")
        ends = re.split(r"\s*[-=]>\s*", way)
        for source, target in pairwise(ends):
            inside = f"<conditionExpression>={_escaped(condition)}</conditionExpression>" if condition else ""
            found.append(f'sourceRef="{source}" targetRef="{target}">{inside}</sequenceFlow>')
    return found


def body(text: str, *elements: str, ids: str = "f") -> str:
    """Flows and the elements that they name: start*, end* are events, the others user tasks unless given."""
    given = set(re.findall(r' id="([^"]+)"', "".join(elements)))
    names = list(dict.fromkeys(re.findall(r"[\w.]+", re.sub(r" if .*", "", text))))
    made = [_default(name) for name in names if name not in given]
    return _with_defaults("".join([*elements, *made]), text, ids) + flows(text, ids)


def _default(name: str) -> str:
    tag = "startEvent" if name.startswith("start") else "endEvent" if name.startswith("end") else "userTask"
    return f'<{tag} id="{name}" name="{name.capitalize()}"/>'


def _with_defaults(xml: str, text: str, ids: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    number = 0
    for line in lines:
        arrows = re.findall(r"[-=]>", line.partition(" if ")[0])
        if "=>" in arrows:
            gateway = line.split("=>")[0].strip()
            xml = xml.replace(f' id="{gateway}"', f' id="{gateway}" default="{ids}{number + 1}"', 1)
        number += len(arrows)
    return xml


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def xml(text: str, *elements: str, top: str = "", after: str = "") -> str:
    inside = body(text, *elements)
    return f'{_ROOT}{top}<process id="p" name="Permit" isExecutable="true">{inside}</process>{after}</definitions>'


def process(text: str, *elements: str, top: str = "", after: str = "") -> bpmn.Process:
    return bpmn.load(xml(text, *elements, top=top, after=after)).processes["p"]


def element(tag: str, name: str, inside: str = "", **attrs: str) -> str:
    more = "".join(f' {key}="{_escaped(value)}"' for key, value in attrs.items())
    return f'<{tag} id="{name}" name="{name.capitalize()}"{more}>{inside}</{tag}>'


def zeebe(inside: str) -> str:
    return f"<extensionElements>{inside}</extensionElements>"


def xor(name: str) -> str:
    return element("exclusiveGateway", name)


def both(name: str) -> str:
    return element("parallelGateway", name)


def some(name: str) -> str:
    return element("inclusiveGateway", name)


def sub(name: str, text: str, *elements: str, inside: str = "", **attrs: str) -> str:
    return element("subProcess", name, inside + body(text, *elements, ids=f"{name}_f"), **attrs)


def script(name: str, expression: str, variable: str) -> str:
    attrs = f'expression="{_escaped(expression)}" resultVariable="{variable}"'
    return element("scriptTask", name, zeebe(f"<zeebe:script {attrs}/>"))


def step_task(name: str, kind: str = "letter", inside: str = "", loop: str = "") -> str:
    return element("serviceTask", name, zeebe(f'<zeebe:taskDefinition type="{kind}"/>{inside}') + loop)


def many(**attrs: str) -> str:
    inside = " ".join(f'{key}="{_escaped(value)}"' for key, value in attrs.items())
    loop = zeebe(f"<zeebe:loopCharacteristics {inside}/>")
    return f"<multiInstanceLoopCharacteristics>{loop}</multiInstanceLoopCharacteristics>"


def timer(duration: str = "P10D", tag: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{tag}>{_escaped(duration)}</{tag}></timerEventDefinition>"


def message(ref: str = "m") -> str:
    return f'<messageEventDefinition messageRef="{ref}"/>'


def on(host: str, name: str, inside: str, interrupting: bool = True) -> str:
    return element(
        "boundaryEvent", name, inside, attachedToRef=host, cancelActivity=str(interrupting).lower()
    )


def definition(sort: str, ref: str = "", inside: str = "", **attrs: str) -> str:
    """An event definition: `definition("signal", "s")` names the signal s."""
    refs = {
        "signal": "signalRef",
        "error": "errorRef",
        "escalation": "escalationRef",
        "compensate": "activityRef",
    }
    more = {**({refs[sort]: ref} if ref else {}), **attrs}
    written = "".join(f' {key}="{value}"' for key, value in more.items())
    return f"<{sort}EventDefinition{written}>{inside}</{sort}EventDefinition>"


def formal(tag: str, text: str) -> str:
    return (
        f'<{tag} xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="tFormalExpression">'
        f"{_escaped(text)}</{tag}>"
    )


def undone(host: str, handler: str, name: str = "") -> str:
    """A compensation event on `host` and the task `handler` that compensates it."""
    name = name or f"undo_{host}"
    return (
        on(host, name, "<compensateEventDefinition/>")
        + element("userTask", handler, isForCompensation="true")
        + f'<association id="{name}_as" sourceRef="{name}" targetRef="{handler}"/>'
    )


def declared(name: str = "paper", key: str = "", ref: str = "m") -> str:
    inside = zeebe(f'<zeebe:subscription correlationKey="{key}"/>') if key else ""
    return f'<message id="{ref}" name="{name}">{inside}</message>'


class Case:
    """A host in miniature: it keeps state and data as JSON between steps and carries commands out."""

    def __init__(
        self, process: bpmn.Process, data: Any = None, env: bpmn.Env | None = None, start: str = ""
    ) -> None:
        self.process = process
        self.env = env or globals()["env"]()
        self.data: dict[str, Any] = dict(data or {})
        self.open: dict[tuple[str, str], bpmn.Command] = {}
        self.log: list[bpmn.Command] = []
        self.passed: list[bpmn.Passage] = []
        self._keep(bpmn.start(process, self.data, self.env, message=start))

    def _keep(self, step: bpmn.Step) -> bpmn.Step:
        self.state = json.loads(json.dumps(step.state, sort_keys=True))
        self.data |= step.changes
        self.passed += step.passed
        for command in step.commands:
            self.log.append(command)
            self._carry_out(command)
        self.last = step
        return step

    def _carry_out(self, command: bpmn.Command) -> None:
        match command:
            case bpmn.Do() | bpmn.Call() | bpmn.Schedule() | bpmn.Subscribe():
                key = (type(command).__name__, command.id)
                assert key not in self.open, f"{key} twice"
                self.open[key] = command
            case bpmn.Cancel():
                del self.open["Call" if ("Call", command.id) in self.open else "Do", command.id]
            case bpmn.Unschedule():
                del self.open["Schedule", command.id]
            case bpmn.Unsubscribe():
                del self.open["Subscribe", command.id]

    def step(self, event: bpmn.Event) -> bpmn.Step:
        step = bpmn.step(self.process, self.state, event, self.data, self.env)
        if isinstance(event, bpmn.Completed | bpmn.Failed):
            self.open.pop(("Do", event.command_id), None) or self.open.pop(("Call", event.command_id))
        if isinstance(event, bpmn.Fired):
            del self.open["Schedule", event.command_id]
        return self._keep(step)

    def ids(self, element: str) -> list[str]:
        return [command_id for _, command_id in self.open if command_id.split(":")[0] == element]

    def do(self, element: str, **data: Any) -> bpmn.Step:
        return self.step(bpmn.Completed(self.ids(element)[0], data))

    def fail(self, element: str, code: str) -> bpmn.Step:
        return self.step(bpmn.Failed(self.ids(element)[0], code))

    def fire(self, element: str) -> bpmn.Step:
        return self.step(bpmn.Fired(self.ids(element)[0]))

    def at(self, at: datetime) -> "Case":
        self.env = bpmn.Env(at, self.env.zone, self.env.calendar, self.env.decide)
        return self

    @property
    def tasks(self) -> list[str]:
        return sorted(command.element for command in self.open.values() if isinstance(command, bpmn.Do))

    @property
    def finished(self) -> str:
        return next((command.outcome for command in self.log if isinstance(command, bpmn.Finish)), "")
