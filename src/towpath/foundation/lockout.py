"""Lock-out: who guesses at a code is stopped for a while. Counted by what is guessed at, in the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from towpath.foundation import clock
from towpath.foundation.ids import hashed
from towpath.foundation.models import Lockout

TRIES = 5
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
def guarded(subject: str) -> Iterator[Try]:
    """Counts a wrong try against `subject`; LockedOut before the block when there were five."""
    now = clock.now()
    Lockout.objects.bulk_create([Lockout(subject=hashed(subject), last_at=now)], ignore_conflicts=True)
    row: Lockout = Lockout.objects.select_for_update().get(subject=hashed(subject))
    if row.until and row.until > now:
        raise LockedOut(max(1, round((row.until - now) / timedelta(minutes=1))))
    tried = Try()
    yield tried
    expired = now - row.last_at > FOR
    row.failures = 0 if tried.right else (1 if expired else row.failures + 1)
    row.until = now + FOR if row.failures >= TRIES else None
    row.last_at = now
    row.save()
