"""Following: subscribers read the journal by cursor, behind the horizon, in order within each case.

The horizon is the oldest transaction still running: below it no event can appear any more, so a cursor that moves
in the order `(xid, seq)` misses nothing. That order alone may turn two events of one case around: a transaction can
get its `xid` (by a line in the log of reads, say) long before it locks the case. `seq` can't: it is taken under the
lock of the case, so its order is the order of what happened, and whoever sees an event can see all earlier ones.
Therefore of the rows read only so many are used that no event of theirs has an earlier one of its case further on,
be it in the next rows or beyond the horizon; these are handed over by `seq` (ADR 0005).

A batch and its cursor commit together: what a subscriber changes inside the product happens once.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import BigIntegerField, F, Func, Min, Q, QuerySet

from towpath.foundation import clock, faults, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.journal.types import event_type
from towpath.foundation.journal.write import Fact, record
from towpath.foundation.models import Cursor, Event, Parked, Tenant

log = logging.getLogger(__name__)
BATCH = 200
# Classes of SQLSTATE that say nothing about the event: connection, rollback, resources, locks, intervention, system.
PASSING = {"08", "40", "53", "55", "57", "58"}
NEXT = "the event before it was laid aside; to be tried again"

EVENT_LAID_ASIDE = event_type(
    "journal.laid-aside", "A person let an event go that a subscriber could not take.", "subscriber", "event"
)


class Horizon(Func):
    """The oldest transaction still running: what is below it has settled."""

    template = "((pg_snapshot_xmin(pg_current_snapshot())::text)::bigint + ledger_offset())"
    output_field = BigIntegerField()


@dataclass(frozen=True)
class Subscriber:
    """`take` is called once for each event of the named types, in order within a case."""

    name: str
    types: frozenset[str]
    take: Callable[[Event], None]


class Overtaken(RuntimeError):
    """The cursor was set anew while a batch was handed over, which is undone."""


def deliver(tenant: Tenant, subscriber: Subscriber, *, behind_horizon: bool = True) -> int:
    """Hands over the next events and returns how many were read (0 when there is nothing that may be read now).

    A rehearsal reads its own uncommitted events with `behind_horizon=False`. Errors that say nothing about an event
    (a deadlock, a lost connection) pass through: the whole batch is undone and comes again.
    """
    with tenancy.inside(tenant):
        # Looking takes no lock, so that looking in vain writes nothing.
        if not _beyond(_cursor(subscriber.name), behind_horizon).exists():
            return 0
        if not _reserve(subscriber.name, wait=False):
            return 0
        cursor = _cursor(subscriber.name)
        events = _next(cursor, behind_horizon)
        if not events:
            return 0
        for event in sorted(events, key=lambda event: event.seq):
            if event.type in subscriber.types:
                _take(subscriber, event)
        _move(cursor, events[-1])
        return len(events)


def reserve(subscriber: str) -> None:
    """Until the end of the transaction nobody else reads for the subscriber; waits for whoever does now."""
    _reserve(subscriber, wait=True)


def _reserve(subscriber: str, *, wait: bool) -> bool:
    """An advisory lock: unlike the lock of a row it gives the transaction no `xid` and leaves the row alone."""
    name = f"follow|{tenancy.current_id()}|{subscriber}"
    function = "pg_advisory_xact_lock" if wait else "pg_try_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"select {function}(hashtextextended(%s, 0))", [name])
        (got,) = cursor.fetchone()
    return wait or bool(got)


def _cursor(subscriber: str) -> Cursor:
    """How far the subscriber has read; not yet saved where it has read nothing."""
    return Cursor.objects.filter(subscriber=subscriber).first() or Cursor(subscriber=subscriber)


def _move(cursor: Cursor, last: Event) -> None:
    """Whoever sets a cursor without reserving it wins: what was read from the old place is undone."""
    if cursor._state.adding:
        Cursor.objects.bulk_create([cursor], ignore_conflicts=True)
    there = Cursor.objects.filter(subscriber=cursor.subscriber, xid=cursor.xid, seq=cursor.seq)
    if not there.update(xid=last.xid, seq=last.seq):
        raise Overtaken(f"The cursor of {cursor.subscriber} was set anew meanwhile.")


def _beyond(place: Cursor | Event, behind_horizon: bool) -> QuerySet[Event]:
    events: QuerySet[Event] = Event.objects.filter(Q(xid__gt=place.xid) | Q(xid=place.xid, seq__gt=place.seq))
    # Said again as one range, which the index (tenant, xid, seq) can start from.
    events = events.filter(xid__gte=place.xid)
    if behind_horizon:
        events = events.filter(xid__lt=Horizon())
    return events


def _next(cursor: Cursor, behind_horizon: bool) -> Sequence[Event]:
    """The next events in the order (xid, seq) that may be handed over; none while an earlier one is not settled."""
    limit = BATCH
    while True:
        rows = list(_beyond(cursor, behind_horizon).order_by("xid", "seq")[:limit])
        usable = in_order(rows, _late(rows)) if rows else rows
        if usable or len(rows) < limit:
            return usable
        limit *= 2


def _late(rows: Sequence[Event]) -> dict[UUID | None, int]:
    """For the cases of the rows: the first event that anybody can see beyond them, whatever its transaction."""
    highest = max(row.seq for row in rows)
    events = _beyond(rows[-1], behind_horizon=False).filter(seq__lt=highest)
    found = events.filter(case_id__in={row.case_id for row in rows if row.case_id})
    return dict(found.order_by().values_list("case_id").annotate(Min("seq")))


def in_order(rows: Sequence[Event], late: Mapping[UUID | None, int]) -> Sequence[Event]:
    """The longest beginning of `rows` beyond which no case has an event with a lower `seq` than within.

    `late` is the lowest `seq` of a case beyond the last row. What is cut off may hold back other cases in turn.
    """
    lowest = dict(late)
    while True:
        cut = next((i for i, row in enumerate(rows) if row.seq > lowest.get(row.case_id, row.seq)), None)
        if cut is None:
            return rows
        for row in rows[cut:]:
            if row.case_id:
                lowest[row.case_id] = min(row.seq, lowest.get(row.case_id, row.seq))
        rows = rows[:cut]


# --- what could not be taken


def _take(subscriber: Subscriber, event: Event) -> None:
    if event.case_id and _parked(subscriber.name, event):
        _park(subscriber.name, event, "")
    elif error := _refused(subscriber, event):
        _park(subscriber.name, event, error)


def _refused(subscriber: Subscriber, event: Event) -> str:
    """Why the subscriber can't take the event; empty when it did."""
    try:
        with transaction.atomic():
            subscriber.take(event)
    except Exception as error:
        if _passes(error):
            raise
        told = faults.in_short(error)
        trace = faults.path(error)
        log.error(
            "%s could not take event %s (%s): %s\n%s", subscriber.name, event.seq, event.type, told, trace
        )
        return told
    return ""


def _passes(error: Exception) -> bool:
    """Whether it is the moment's fault and not the event's: it would pass if all were done again."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state[:2] in PASSING


def _parked(subscriber: str, event: Event) -> bool:
    return Parked.objects.filter(subscriber=subscriber, case_id=event.case_id).exists()


def _park(subscriber: str, event: Event, error: str) -> None:
    row = Parked(
        subscriber=subscriber, seq=event.seq, case_id=event.case_id, error=error, parked_at=clock.now()
    )
    Parked.objects.bulk_create([row], ignore_conflicts=True)


def release(subscriber: Subscriber, case_id: object) -> int:
    """Tries a parked case again, in order; stops at the first event that fails anew. Returns how many passed.

    Events without a case (`case_id` None) don't wait behind each other: each is tried.
    """
    reserve(subscriber.name)
    passed = 0
    for row in Parked.objects.filter(subscriber=subscriber.name, case_id=case_id).order_by("seq"):
        if error := _refused(subscriber, Event.objects.get(seq=row.seq)):
            row.error = error
            row.save(update_fields=["error"])
            if row.case_id:
                break
        else:
            row.delete()
            passed += 1
    return passed


def lay_aside(subscriber_name: str, seq: int, actor: Actor) -> None:
    """Lets the failing event of a parked case go for good; `release` then takes up those that waited behind it.

    Needs `jobs.settle`; Parked.DoesNotExist where the event is not one that failed.
    """
    actor.require("jobs.settle")
    reserve(subscriber_name)
    row = Parked.objects.exclude(error="").get(subscriber=subscriber_name, seq=seq)
    row.delete()
    record(EVENT_LAID_ASIDE, actor, Fact(case=row.case_id), subscriber=subscriber_name, event=seq)
    if row.case_id:
        waiting = (
            Parked.objects.filter(subscriber=subscriber_name, case_id=row.case_id).order_by("seq").first()
        )
        if waiting:
            waiting.error = NEXT
            waiting.save(update_fields=["error"])


def parked_cases() -> list[Parked]:
    """The failing event of each parked case, oldest first: for the desk."""
    return list(Parked.objects.exclude(error="").order_by(F("parked_at")))
