"""What each figure means. The pages and `docs/measures.md` show these words; a test holds them to each other.

`python -m towpath.journeys.measures` prints the page.
"""

from dataclasses import dataclass
from typing import Final


def _(text: str) -> str:
    """Marks a text that the pages show translated."""
    return text


@dataclass(frozen=True)
class Measure:
    """`name` is its place on the page; `month` says which month a request counts in."""

    name: str
    title: str
    what: str
    counted: str
    month: str
    events: tuple[str, ...]
    traps: tuple[str, ...]


MEASURES: Final = (
    Measure(
        "resolution",
        _("Resolution time"),
        _("How long people wait, from sending their request to its first decision."),
        _(
            "From sending to the first decision, in calendar time, nights and weekends included. A request without a "
            "decision ends when it is withdrawn or closed. Given as the median (half took no longer) and the time that "
            "9 of 10 did not exceed. “Without waiting for the applicant” leaves out the time in which the legal clock "
            "stood still because the applicant owed something."
        ),
        _("The month in which the request ended."),
        ("case.submitted", "case.decided", "case.withdrawn", "case.closed", "clock.stopped", "clock.started"),
        (
            _("Open requests are not in it: when old ones are cleared away, the figure rises."),
            _(
                "Times are kept in steps of a tenth, so a median or 9-of-10 time may be off by up to 5 per cent."
            ),
            _("A second decision, after a review, does not change the time of the first."),
            _("Where a service’s deadline never stands still, waiting for the applicant is not told apart."),
        ),
    ),
    Measure(
        "completion",
        _("Completion rate"),
        _("How many of those who began an application sent it."),
        _(
            "Applications sent, divided by applications begun. What came of it does not matter: refused, not "
            "eligible and later withdrawn requests were completed too."
        ),
        _("The month in which the application was begun, even if it was sent later."),
        ("draft.started", "case.submitted", "draft.expired"),
        (
            _(
                "Applications that are still open count as not sent; for recent months the rate still rises. Their "
                "number is given."
            ),
            _("Beginning twice and sending once counts as two begun and one sent."),
            _("Applications that staff fill in for a caller are in it; they are nearly always sent."),
        ),
    ),
    Measure(
        "satisfaction",
        _("Satisfaction"),
        _("How many of those who answered were satisfied."),
        _(
            "Scores of 4 or 5 out of 5, divided by all scores. The response rate is the number of scores divided by the "
            "number of requests that ended: everybody is asked at every end, after a refusal or a withdrawal too."
        ),
        _("The month in which the request ended, even if the score came later."),
        ("case.rated", "case.decided", "case.withdrawn", "case.closed"),
        (
            _("Few answers say little: look at the response rate first."),
            _("Those who got what they wanted are more satisfied; compare services with similar outcomes."),
        ),
    ),
    Measure(
        "digital",
        _("Digital take-up"),
        _("How many requests came in digitally, by oneself or with help."),
        _(
            "Requests that people sent through the portal by themselves, and requests for which staff filled in the "
            "digital form together with them, on the telephone, at the counter or in a chat (assisted digital), "
            "divided by all requests sent. This follows the digital take-up of the GOV.UK Service Manual. Requests on "
            "paper or by e-mail that staff typed in are not digital."
        ),
        _("The month in which the request was sent."),
        ("draft.started", "case.submitted"),
        (
            _("Leaving out assisted digital makes a service look worse the better it helps."),
            _("A request counts for the channel in which it was begun, wherever it was continued."),
            _("Staff who begin an application without naming the caller’s channel make it not digital."),
        ),
    ),
    Measure(
        "cost",
        _("Cost per request"),
        _("What one request costs the body on average."),
        _(
            "Requests sent in each channel times the amount that the body has set for that channel, divided by their "
            "number. Requests in channels without an amount are left out, and their number is given."
        ),
        _("The month in which the request was sent."),
        ("case.submitted",),
        (
            _("It is as good as the amounts that were set; nothing of it is measured."),
            _("Published averages are often for telephone calls, not for whole requests."),
        ),
    ),
    Measure(
        "open",
        _("Open requests"),
        _("What still waits for a decision, how long already, and at which step."),
        _(
            "Requests sent and not yet decided, withdrawn or closed, by the days since they were sent. A request at "
            "several steps at once is counted at the one that it has been at for the longest."
        ),
        _("Now; the period does not matter."),
        (
            "case.submitted",
            "case.stage-reached",
            "activity.started",
            "activity.completed",
            "activity.cancelled",
            "question.asked",
            "question.answered",
            "task.referred",
        ),
        (
            _("A decided request whose process runs on, such as a permit until its renewal, is not open."),
            _("Late means that the legal deadline has passed and does not stand still."),
        ),
    ),
    Measure(
        "deadline",
        _("Deadline kept"),
        _("How many decisions came within the legal deadline."),
        _(
            "Decisions made on or before the deadline as it then stood, divided by all decisions of requests that have "
            "a deadline. The deadline moves while the applicant owes something, where the law says so."
        ),
        _("The month in which the request was first decided."),
        ("case.submitted", "clock.stopped", "clock.started", "case.decided"),
        (
            _(
                "Withdrawn requests and open late ones are not in it; late open ones stand with the open requests."
            ),
        ),
    ),
    Measure(
        "automatic",
        _("Decided by the rules"),
        _("How many decisions were made without a person."),
        _("First decisions made by the rules, which may only be favourable, divided by all first decisions."),
        _("The month in which the request was first decided."),
        ("case.decided",),
        (_("A person may have done work before the rules decided, such as checking an address."),),
    ),
    Measure(
        "handovers",
        _("Hand-overs"),
        _("How often a request goes from one team to another until it ends."),
        _(
            "Each time that people of another team than before began work on a request, or a task was referred to "
            "another team, divided by the requests that ended."
        ),
        _("The month in which the request ended."),
        ("activity.started", "task.referred"),
        (_("Where teams work side by side, each that begins counts as a hand-over."),),
    ),
    Measure(
        "contacts",
        _("Messages and calls"),
        _("How much is written and said around a request."),
        _(
            "Letters, e-mails and calls in the request’s conversation, from and to the applicant, divided by the "
            "requests sent. Notes among staff don’t count."
        ),
        _("The month in which the request was sent, even if it was written or said later."),
        ("contact.written", "contact.received", "case.submitted"),
        (_("Letters that the process sends by itself, such as the receipt, are in it."),),
    ),
    Measure(
        "steps",
        _("Time at each step"),
        _("How long a step of the process takes, waiting for somebody to take it included."),
        _(
            "From the moment at which a step began to its end; the median of all that ended. Steps called off don’t count."
        ),
        _("The month in which the step ended."),
        ("activity.started", "activity.completed", "activity.cancelled"),
        (
            _("Steps that run side by side can’t be added up to the whole time."),
            _(
                "Where several visits of one step are open at once, the first to end is taken for the first to begin."
            ),
            _("Times are kept in steps of a tenth, so a median may be off by up to 5 per cent."),
        ),
    ),
)
OF_NAME: Final = {measure.name: measure for measure in MEASURES}


def as_markdown() -> str:
    """The page `docs/measures.md`."""
    parts = [
        "# What the figures mean",
        "Each figure is counted from the journal alone. A figure belongs to a whole month in the body's own time zone.\n"
        "This page is made from `src/towpath/journeys/measures.py`: `python -m towpath.journeys.measures > docs/measures.md`.",
    ]
    for one in MEASURES:
        events = ", ".join(f"`{name}`" for name in one.events)
        traps = "\n".join(f"- {trap}" for trap in one.traps)
        parts += [
            f"## {one.title}",
            one.what,
            f"**How it is counted.** {one.counted}",
            f"**Month.** {one.month}",
            f"**Events.** {events}",
            f"**Mind.**\n\n{traps}",
        ]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    print(as_markdown(), end="")  # noqa: T201
