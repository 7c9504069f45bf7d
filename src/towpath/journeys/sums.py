"""What requests and their steps add to the figures, and how long lengths of time are kept. Pure.

Figures are always the sum of what all journeys and ended steps add: changed by the difference that an event made,
they can't drift away from them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from towpath.journeys.rules import Journey, Step, seconds

SELF_SERVICE: Final = "portal"
# Staff filled in the digital form together with somebody who was there, on the telephone or at the counter.
# What came on paper or by e-mail and was typed in afterwards is no digital request, whoever typed it.
ASSISTED_DIGITAL: Final = frozenset({"portal", "phone", "counter", "chat"})
SATISFIED: Final = 4  # of five
STEP: Final = "step:"  # begins the name of the figure that holds how long a step takes
AGES: Final[tuple[tuple[str, int | None], ...]] = (
    ("week", 7),
    ("month", 28),
    ("two-months", 56),
    ("half-year", 182),
    ("older", None),
)


class Cell(NamedTuple):
    """Where a number stands. `bucket` is the place in a histogram, 0 for a plain sum."""

    service: str
    channel: str
    month: date
    measure: str
    bucket: int


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


# Times lie in buckets, so that medians of any grouping can be added up.

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
