"""When people work, seen from when things happen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import fmean, median

from towpath.engines.bpmn.simulate import Hours
from towpath.engines.bpmn.simulate.hours import DAY

SLOT = 30  # minutes
_SLOTS = 24 * 60 // SLOT
OFFICE = Hours(dict.fromkeys(range(5), ((9 * 60, 17 * 60),)))
LEAST = 50  # moments, below which nothing is said
_ENOUGH = 300  # of one weekday, from which on it has hours of its own
_RARE = 0.1  # of what is usual: overtime and slips of the pen


def learned(moments: Sequence[float]) -> Hours | None:
    """`moments`: seconds by the clock on the wall. None if the log keeps days only, or has too few moments."""
    if len(moments) < LEAST or _are_days(moments):
        return None
    slots: dict[int, Counter[int]] = {}
    for moment in moments:
        day, second = divmod(moment, DAY)
        slots.setdefault((int(day) + 3) % 7, Counter())[int(second // 60 // SLOT)] += (
            1  # 1970 began on a Thursday
        )
    usual = fmean(sorted((counts.total() for counts in slots.values()), reverse=True)[:5])
    days = {day: counts for day, counts in sorted(slots.items()) if counts.total() >= _RARE * usual}
    together = sum(days.values(), Counter[int]())
    week = {
        day: _intervals(counts if counts.total() >= _ENOUGH else together) for day, counts in days.items()
    }
    always = len(week) == 7 and all(day == ((0, 24 * 60),) for day in week.values())
    return Hours() if always else Hours(week)


def _are_days(moments: Iterable[float]) -> bool:
    """Old systems write a day without a time: then one time of day stands nearly everywhere."""
    times = Counter(moment % DAY for moment in moments)
    return times.most_common(1)[0][1] > 0.5 * times.total()


def _intervals(counts: Counter[int]) -> tuple[tuple[int, int], ...]:
    least = _RARE * median(counts.values())
    found: list[tuple[int, int]] = []
    for slot in range(_SLOTS):
        if counts[slot] <= least:
            continue
        start, end = slot * SLOT, (slot + 1) * SLOT
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)
