"""Logs held open in memory by one process, the latest few; each is asked by one thread at a time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from towpath.engines import mining

MOST: Final = 6
RENEWED: Final = 500  # times, then it is made anew: what was there before still takes room
Renew = Callable[[mining.Log, Hashable], mining.Log | None]


@dataclass
class _Kept:
    stamp: Hashable
    log: mining.Log | None
    renewed: int = 0
    lock: Lock = field(default_factory=Lock)


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()
_keeping: Final = Lock()


@contextmanager
def log(
    key: Hashable,
    stamp: Hashable,
    make: Callable[[], mining.Log | None],
    renew: Renew = lambda log, stamp: None,
) -> Iterator[mining.Log | None]:
    """The log of a key, which names its tenant; made anew when its stamp is another than before.

    `renew` gets the log with its old stamp first: what it returns is the log of the new stamp, None that it can't.
    """
    with _keeping:
        found = _kept.get(key)
    if found is None or not _up_to_date(found, stamp, renew):
        found = _Kept(stamp, make())
    if found.log is None:  # what is asked for by a name of nothing takes nobody's place
        yield None
        return
    with _keeping:
        _kept[key] = found
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    with found.lock:
        yield found.log


def _up_to_date(found: _Kept, stamp: Hashable, renew: Renew) -> bool:
    with found.lock:
        if found.stamp == stamp:
            return True
        again = renew(found.log, found.stamp) if found.log and found.renewed < RENEWED else None
        if again is None:
            return False
        found.log, found.stamp, found.renewed = again, stamp, found.renewed + 1
        return True


def forget(key: Hashable) -> None:
    with _keeping:
        _kept.pop(key, None)
