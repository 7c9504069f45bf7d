"""Filling in an application: begun, saved by itself, resumed by link or by reference and code."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from towpath.casework import answers, rules
from towpath.casework.events import DRAFT_ADOPTED, DRAFT_EXPIRED, DRAFT_RENEWED, DRAFT_SAVED, DRAFT_STARTED
from towpath.casework.models import Draft
from towpath.catalogue import queries as catalogue
from towpath.documents import actions as documents
from towpath.documents import queries as files
from towpath.foundation import clock, crypto, lockout, rows, tenancy
from towpath.foundation.access import SYSTEM, Actor, NotAllowed
from towpath.foundation.ids import code, hashed, uuid7
from towpath.foundation.journal import Fact, record
from towpath.people import queries as people


@transaction.atomic
def start_draft(actor: Actor, service_code: str, language: str) -> Draft:
    """A new application under the version in force today."""
    if actor.kind == "staff":
        actor.require("case.open")
    version = catalogue.version_in_force(service_code, clock.today(tenancy.current().zone))
    package = catalogue.package(version.pk)
    now, id_ = clock.now(), uuid7()
    draft: Draft = Draft.objects.create(
        id=id_,
        service_code=service_code,
        version=version,
        person_id=actor.person,
        channel=actor.channel,
        opened_by=actor.id,
        language=language,
        reference=f"D-{code(4)}-{code(4)}",
        code_hash=hashed(crypto.typed_code("draft", id_)),
        link_hash=hashed(crypto.link_secret("draft", id_)),
        started_at=now,
        saved_at=now,
        expires_at=catalogue.terms.moment_after(now, package.service.drafts_kept),
    )
    record(
        DRAFT_STARTED,
        actor,
        _about(draft),
        service=service_code,
        version=version.number,
        assisted=actor.kind == "staff",
    )
    return draft


@transaction.atomic
def save_answers(actor: Actor, draft_id: UUID, values: Mapping[str, Any], *, page: str) -> Draft:
    """Keeps the answers of one page. What other pages hold stays."""
    draft = accessible(actor, draft_id)
    package = catalogue.package(draft.version_id)
    known = {q.id: q for p in package.form.pages for q in p.questions}
    # What a register says comes through `prefill` alone.
    typed = {key: value for key, value in values.items() if key in known and known[key].type != "evidence"}
    before = answers.read(draft)
    answers.keep(draft, {**before, **typed}, known.values())
    changed = {key for key, value in typed.items() if value != before.get(key)}
    draft.prefilled = {key: register for key, register in draft.prefilled.items() if key not in changed}
    draft.saved_at = clock.now()
    draft.expires_at = catalogue.terms.moment_after(draft.saved_at, package.service.drafts_kept)
    draft.save(update_fields=["answers", "sealed_answers", "prefilled", "saved_at", "expires_at"])
    record(DRAFT_SAVED, actor, _about(draft), service=draft.service_code, page=page)
    return draft


@transaction.atomic
def prefill(actor: Actor, draft_id: UUID, values: Mapping[str, Any], register: str) -> Draft:
    """Puts in what a register said of the signed-in applicant; the portal shows it before it is used.

    What has an answer by now keeps it.
    """
    draft = accessible(actor, draft_id)
    package = catalogue.package(draft.version_id)
    known = [q for p in package.form.pages for q in p.questions]
    fillable = {
        q.id for q in known if q.source and q.source.register == register and actor.assured(_level(q))
    }
    given = answers.read(draft)
    taken = {key: value for key, value in values.items() if key in fillable and given.get(key) is None}
    answers.keep(draft, {**given, **taken}, known)
    draft.prefilled = {**draft.prefilled, **dict.fromkeys(taken, register)}
    draft.save(update_fields=["answers", "sealed_answers", "prefilled"])
    return draft


def _level(question: catalogue.Question) -> Any:
    return question.source.assurance if question.source else "high"


@transaction.atomic
def adopt_draft(actor: Actor, draft_id: UUID, *, began_as: Actor) -> Draft:
    """Who began as a visitor and then signed in goes on under their own name; `began_as` shows that they began it."""
    draft = accessible(began_as, draft_id)
    if actor.kind != "resident" or actor.person is None:
        raise NotAllowed(f"{actor.kind} {actor.id} can't apply under their own name")
    draft.person_id = actor.person
    draft.save(update_fields=["person"])
    record(DRAFT_ADOPTED, actor, _about(draft), service=draft.service_code)
    return draft


@transaction.atomic
def renew_draft(actor: Actor, draft_id: UUID) -> Draft:
    """Moves a draft to the version in force today; its answers stay."""
    draft = accessible(actor, draft_id)
    version = catalogue.version_in_force(draft.service_code, clock.today(tenancy.current().zone))
    if version.pk == draft.version_id:
        return draft
    questions = [q for p in catalogue.package(version.pk).form.pages for q in p.questions]
    given = answers.read(draft)
    draft.version = version
    answers.keep(draft, given, questions)
    draft.save(update_fields=["version", "answers", "sealed_answers"])
    record(DRAFT_RENEWED, actor, _about(draft), service=draft.service_code, version=version.number)
    return draft


@transaction.atomic
def attach_to_draft(actor: Actor, draft_id: UUID, question: str, file: rules.Upload) -> Any:
    """Keeps a file that answers a question of the draft."""
    draft = accessible(actor, draft_id)
    return documents.keep(
        actor,
        name=file.name,
        content_type=file.content_type,
        content=file.content,
        draft_id=draft.pk,
        question=question,
    )


def accessible(actor: Actor, draft_id: UUID, *, lock: bool = True) -> Draft:
    """The draft, locked, for whoever began it or is its applicant."""
    draft = rows.one(Draft, "id = %s", draft_id, lock=lock)
    own = draft.person_id is not None and draft.person_id == actor.person
    staff = actor.kind == "staff" and actor.may_somewhere("case.open")
    # A visitor's session names the drafts that it began or resumed; the actor's id is bound to the draft.
    if not (own or staff or (draft.person_id is None and actor.id == f"draft:{draft.pk}")):
        raise NotAllowed(f"{actor.kind} {actor.id} may not see draft {draft_id}")
    return draft


def resume_by_link(secret: str) -> Draft | None:
    draft: Draft | None = Draft.objects.filter(link_hash=hashed(secret), expires_at__gt=clock.now()).first()
    return draft


def resume_by_code(reference: str, typed: str, by: str = "") -> Draft | None:
    """The draft, when reference and code belong together. Locked out for a while after five wrong tries."""
    subject = f"draft:{reference.strip().upper()}"
    with lockout.guarded(subject, by) as tried:
        draft: Draft | None = Draft.objects.filter(
            reference=reference.strip().upper(),
            code_hash=hashed(typed.strip().upper().replace(" ", "").replace("-", "")),
            expires_at__gt=clock.now(),
        ).first()
        tried.right = draft is not None
    return draft


def expire_drafts(limit: int = 200) -> int:
    """Removes drafts whose time is over, with their files; returns how many."""
    gone = list(Draft.objects.select_for_update(skip_locked=True).filter(expires_at__lte=clock.now())[:limit])
    for draft in gone:
        for kept in files.of_draft(draft.pk):
            documents.discard(SYSTEM, kept.pk, draft.pk)
        record(DRAFT_EXPIRED, SYSTEM, _about(draft), service=draft.service_code)
        draft.delete()
    return len(gone)


def _about(draft: Draft) -> Fact:
    """A draft's events bear its id, which its case will bear too: a journey begins before submission."""
    person = people.pseudonym(draft.person_id) if draft.person_id else None
    return Fact(case=draft.pk, person=person)
