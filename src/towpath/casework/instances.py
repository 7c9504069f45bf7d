"""The processes of a case that run: its own, and those that it has called. Each has a state and variables of its own.

A called instance is kept with its case, under the command that called it. Its own commands bear that name before
theirs: `check:3>ask:2` is the command `ask:2` of what `check:3` has called. The case's own process has the name "".
All of them see the answers, the applicant and the case's terms; a call gives and takes the other variables.
"""

from collections.abc import Iterable
from typing import Any

from towpath.casework import variables
from towpath.casework.models import Case
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.foundation.typed import pack, unpack

INSIDE = ">"
DEEPEST = 8  # calls within calls: what is deeper calls itself
SHARED = ("answers", "applicant", "case", "__today", "__now")


def within(instance: str, command: str) -> str:
    return f"{instance}{INSIDE}{command}" if instance else command


def split(command: str) -> tuple[str, str]:
    """(instance, its own command)."""
    instance, _, own = command.rpartition(INSIDE)
    return instance, own


def is_in(instance: str, other: str) -> bool:
    """Whether it is `other`, or was called from there."""
    return instance == other or instance.startswith(other + INSIDE)


def process_of(case: Case, package: catalogue.Package, instance: str) -> bpmn.Process:
    """Refused (already) when the instance is over."""
    if not instance:
        return package.process
    if instance not in case.called:
        raise bpmn.Refused(f"'{instance}' is over", already=True)
    return package.model.processes[case.called[instance]["process"]]


def state_of(case: Case, instance: str) -> dict[str, Any]:
    found: dict[str, Any] = case.called[instance]["state"] if instance else case.process_state
    return found


def context(case: Case, package: catalogue.Package, instance: str) -> dict[str, Any]:
    whole = variables.context(case, package)
    if not instance:
        return whole
    kept = unpack(case.called[instance]["data"])
    return {bpmn.LOCALS: {}, **kept, **{name: whole[name] for name in SHARED}}


def with_conditions(case: Case, package: catalogue.Package) -> Iterable[str]:
    """The instances in which something waits for a condition."""
    return [name for name in ("", *case.called) if process_of(case, package, name).conditional]


def begin(case: Case, package: catalogue.Package, instance: str, call: bpmn.Call, env: bpmn.Env) -> bpmn.Step:
    """Begins what was called; the case's own process is called by nobody."""
    if not instance:
        return bpmn.start(package.process, context(case, package, ""), env)
    process = package.model.processes.get(call.process)
    if process is None or instance.count(INSIDE) >= DEEPEST:
        why = (
            f"'{call.process}' is no process of this service"
            if process is None
            else "it calls itself without end"
        )
        raise bpmn.Incident(call.element, call.name, why)
    given = {name: pack(value) for name, value in call.data.items() if name not in SHARED}
    case.called = {**case.called, instance: {"process": process.id, "state": {}, "data": given}}
    return bpmn.start(process, context(case, package, instance), env)


def step(
    case: Case, package: catalogue.Package, instance: str, event: bpmn.Event, env: bpmn.Env
) -> bpmn.Step:
    process = process_of(case, package, instance)
    return bpmn.step(process, state_of(case, instance), event, context(case, package, instance), env)


def cancel(case: Case, package: catalogue.Package, instance: str, env: bpmn.Env) -> bpmn.Step:
    process = process_of(case, package, instance)
    return bpmn.cancel(process, state_of(case, instance), context(case, package, instance), env)


def keep(case: Case, instance: str, step: bpmn.Step) -> None:
    """Puts what a step left into the row (the caller saves it)."""
    if not instance:
        variables.set_variables(case, step.changes)
        put_state(case, instance, step.state)
        return
    kept = case.called[instance]
    changes = {name: pack(value) for name, value in step.changes.items()}
    case.called = {**case.called, instance: {**kept, "data": {**kept["data"], **changes}}}
    put_state(case, instance, step.state)


def put_state(case: Case, instance: str, state: dict[str, Any]) -> None:
    if not instance:
        case.process_state = state
    else:
        case.called = {**case.called, instance: {**case.called[instance], "state": state}}


def drop(case: Case, instance: str) -> dict[str, Any]:
    """Ends an instance; its variables, which go back to who called it."""
    kept = case.called[instance]["data"]
    case.called = {name: other for name, other in case.called.items() if name != instance}
    return {name: unpack(value) for name, value in kept.items() if name != bpmn.LOCALS}
