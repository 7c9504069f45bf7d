"""Histories of requests as the journal tells them, made up with the product's own kinds of events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from towpath.casework import events as casework
from towpath.contact import events as contact
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import EventType, Fact, record
from towpath.foundation.journal.follow import Subscriber, deliver
from towpath.journeys import actions

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
MEASURES = Subscriber("measures", actions.MEASURED, actions.measure)


@dataclass(frozen=True)
class Told:
    """One event, not yet written."""

    kind: EventType
    at: datetime
    case: UUID
    channel: str = "portal"
    data: dict[str, Any] = field(default_factory=dict)
    unit: str = ""
    activity: str = ""
    conversation: UUID | None = None

    def write(self) -> int:
        own = None if self.kind.name.startswith("contact.") else self.case
        about = Fact(
            case=own,
            conversation=self.conversation,
            unit=self.unit,
            activity=self.activity,
            occurred_at=self.at,
        )
        return record(self.kind, replace(SYSTEM, channel=self.channel), about, **self.data)


def follow(tenant: Any, *, batches: int | None = None) -> None:
    """Hands over what is new, at most so many batches."""
    while deliver(tenant, MEASURES, behind_horizon=False):
        if batches is not None and (batches := batches - 1) <= 0:
            return


class Request:
    """Tells one request, hour by hour."""

    def __init__(
        self,
        *,
        service: str = "parking",
        channel: str = "portal",
        assisted: bool = False,
        start: datetime = START,
    ) -> None:
        self.id, self.conversation = uuid4(), uuid4()
        self.service, self.channel, self.assisted, self.now = service, channel, assisted, start
        self.told: list[Told] = []

    def tell(self, kind: EventType, /, *, after: timedelta = timedelta(), **more: Any) -> "Request":
        """`unit`, `activity` and `conversation` are the event's own; all else are its facts."""
        self.now += after
        own = {
            name: more.pop(name) for name in ("unit", "activity", "conversation", "channel") if name in more
        }
        self.told.append(Told(kind, self.now, self.id, data=more, **{"channel": self.channel, **own}))
        return self

    def begun(self, **more: Any) -> "Request":
        return self.tell(
            casework.DRAFT_STARTED, service=self.service, version=1, assisted=self.assisted, **more
        )

    def sent(self, **more: Any) -> "Request":
        facts = {"service": self.service, "version": 1, "assisted": self.assisted, "seconds": 300}
        return self.tell(casework.CASE_SUBMITTED, conversation=self.conversation, **facts, **more)

    def at_step(self, element: str, unit: str = "desk", kind: str = "user", **more: Any) -> "Request":
        name = element.replace("_", " ").capitalize()
        return self.tell(
            casework.ACTIVITY_STARTED, unit=unit, activity=name, element=element, kind=kind, **more
        )

    def done(self, element: str, **more: Any) -> "Request":
        name = element.replace("_", " ").capitalize()
        return self.tell(casework.ACTIVITY_COMPLETED, activity=name, element=element, kind="user", **more)

    def decided(self, *, favourable: bool = True, automatic: bool = False, **more: Any) -> "Request":
        outcome = "granted" if favourable else "refused"
        facts = {"service": self.service, "outcome": outcome, "favourable": favourable}
        return self.tell(casework.CASE_DECIDED, **facts, automatic=automatic, **more)

    def rated(self, score: int, **more: Any) -> "Request":
        return self.tell(casework.CASE_RATED, service=self.service, score=score, **more)

    def write(self) -> "Request":
        for one in self.told:
            one.write()
        self.told = []
        return self


def interleaved(random: Random, requests: Sequence[Request]) -> Iterator[Told]:
    """All that happened to all requests, mixed; each request's own order kept."""
    left = [list(request.told) for request in requests]
    while left := [told for told in left if told]:
        yield random.choice(left).pop(0)


def any_request(random: Random) -> Request:
    """A request that goes one of the ways on which requests go, or an odd one."""
    channel, assisted = random.choice(
        [("portal", False), ("portal", True), ("phone", True), ("counter", True), ("post", True)]
    )
    start = START + timedelta(days=random.randrange(200), minutes=random.randrange(1440))
    request = Request(
        service=random.choice(["parking", "trees"]), channel=channel, assisted=assisted, start=start
    )

    def wait() -> timedelta:
        return timedelta(minutes=int(random.lognormvariate(6, 2)))

    request.begun().tell(casework.DRAFT_SAVED, after=wait(), service=request.service, page="who")
    if random.random() < 0.15:
        return request.tell(casework.DRAFT_EXPIRED, after=timedelta(days=30), service=request.service)
    if random.random() < 0.1:
        return request
    request.sent(after=wait())
    moves = [
        lambda: request.at_step(
            random.choice(["check", "advise"]), random.choice(["desk", "trees"]), after=wait()
        ),
        lambda: request.done(random.choice(["check", "advise"]), after=wait()),
        lambda: request.tell(
            casework.ACTIVITY_CANCELLED, after=wait(), element="check", kind="user", activity="Check"
        ),
        lambda: request.tell(casework.CLOCK_STOPPED, after=wait(), left_seconds=random.randrange(-5, 5)),
        lambda: request.tell(casework.CLOCK_STARTED, after=wait(), due=request.now + timedelta(days=5)),
        lambda: request.tell(casework.QUESTION_ASKED, question="q", stops_clock=True),
        lambda: request.tell(casework.QUESTION_ANSWERED, after=wait(), question="q", documents=0),
        lambda: request.tell(casework.CASE_STAGE, stage="checking", awaits="staff"),
        lambda: request.tell(
            casework.TASK_REFERRED, activity="Check", task="t", from_team="desk", to_team="trees"
        ),
        lambda: _spoken(request, random, wait()),
        lambda: request.decided(
            after=wait(), favourable=random.random() < 0.7, automatic=random.random() < 0.3
        ),
        lambda: request.rated(random.randrange(1, 6), after=wait()),
        lambda: request.tell(casework.CASE_WITHDRAWN, after=wait(), service=request.service),
        lambda: request.tell(
            casework.CASE_CLOSED, after=wait(), service=request.service, outcome="", end="e"
        ),
    ]
    for _ in range(random.randrange(14)):
        random.choice(moves)()
    return request


def _spoken(request: Request, random: Random, after: timedelta) -> None:
    kind, direction = random.choice([("call", "in"), ("message", "out"), ("note", "internal")])
    request.tell(
        contact.WRITTEN,
        after=after,
        conversation=request.conversation,
        channel=random.choice(["post", "email", "portal"]),
        direction=direction,
        kind=kind,
        entry="e",
        number=1,
    )
