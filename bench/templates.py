"""Some fifty real cases in every state, made by the product's own actions: what the copies are made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bench.town import SERVICES
from towpath.casework import actions as casework
from towpath.casework.models import Case, Task
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.models import Tenant

PARKING, ENVIRONMENT = SERVICES
PLACE = {"line_1": "12 Mill Lane", "line_2": "", "town": "Millbrook", "postcode": "MB1 2AB"}
LONG = (
    "A wooden shed of three by four metres behind the house, with a green roof and one window to the south."
)
CAR: Mapping[str, Any] = {
    "full_name": "Ada Lovelace",
    "typed_address": PLACE,
    "email": "ada@example.org",
    "vehicle_registration": "AB12 CDE",
    "vehicle_kind": "car",
    "vehicle_keeper": "me",
    "emission_class": "low",
    "permits_at_address": Decimal(0),
    "off_street_space": False,
    "blue_badge": False,
}
SHED: Mapping[str, Any] = {
    "full_name": "Grace Hopper",
    "email": "grace@example.org",
    "postal_address": PLACE,
    "activities": ["build"],
    "site_address": PLACE,
    "description": LONG,
    "building_cost": Decimal(12000),
    "people_inside": Decimal(2),
    "owns_land": True,
}
ACKNOWLEDGED = [("check_acknowledgement", {"acknowledgement_right": True}),
                ("sign_acknowledgement", {"acknowledgement_signed": True})]  # fmt: skip
GRANTED = [*ACKNOWLEDGED, ("decide_advice", {"advice_wanted": []}), ("decide_next_step", {"next_step": "complete"}),
           ("decide_permit", {})]  # fmt: skip
ADVISED = [*ACKNOWLEDGED, ("decide_advice", {"advice_wanted": ["environment", "fire-safety"]})]


@dataclass(frozen=True)
class Kind:
    """`share`: of a hundred copies. `steps`: (task form, values) in order. `open`: somebody still has work with it."""

    service: str
    made: int
    share: int
    steps: list[tuple[str, Mapping[str, Any]]]
    open: bool
    then: str = ""


KINDS = (
    Kind(PARKING, 20, 46, [("check_address", {"lives_here": True})], open=False, then="rate"),
    Kind(ENVIRONMENT, 10, 26, GRANTED, open=False, then="rate"),
    Kind(PARKING, 4, 8, [], open=False, then="withdraw"),
    Kind(PARKING, 4, 5, [], open=True),
    Kind(ENVIRONMENT, 4, 5, [], open=True),
    Kind(ENVIRONMENT, 4, 5, ADVISED, open=True),
    Kind(ENVIRONMENT, 4, 5, ACKNOWLEDGED, open=True, then="ask"),
)


def make(tenant: Tenant, actor: Actor) -> dict[UUID, Kind]:
    """Case -> what kind it is."""
    made = {}
    with tenancy.inside(tenant):
        for kind in KINDS:
            for _ in range(kind.made):
                made[_one(actor, kind)] = kind
    return made


def _one(actor: Actor, kind: Kind) -> UUID:
    case = submitted(kind.service)
    for form, values in kind.steps:
        _complete(actor, case, form, values)
    sender = Actor("visitor", f"case:{case.pk}", "portal")
    if kind.then == "withdraw":
        casework.withdraw(sender, case.pk, "I have moved.")
    if kind.then == "rate":
        casework.rate(sender, case.pk, 4, "Quick.")
    if kind.then == "ask":
        task = Task.objects.filter(case=case, state="open", kind="user").first()
        casework.ask_resident(actor, case.pk, "How high will it be?", task.pk if task else None)
    casework.note(actor, case.pk, "Called; all is well.")
    found: UUID = case.pk
    return found


def submitted(service: str, **changes: Any) -> Case:
    draft = casework.start_draft(Actor("visitor", "draft:new", "portal"), service, "en")
    me = Actor("visitor", f"draft:{draft.pk}", "portal")
    start = (clock.now() + timedelta(days=30)).date()
    answers = {**(CAR if service == PARKING else SHED), "start_date": start, **changes}
    casework.save_answers(me, draft.pk, answers, page="all")
    if service == ENVIRONMENT:
        for question in ("site_plan", "drawings"):
            name = f"{question}.txt"
            casework.attach_to_draft(
                me, draft.pk, question, casework.Upload(name, "text/plain", LONG.encode())
            )
        casework.save_answers(me, draft.pk, {q: [f"{q}.txt"] for q in ("site_plan", "drawings")}, page="all")
    return casework.submit(me, draft.pk).case


def _complete(actor: Actor, case: Case, form: str, values: Mapping[str, Any]) -> None:
    task = Task.objects.get(case=case, form=form, state="open")
    verdict = None
    if form == "decide_permit":
        verdict = casework.Verdict("granted", "The plan fits the rules.", _basis(case))
    casework.complete_task(actor, task.pk, values, verdict)


def _basis(case: Case) -> str:
    from towpath.catalogue import queries as catalogue

    return next(iter(catalogue.package(case.version_id).service.legal_resources))
