"""A town on a virtual clock: what is to happen, in order, and all that the product does by itself in between."""

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from demo.register.faults import Faults
from demo.year.season import Hours
from towpath import flow
from towpath.casework import actions as casework
from towpath.foundation import jobs, tenancy
from towpath.foundation.access import Actor, Channel
from towpath.foundation.clock import VirtualClock
from towpath.foundation.models import Event, Tenant
from towpath.journeys import actions as journeys
from towpath.people import queries as people
from towpath.people.models import User

Work = Callable[[], None]
TICK = timedelta(hours=1)
LOOKS = frozenset({3, 8, 10, 12, 14, 16, 18})  # hours of the day at which time by itself moves something
# What the journal's readings would say is worked out anew where the year is loaded.
SUBSCRIBERS = [one for one in flow.SUBSCRIBERS if one.name != journeys.SUBSCRIBER]
FOLLOWED = [kind for one in SUBSCRIBERS for kind in one.types]


@dataclass
class World:
    """`words` is what people say; at `until` the year ends. `ticks` are done every few hours, `after` after each thing."""

    tenant: Tenant
    clock: VirtualClock
    hours: Hours
    rng: Random
    words: dict[str, Any]
    register: Faults
    kept: jobs.Inline
    until: datetime
    ticks: list[Work] = field(default_factory=list)
    after: list[Work] = field(default_factory=list)
    agenda: list[tuple[datetime, int, Work]] = field(default_factory=list)
    numbers: Any = field(default_factory=itertools.count)
    stirred: bool = True
    read: int = 0  # the last event that was followed
    actors: dict[tuple[str, str], Actor] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.clock.moment

    def at(self, moment: datetime, work: Work) -> None:
        """Puts something on the agenda; what would come after the end of the year is left out."""
        if moment < self.until:
            heapq.heappush(self.agenda, (max(moment, self.now), next(self.numbers), work))

    def say(self, *path: str) -> str:
        """One of the texts at that place of `words`."""
        found: Any = self.words
        for part in path:
            found = found[part] if part in found else found["en"]
        return str(self.rng.choice(found))

    def live(self) -> None:
        """Until the end of the year."""
        while self.now < self.until:
            tick = min(self.now + TICK, self.until)
            while self.agenda and self.agenda[0][0] < tick:
                moment, _, work = heapq.heappop(self.agenda)
                self._wait(moment)
                self._do(work)
            self._wait(tick)
            if tick.astimezone(self.hours.zone).hour in LOOKS:
                self._do(self._tick)
        self.settle()

    def _do(self, work: Work) -> None:
        with tenancy.inside(self.tenant):
            work()
        if self.stirred:
            self.stirred = False
            self.settle()
        with tenancy.inside(self.tenant):
            for one in self.after:
                one()

    def _tick(self) -> None:
        if casework.fire_due_timers():
            self.stirred = True
        for work in self.ticks:
            work()

    def _wait(self, moment: datetime) -> None:
        """Lets time go by; jobs that wait for a moment in between are done then."""
        while (due := min((job[0] for job in self.kept.waiting), default=moment)) < moment:
            self.clock.to(due)
            self.settle()
        self.clock.to(moment)

    def settle(self) -> None:
        """Jobs that are due, and what follows events, until nothing is left to do."""
        while jobs.run_due(self.tenant, self.kept) or self._follow():
            pass

    def _follow(self) -> int:
        """Hands over what is new, in order. Whoever fails stops the year: nothing is parked here."""
        with tenancy.inside(self.tenant):
            fresh = list(Event.objects.filter(seq__gt=self.read, type__in=FOLLOWED).order_by("seq"))
            for event in fresh:
                self.read = event.seq
                for one in SUBSCRIBERS:
                    if event.type in one.types:
                        one.take(event)
        return len(fresh)

    def colleague(self, email: str, channel: Channel = "desk") -> Actor:
        """A member of staff of the town, with what they may really do."""
        key = (email, channel)
        if key not in self.actors:
            actor = people.staff_actor(User.objects.get(email=email), channel)
            if actor is None:
                raise LookupError(f"{email} does not work here.")
            self.actors[key] = actor
        return self.actors[key]
