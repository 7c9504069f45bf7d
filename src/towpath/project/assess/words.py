"""Numbers and lengths of time as people say them."""

from __future__ import annotations

from datetime import datetime

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


def length(seconds: float) -> str:
    """ "40 minutes", "5 hours", "3.2 days", "2.4 years"; "no time" for less than a minute."""
    if seconds < MINUTE:
        return "no time" if seconds < 1 else "under a minute"
    for unit, size, most in (("minute", MINUTE, 99), ("hour", HOUR, 47)):
        if seconds < size * most:
            return _counted(seconds / size, unit)
    return days(seconds) if seconds < 800 * DAY else f"{seconds / DAY / 365.25:.1f} years"


def days(seconds: float) -> str:
    return _counted(seconds / DAY, "day")


def _counted(value: float, unit: str) -> str:
    shown = f"{value:,.1f}" if value < 9.95 and abs(value - round(value)) > 0.049 else f"{value:,.0f}"
    return f"{shown} {unit}" if shown == "1" else f"{shown} {unit}s"


def many(count: float, one: str, more: str = "") -> str:
    """ "1 case", "1,204 cases"."""
    return f"{count:,.0f} {one if count == 1 else more or one + 's'}"


def percent(share: float) -> str:
    """Shares between 0 and 1; small ones keep a decimal, so that something never reads as nothing."""
    if 0 < share < 0.001:
        return "under 0.1 %"
    return f"{100 * share:.1f} %" if 0 < share < 0.0995 else f"{100 * share:.0f} %"


def in_ten(share: float) -> str:
    """ "3 in 10" for the headings; "almost none" and "almost all" at the ends."""
    tenths = round(10 * share)
    if share <= 0.05:
        return "a few" if share > 0 else "none"
    return "almost all" if tenths == 10 else f"{tenths} in 10"


def date(time: datetime) -> str:
    return f"{time.day} {time:%B %Y}"


def month(time: datetime) -> str:
    return f"{time:%b %Y}"


def shortened(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def listed(names: list[str]) -> str:
    """ "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""


def chance(p: float) -> str:
    """How likely a difference is by chance alone."""
    if p < 0.0005:
        return "by chance alone less than 1 in 2,000"
    return f"by chance alone about 1 in {1 / p:,.0f}" if p < 0.34 else "could well be chance"
