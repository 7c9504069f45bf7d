"""What the events of one request say about it. Pure.

A `Journey` is what is known of one request from its first page to its last letter; `take` carries it on by one event.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

WORK_OF_PEOPLE: Final = "user"
LASTING: Final = frozenset({"user", "step", "manual", "receive", "send", "catch"})


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


def seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
