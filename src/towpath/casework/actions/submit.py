"""Sending the request: answers are frozen with the version of the law, the case opens, the process starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from towpath.casework import answers, conductor, letters, variables
from towpath.casework.actions.drafts import accessible
from towpath.casework.events import CASE_SUBMITTED
from towpath.casework.models import Case, CaseConversation, Draft
from towpath.casework.rules import NotComplete
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.contact import actions as contact
from towpath.documents import actions as documents
from towpath.foundation import clock, crypto, rows, search, tenancy
from towpath.foundation.access import SYSTEM, Actor, NotAllowed
from towpath.foundation.ids import code, hashed
from towpath.foundation.journal import record
from towpath.people import actions as people_actions
from towpath.people import queries as people


@dataclass(frozen=True)
class Submitted:
    """`fresh` is False when the same draft had been sent before: the case is that one."""

    case: Case
    fresh: bool


@transaction.atomic
def submit(actor: Actor, draft_id: UUID) -> Submitted:
    """One transaction: case, process, event. Sending twice gives the same case. NotComplete: nothing happened."""
    earlier = _sent_as(draft_id)
    if earlier is not None:
        _own_earlier(actor, earlier)
        return Submitted(earlier, fresh=False)
    try:
        draft = accessible(actor, draft_id)
    except Draft.DoesNotExist:
        # Sent by another request while this one waited for the lock; else it is gone.
        sent = _sent_as(draft_id)
        if sent is None:
            raise
        _own_earlier(actor, sent)
        return Submitted(sent, fresh=False)
    version = catalogue.version_in_force(draft.service_code, clock.today(tenancy.current().zone))
    package = catalogue.package(version.pk)
    given = _complete(actor, package, answers.read(draft), dict(draft.prefilled))
    case = _open(actor, draft, version, package, given)
    conversation = _converse(case, package)
    documents.attach(draft_id=draft.pk, case_id=case.pk)
    draft.delete()
    _tell_journal(actor, case, draft, version, conversation)
    conductor.start(case, actor)
    return Submitted(case, fresh=True)


def _sent_as(draft_id: UUID) -> Case | None:
    return rows.first(Case, "submission_key = %s", str(draft_id))


def send_receipt(case_id: UUID) -> None:
    """Confirms the arrival of a request to whoever sent it; once."""
    letters.send_receipt(Case.objects.get(pk=case_id))


def _own_earlier(actor: Actor, case: Case) -> None:
    own = case.person_id is not None and case.person_id == actor.person
    if not (own or actor.kind == "staff" or actor.id == f"draft:{case.submission_key}"):
        raise NotAllowed(f"{actor.kind} {actor.id} did not send this request")


def _complete(
    actor: Actor, package: catalogue.Package, given: dict[str, Any], prefilled: dict[str, str]
) -> Any:
    """The answers to the questions that are shown; what hidden questions once held is dropped."""
    context = variables.of_form(actor, given)
    kept = form.shown_answers(package.form, context, prefilled)
    errors = form.missing(package.form, {**context, "answers": kept})
    if errors:
        raise NotComplete(errors)
    return kept


def _open(
    actor: Actor,
    draft: Draft,
    version: catalogue.ServiceVersion,
    package: catalogue.Package,
    given: Mapping[str, Any],
) -> Case:
    now = clock.now()
    deadline = package.service.deadline
    fills = form.fills(package.form, given)
    person_id = draft.person_id or _register(actor, draft, fills)
    case = Case(
        id=draft.pk,
        reference=_reference(),
        service_code=draft.service_code,
        version=version,
        person_id=person_id,
        applicant_name=str(fills.get("name") or people.person_card(person_id).name)[:200],
        channel=draft.channel,
        assisted=actor.kind == "staff",
        language=draft.language,
        state="open",
        awaits="staff",
        team=package.service.owning_team,
        link_hash=hashed(crypto.link_secret("case", draft.pk)),
        code_hash=hashed(crypto.typed_code("case", draft.pk)),
        submission_key=str(draft.pk),
        submitted_at=now,
        due_at=catalogue.terms.moment_after(now, deadline.within) if deadline else None,
        last_activity_at=now,
    )
    variables.set_variables(case, {"applicant": variables.applicant(actor)})
    answers.keep(case, given, [q for page in package.form.pages for q in page.questions])
    case.save(force_insert=True)
    search.index("case", case.pk, int(now.timestamp()), _findable(case, fills), fresh=True)
    return case


def _register(actor: Actor, draft: Draft, fills: Mapping[str, Any]) -> UUID:
    """Who applied without signing in becomes known by what they gave."""
    given, _, family = str(fills.get("name", "")).rpartition(" ")
    made = people_actions.register_person(
        actor,
        given_name=given[:200],
        family_name=family[:200],
        email=str(fills.get("email") or ""),
        phone=str(fills.get("phone") or ""),
        postal=form.one_line(fills.get("address")),
        language=draft.language,
    )
    found: UUID = made.pk
    return found


def _converse(case: Case, package: catalogue.Package) -> UUID:
    """The case's own conversation."""
    title = package.text("service.title", case.language)
    conversation = contact.open_conversation(
        SYSTEM,
        subject=f"{title} ({case.reference})",
        person_id=case.person_id,
        language=case.language,
        reference=case.reference,
        case_id=case.pk,
    )
    CaseConversation.objects.create(case=case, conversation_id=conversation.pk, own=True)
    found: UUID = conversation.pk
    return found


def _findable(case: Case, fills: Mapping[str, Any]) -> list[str]:
    """The words under which staff find the case: its reference (whole and in parts), name and address."""
    plain = case.reference.replace("-", "")
    return [case.reference, plain, case.applicant_name, form.one_line(fills.get("address"))]


def _reference() -> str:
    """Short enough to read aloud; tried again in the rare case that it is taken."""
    prefix = "".join(word[0] for word in tenancy.current().name.split()[:1]).upper() or "T"
    while True:
        made = f"{prefix}{code(3)}-{code(4)}"
        if rows.first(Case, "reference = %s", made) is None:
            return made


def _tell_journal(
    actor: Actor, case: Case, draft: Draft, version: catalogue.ServiceVersion, conversation: UUID
) -> None:
    record(
        CASE_SUBMITTED,
        actor,
        conductor.about(case, activity="Request submitted", conversation=conversation),
        service=case.service_code,
        version=version.number,
        assisted=case.assisted,
        assurance=actor.assurance,
        seconds=round((case.submitted_at - draft.started_at).total_seconds()),
    )
