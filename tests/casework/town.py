"""What tests of casework share: a published service, an applicant, staff, and time that moves when told."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests import factories
from towpath import flow
from towpath.casework import actions as casework
from towpath.casework.models import Case, Task
from towpath.foundation import clock, jobs
from towpath.foundation.access import Actor
from towpath.foundation.journal import follow
from towpath.foundation.models import Tenant

SERVICES = Path(__file__).parents[2] / "services"
PARKING = {
    "full_name": "Ada Lovelace",
    "typed_address": {"line_1": "12 Mill Lane", "line_2": "", "town": "Millbrook", "postcode": "MB1 2AB"},
    "email": "ada@example.org",
    "vehicle_registration": "AB12 CDE",
    "vehicle_kind": "car",
    "vehicle_keeper": "me",
    "emission_class": "low",
    "permits_at_address": Decimal(0),
    "off_street_space": False,
    "blue_badge": False,
}


def parking(**changes: Any) -> dict[str, Any]:
    start = clock.now().date() + timedelta(days=10)
    return {**PARKING, "start_date": start, **changes}


def visitor(draft_id: Any = "new") -> Actor:
    return Actor("visitor", f"draft:{draft_id}", "portal")


def by_link(case: Case) -> Actor:
    return Actor("visitor", f"case:{case.pk}", "portal")


def submitted(**changes: Any) -> Case:
    draft = casework.start_draft(visitor(), "resident-parking-permit", "en")
    casework.save_answers(visitor(draft.pk), draft.pk, parking(**changes), page="all")
    return casework.submit(visitor(draft.pk), draft.pk).case


def worker(name: str = "w1", team: str = "*") -> Actor:
    permissions = (
        "case.read",
        "task.work",
        "task.decide",
        "task.refer",
        "case.ask",
        "case.note",
        "case.open",
    )
    return factories.staff(*permissions, "case.withdraw", "contact.write", team=team, name=name)


def open_task(case: Case, name: str = "") -> Task:
    tasks = Task.objects.filter(case=case, state="open", kind="user")
    return tasks.get(name=name) if name else tasks.get()


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@contextmanager
def time(tenant: Tenant, start: date | None = None) -> Iterator[clock.VirtualClock]:
    with clock.running(clock.VirtualClock(clock.now())) as virtual, jobs.inline():
        yield virtual


def settle(tenant: Tenant) -> None:
    """What follows events, within the test's own transaction."""
    for subscriber in flow.SUBSCRIBERS:
        while follow.deliver(tenant, subscriber, behind_horizon=False):
            pass


__all__ = ["SERVICES", "Path"]
