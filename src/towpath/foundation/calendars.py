"""When a body works: its weekend, its hours and its holidays, as one calendar."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from towpath.engines.bpmn import WorkingTime

WEEKEND = [5, 6]
OFFICE = [["09:00", "17:00"]]


def body_calendar(settings: Mapping[str, Any]) -> WorkingTime:
    """The calendar in a body's settings, where weekdays are numbers (Monday is 0) and dates are ISO dates.

    `weekend` and `holidays` are days without work; `working-hours` takes each weekday with work to its intervals,
    such as {"0": [["08:30", "12:00"], ["13:00", "17:00"]]}. Where there are none, work is from nine to five.
    """
    weekend, hours = settings.get("weekend", WEEKEND), settings.get("working-hours", {})
    given = {day: hours.get(str(day), []) if hours else OFFICE for day in range(7)}
    return WorkingTime(
        {
            day: tuple((time.fromisoformat(begins), time.fromisoformat(ends)) for begins, ends in intervals)
            for day, intervals in given.items()
            if day not in weekend and intervals
        },
        frozenset(date.fromisoformat(day) for day in settings.get("holidays", [])),
    )
