"""What the process, the rules and the letters of a case see."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from towpath.casework import answers
from towpath.casework.models import Case
from towpath.catalogue import queries as catalogue
from towpath.engines.bpmn import LOCALS
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.typed import pack, unpack

RULES = "$rules"  # in `Case.data`: decision -> what it gave and why; not seen by expressions


def context(case: Case, package: catalogue.Package) -> dict[str, Any]:
    """`answers`, `applicant`, `case`, and the variables that the process has set."""
    data = {key: unpack(value) for key, value in case.data.items() if key not in (LOCALS, RULES)}
    given = answers.read(case)
    asked = {q.id: given.get(q.id) for page in package.form.pages for q in page.questions}
    here = ZoneInfo(tenancy.current().zone)
    return {
        **data,
        LOCALS: unpack(case.data.get(LOCALS, {})),
        "answers": asked,
        "applicant": data.get("applicant", {}),
        "case": _case(case, package, here),
        **world(),
    }


def world() -> dict[str, Any]:
    """What `today()` and `now()` give."""
    now = clock.now().astimezone(ZoneInfo(tenancy.current().zone))
    return {"__today": now.date(), "__now": now}


def of_form(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """What a form sees while it is filled in, before there is a case."""
    return {
        "answers": dict(given),
        "applicant": applicant(actor),
        "case": {"channel": actor.channel, "submitted": world()["__today"]},
        **world(),
    }


def applicant(actor: Actor) -> dict[str, Any]:
    """What forms and rules may know of who applies."""
    return {"signed_in": actor.kind == "resident", "assurance": actor.assurance}


def _case(case: Case, package: catalogue.Package, here: ZoneInfo) -> dict[str, Any]:
    decided = case.decided_at or clock.now()
    appeal = package.service.appeal.within
    return {
        "reference": case.reference,
        "channel": case.channel,
        "submitted": _date(case.submitted_at, here),
        "deadline": _date(case.due_at, here),
        "decided": _date(case.decided_at, here),
        "appeal_by": _date(catalogue.terms.moment_after(decided, appeal), here) if appeal else None,
        "reply_by": unpack(case.data.get("reply_by")),
    }


def _date(moment: datetime | None, here: ZoneInfo) -> Any:
    return moment.astimezone(here).date() if moment else None


def set_variables(case: Case, changes: Mapping[str, Any]) -> None:
    """Puts what the process set into the row (the caller saves it)."""
    case.data = {**case.data, **{key: pack(value) for key, value in changes.items()}}


def rules_used(case: Case) -> dict[str, Any]:
    found: dict[str, Any] = case.data.get(RULES, {})
    return found


def note_rules(case: Case, decision: str, given: Any, trace: list[dict[str, Any]]) -> None:
    used = {**rules_used(case), decision: {"value": pack(given), "trace": trace}}
    case.data = {**case.data, RULES: used}
