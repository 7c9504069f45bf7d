"""Examples for the style pages: every component once, with words of the field. Invented people, no real data."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from towpath.surfaces.look import (
    Bar,
    Cell,
    Chart,
    Choice,
    Column,
    Field,
    Frame,
    Happening,
    Language,
    Link,
    Pages,
    Row,
    Stage,
    Table,
    TaskItem,
)


def portal_examples() -> dict[str, Any]:
    """The context of `towpath/styleguide.html`."""
    fields = _fields()
    return {
        "frame": _frame(),
        "fields": fields,
        "crumbs": [Link("Home", "#"), Link("Parking and travel", "#")],
        "rows": [
            Row.said("Name", "Amina Okafor", "#", "name"),
            Row.said("Address", "14 Lock Lane\nMillbrook\nMB2 4QT", "#", "address"),
            Row.said("Why you ask now", "", "#", "why you ask now"),
        ],
        "tasks": [
            TaskItem("About you", "Done", "#", kind="done"),
            TaskItem("Your vehicle", "Started", "#", "Have the registration document at hand", kind="active"),
            TaskItem("Your papers", "Missing a page", "#", kind="attention"),
            TaskItem("Send your request", "Not yet", hint="When the parts above are done"),
        ],
        "stages": _stages(),
        "happenings": _happenings(),
        "table": _table(),
        "chart": _chart(),
        "pages": Pages(
            "#", "#", [Link("1", "#"), Link("2", "#", current=True), Link("", ""), Link("9", "#")]
        ),
        "side": [
            Link("My requests", "#", current=True, count=3),
            Link("Messages", "#", count=1),
            Link("Papers", "#"),
        ],
    }


def desk_examples() -> dict[str, Any]:
    """The context of `towpath/styleguide_desk.html`."""
    navigation = [
        Link("My work", "#", current=True, count=7, key="m"),
        Link("Team", "#", count=41, key="t"),
        Link("Insight", "#", key="i"),
    ]
    frame = _frame(person="Jo Marsh", navigation=navigation, search="#", sign_out="#", place="")
    facts = [
        Row.said("Applicant", "Amina Okafor"),
        Row.said("Site", "14 Lock Lane, Millbrook"),
        Row.said("Work", "Felling one oak, trunk 90 cm round, within 4 m of a house"),
    ]
    reason = Field("textarea", "reason", "Reason", hint="The applicant reads this.", rows=4)
    return {
        **portal_examples(),
        "frame": frame,
        "facts": facts,
        "reason": reason,
        "queue": [
            {
                "title": "Felling of an oak",
                "about": "EP-2041 · Amina Okafor",
                "due": "2 days late",
                "late": True,
            },
            {"title": "Rear extension", "about": "EP-2077 · Tom Reyes", "due": "today", "current": True},
            {"title": "Parking permit", "about": "RP-0193 · Li Na", "due": "9 May"},
        ],
    }


def _frame(**others: Any) -> Frame:
    shown: dict[str, Any] = {
        "body": "Millbrook Council",
        "demo": True,
        "person": "Amina Okafor",
        "place": "#",
        "sign_out": "#",
        "languages": [
            Language("en", "English", "#", current=True),
            Language("fr", "Français", "#"),
            Language("ar", "العربية", "#", rtl=True),
        ],
        "footer": [Link("Accessibility", "#"), Link("Your data", "#"), Link("Contact us", "#")],
    }
    return Frame(**(shown | others))


def _fields() -> list[Field]:
    permits = [
        Choice("resident", "A resident’s permit", "For the street you live in"),
        Choice("visitor", "A visitor’s permit"),
        Choice("none", "I don’t know", divider="or"),
    ]
    reach = [Choice("email", "E-mail"), Choice("text", "Text message"), Choice("letter", "Letter")]
    streets = [Choice("", "Choose a street"), Choice("lock", "Lock Lane"), Choice("mill", "Mill Road")]
    return [
        Field("radios", "permit", "Which permit do you need?", value="resident", choices=permits),
        Field(
            "text",
            "plate",
            "Registration number",
            "As it stands on the plate",
            "Enter the registration number",
            width=10,
        ),
        Field("text", "fee", "What did you pay last year?", inputmode="decimal", width=5, prefix="£"),
        Field(
            "date",
            "moved",
            "When did you move in?",
            "For example, 27 3 2026",
            "The month must be between 1 and 12",
            {"day": "27", "month": "31", "year": "2026"},
            wrong=("month",),
        ),
        Field("checkboxes", "reach", "How may we reach you?", value=["email"], choices=reach),
        Field("select", "street", "Street", choices=streets, value="lock"),
        Field("textarea", "more", "Is there anything else?", optional=True),
        Field("file", "proof", "Proof of address", "A letter or bill from the last 3 months, PDF or picture"),
    ]


def _stages() -> list[Stage]:
    return [
        Stage("We received your request", "done", when=datetime(2026, 3, 2, tzinfo=UTC)),
        Stage("The papers are complete", "done", when=datetime(2026, 3, 4, tzinfo=UTC)),
        Stage("Two departments are looking at it", "current", "We expect their advice by 19 March."),
        Stage("We decide", "next", "Most people hear from us within 6 weeks."),
    ]


def _happenings() -> list[Happening]:
    return [
        Happening(
            datetime(2026, 3, 9, 10, 24, tzinfo=UTC),
            "The trees department gave its advice",
            "The oak is sound. Keep it, and shorten the branch over the roof.",
            "Trees and parks",
        ),
        Happening(
            datetime(2026, 3, 6, 16, 5, tzinfo=UTC),
            "The register did not answer",
            who="Towpath",
            kind="attention",
        ),
        Happening(
            datetime(2026, 3, 2, 8, 41, tzinfo=UTC),
            "You sent your request",
            who="Amina Okafor",
            channel="by web",
            kind="done",
        ),
    ]


def _table() -> Table:
    return Table(
        caption="Requests sent this month",
        columns=[Column("Service"), Column("Where it stands"), Column("Sent", numeric=True)],
        rows=[
            [Cell("Parking permit", "#"), Cell("Granted", tag="done"), 412],
            [Cell("Environmental permit", "#"), Cell("Being looked at", tag="active"), 63],
            [Cell("Appeal", "#"), Cell("Waiting for you", tag="attention"), 4],
        ],
    )


def _chart() -> Chart:
    return Chart(
        finding="Half of the wait is for advice from other departments",
        measure="Environmental permits decided in March: median days per step",
        bars=[
            Bar("Checking the papers", 3, "3 days", "#"),
            Bar("Waiting for the applicant", 6, "6 days", "#"),
            Bar("Advice of departments", 14, "14 days", "#", marked=True),
            Bar("Deciding", 5, "5 days", "#"),
        ],
        label_column="Step",
        value_column="Median",
        csv="#",
        note="63 cases. Each name leads to its cases.",
    )
