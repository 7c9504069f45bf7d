"""Logs held open in memory by one process, the latest few; each is asked by one thread at a time."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from towpath.engines import mining

MOST: Final = 6


@dataclass
class _Kept:
    stamp: Hashable
    log: mining.Log | None
    lock: Lock = field(default_factory=Lock)


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()
_keeping: Final = Lock()


@contextmanager
def log(key: Hashable, stamp: Hashable, make: Callable[[], mining.Log | None]) -> Iterator[mining.Log | None]:
    """The log of a key, which names its tenant; made anew when its stamp is another than before."""
    with _keeping:
        found = _kept.get(key)
    if found is None or found.stamp != stamp:
        found = _Kept(stamp, make())
    with _keeping:
        _kept[key] = found
        _kept.move_to_end(key)
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    with found.lock:
        yield found.log


def forget(key: Hashable) -> None:
    with _keeping:
        _kept.pop(key, None)
