"""Codes of the house in words for staff: how long until, who holds it, which channel, what went wrong."""

from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from towpath.casework import rules
from towpath.foundation import clock, tenancy
from towpath.people import actions as people_actions
from towpath.people import queries as people
from towpath.surfaces.look import TagKind

CHANNELS = {
    "portal": gettext_lazy("Portal"),
    "email": gettext_lazy("E-mail"),
    "phone": gettext_lazy("Telephone"),
    "counter": gettext_lazy("Counter"),
    "chat": gettext_lazy("Chat"),
    "sms": gettext_lazy("Text message"),
    "post": gettext_lazy("Letter"),
    "desk": gettext_lazy("Desk"),
    "system": "",
}
STATES: dict[str, tuple[Any, TagKind]] = {
    "open": (gettext_lazy("Open"), "active"),
    "decided": (gettext_lazy("Decided"), "done"),
    "withdrawn": (gettext_lazy("Withdrawn"), ""),
    "closed": (gettext_lazy("Closed"), ""),
}
AWAITS = {
    "staff": gettext_lazy("It waits for us."),
    "resident": gettext_lazy("It waits for the applicant."),
    "register": gettext_lazy("It waits for a register."),
    "nobody": "",
}
PURPOSES = {
    "casework": gettext_lazy("To work on the request"),
    "document": gettext_lazy("To read a paper"),
    "contact": gettext_lazy("To read or answer a message"),
    "residence-check": gettext_lazy("To check the address"),
    "vehicle-check": gettext_lazy("To check the vehicle"),
}
JOBS = {
    "exchange.call": gettext_lazy("Ask a register"),
    "contact.deliver": gettext_lazy("Send a message"),
    "documents.scan": gettext_lazy("Scan a file for viruses"),
    "casework.move": gettext_lazy("Move requests to another version"),
}
SUBSCRIBERS = {
    "receipts": gettext_lazy("Send the receipt"),
    "register-answers": gettext_lazy("Give a register's answer to its request"),
    "register-troubles": gettext_lazy("Say that a register did not answer"),
    "mail": gettext_lazy("Give an e-mail to its request"),
    "measures": gettext_lazy("Count for the figures"),
}
WRONG_CONTACT_POINTS = {
    "email": gettext_lazy("Write an e-mail address like name@example.org."),
    "phone": gettext_lazy("Write a telephone number with 5 to 15 digits, such as 01632 960 001."),
    "postal": gettext_lazy("Write an address of at most 320 characters."),
}
DELIVERIES: dict[str, tuple[Any, TagKind]] = {
    "created": (gettext_lazy("To be sent"), ""),
    "sending": (gettext_lazy("Being sent"), "active"),
    "sent": (gettext_lazy("Sent"), "active"),
    "delivered": (gettext_lazy("Delivered"), "done"),
    "pending": (gettext_lazy("To be printed"), "active"),
    "technical-failure": (gettext_lazy("Not sent: our mail server failed"), "attention"),
    "temporary-failure": (gettext_lazy("Failed for now"), "attention"),
    "permanent-failure": (gettext_lazy("Could not be delivered"), "attention"),
    "returned-letter": (gettext_lazy("The post brought it back"), "attention"),
    "cancelled": (gettext_lazy("Cancelled"), ""),
}


def channel(code: str) -> str:
    return str(CHANNELS.get(code, code))


def purpose(code: str) -> str:
    return str(PURPOSES.get(code, code))


def day(moment: datetime) -> date:
    return clock.day(moment, tenancy.current().zone)


def written_day(moment: datetime) -> str:
    return formats.date_format(day(moment), "DATE_FORMAT")


def written_time(moment: datetime) -> str:
    return formats.time_format(moment.astimezone(ZoneInfo(tenancy.current().zone)), "TIME_FORMAT")


def due(moment: datetime) -> str:
    """How long until, as people count days."""
    days = (day(moment) - clock.today(tenancy.current().zone)).days
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    if days == 0:
        return _("late") if moment < clock.now() else _("today")
    if days == 1:
        return _("tomorrow")
    return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}


def deadline(case: Any) -> str:
    """The legal deadline in one line; empty where there is none or the case has ended."""
    if case.due_at is None or case.state != "open":
        return ""
    if case.clock_stopped_at is not None:
        left = max(0, case.clock_left.days) if case.clock_left else 0
        days = ngettext("%(n)s day is left", "%(n)s days are left", left) % {"n": left}
        return _("the clock stands still, %(left)s") % {"left": days}
    return _("decide by %(day)s, %(due)s") % {"day": written_day(case.due_at), "due": due(case.due_at)}


def holder(task: Any, actor_id: str) -> str:
    """Who has the task in hand, or nothing."""
    if not task.assignee:
        return ""
    if task.assignee == actor_id:
        return _("You")
    if task.lease_until is None or task.lease_until <= clock.now():
        return ""
    return staff_name(task.assignee)


def staff_name(staff_id: str) -> str:
    return _kept_name(tenancy.current_id(), staff_id) or _("A colleague")


@lru_cache(maxsize=4096)
def _kept_name(tenant_id: int, staff_id: str) -> str:
    """Asked once for each member of staff, so that a list costs the same however many people work."""
    return people.staff_name(staff_id)


def explained(error: Exception) -> str:
    """What could not be done, why, and what to do instead."""
    match error:
        case rules.TaskTaken():
            until = written_time(error.until)
            return _("%(name)s works on this task until %(until)s. Speak to them, or take another one.") % {
                "name": error.by or _("A colleague"),
                "until": until,
            }
        case rules.TaskOver():
            return _("Somebody has finished this task already. See the timeline for what they did.")
        case rules.WrongMove():
            return _("The request has moved on, so this is not possible any more.")
        case rules.OnlyPeople():
            return _("Only a person may decide this.")
        case rules.NotComplete():
            return _("Something is missing or wrong. See beside the questions.")
        case people_actions.WrongContactPoint():
            return str(WRONG_CONTACT_POINTS.get(error.kind, error))
    return str(error)
