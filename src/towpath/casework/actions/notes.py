"""Notes, ratings, and mail that came in for a case."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction

from towpath.casework import conductor, rules
from towpath.casework.events import CASE_NOTED, CASE_RATED
from towpath.casework.models import Case, CaseConversation, Question, Rating
from towpath.casework.queries.visible import own_case
from towpath.contact import actions as contact
from towpath.documents import queries as documents
from towpath.foundation import clock
from towpath.foundation.access import Actor
from towpath.foundation.journal import record


@transaction.atomic
def note(actor: Actor, case_id: UUID, text: str) -> None:
    """A note among staff; the resident does not see it."""
    case = own_case(actor, case_id, "case.note", lock=True)
    if not text.strip():
        raise rules.NotComplete({"text": "required"})
    write_note(actor, case, text)


def write_note(
    actor: Actor, case: Case, text: str, *, kind: Any = "note", direction: Any = "internal"
) -> None:
    conversation = CaseConversation.objects.get(case=case, own=True).conversation_id
    # Whoever may act on the case may write in its conversation.
    writer = replace(actor, permissions=actor.permissions | {("contact.write", "*")})
    contact.write(writer, conversation, direction=direction, kind=kind, body=text.strip())
    if direction == "internal":
        record(CASE_NOTED, actor, conductor.about(case))


@transaction.atomic
def rate(actor: Actor, case_id: UUID, score: int, comment: str = "") -> Rating:
    """What the resident thought of it; asked at every end, taken once."""
    case = own_case(actor, case_id, "case.open", lock=True)
    if score not in rules.SCORES:
        raise rules.NotComplete({"score": "required"})
    if case.state == "open":
        raise rules.WrongMove(case.state, "be rated before it ends")
    earlier: Rating | None = Rating.objects.filter(case=case).first()
    if earlier:
        return earlier
    made: Rating = Rating.objects.create(
        case=case, score=score, comment=comment.strip(), given_at=clock.now()
    )
    about = conductor.about(case, activity="Rated")
    record(CASE_RATED, actor, about, service=case.service_code, score=score, outcome=case.outcome)
    return made


@transaction.atomic
def take_mail(actor: Actor, conversation_id: UUID, text: str, files: Any) -> None:
    """An e-mail came in for a case: when just one question is open, it is the answer."""
    link = CaseConversation.objects.filter(conversation_id=conversation_id).first()
    if link is None:
        return
    open_ones = list(Question.objects.filter(case=link.case_id, state="open")[:2])
    if len(open_ones) == 1 and _answered(actor, open_ones[0], text, files):
        return
    case: Case = Case.objects.select_for_update(no_key=True).get(pk=link.case_id)
    case.last_activity_at = clock.now()
    case.save(update_fields=["last_activity_at"])


def _answered(actor: Actor, question: Question, text: str, files: Sequence[rules.Upload]) -> bool:
    """False where the mail is no full answer: it stays what it is, a message that staff read."""
    from towpath.casework.actions.questions import answer_question

    taken = [file for file in files if documents.takes(file.name, file.content_type, file.content)]
    try:
        answer_question(actor, question.pk, text=text, files=taken)
    except rules.NotComplete:
        return False
    return True
