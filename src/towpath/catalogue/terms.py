"""Lengths of time as the packages write them (ISO 8601), added to moments and dates."""

from datetime import date, datetime

from towpath.engines import feel

_ADD = feel.compile("start + duration(length)", ["start", "length"])


def moment_after(start: datetime, length: str) -> datetime:
    """`start` plus a length such as P56D, P1Y or PT36H. ValueError where the text is no length of time."""
    found = _ADD({"start": start, "length": length})
    if not isinstance(found, datetime):
        raise ValueError(f"{length!r} is not a length of time such as P56D or P1Y.")
    return found


def day_after(start: date, length: str) -> date:
    """The same for whole days, months and years."""
    found = _ADD({"start": start, "length": length})
    if not isinstance(found, date):
        raise ValueError(f"{length!r} is not a number of days, months or years such as P42D.")
    return found
