"""Deciding, by a person or by the rules; taking a request back; asking a person to look again."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from towpath.casework import conductor, rules, variables
from towpath.casework.events import CASE_DECIDED, CASE_REVIEW_ASKED, CASE_WITHDRAWN
from towpath.casework.models import Case, Decision, Question, Task
from towpath.casework.queries.tracking import reviewable
from towpath.casework.queries.visible import own_case
from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import record
from towpath.foundation.steps import StepContext, step_kind

AUTOMATIC = "person-or-rules"


@dataclass(frozen=True)
class Verdict:
    """What a person decided. `legal_basis` names one of the service's legal resources."""

    outcome: str
    reason: str
    legal_basis: str


def decide(actor: Actor, case: Case, package: catalogue.Package, verdict: Verdict, *, team: str) -> Decision:
    """A person's decision, within the transaction that completes their task."""
    actor.require("task.decide", team)
    _known(package, verdict)
    return _record(actor, case, package, verdict, automatic=False)


def _known(package: catalogue.Package, verdict: Verdict) -> None:
    errors = {}
    if verdict.outcome not in package.service.outcomes:
        errors["outcome"] = "required"
    if verdict.legal_basis not in package.service.legal_resources:
        errors["legal_basis"] = "required"
    if not verdict.reason.strip():
        errors["reason"] = "required"
    if errors:
        raise rules.NotComplete(errors)


@step_kind(
    "casework.decide",
    means="Decides by the rules, in the applicant's favour only.",
    headers=("outcome", "decision"),
)
def decide_by_rules(context: StepContext) -> dict[str, Any]:
    """A favourable decision without a person: the rules said a clear yes."""
    case = Case.objects.select_for_update(no_key=True).get(pk=context.case_id)
    package = catalogue.package(case.version_id)
    outcome = package.service.outcomes[context.headers["outcome"]]
    if not outcome.favourable or outcome.by != AUTOMATIC:
        raise rules.OnlyPeople(outcome.id)
    decision = context.headers["decision"]
    basis = _basis(case, decision)
    verdict = Verdict(outcome.id, "", basis)
    _record(SYSTEM, case, package, verdict, automatic=True, decision=decision)
    case.save()
    return {"outcome": outcome.id, "reason": "", "legal_basis": basis}


def _basis(case: Case, decision: str) -> str:
    """The legal basis that the rule itself names in its annotation."""
    traced = variables.rules_used(case).get(decision, {}).get("trace", [])
    annotations = [rule["annotations"] for step in traced for rule in step["rules"]]
    return next((text for found in annotations for text in found.values() if text), "")[:300]


def _record(
    actor: Actor,
    case: Case,
    package: catalogue.Package,
    verdict: Verdict,
    *,
    automatic: bool,
    decision: str = "",
) -> Decision:
    outcome = package.service.outcomes[verdict.outcome]
    now = clock.now()
    case.state = rules.moved(case.state, "decide")
    case.outcome, case.decided_at = verdict.outcome, now
    traced = variables.rules_used(case)
    made: Decision = Decision.objects.create(
        case=case,
        outcome=verdict.outcome,
        favourable=outcome.favourable,
        automatic=automatic,
        reason=verdict.reason,
        legal_basis=verdict.legal_basis,
        rules=[{"decision": name, **used} for name, used in traced.items()],
        version_id=case.version_id,
        law_date=_law_date(case, package),
        decided_by=actor.id,
        decided_at=now,
    )
    record(
        CASE_DECIDED,
        actor,
        conductor.about(case, activity="Decision"),
        service=case.service_code,
        outcome=verdict.outcome,
        favourable=outcome.favourable,
        automatic=automatic,
        rule=_rule(traced, decision),
        legal_basis=verdict.legal_basis[:80],
    )
    return made


def _rule(traced: dict[str, Any], decision: str) -> str:
    steps = traced.get(decision, {}).get("trace", [])
    return next((f"{s['decision']} {r['number']}" for s in steps for r in s["rules"]), "")


def _law_date(case: Case, package: catalogue.Package) -> Any:
    """The day whose law was applied: see `applies-by` of the package."""
    zone = tenancy.current().zone
    if package.service.applies_by == "decided":
        return clock.today(zone)
    return variables.context(case, package)["case"]["submitted"]


@transaction.atomic
def withdraw(actor: Actor, case_id: UUID, reason: str = "") -> Case:
    """The applicant takes the request back, themselves or through staff. Withdrawing twice changes nothing."""
    from towpath.casework.actions.notes import write_note

    case = own_case(actor, case_id, "case.withdraw", lock=True)
    if case.state == "withdrawn":
        return case
    case.state = rules.moved(case.state, "withdraw")
    case.outcome, case.closed_at = "withdrawn", clock.now()
    Question.objects.filter(case=case, state="open").update(state="lapsed")
    record(
        CASE_WITHDRAWN, actor, conductor.about(case, activity="Request withdrawn"), service=case.service_code
    )
    if reason.strip():
        write_note(actor, case, reason)
    if not conductor.message(case, "resident.withdrew", {}, actor):
        case.awaits = "nobody"
        Task.objects.filter(case=case, state="open").update(state="withdrawn", ended_at=clock.now())
        case.save()
    return case


@transaction.atomic
def ask_review(actor: Actor, case_id: UUID, text: str) -> Case:
    """The resident asks that a person look again at what the rules decided."""
    from towpath.casework.actions.notes import write_note

    case = own_case(actor, case_id, "case.ask", lock=True)
    package = catalogue.package(case.version_id)
    if not (conductor.waits_for(case, "resident.asked-review") and reviewable(case, package)):
        raise rules.WrongMove(case.state, "be looked at again")
    record(
        CASE_REVIEW_ASKED, actor, conductor.about(case, activity="Review asked"), service=case.service_code
    )
    write_note(actor, case, text, kind="answer", direction="in")
    conductor.message(case, "resident.asked-review", {"what_to_look_at": text}, actor)
    return case
