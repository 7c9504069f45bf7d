"""The time. Everything asks here, so that scenarios, rehearsals and the demo run on a virtual clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class VirtualClock:
    """A clock that moves only when told to. It never goes back."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def advance(self, by: timedelta) -> None:
        self.to(self.moment + by)

    def to(self, moment: datetime) -> None:
        if moment > self.moment:
            self.moment = moment


_virtual: ContextVar[VirtualClock | None] = ContextVar("virtual_clock", default=None)


def now() -> datetime:
    """The present moment, in UTC and aware."""
    clock = _virtual.get()
    return clock.moment if clock else datetime.now(UTC)


def real_now() -> datetime:
    """The present moment, whatever clock the actors live by."""
    return datetime.now(UTC)


def recorded_before() -> datetime:
    """A moment before which all that the journal and the log of reads hold was recorded, by any server's clock.

    A read that ends there is not planned for the partitions of the months ahead, which are empty.
    """
    return real_now() + timedelta(days=1)


def is_virtual() -> bool:
    return _virtual.get() is not None


def day(moment: datetime, zone: str) -> date:
    """The calendar date of a moment in a body's own time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def today(zone: str) -> date:
    return day(now(), zone)


@contextmanager
def running(clock: VirtualClock) -> Iterator[VirtualClock]:
    token = _virtual.set(clock)
    try:
        yield clock
    finally:
        _virtual.reset(token)
