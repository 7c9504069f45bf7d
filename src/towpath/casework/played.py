"""A throw-away body on a virtual clock, in which cases are played through the product's own actions.

Everything happens in one transaction that is rolled back: nothing of it is ever seen by anybody, also when the
process is killed in the middle.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from towpath.casework import conductor
from towpath.casework.actions.steps import fire_due_timers, hand_on, next_timer
from towpath.casework.models import Timer
from towpath.catalogue import actions as catalogue_actions
from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.exchange import actions as exchange
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import follow
from towpath.foundation.journal.follow import Subscriber
from towpath.foundation.models import Event, Tenant
from towpath.people import actions as people

STAND_IN_KEY = "A" * 43  # 32 zero bytes: a stand-in signs nothing
ROUNDS = 50  # of what follows from what, before we say that it never ends


class NeverRests(RuntimeError):
    """What is played goes round in circles: each event leads to another one."""


@dataclass
class Body:
    """The body and its time. `passed` are the elements that the cases passed, in order."""

    tenant: Tenant
    time: clock.VirtualClock
    version: catalogue.ServiceVersion
    package: catalogue.Package
    subscribers: Sequence[Subscriber]
    waiting: jobs.Inline = field(default_factory=jobs.Inline)
    passed: list[bpmn.Passage] = field(default_factory=list)
    seen: int = 0  # the newest event that was handed on

    def settle(self) -> None:
        """Does all that is due now, and what follows from it."""
        for _ in range(ROUNDS):
            done = jobs.run_due(self.tenant, self.waiting) + self._follow()
            done += fire_due_timers() if self._timer_due() else 0
            done += hand_on()
            if not done:
                return
        raise NeverRests("Something leads to itself again and again.")

    def _follow(self) -> int:
        """Hands new events to those who wait for such; the others need not look."""
        news = list(Event.objects.filter(seq__gt=self.seen).values_list("seq", "type"))
        self.seen = max((seq for seq, _ in news), default=self.seen)
        types = {type_ for _, type_ in news}
        for subscriber in self.subscribers:
            while subscriber.types & types:
                if follow.deliver(self.tenant, subscriber, behind_horizon=False) < follow.BATCH:
                    break
        return len(news)

    def _timer_due(self) -> bool:
        return Timer.objects.filter(due_at__lte=self.time.moment).exists()

    def until(self, moment: datetime) -> None:
        """Lets time pass; whatever falls due on the way happens at its own time."""
        while (due := self._next()) is not None and due <= moment:
            self.time.to(due)
            self.settle()
        self.time.to(moment)

    def _next(self) -> datetime | None:
        coming = [moment for moment, _, _ in self.waiting.waiting]
        timer = next_timer()
        return min([*coming, *([timer] if timer else [])], default=None)

    @contextmanager
    def apart(self, start: datetime) -> Iterator["Body"]:
        """One play: its own time and jobs, and afterwards the body is as it was before."""
        with ExitStack() as stack:
            self.time = stack.enter_context(clock.running(clock.VirtualClock(start)))
            self.waiting = stack.enter_context(jobs.inline())
            self.passed = stack.enter_context(conductor.watching())
            stack.enter_context(undone())
            yield self


@contextmanager
def undone() -> Iterator[None]:
    """A transaction, or a savepoint in one, that is always rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def throw_away(
    texts: Mapping[str, str],
    *,
    since: date,
    subscribers: Sequence[Subscriber],
    operations: Collection[str] = (),
    settings: Mapping[str, Any] | None = None,
    zone: str = "UTC",
) -> Iterator[Body]:
    """A fresh body that has the package in force since a day, its teams, and agreements for the operations."""
    code = f"played-{secrets.token_hex(8)}"
    with ExitStack() as stack:
        stack.enter_context(undone())
        tenant = Tenant.objects.create(
            code=code,
            name="Rehearsal",
            host=f"{code}.invalid",
            zone=zone,
            languages=["en"],
            settings=dict(settings or {}),
            is_rehearsal=True,
        )
        stack.enter_context(tenancy.inside(tenant))
        version = catalogue_actions.stage(texts, since)
        package = catalogue.package(version.pk)
        for team in package.service.teams:
            people.set_up_team(team, team.replace("-", " ").capitalize())
        for operation in operations:
            _agree(operation, since)
        yield Body(tenant, clock.VirtualClock(clock.now()), version, package, subscribers)


def _agree(operation: str, since: date) -> None:
    start = datetime(since.year, since.month, since.day, tzinfo=clock.now().tzinfo)
    exchange.agree(
        SYSTEM,
        operation,
        peer_key=STAND_IN_KEY,
        valid_from=start - timedelta(days=366),
        valid_until=start + timedelta(days=36_525),
    )


def asked_operations(package: catalogue.Package) -> set[str]:
    """The operations of registers that a package asks for."""
    steps = [element.task for element in package.elements.values()]
    asked = {step.headers.get("operation", "") for step in steps if step.type == "exchange.ask"}
    sources = [q.source for page in package.form.pages for q in page.questions if q.source]
    return (asked | {f"{source.register}.{source.operation}" for source in sources}) - {""}
