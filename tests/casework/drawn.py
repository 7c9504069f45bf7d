"""Cases of processes that a test draws itself: the parking permit with another process.bpmn."""

from datetime import date
from typing import Any

from django.db import transaction

from tests import factories
from tests.casework import town
from tests.catalogue import parking
from tests.engines.bpmn import builder
from towpath.casework import conductor
from towpath.casework.models import Case, Task
from towpath.catalogue.actions import stage
from towpath.catalogue.models import ServiceVersion
from towpath.catalogue.versions import digest_of
from towpath.engines import bpmn
from towpath.foundation.access import SYSTEM

CODE = "resident-parking-permit"


def throw_away() -> Any:
    """A body in which a package may be staged without being checked."""
    return factories.make_tenant(is_rehearsal=True)


def offer(xml: str) -> Any:
    """Offers the permit with this process; the processes here are too small to be checked."""
    texts = {path: str(text) for path, text in parking.files().items()}
    return stage(texts | {"process.bpmn": xml}, date(2025, 1, 1))


def offer_again(xml: str) -> Any:
    """The next version of it."""
    first = ServiceVersion.objects.order_by("number").last()
    files = {**first.files, "process.bpmn": xml}
    return ServiceVersion.objects.create(
        service=first.service,
        number=first.number + 1,
        effective_from=date(2025, 1, 2),
        files=files,
        digest=digest_of(files),
        published_at=first.published_at,
        published_by="towpath",
    )


def begun(**changes: Any) -> Case:
    return town.submitted(**changes)


def tasks(case: Case) -> list[str]:
    """The elements of the open tasks."""
    return sorted(Task.objects.filter(case=case, state="open").values_list("element", flat=True))


def do(case: Case, element: str, **data: Any) -> Case:
    """Completes the oldest open task of an element, with what comes of it."""
    with transaction.atomic():
        locked = Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        task = Task.objects.filter(case=locked, state="open", element=element).order_by("pk")[0]
        Task.objects.filter(pk=task.pk).update(state="done")
        assert conductor.advance(locked, bpmn.Completed(task.command_id, data), SYSTEM)
    return town.fresh(case)


def process(id_: str, text: str, *elements: str) -> str:
    """A further process of the file: goes `after` the first one."""
    inside = builder.body(text, *elements, ids=f"{id_}_f")
    return f'<process id="{id_}" name="{id_.capitalize()}" isExecutable="true">{inside}</process>'


def call(called: str = "inner") -> str:
    return builder.element(
        "callActivity", "call", builder.zeebe(f'<zeebe:calledElement processId="{called}"/>')
    )
