"""Lock-out: who guesses at a code is stopped for a while. Counted in the database, by two things at once.

A few wrong tries lock out whoever made them; only many, from wherever they come, lock what is guessed at itself. So
nobody keeps the owner away from a reference with a handful of wrong codes, and nobody gets many guesses by coming
from many places.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from towpath.foundation import clock, tenancy
from towpath.foundation.ids import hashed
from towpath.foundation.models import Lockout

TRIES = 5  # of one, at one thing
TRIES_OF_ALL = 50  # at one thing, whoever tries
FOR = timedelta(minutes=15)


class LockedOut(Exception):
    """Too many wrong tries; says when to try again."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"Too many wrong tries. Try again in {minutes} minutes.")
        self.minutes = minutes


@dataclass
class Try:
    right: bool = False


@contextmanager
def guarded(subject: str, by: str = "") -> Iterator[Try]:
    """Counts a wrong try of `by` (an address, a session) at `subject`; LockedOut before the block when there were too many.

    Those who are not told apart (`by` is empty) count as one. A right try forgets the wrong ones of who made it.
    """
    now = clock.now()
    # Always in this order, so that two who try at one thing can't wait for each other.
    own, of_all = _counter(f"{subject}\n{by}", now), _counter(subject, now)
    for row in (own, of_all):
        if row.until and row.until > now:
            raise LockedOut(max(1, round((row.until - now) / timedelta(minutes=1))))
    tried = Try()
    yield tried
    if tried.right:
        own.failures, own.until = 0, None
        own.save(update_fields=["failures", "until"])
        return
    _count(own, TRIES, now)
    _count(of_all, TRIES_OF_ALL, now)


def _counter(what: str, now: datetime) -> Lockout:
    """The row that counts, locked. It is made or touched in one statement, so that no sweep takes it in between."""
    Lockout.objects.bulk_create(
        [Lockout(subject=hashed(what), last_at=now)],
        update_conflicts=True,
        unique_fields=["tenant", "subject"],
        update_fields=["subject"],
    )
    row: Lockout = Lockout.objects.select_for_update().get(subject=hashed(what))
    return row


def _count(row: Lockout, limit: int, now: datetime) -> None:
    row.failures = 1 if now - row.last_at >= FOR else row.failures + 1
    row.until = now + FOR if row.failures >= limit else None
    row.last_at = now
    row.save()


MANY = 30_000  # of one thing: what comes on top is not told apart
TIMES = """
insert into foundation_lockout as kept (tenant_id, subject, failures, last_at) values (%s, %s, 1, %s)
on conflict (tenant_id, subject) do update set failures = least(kept.failures + 1, %s) returning failures
"""


def times(what: str, until: datetime) -> int:
    """How often something was done up to now, this time included, in one statement; forgotten some time after `until`."""
    with connection.cursor() as cursor:
        cursor.execute(TIMES, [tenancy.current_id(), hashed(what), until, MANY])
        (count,) = cursor.fetchone()
    return int(count)


def sweep() -> int:
    """Removes the counts that no longer matter; returns how many."""
    gone, _ = Lockout.objects.filter(last_at__lt=clock.now() - FOR).delete()
    return gone
