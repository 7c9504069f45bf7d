"""When a timer is due: ISO 8601 texts and FEEL values, in the zone of the body, working days by its calendar."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.bpmn.commands import Env
from towpath.engines.bpmn.model import Timer

_MOST_DAYS = 4_000  # that a clock can have stood still

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,4})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,9})M)?(?:(\d{1,11}(?:\.\d{1,6})?)S)?)?"
)
_CYCLE = re.compile(r"R(\d{0,6})/(P.+)")


class TimerError(ValueError):
    """Not a time that we can count; the message says what would be right."""


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and days go by the clock on the wall, `exact` by elapsed time."""

    months: int = 0
    days: int = 0
    exact: timedelta = timedelta()


def read_duration(text: str) -> Duration:
    """ISO 8601, not negative: P1Y2M, P2W, P10DT4H30M."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise TimerError(f"'{text}' is not a duration; write it like P10D, PT36H or P1M")
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in match.groups()[:6])
    exact = timedelta(hours=hours, minutes=minutes, seconds=float(match.group(7) or 0))
    return Duration(years * 12 + months, weeks * 7 + days, exact)


def read_cycle(text: str) -> tuple[int | None, Duration]:
    """R3/PT24H: how often (None: without end) and how far apart."""
    match = _CYCLE.fullmatch(text.strip())
    if match is None:
        raise TimerError(f"'{text}' is not a repetition; write it like R/P7D or R3/PT24H")
    duration = read_duration(match.group(2))
    if duration == Duration():
        raise TimerError(f"'{text}' repeats without any time between")
    return (int(match.group(1)) if match.group(1) else None), duration


def read_moment(text: str) -> datetime | date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise TimerError(f"'{text}' is not a date; write it like 2025-03-01 or 2025-03-01T09:00:00") from None


def check_working_days(duration: Duration) -> int:
    if duration.months or duration.exact:
        raise TimerError("a duration in working days counts days only; write it like P10D")
    return duration.days


def after(value: Any, env: Env, *, working_days: bool = False, working_hours: bool = False) -> datetime:
    """The moment one duration from now: an ISO text, a FEEL duration, or a number of working days."""
    duration = _duration(value, working_days)
    try:
        if working_hours:
            return _within_hours(env, env.now.astimezone(env.zone), duration)
        if working_days:
            return env.calendar.add_working_days(env.now.astimezone(env.zone), check_working_days(duration))
        return _add(env.now.astimezone(env.zone), duration)
    except (OverflowError, ValueError) as error:
        raise TimerError(f"{value} from now cannot be counted: {error}") from None


def at(value: Any, env: Env) -> datetime:
    """A date or date and time, in the body's zone if it names none; a date means the moment it begins."""
    moment = read_moment(value) if isinstance(value, str) else value
    if isinstance(moment, datetime):
        return moment if moment.tzinfo else moment.replace(tzinfo=env.zone)
    if isinstance(moment, date):
        return datetime.combine(moment, time(), env.zone)
    raise TimerError(f"{value!r} is not a date")


def due(value: Any, env: Env, *, working_days: bool = False, working_hours: bool = False) -> datetime:
    """A due date given either way, as a date or as a duration from now."""
    if isinstance(value, datetime | date) or (isinstance(value, str) and not value.startswith("P")):
        return at(value, env)
    return after(value, env, working_days=working_days, working_hours=working_hours)


def later(due: datetime, stopped: datetime, env: Env, timer: Timer) -> datetime:
    """When a timer is due whose clock has stood still from `stopped` until now: later by as much as was lost.

    Of working days only those are added that began meanwhile; else whole days by the wall, the rest by elapsed time.
    """
    stopped, now = stopped.astimezone(env.zone), env.now.astimezone(env.zone)
    if timer.working_days:
        lost = 0
        while lost < _MOST_DAYS and env.calendar.add_working_days(stopped, lost + 1) <= now:
            lost += 1
        return env.calendar.add_working_days(due.astimezone(env.zone), lost)
    days = (now.replace(tzinfo=None) - stopped.replace(tzinfo=None)).days
    rest = now.astimezone(UTC) - _add(stopped, Duration(days=days)).astimezone(UTC)
    return _add(due.astimezone(env.zone), Duration(days=days, exact=max(rest, timedelta())))


def _within_hours(env: Env, start: datetime, duration: Duration) -> datetime:
    if duration.months or duration.days:
        raise TimerError("a duration in working hours counts hours, minutes and seconds; write it like PT8H")
    count = getattr(env.calendar, "add_working_time", None)
    if count is None:
        raise TimerError("the calendar of this body has no working hours")
    try:
        moment: datetime = count(start, duration.exact)
    except ValueError as error:
        raise TimerError(str(error)) from None
    return moment


def _duration(value: Any, working_days: bool) -> Duration:
    match value:
        case Duration():
            return value
        case str():
            return read_duration(value)
        case timedelta() if value >= timedelta():
            return Duration(
                days=value.days, exact=timedelta(seconds=value.seconds, microseconds=value.microseconds)
            )
        case int() | Decimal() if (
            working_days and not isinstance(value, bool) and value == int(value) and value >= 0
        ):
            return Duration(days=int(value))
    months = getattr(value, "months", None)  # FEEL's duration of years and months
    if isinstance(months, int) and months >= 0:
        return Duration(months=months)
    raise TimerError(f"{value!r} is not a duration from now on")


def _add(start: datetime, duration: Duration) -> datetime:
    month = start.month - 1 + duration.months
    year, month = start.year + month // 12, month % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    on_the_wall = start.replace(year=year, month=month, day=day) + timedelta(days=duration.days)
    if not duration.exact:
        return on_the_wall
    # Elapsed time is counted in UTC: an hour is an hour on the night that the clocks change.
    return (on_the_wall.astimezone(UTC) + duration.exact).astimezone(start.tzinfo)
