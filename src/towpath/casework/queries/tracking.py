"""What a resident sees of a request: stages in plain words, what is awaited and from whom, an honest date."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from towpath.casework import conductor
from towpath.casework.models import Case, Decision, KeptDate, Question, Rating
from towpath.casework.queries.visible import seen
from towpath.catalogue import queries as catalogue
from towpath.foundation import clock, lockout, rows
from towpath.foundation.access import Actor
from towpath.foundation.ids import hashed
from towpath.foundation.models import Event

REACHED = "case_id = %s and type = 'case.stage-reached' and recorded_at < %s order by seq"


@dataclass(frozen=True)
class TrackedStage:
    id: str
    label: str
    explanation: str
    state: str  # done, current, next
    reached_at: datetime | None


@dataclass(frozen=True)
class Tracking:
    """`expected` is the legal deadline as it stands; None while the clock stands still or after the end."""

    case: Case
    title: str
    stages: list[TrackedStage]
    awaits: str
    questions: list[Question]
    decision: Decision | None
    outcome: str
    expected: date | None
    may_withdraw: bool
    may_ask_review: bool
    may_rate: bool
    rating: Rating | None
    dates: list[KeptDate]


def tracking(actor: Actor, case_id: UUID, language: str, zone: str) -> Tracking:
    """`Case.DoesNotExist` where the actor may not see it."""
    case = seen(actor, case_id)
    package = catalogue.package(case.version_id)
    rating = rows.first(Rating, "case_id = %s order by id", case.pk)
    paused = case.clock_stopped_at is not None
    expected = clock.day(case.due_at, zone) if case.due_at and case.state == "open" and not paused else None
    return Tracking(
        case=case,
        title=package.text("service.title", language),
        stages=_stages(case, package, language),
        awaits=case.awaits,
        questions=rows.rows(Question, "case_id = %s and state = 'open' order by asked_at", case.pk),
        decision=rows.first(Decision, "case_id = %s order by decided_at desc limit 1", case.pk),
        outcome=package.text(f"outcomes.{case.outcome}.label", language) if case.outcome else "",
        expected=expected,
        may_withdraw=case.state == "open",
        may_ask_review=may_ask_review(case),
        may_rate=case.state != "open" and rating is None,
        rating=rating,
        dates=rows.rows(KeptDate, 'case_id = %s order by "on"', case.pk),
    )


def may_ask_review(case: Case) -> bool:
    """Whether a person would look again now, if the applicant asked for it."""
    package = catalogue.package(case.version_id)
    return conductor.waits_for(case, "resident.asked-review") and reviewable(case, package)


def reviewable(case: Case, package: catalogue.Package) -> bool:
    """Whether a person may still be asked to look again: after some outcomes, within a term."""
    service = package.service
    if case.outcome not in service.reviewed_outcomes or case.decided_at is None:
        return False
    within = service.review.within
    return not within or clock.now() <= catalogue.terms.moment_after(case.decided_at, within)


def _stages(case: Case, package: catalogue.Package, language: str) -> list[TrackedStage]:
    """Stages that were reached, the current one, and those that usually follow. Skipped ones are left out."""
    reached = {
        event.data["stage"]: event.occurred_at
        for event in rows.rows(Event, REACHED, case.pk, clock.recorded_before())
    }
    ordered = [stage.id for stage in package.service.stages]
    here = ordered.index(case.stage) if case.stage in ordered else -1
    last = len(ordered) - 1
    shown = []
    for place, id_ in enumerate(ordered):
        done = id_ in reached
        current = id_ == case.stage and case.closed_at is None
        # Of what lies ahead only the end is certain.
        if not (done or current or (place == last and here < last)):
            continue
        state = "current" if current else ("done" if done else "next")
        key = f"stages.{id_}"
        shown.append(
            TrackedStage(
                id_,
                package.text(f"{key}.label", language),
                package.text(f"{key}.explanation", language, " ").strip(),
                state,
                reached.get(id_),
            )
        )
    return shown


def track_by_link(secret: str) -> Case | None:
    """The case of a tracking link. The caller enters as `visitor case:<id>`."""
    found: Case | None = Case.objects.filter(link_hash=hashed(secret)).first()
    return found if found and not _expired(found) else None


def track_by_code(reference: str, typed: str, by: str = "") -> Case | None:
    """The case, when reference and code belong together. Locked out for a while after five wrong tries."""
    name = reference.strip().upper()
    with lockout.guarded(f"case:{name}", by) as tried:
        code = hashed(typed.strip().upper().replace(" ", "").replace("-", ""))
        found: Case | None = Case.objects.filter(reference=name, code_hash=code).first()
        tried.right = found is not None
    return found if found and not _expired(found) else None


def _expired(case: Case) -> bool:
    """A link lives a year beyond the end of its case."""
    return bool(case.closed_at and catalogue.terms.moment_after(case.closed_at, "P1Y") < clock.now())


def my_cases(actor: Actor, limit: int = 50) -> list[Case]:
    if actor.person is None:
        return []
    return list(Case.objects.filter(person_id=actor.person).order_by("-submitted_at")[:limit])


def my_dates(actor: Actor) -> list[KeptDate]:
    """Dates that matter to a resident and are still to come."""
    if actor.person is None:
        return []
    coming = KeptDate.objects.filter(person_id=actor.person, on__gte=clock.now().date())
    return list(coming.select_related("case").order_by("on")[:20])
