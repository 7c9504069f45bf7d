"""The states of a case, a task and a question, the deadline's clock, and the lease. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

CaseState = Literal["open", "decided", "withdrawn", "closed"]
CaseMove = Literal["decide", "withdraw", "end"]
Awaits = Literal["staff", "resident", "register", "nobody"]

# A decided case may run on (a permit until its renewal) and be decided anew when somebody looks again.
CASE_MOVES: Final[dict[tuple[CaseState, CaseMove], CaseState]] = {
    ("open", "decide"): "decided",
    ("open", "withdraw"): "withdrawn",
    ("open", "end"): "closed",
    ("decided", "decide"): "decided",
    ("decided", "end"): "closed",
    ("withdrawn", "end"): "withdrawn",
}
ENDED: Final = frozenset({"withdrawn", "closed"})

TASK_STATES: Final = ("open", "done", "withdrawn")
QUESTION_STATES: Final = ("open", "answered", "lapsed")
LEASE = timedelta(minutes=30)
SCORES = range(1, 6)


class CaseError(Exception):
    """What an actor wanted can't be done; the text tells them why.

    CaseError
    ├── WrongMove     the case is not in a state for it
    ├── TaskTaken     somebody else works on the task
    ├── TaskOver      the task is done or withdrawn
    ├── NotComplete   answers are missing or wrong (`errors`: question -> message key)
    └── OnlyPeople    an automatic decision would not be favourable
    """


class WrongMove(CaseError):
    def __init__(self, state: str, move: str) -> None:
        super().__init__(f"A case that is {state} can't {move}.")


class TaskTaken(CaseError):
    def __init__(self, by: str, until: datetime) -> None:
        super().__init__(f"{by} is working on this task until {until:%H:%M}.")
        self.by, self.until = by, until


class TaskOver(CaseError):
    def __init__(self, state: str) -> None:
        super().__init__(f"This task is {state}.")


class NotComplete(CaseError):
    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(f"Missing or wrong: {', '.join(sorted(errors))}.")
        self.errors = errors


class OnlyPeople(CaseError):
    def __init__(self, outcome: str) -> None:
        super().__init__(f"The outcome {outcome} may be given by a person only.")


@dataclass(frozen=True)
class Upload:
    """A file as it was sent: its name and type are claims."""

    name: str
    content_type: str
    content: bytes


def moved(state: str, move: CaseMove) -> CaseState:
    for (before, wanted), after in CASE_MOVES.items():
        if before == state and wanted == move:
            return after
    raise WrongMove(state, move)


@dataclass(frozen=True)
class Clock:
    """The legal deadline. While it stands still, `left` says how much remains."""

    due: datetime | None
    stopped_at: datetime | None = None
    left: timedelta | None = None

    def stop(self, now: datetime) -> "Clock":
        if self.due is None or self.stopped_at is not None:
            return self
        return Clock(self.due, now, self.due - now)

    def start(self, now: datetime) -> "Clock":
        if self.stopped_at is None or self.left is None:
            return self
        return Clock(now + self.left)


def leased_to_other(assignee: str, until: datetime | None, actor: str, now: datetime) -> bool:
    return bool(assignee) and assignee != actor and until is not None and until > now
