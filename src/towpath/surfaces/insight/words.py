"""Numbers, times and codes of the house in words."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NONE = "–"
CHANNELS = {
    "portal": gettext_lazy("Portal"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "counter": gettext_lazy("Counter"),
    "chat": gettext_lazy("Chat"),
    "sms": gettext_lazy("Text message"),
    "post": gettext_lazy("Letter"),
    "desk": gettext_lazy("Desk"),
}
AWAITS = {
    "staff": gettext_lazy("Us"),
    "resident": gettext_lazy("The applicant"),
    "register": gettext_lazy("A register"),
    "nobody": gettext_lazy("Nobody"),
}
AGES = {
    "week": gettext_lazy("Up to 1 week"),
    "month": gettext_lazy("1 to 4 weeks"),
    "two-months": gettext_lazy("4 to 8 weeks"),
    "half-year": gettext_lazy("8 to 26 weeks"),
    "older": gettext_lazy("Over 26 weeks"),
}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def channel(code: str) -> str:
    return str(CHANNELS.get(code, code))


def awaits(code: str) -> str:
    return str(AWAITS.get(code, code))


def length(took: timedelta | None) -> str:
    """A length of time as people say it: minutes, hours, or days."""
    if took is None:
        return NONE
    if took < 90 * MINUTE:
        n = max(1, round(took / MINUTE))
        return ngettext("%(n)s minute", "%(n)s minutes", n) % {"n": n}
    if took < 36 * HOUR:
        n = round(took / HOUR)
        return ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}
    n = round(took / DAY)
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": n}


def percent(share: float | None) -> str:
    """Whole per cent; all and none are said only of all and none."""
    if share is None:
        return NONE
    shown = round(100 * share)
    shown = min(shown, 99) if share < 1 else shown
    return _("%(n)s %%") % {"n": max(shown, 1) if share > 0 else shown}


def number(value: float | int | None, places: int = 0) -> str:
    return NONE if value is None else str(formats.number_format(value, places, force_grouping=True))


def money(amount: Decimal | None, currency: str) -> str:
    return (
        NONE if amount is None else f"{currency}\u00a0{formats.number_format(amount, 2, force_grouping=True)}"
    )


def month(first: date) -> str:
    return str(formats.date_format(first, "YEAR_MONTH_FORMAT"))


def period(key: str) -> str:
    """How a period is named: see `journeys.queries.period`."""
    year, _dash, part = key.partition("-")
    if not year.isdecimal() or part == "months":
        return _("The last 12 months")
    if not part:
        return year
    if part.startswith("Q"):
        return _("Quarter %(quarter)s of %(year)s") % {"quarter": part[1:], "year": year}
    return month(date(int(year), int(part), 1))


def requests(n: int) -> str:
    return ngettext("%(n)s request", "%(n)s requests", n) % {"n": number(n)}
