"""What the events of one request say about it, and what it adds to the figures. Pure.

A `Journey` is what is known of one request from its first page to its last letter. `take` carries it on by one
event; `adds` says what it adds to the figures of which month. Figures are always the sum of what all journeys and
ended steps add: changed by the difference, they can't drift away from them.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple, Protocol
from zoneinfo import ZoneInfo

SELF_SERVICE: Final = "portal"
# Staff filled in the digital form together with somebody who was there, on the telephone or at the counter.
# What came on paper or by e-mail and was typed in afterwards is no digital request, whoever typed it.
ASSISTED_DIGITAL: Final = frozenset({"portal", "phone", "counter", "chat"})
SATISFIED: Final = 4  # of five
WORK_OF_PEOPLE: Final = "user"
LASTING: Final = frozenset({"user", "step", "manual", "receive", "send", "catch"})
STEP: Final = "step:"  # begins the name of the figure that holds how long a step takes
AGES: Final[tuple[tuple[str, int | None], ...]] = (
    ("week", 7),
    ("month", 28),
    ("two-months", 56),
    ("half-year", 182),
    ("older", None),
)


class Happened(Protocol):
    """What is read of an event of the journal."""

    type: str
    occurred_at: datetime
    channel: str
    unit: str
    activity: str
    data: Any


@dataclass(slots=True)
class Journey:
    """One request. What is not known is None, or empty."""

    service: str = ""
    version: int = 0
    channel: str = ""
    assisted: bool = False
    draft_started_at: datetime | None = None
    last_page: str = ""
    draft_expired_at: datetime | None = None
    submitted_at: datetime | None = None
    submit_seconds: int | None = None
    decided_at: datetime | None = None
    withdrawn_at: datetime | None = None
    closed_at: datetime | None = None
    resolved_at: datetime | None = None
    outcome: str = ""
    favourable: bool | None = None
    automatic: bool | None = None
    decisions: int = 0
    stage: str = ""
    awaits: str = ""
    open_questions: int = 0
    due_at: datetime | None = None
    clock_stopped_at: datetime | None = None
    clock_left_seconds: int | None = None
    waiting_seconds: int = 0
    deadline_met: bool | None = None
    score: int | None = None
    last_unit: str = ""
    handovers: int = 0
    letters: int = 0
    emails: int = 0
    calls: int = 0
    step: str = ""
    step_unit: str = ""
    step_since: datetime | None = None


@dataclass(slots=True)
class Step:
    """One visit of a lasting step; called off where the process no longer needed it. `key` is its row, once kept."""

    element: str
    activity: str
    unit: str
    started_at: datetime
    ended_at: datetime | None = None
    called_off: bool = False
    key: int | None = None


class Cell(NamedTuple):
    """Where a number stands. `bucket` is the place in a histogram, 0 for a plain sum."""

    service: str
    channel: str
    month: date
    measure: str
    bucket: int


# --- what an event changes


def take(journey: Journey, event: Happened, due: datetime | None = None) -> None:
    """Carries the journey on. `due` is the legal deadline that a request gets when it is sent."""
    if event.type == "case.submitted":
        _submitted(journey, event, due)
    elif event.type in _TAKES:
        _TAKES[event.type](journey, event)


def _begun(journey: Journey, event: Happened) -> None:
    journey.service = event.data["service"]
    journey.version = int(event.data.get("version") or 0)
    journey.channel = event.channel
    journey.assisted = bool(event.data.get("assisted"))
    journey.draft_started_at = event.occurred_at


def _saved(journey: Journey, event: Happened) -> None:
    journey.last_page = str(event.data.get("page", ""))[:80]


def _expired(journey: Journey, event: Happened) -> None:
    journey.draft_expired_at = event.occurred_at


def _submitted(journey: Journey, event: Happened, due: datetime | None) -> None:
    journey.service = event.data["service"]
    journey.version = int(event.data.get("version") or 0)
    # It came in where it was begun: the channel of the case, too.
    journey.channel = journey.channel or event.channel
    journey.assisted = bool(event.data.get("assisted"))
    journey.submitted_at = event.occurred_at
    journey.submit_seconds = event.data.get("seconds")
    journey.awaits = "staff"
    journey.due_at = due


def _staged(journey: Journey, event: Happened) -> None:
    journey.stage = str(event.data.get("stage", ""))
    journey.awaits = str(event.data.get("awaits", ""))


def _decided(journey: Journey, event: Happened) -> None:
    """The first decision is what the applicant waited for; later ones are counted, and change no time."""
    journey.decisions += 1
    if journey.decided_at is not None:
        return
    at = journey.decided_at = event.occurred_at
    journey.outcome = str(event.data.get("outcome", ""))
    journey.favourable = bool(event.data.get("favourable"))
    journey.automatic = bool(event.data.get("automatic"))
    if journey.clock_stopped_at is not None:
        journey.deadline_met = (journey.clock_left_seconds or 0) >= 0
    elif journey.due_at is not None:
        journey.deadline_met = at <= journey.due_at
    _resolve(journey, at)


def _withdrawn(journey: Journey, event: Happened) -> None:
    journey.withdrawn_at = journey.withdrawn_at or event.occurred_at
    journey.outcome = journey.outcome or "withdrawn"
    journey.awaits = "nobody"
    _resolve(journey, event.occurred_at)


def _closed(journey: Journey, event: Happened) -> None:
    journey.closed_at = journey.closed_at or event.occurred_at
    journey.outcome = journey.outcome or str(event.data.get("outcome") or "")
    journey.awaits = "nobody"
    _resolve(journey, event.occurred_at)


def _resolve(journey: Journey, at: datetime) -> None:
    if journey.resolved_at is None:
        _count_waiting(journey, at)
        journey.resolved_at = at


def _count_waiting(journey: Journey, at: datetime) -> None:
    """What was waited for the applicant until `at`; after the end of the request nothing counts any more."""
    if journey.clock_stopped_at is not None and journey.resolved_at is None:
        journey.waiting_seconds += max(0, seconds(journey.clock_stopped_at, at))


def _stopped(journey: Journey, event: Happened) -> None:
    if journey.clock_stopped_at is None:
        journey.clock_stopped_at = event.occurred_at
        journey.clock_left_seconds = event.data.get("left_seconds")


def _started(journey: Journey, event: Happened) -> None:
    _count_waiting(journey, event.occurred_at)
    journey.clock_stopped_at = journey.clock_left_seconds = None
    if due := event.data.get("due"):
        journey.due_at = due if isinstance(due, datetime) else datetime.fromisoformat(due)


def _asked(journey: Journey, event: Happened) -> None:
    journey.open_questions += 1
    journey.awaits = "resident"


def _answered(journey: Journey, event: Happened) -> None:
    journey.open_questions = max(0, journey.open_questions - 1)
    if journey.open_questions == 0 and journey.awaits == "resident":
        journey.awaits = "staff"


def _rated(journey: Journey, event: Happened) -> None:
    journey.score = int(event.data["score"])


def _work_began(journey: Journey, event: Happened) -> None:
    """People of another team than before have it now."""
    if event.data.get("kind") == WORK_OF_PEOPLE:
        _handed_to(journey, event.unit)


def _referred(journey: Journey, event: Happened) -> None:
    _handed_to(journey, str(event.data.get("to_team", "")))


def _handed_to(journey: Journey, unit: str) -> None:
    if journey.resolved_at is None and journey.last_unit and unit != journey.last_unit:
        journey.handovers += 1
    journey.last_unit = unit


_TAKES: Final[Mapping[str, Callable[[Journey, Happened], None]]] = {
    "draft.started": _begun,
    "draft.saved": _saved,
    "draft.expired": _expired,
    "case.stage-reached": _staged,
    "case.decided": _decided,
    "case.withdrawn": _withdrawn,
    "case.closed": _closed,
    "case.rated": _rated,
    "clock.stopped": _stopped,
    "clock.started": _started,
    "question.asked": _asked,
    "question.answered": _answered,
    "activity.started": _work_began,
    "task.referred": _referred,
}
OF_STEPS: Final = frozenset(
    {
        "activity.started",
        "activity.completed",
        "activity.cancelled",
        "task.referred",
        "case.withdrawn",
        "case.closed",
    }
)
OF_CONTACT: Final = frozenset({"contact.written", "contact.received"})
OF_REQUESTS: Final = frozenset({"case.submitted", *_TAKES}) | OF_STEPS


def take_step(steps: list[Step], event: Happened) -> list[Step]:
    """What an event does to the steps of a request, oldest first: adds the one that begins; returns those it changed."""
    still = [step for step in steps if step.ended_at is None]
    same = [step for step in still if step.element == event.data.get("element")][:1]
    match event.type:
        case "activity.started" if event.data.get("kind") in LASTING:
            steps.append(Step(event.data["element"], event.activity, event.unit, event.occurred_at))
            return steps[-1:]
        case "activity.completed":
            return _ended(same, event.occurred_at, called_off=False)
        case "activity.cancelled":
            return _ended(same, event.occurred_at, called_off=True)
        case "case.withdrawn" | "case.closed":
            return _ended(still, event.occurred_at, called_off=True)
        case "task.referred":
            return _moved(still, event)
    return []


def _ended(steps: list[Step], at: datetime, *, called_off: bool) -> list[Step]:
    for step in steps:
        step.ended_at, step.called_off = at, called_off
    return steps


def _moved(steps: list[Step], event: Happened) -> list[Step]:
    there = [s for s in steps if s.activity == event.activity and s.unit == event.data.get("from_team")][:1]
    for step in there:
        step.unit = str(event.data.get("to_team", ""))
    return there


def stand_at(journey: Journey, open_steps: Iterable[Step]) -> None:
    """A request at several steps is counted at the one that it has been at for the longest."""
    step = min((s for s in open_steps if s.ended_at is None), key=lambda s: s.started_at, default=None)
    journey.step = step.activity if step else ""
    journey.step_unit = step.unit if step else ""
    journey.step_since = step.started_at if step else None


def contacts(event: Happened) -> tuple[int, int, int]:
    """(letters, e-mails, calls) that an event of a conversation counts for. Notes among staff count for none."""
    kind = event.data.get("kind", "message")
    if event.data.get("direction") == "internal":
        return 0, 0, 0
    if kind == "call":
        return 0, 0, 1
    if kind != "message":
        return 0, 0, 0
    return int(event.channel == "post"), int(event.channel == "email"), 0


# --- what a journey adds to the figures


def adds(journey: Journey, zone: ZoneInfo) -> Counter[Cell]:
    """Each figure lies in the month of its cause: begun, sent, or resolved."""
    found: Counter[Cell] = Counter()
    for at, amounts in (
        (journey.draft_started_at, _of_beginning),
        (journey.submitted_at, _of_sending),
        (journey.resolved_at if journey.submitted_at else None, _of_resolving),
    ):
        if at is None:
            continue
        for measure, bucket, amount in amounts(journey):
            if amount:
                found[Cell(journey.service, journey.channel, month(at, zone), measure, bucket)] += amount
    return found


Amounts = Iterable[tuple[str, int, int]]


def _of_beginning(journey: Journey) -> Amounts:
    yield "begun", 0, 1
    yield "sent", 0, int(journey.submitted_at is not None)
    yield "given-up", 0, int(journey.draft_expired_at is not None and journey.submitted_at is None)


def _of_sending(journey: Journey) -> Amounts:
    by_oneself = journey.channel == SELF_SERVICE and not journey.assisted
    yield "submitted", 0, 1
    yield "self-service", 0, int(by_oneself)
    yield "assisted-digital", 0, int(journey.assisted and journey.channel in ASSISTED_DIGITAL)
    yield "letters", 0, journey.letters
    yield "emails", 0, journey.emails
    yield "calls", 0, journey.calls


def _of_resolving(journey: Journey) -> Amounts:
    assert journey.submitted_at and journey.resolved_at
    total = max(0, seconds(journey.submitted_at, journey.resolved_at))
    yield "resolved", 0, 1
    yield "resolution", bucket(total), 1
    yield "ours", bucket(max(0, total - journey.waiting_seconds)), 1
    yield "waited", 0, int(journey.waiting_seconds > 0)
    yield "handovers", 0, journey.handovers
    if journey.decided_at:
        yield "decided", 0, 1
        yield "favourable", 0, int(bool(journey.favourable))
        yield "automatic", 0, int(bool(journey.automatic))
    elif journey.withdrawn_at:
        yield "withdrawn", 0, 1
    if journey.deadline_met is not None:
        yield "with-deadline", 0, 1
        yield "deadline-kept", 0, int(journey.deadline_met)
    if journey.score is not None:
        yield "rated", 0, 1
        yield "satisfied", 0, int(journey.score >= SATISFIED)
        yield "score", 0, journey.score


def step_adds(journey: Journey, step: Step, zone: ZoneInfo) -> Counter[Cell]:
    """How long an ended step took, in the month in which it ended. What was called off took no time."""
    if step.ended_at is None or step.called_off:
        return Counter()
    took = bucket(max(0, seconds(step.started_at, step.ended_at)))
    cell = Cell(
        journey.service, journey.channel, month(step.ended_at, zone), f"{STEP}{step.activity}"[:120], took
    )
    return Counter({cell: 1})


def difference(before: Counter[Cell], after: Counter[Cell]) -> dict[Cell, int]:
    changed = {cell: after[cell] - before[cell] for cell in before.keys() | after.keys()}
    return {cell: by for cell, by in sorted(changed.items()) if by}


def month(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date().replace(day=1)


def seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


# --- times in buckets

RATIO: Final = 1.1  # each bucket reaches a tenth further than the one before
SHORTEST: Final = 60  # seconds; what takes less lies in bucket 0
ERROR: Final = math.sqrt(RATIO) - 1  # the middle of a bucket is at most so far from what lies in it


def bucket(length: int) -> int:
    """The bucket of a length in seconds."""
    return 0 if length < SHORTEST else 1 + int(math.log(length / SHORTEST) / math.log(RATIO))


def middle(place: int) -> float:
    """What stands for all lengths of a bucket, in seconds."""
    return SHORTEST / 2 if place == 0 else SHORTEST * float(RATIO) ** (place - 0.5)


def quantile(buckets: Mapping[int, int], share: float) -> timedelta | None:
    """The length that `share` of all lengths don't exceed (nearest rank), within `ERROR`; None where there are none."""
    total = sum(buckets.values())
    rank, seen = max(1, math.ceil(share * total)), 0
    for place in sorted(buckets):
        seen += buckets[place]
        if seen >= rank:
            return timedelta(seconds=middle(place))
    return None


def age_of(since: datetime, now: datetime) -> str:
    days = (now - since) / timedelta(days=1)
    return next(name for name, limit in AGES if limit is None or days < limit)
