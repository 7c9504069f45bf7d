"""Lets a year pass in one town, in a throw-away body: who begins what, and when; and what goes wrong."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import yaml
from django.conf import settings

from demo.register import keys
from demo.register.faults import Faults
from demo.register.server import Register, Server
from demo.register.store import Store
from demo.residents import Resident, known, made_up
from demo.staff import STAFF
from demo.town import TOWNS, Town, set_up
from demo.year import environment, parking
from demo.year.applicants import Applicants
from demo.year.office import Office
from demo.year.season import Hours, arrivals, opening_hour, spread, waking_hour
from demo.year.story import Story
from demo.year.world import World
from towpath.casework.models import Question
from towpath.foundation import clock, jobs, tenancy
from towpath.foundation.clock import VirtualClock
from towpath.foundation.models import Event, Tenant

WORDS = Path(__file__).parent / "words.yaml"
DAYS = 371  # a year and what was under way when it began
KINDS = {parking.SERVICE: parking.story, environment.SERVICE: environment.story}
REQUESTS = {
    "millbrook": {parking.SERVICE: 250, environment.SERVICE: 165},
    "eastmere": {parking.SERVICE: 160, environment.SERVICE: 105},
}
# Task -> how many days before the end its request comes; then it waits.
STAYS = {
    "check_acknowledgement": 2,
    "decide_advice": 5,
    "advise_environment": 12,
    "advise_fire_safety": 27,
    "advise_structure": 16,
    "decide_permit": 61,
    "check_address": 4,
}
LEFT = 0.22  # forms on the portal that are begun and not sent


@dataclass(frozen=True)
class Lived:
    """A year that has passed in a throw-away body."""

    tenant: Tenant
    first_event: int  # the last before the year began
    began: date
    until: datetime


def live(code: str, until: datetime, *, days: int = DAYS, share: float = 1.0, seed: int = 1) -> Lived:
    """The year up to `until`. Runs in the caller's transaction, which is rolled back once all was written down."""
    rng, town = Random(f"{code} {seed}"), TOWNS[code]  # noqa: S311 (a play, no secret)
    start = until - timedelta(days=days)
    people = made_up(town.name, round(900 * share) + 20, rng)
    with _register([*known(town.name), *people]) as (store, faults, where), jobs.inline() as kept:
        ticking = VirtualClock(start)
        with clock.running(ticking):
            tenant = _body(town, where)
            hours = Hours(
                ZoneInfo(town.zone), frozenset(map(date.fromisoformat, tenant.settings["holidays"]))
            )
            words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
            world = World(tenant, ticking, hours, rng, words, faults, kept, until)
            before = _last_event(tenant)
            _Year(world, code, people, store).plan(start.date(), days, share)
            world.live()
    return Lived(tenant, before, start.date(), until)


def _last_event(tenant: Tenant) -> int:
    with tenancy.inside(tenant):
        return int(Event.objects.order_by("-seq").values_list("seq", flat=True)[0])


def _body(town: Town, register: dict[str, str]) -> Tenant:
    told = town.settings() | {"demo-code": town.code, "registers": {"population-register": register}}
    return set_up(
        town, code=f"{town.code}-making", host=f"making.{town.host}", settings=told, is_rehearsal=True
    )


@contextmanager
def _register(people: list[Resident]) -> Iterator[tuple[Store, Faults, dict[str, str]]]:
    """The demonstration's own register with these residents, on a free port, for as long as the year takes."""
    secrets = Path(settings.VAR) / "register"
    with tempfile.TemporaryDirectory() as folder:
        store, faults = Store(Path(folder) / "register.sqlite3"), Faults()
        store.register(one.entry for one in people)
        served = Register(store, keys.signing_key(secrets), keys.token(secrets), faults)
        server = Server(("127.0.0.1", 0), served)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_address[1]}"
            yield store, faults, {"url": url, "token-file": str(secrets / "token")}
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Year:
    """What is on the agenda from the first day on."""

    def __init__(self, world: World, code: str, people: list[Resident], store: Store) -> None:
        self.world, self.code, self.people = world, code, people
        self.known = known(TOWNS[code].name)
        self.stories: dict[UUID, Story] = {}
        self.applicants = Applicants(world, STAFF[code][0].email, self._submitted)
        self.office = Office(world, self.stories, store, self._asked, self._ended)
        world.after.append(self.office.look)
        world.ticks.append(self.office.every_few_hours)

    def plan(self, start: date, days: int, share: float) -> None:
        for service, count in REQUESTS[self.code].items():
            for day in arrivals(service, round(count * share), start, days, self.world.hours, self.world.rng):
                self._expect(service, day)
        self._expect_the_known()
        self._leave_work()
        self._break_the_register(days)
        self._expect_mail()

    def _expect(self, service: str, day: date) -> None:
        rng, gone = self.world.rng, (self.world.until.date() - day).days
        channel = "portal" if rng.random() < 0.76 - 0.2 * gone / DAYS else _assisted(service, rng)
        if channel != "portal" and not self.world.hours.is_open(day):
            channel = "portal"
        hour = waking_hour(rng) if channel == "portal" else opening_hour(rng)
        signed_in = channel == "portal" and rng.random() < (0.5 if service == parking.SERVICE else 0.35)
        who = rng.choice(self.people)
        self.world.at(self.world.hours.on(day, hour), lambda: self._apply(service, who, channel, signed_in))
        if channel == "portal" and rng.random() < LEFT / (1 - LEFT):
            other, when = rng.choice(self.people), self.world.hours.on(day, waking_hour(rng))
            self.world.at(when, lambda: self._apply(service, other, "portal", False, leaves=True))

    def _apply(
        self, service: str, who: Resident, channel: Any, signed_in: bool, *, leaves: bool = False, **plan: Any
    ) -> None:
        story = KINDS[service](self.world, who, channel, signed_in)
        rng = self.world.rng
        if leaves:
            story.gives_up_at = rng.randrange(1, 12)
        story.replies = rng.random() < 0.87
        story.withdraws = rng.random() < 0.045
        story.rates = rng.random() < (0.5 if channel == "portal" else 0.22)
        story.plan |= plan
        self.applicants.apply(story)

    def _submitted(self, story: Story) -> None:
        assert story.case_id
        self.stories[story.case_id] = story
        rng, slow = self.world.rng, story.service == environment.SERVICE
        if story.withdraws:
            self._later(spread(rng, 12 if slow else 2), lambda: self.applicants.withdraw(story))
        if rng.random() < (0.25 if slow else 0.05):
            self._later(spread(rng, 18 if slow else 4), lambda: self.applicants.call(story), office=True)

    def _asked(self, story: Story, question: Question) -> None:
        """A caseworker's own question is answered in the end; what the process asks for, not by everybody."""
        if story.replies or not question.form:
            work = lambda: self.applicants.reply(story, question.pk)  # noqa: E731
            self._later(spread(self.world.rng, 6, 0.8), work)

    def _ended(self, story: Story, automatic: bool) -> None:
        rng = self.world.rng
        if story.rates:
            self._later(spread(rng, 1.2, 0.9), lambda: self.applicants.rate(story))
        if automatic and rng.random() < 0.05:
            self._later(spread(rng, 6), lambda: self.applicants.ask_review(story))

    def _later(self, days: float, work: Any, *, office: bool = False) -> None:
        """Some days on, at an hour at which people do such things."""
        rng, hours = self.world.rng, self.world.hours
        day = (self.world.now.astimezone(hours.zone) + timedelta(days=days)).date()
        moment = hours.on(day, opening_hour(rng) if office else waking_hour(rng))
        moment = max(moment, self.world.now + timedelta(minutes=20))
        self.world.at(hours.after(moment, timedelta(0)) if office else moment, work)

    def _expect_the_known(self) -> None:
        """Whoever can sign in to the demonstration finds requests of their own, at different stages."""
        signing_in = [one for one in self.known if one.subject]
        for place, who in enumerate(signing_in):
            self._soon(9 + 23 * place, lambda who=who: self._apply(parking.SERVICE, who, "portal", True))
        self._soon(16, lambda: self.applicants.apply(environment.lacks_papers(self.world, signing_in[0])))
        for place, who in enumerate(signing_in[1:5]):
            plan = {"missing": False, "no_permit": False, "asks": False}
            work = lambda who=who, plan=plan: self._apply(environment.SERVICE, who, "portal", True, **plan)  # noqa: E731
            self._soon(21 - 5 * place, work)

    def _leave_work(self) -> None:
        """Every team has something that was not done yet, some of it too late."""
        for task, days in STAYS.items():
            self._soon(days, lambda task=task: self._leave(task))

    def _leave(self, task: str) -> None:
        who = self.world.rng.choice(self.people)
        if task == "check_address":
            story = parking.story(self.world, who, "portal", False)
            story.answers["resident_number"] = None
        else:
            story = environment.concerns_everybody(self.world, who)
        story.plan["stays"] = task
        self.applicants.apply(story)

    def _soon(self, days: float, work: Any) -> None:
        """That many days before the end."""
        moment = self.world.until - timedelta(days=days, hours=self.world.rng.uniform(1, 6))
        if moment > self.world.now:
            self.world.at(moment, work)

    def _break_the_register(self, days: int) -> None:
        """Two failures in the year; and in Millbrook one that lasts until the end."""
        for gone, hours in ((0.62, 31), (0.27, 7)):
            self._outage(gone * days, hours)
        if self.code == "millbrook":
            self._outage(1.15, 48)
            unlucky = [one for one in self.known if not one.subject and one.entry.plates]
            for place, who in enumerate(unlucky[:2]):
                number = who.entry.number
                self._soon(0.75 - place * 0.1, lambda who=who, n=number: self._unlucky(who, n))

    def _outage(self, gone: float, hours: float) -> None:
        def fall() -> None:
            self.world.register.mode = "dead"

        def rise() -> None:
            self.world.register.mode = "ok"

        begins = self.world.until - timedelta(days=gone)
        self.world.at(begins, fall)
        self.world.at(begins + timedelta(hours=hours), rise)

    def _unlucky(self, who: Resident, number: str) -> None:
        story = parking.story(self.world, who, "portal", False)
        story.answers |= {"resident_number": number, "typed_address": who.address}
        self.applicants.apply(story)

    def _expect_mail(self) -> None:
        for place, letter in enumerate(self.world.words["mail"]):
            who = self.world.rng.choice(self.people)
            work = lambda who=who, letter=letter: self.applicants.write_in(who, letter)  # noqa: E731
            self._soon(0.3 + 1.7 * place, work)


def _assisted(service: str, rng: Random) -> str:
    kinds, weights = ["phone", "counter", "post", "email"], [40, 32, 13, 15]
    if service == environment.SERVICE:
        weights = [18, 42, 24, 16]
    return rng.choices(kinds, weights)[0]
