"""What happened to a request, and where it stands, in words for its applicant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from towpath.casework.queries import Happening as Event
from towpath.casework.queries import Tracking
from towpath.catalogue.queries import Package, terms
from towpath.foundation import clock, tenancy
from towpath.surfaces.look import Happening, TagKind
from towpath.surfaces.portal.wording import Words

if TYPE_CHECKING:
    from towpath.casework.models import Case

# Events that mean something to an applicant; the rest is how we work.
TITLES = {
    "case.submitted": gettext_lazy("You sent your request"),
    "question.asked": gettext_lazy("We asked you for something"),
    "question.answered": gettext_lazy("You answered us"),
    "clock.stopped": gettext_lazy("The time for our decision stands still"),
    "clock.started": gettext_lazy("The time for our decision runs again"),
    "case.withdrawn": gettext_lazy("You took your request back"),
    "case.review-asked": gettext_lazy("You asked a person to look again"),
    "case.rated": gettext_lazy("You told us how it was"),
}
KINDS: dict[str, TagKind] = {"case.decided": "done", "question.asked": "attention"}


@dataclass(frozen=True)
class Decided:
    """A decision as its addressee reads it. `rules` are the words of the rules that gave it, where no person did."""

    outcome: str
    explanation: str
    automatic: bool
    reason: str
    rules: Sequence[str]
    legal_basis: str
    on: date
    law_date: date
    appeal_by: date | None


def state(found: Tracking, words: Words) -> tuple[str, TagKind]:
    return case_state(found.case, words.package, words.language)


def case_state(case: "Case", package: Package, language: str) -> tuple[str, TagKind]:
    """In a word or two, for a tag."""
    if case.outcome:
        return package.text(f"outcomes.{case.outcome}.label", language), "done"
    if case.state != "open":
        return _("Finished"), "done"
    return (
        (_("Waiting for you"), "attention") if case.awaits == "resident" else (_("Being looked at"), "active")
    )


def awaited(found: Tracking) -> str:
    """What is awaited, and from whom; empty once nothing is."""
    if found.case.closed_at or found.case.state == "withdrawn":
        return ""
    if found.questions:
        return _("We wait for you. Please answer the question above.")
    return {
        "staff": _("It is our turn. You need not do anything."),
        "register": _("We wait for an answer from a register. You need not do anything."),
        "resident": _("We wait for you."),
    }.get(found.awaits, "")


def decision(found: Tracking, words: Words) -> Decided:
    made, case = found.decision, found.case
    assert made is not None
    zone, service = tenancy.current().zone, words.package.service
    outcome = service.outcomes.get(made.outcome)
    within = service.appeal.within if outcome and outcome.appeal else ""
    appeal_by = clock.day(terms.moment_after(made.decided_at, within), zone) if within else None
    return Decided(
        outcome=words.package.text(f"outcomes.{made.outcome}.label", words.language),
        explanation=words.text(f"outcomes.{made.outcome}.explanation"),
        automatic=made.automatic,
        reason=made.reason,
        rules=_rules(made.rules, made.legal_basis, words) if made.automatic else (),
        legal_basis=words.legal(made.legal_basis) if made.legal_basis else "",
        on=clock.day(made.decided_at, zone),
        law_date=made.law_date,
        appeal_by=appeal_by if case.state != "withdrawn" else None,
    )


def _rules(used: Sequence[dict[str, Any]], basis: str, words: Words) -> list[str]:
    """Each table's reason in the package's words, first that of the table which decided.

    What the tables saw are answers, and stays out.
    """

    def decided(one: dict[str, Any]) -> bool:
        matched = [rule for step in one.get("trace", []) for rule in step["rules"]]
        return any(basis in rule["annotations"].values() for rule in matched)

    ordered = sorted(used, key=decided, reverse=True)
    codes = [one["value"].get("reason") for one in ordered if isinstance(one.get("value"), dict)]
    return [text for code in codes if code and (text := words.text(f"reasons.{code}"))]


def happenings(lines: Sequence[Event], words: Words) -> list[Happening]:
    """Newest first. Nobody's name is told: it is the body that acts."""
    told = [
        Happening(line.at, title, kind=KINDS.get(line.kind, ""))
        for line in lines
        if (title := _title(line, words))
    ]
    return list(reversed(told))


def _title(line: Event, words: Words) -> str:
    match line.kind:
        case "case.stage-reached":
            return words.text(f"stages.{line.data.get('stage')}.label")
        case "case.decided":
            outcome = words.package.text(f"outcomes.{line.data.get('outcome')}.label", words.language)
            return _("We decided: %(outcome)s") % {"outcome": outcome}
        case "entry.message":
            outwards = line.data.get("direction") == "out"
            return _("We wrote to you") if outwards else _("You wrote to us")
    return str(TITLES.get(line.kind, ""))
