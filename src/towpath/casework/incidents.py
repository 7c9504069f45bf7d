"""A case that can't go on as its process stands: the event is kept, and a person finds it among the troubles.

It is kept as an open step of its own, so that it shows wherever troubles show; `actions.go_on` takes it again.
"""

from typing import Any

from towpath.casework.events import CASE_INCIDENT
from towpath.casework.models import Case, Task
from towpath.engines import bpmn
from towpath.foundation import clock
from towpath.foundation.access import SYSTEM
from towpath.foundation.ids import uuid7
from towpath.foundation.journal import Fact, record
from towpath.foundation.typed import pack, unpack

KIND = "casework.incident"
EVENTS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (bpmn.Completed, bpmn.Failed, bpmn.Fired, bpmn.Message, bpmn.Signal, bpmn.Changed)
}


def keep(case: Case, event: bpmn.Event | None, incident: bpmn.Incident, about: Fact) -> None:
    """Keeps what the case could not take; None is its very beginning."""
    why, now = str(incident)[:200], clock.now()
    number = uuid7()
    Task.objects.create(
        id=number,
        case=case,
        command_id=f"incident:{number}",
        element=incident.element,
        kind="step",
        step_kind=KIND,
        name=incident.name or incident.element,
        state="open",
        service_code=case.service_code,
        inputs=_packed(event),
        trouble=why,
        due_at=min(now, case.due_at or now),
        made_at=now,
    )
    record(CASE_INCIDENT, SYSTEM, about, why=incident.element)


def _packed(event: bpmn.Event | None) -> dict[str, Any]:
    if event is None:
        return {}
    fields = {name: pack(getattr(event, name)) for name in type(event).__dataclass_fields__}
    return {"event": type(event).__name__, "fields": fields}


def event_of(task: Task) -> bpmn.Event | None:
    kept = task.inputs
    if not kept:
        return None
    fields = {name: unpack(value) for name, value in kept["fields"].items()}
    event: bpmn.Event = EVENTS[kept["event"]](**fields)
    return event


def open_of(case: Case) -> list[Task]:
    return list(Task.objects.filter(case=case, step_kind=KIND, state="open"))
