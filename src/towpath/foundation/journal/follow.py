"""Following: subscribers read the journal by cursor, in order, behind the horizon.

The horizon is the oldest transaction still running: below it no event can appear any more, so reading in the
order `(xid, seq)` misses nothing. Actions lock the case before they write anything, therefore the transactions of
one case have rising `xid`s and its events arrive in order. A batch and its cursor commit together: what a subscriber
changes inside the product happens once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import BigIntegerField, F, Func, Q, QuerySet

from towpath.foundation import clock, tenancy
from towpath.foundation.models import Cursor, Event, Parked, Tenant

log = logging.getLogger(__name__)
BATCH = 200


class Horizon(Func):
    """The oldest transaction still running: what is below it has settled."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
    output_field = BigIntegerField()


@dataclass(frozen=True)
class Subscriber:
    """`take` is called once for each event of the named types, in order within a case."""

    name: str
    types: frozenset[str]
    take: Callable[[Event], None]


def deliver(tenant: Tenant, subscriber: Subscriber, *, behind_horizon: bool = True) -> int:
    """Hands over the next batch and returns how many events were read (0 when there is nothing new).

    A rehearsal reads its own uncommitted events with `behind_horizon=False`.
    """
    with tenancy.inside(tenant):
        if not _news(subscriber, behind_horizon):
            return 0
        cursor = _lock(subscriber)
        if cursor is None:
            return 0
        events = list(_beyond(cursor, behind_horizon).order_by("xid", "seq")[:BATCH])
        for event in events:
            if event.type in subscriber.types:
                _take(subscriber, event)
        if events:
            cursor.xid, cursor.seq = events[-1].xid, events[-1].seq
            cursor.save(update_fields=["xid", "seq"])
        return len(events)


def _lock(subscriber: Subscriber) -> Cursor | None:
    """The subscriber's cursor, or None while another worker reads for it."""
    mine = Cursor.objects.filter(subscriber=subscriber.name)
    cursor = mine.select_for_update(skip_locked=True).first()
    if cursor is None and not mine.exists():
        Cursor.objects.bulk_create([Cursor(subscriber=subscriber.name)], ignore_conflicts=True)
        cursor = mine.select_for_update(skip_locked=True).first()
    return cursor


def _news(subscriber: Subscriber, behind_horizon: bool) -> bool:
    """Whether there is anything to hand over. It takes no lock, so that looking in vain writes nothing."""
    cursor = Cursor.objects.filter(subscriber=subscriber.name).first() or Cursor()
    return _beyond(cursor, behind_horizon).exists()


def _beyond(cursor: Cursor, behind_horizon: bool) -> QuerySet[Event]:
    events: QuerySet[Event] = Event.objects.filter(Q(xid__gt=cursor.xid) | Q(xid=cursor.xid, seq__gt=cursor.seq))
    # Said again as one range, which the index (tenant, xid, seq) can start from.
    events = events.filter(xid__gte=cursor.xid)
    if behind_horizon:
        events = events.filter(xid__lt=Horizon())
    return events


def _take(subscriber: Subscriber, event: Event) -> None:
    if event.case_id and _parked(subscriber.name, event):
        _park(subscriber.name, event, "")
        return
    try:
        with transaction.atomic():
            subscriber.take(event)
    except Exception as error:
        log.exception("%s could not take event %s (%s)", subscriber.name, event.seq, event.type)
        _park(subscriber.name, event, f"{type(error).__name__}: {error}"[:2000])


def _parked(subscriber: str, event: Event) -> bool:
    return Parked.objects.filter(subscriber=subscriber, case_id=event.case_id).exists()


def _park(subscriber: str, event: Event, error: str) -> None:
    Parked.objects.bulk_create(
        [
            Parked(
                subscriber=subscriber,
                seq=event.seq,
                case_id=event.case_id,
                error=error,
                parked_at=clock.now(),
            )
        ],
        ignore_conflicts=True,
    )


def release(subscriber: Subscriber, case_id: object) -> int:
    """Tries a parked case again, in order; stops at the first event that fails anew. Returns how many passed."""
    rows = Parked.objects.select_for_update().filter(subscriber=subscriber.name, case_id=case_id)
    passed = 0
    for row in rows.order_by("seq"):
        try:
            with transaction.atomic():
                subscriber.take(Event.objects.get(seq=row.seq))
        except Exception as error:
            row.error = f"{type(error).__name__}: {error}"[:2000]
            row.save(update_fields=["error"])
            break
        row.delete()
        passed += 1
    return passed


def parked_cases() -> list[Parked]:
    """The failing event of each parked case, oldest first: for the desk."""
    return list(Parked.objects.exclude(error="").order_by(F("parked_at")))
