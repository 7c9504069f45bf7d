"""Requests for a parking permit as they may go: as designed, with loops, and in ways that nobody designed."""

from datetime import timedelta
from pathlib import Path
from random import Random

from tests.journeys.history import Request
from towpath.casework import events as casework
from towpath.engines import bpmn

PARKING = "resident-parking-permit"
PACKAGE = Path(__file__).parents[2] / "services" / PARKING
HOUR = timedelta(hours=1)


def process():
    (found,) = bpmn.load((PACKAGE / "process.bpmn").read_text(encoding="utf-8")).processes.values()
    return found


ELEMENTS = process().elements


def done(request, element, *, queue=HOUR, took=HOUR, unit=""):
    """A step that began `queue` after the last thing, and took so long."""
    own = ELEMENTS[element]
    facts = {"element": element, "kind": own.kind, "activity": own.name}
    request.tell(casework.ACTIVITY_STARTED, after=queue, unit=unit, **facts)
    return request.tell(casework.ACTIVITY_COMPLETED, after=took, **facts)


def closed(request, after=HOUR):
    return request.tell(casework.CASE_CLOSED, after=after, service=PARKING, outcome="", end="e")


def begun(start, **more):
    return Request(service=PARKING, start=start, **more).begun().sent()


def any_way(random: Random, start) -> Request:
    """One of the ways, with the times that such work takes."""
    request = begun(start, channel=random.choice(["portal", "portal", "phone", "counter"]))

    def wait(hours):
        return timedelta(minutes=int(60 * hours * random.lognormvariate(0, 0.6)))

    for element in WAYS[random.choices(range(len(WAYS)), SHARES)[0]]:
        done(
            request,
            element,
            queue=wait(30 if element == "decide_permit" else 2),
            took=wait(6),
            unit="parking",
        )
    return closed(request) if request.told[-1].activity in LAST else request


REGISTER = ["ask_register", "decide_permit", "keep_renewal_date", "send_granted"]
LAST = ("Remind the resident to renew", "Send the refusal")
WAYS = [
    ["ask_register", "grant_automatically", "keep_renewal_date", "send_granted"],
    [*REGISTER, "renewal_near", "send_renewal_reminder"],
    ["check_address", "decide_permit", "send_refused"],
    ["ask_register", "check_address", "decide_permit", "keep_renewal_date", "send_granted"],
    ["check_address", "decide_permit", "ask_resident", "resident_replied", *REGISTER[1:]],
    ["check_address", "decide_permit", "ask_resident", "no_reply_in_time", "decide_permit", "send_refused"],
    ["check_address", "check_address", "decide_permit", "send_refused"],
    ["decide_permit", "check_address", "decide_permit", "send_refused"],
    ["check_address", "keep_renewal_date", "send_granted"],
]
SHARES = [20, 16, 10, 6, 7, 3, 3, 2, 2]
