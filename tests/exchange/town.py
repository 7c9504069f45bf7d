"""A town that has agreements with the running register, on a clock of its own, with jobs run by hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.factories import staff
from tests.register.process import AMIRA, RunningRegister
from towpath.exchange import actions, queries
from towpath.exchange.models import Call
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.models import Event, Tenant

RESIDENT = "population-register.resident-by-number"
START = datetime.now(UTC).replace(microsecond=0)
PERSON = staff("jobs.settle")


class Town:
    def __init__(self, tenant: Tenant, register: RunningRegister, time: clock.VirtualClock) -> None:
        self.tenant, self.register, self.time, self.case = tenant, register, time, uuid4()
        self.jobs = jobs.Inline()
        entry = {"url": register.url, "token-file": str(register.folder / "token")}
        tenant.settings = {"registers": {"population-register": entry}}
        tenant.save()

    def agrees(self, operation: str = RESIDENT, days: int = 30, **changes: Any) -> UUID:
        terms = {
            "peer_key": self.register.public_key,
            "valid_from": clock.now() - timedelta(days=1),
            "valid_until": clock.now() + timedelta(days=days),
        }
        with tenancy.inside(self.tenant):
            return actions.agree(SYSTEM, operation, **(terms | changes)).pk

    def asks(self, inputs: dict[str, Any] | None = None, operation: str = RESIDENT, **more: Any) -> Call:
        values = {"case_id": self.case, "command_id": "ask-1", "result": "entry"} | more
        with tenancy.inside(self.tenant):
            return actions.ask(SYSTEM, operation, inputs or {"number": AMIRA}, **values)

    def works(self, **time: float) -> None:
        """Lets the time pass, doing what falls due on the way."""
        end = clock.now() + timedelta(**time)
        jobs.run_due(self.tenant, self.jobs)
        while (next_at := min((job[0] for job in self.jobs.waiting), default=end)) < end:
            self.time.to(next_at)
            jobs.run_due(self.tenant, self.jobs)
        self.time.to(end)
        jobs.run_due(self.tenant, self.jobs)

    def call(self, call: Call) -> Call:
        with tenancy.inside(self.tenant):
            return queries.call(call.pk)

    def answer(self, call: Call) -> queries.Answer | None:
        with tenancy.inside(self.tenant):
            return queries.answer(call.pk)

    def journal(self) -> list[str]:
        """What this room told the journal of the case."""
        with tenancy.inside(self.tenant):
            events = Event.objects.filter(case_id=self.case, type__startswith="exchange.").order_by("seq")
            return [event.type.removeprefix("exchange.") for event in events]

    def to_see_to(self) -> tuple[list[str], list[str]]:
        """The codes of what a person must see to: calls, and jobs."""
        with tenancy.inside(self.tenant):
            return [call.why for call in queries.open_failures()], [row.job for row in jobs.given_up()]


@contextmanager
def town(tenant: Tenant, register: RunningRegister) -> Iterator[Town]:
    with clock.running(clock.VirtualClock(START)) as time, jobs.inline() as kept:
        made = Town(tenant, register, time)
        made.jobs = kept
        yield made
