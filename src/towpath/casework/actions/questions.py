"""Asking the resident for something, and taking the answer. The legal clock stands still meanwhile."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from towpath.casework import conductor, rules, variables
from towpath.casework.events import CLOCK_STARTED, CLOCK_STOPPED, QUESTION_ANSWERED, QUESTION_ASKED
from towpath.casework.models import Case, Question, Task
from towpath.casework.queries.visible import own_case
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.documents import actions as documents
from towpath.foundation import clock, tenancy
from towpath.foundation.access import SYSTEM, Actor
from towpath.foundation.journal import record
from towpath.foundation.steps import StepContext, step_kind
from towpath.foundation.typed import pack


@step_kind(
    "casework.ask-resident", means="Asks the resident for information or a document.", headers=("question",)
)
def ask_by_process(context: StepContext) -> dict[str, Any]:
    """The process asks; its next event waits for `resident.replied`."""
    case: Case = Case.objects.select_for_update(no_key=True).get(pk=context.case_id)
    package = catalogue.package(case.version_id)
    ask = package.asks[context.headers["question"]]
    given = variables.context(case, package)
    now = clock.now()
    due = catalogue.terms.moment_after(now, ask.reply_within) if ask.reply_within else None
    wording = str(given.get(ask.wording) or package.text(f"asks.{ask.id}.title", case.language))
    Question.objects.filter(case=case, state="open", form=ask.id).update(state="lapsed")
    question = _ask(SYSTEM, case, package, wording, due_at=due, form=ask.id)
    if due:
        variables.set_variables(case, {"reply_by": clock.day(due, tenancy.current().zone)})
    case.save()
    _write(case, package, ask, context.command_id, question)
    return {}


def _write(
    case: Case, package: catalogue.Package, ask: catalogue.Ask, command: str, question: Question
) -> None:
    from towpath.casework.letters import send_letter

    send_letter(case, package, ask.letter, cause=f"{case.pk}:{command}:{question.pk}")


@transaction.atomic
def ask_resident(actor: Actor, case_id: UUID, text: str, task_id: UUID | None = None) -> Question:
    """A caseworker asks in their own words; their task waits for the answer."""
    from towpath.casework.letters import send_question

    case: Case = Case.objects.select_for_update(no_key=True).get(pk=case_id)
    task: Task | None = Task.objects.get(pk=task_id, case=case) if task_id else None
    actor.require("case.ask", task.team if task else case.team)
    if not text.strip():
        raise rules.NotComplete({"text": "required"})
    if case.state in rules.ENDED:
        raise rules.WrongMove(case.state, "have a question")
    package = catalogue.package(case.version_id)
    question = _ask(actor, case, package, text.strip(), task=task)
    case.awaits = "resident"
    case.save()
    if task:
        task.waiting_for_resident = True
        task.save(update_fields=["waiting_for_resident"])
    send_question(case, package, question)
    return question


def _ask(actor: Actor, case: Case, package: catalogue.Package, text: str, **more: Any) -> Question:
    stops = bool(package.service.deadline and package.service.deadline.stops)
    question: Question = Question.objects.create(
        case=case,
        asked_by=actor.id,
        text=text,
        stops_clock=stops,
        state="open",
        asked_at=clock.now(),
        **more,
    )
    about = conductor.about(case, activity="Resident asked")
    record(QUESTION_ASKED, actor, about, question=str(question.pk), stops_clock=stops)
    if stops:
        _set_clock(actor, case, _clock(case).stop(clock.now()))
    return question


def _clock(case: Case) -> rules.Clock:
    return rules.Clock(case.due_at, case.clock_stopped_at, case.clock_left)


def _set_clock(actor: Actor, case: Case, after: rules.Clock) -> None:
    if after == _clock(case):
        return
    pause = clock.now() - (case.clock_stopped_at or clock.now())
    case.due_at, case.clock_stopped_at, case.clock_left = after.due, after.stopped_at, after.left
    about = conductor.about(case)
    if after.left is not None:
        record(CLOCK_STOPPED, actor, about, left_seconds=round(after.left.total_seconds()))
    else:
        record(CLOCK_STARTED, actor, about, due=after.due)
        # Staff's own terms stood still too.
        Task.objects.filter(case=case, state="open", kind="user").update(due_at=F("due_at") + pause)


@transaction.atomic
def answer_question(
    actor: Actor,
    question_id: UUID,
    *,
    text: str = "",
    values: Mapping[str, Any] | None = None,
    files: Sequence[rules.Upload] = (),
) -> Question:
    """The resident's answer, from any channel. Answering again what is answered changes nothing."""
    seen: Question = Question.objects.get(pk=question_id)
    case = own_case(actor, seen.case_id, "case.open", lock=True)
    question: Question = Question.objects.get(pk=question_id)
    if question.state == "answered":
        return question
    if question.state != "open":
        raise rules.WrongMove(question.state, "be answered")
    package = catalogue.package(case.version_id)
    data = _values(case, package, question, text, values or {}, [file.name for file in files])
    for file in files:
        documents.keep(
            actor,
            name=file.name,
            content_type=file.content_type,
            content=file.content,
            case_id=case.pk,
            question=question.form or str(question.pk),
        )
    question.state, question.answered_at, question.answered_by = "answered", clock.now(), actor.id
    question.answer = text.strip()
    question.values = {key: pack(value) for key, value in data.items()}
    question.save()
    about = conductor.about(case, activity="Resident answered")
    record(QUESTION_ANSWERED, actor, about, question=str(question.pk), documents=len(files))
    _go_on(actor, case, question, data)
    return question


def _values(
    case: Case,
    package: catalogue.Package,
    question: Question,
    text: str,
    values: Mapping[str, Any],
    names: list[str],
) -> dict[str, Any]:
    """What the answer sets as variables. A free question takes any text or file; a form has its own fields."""
    ask = package.asks.get(question.form)
    if ask is None:
        if not text.strip() and not names:
            raise rules.NotComplete({"answer": "required"})
        return {}
    given: dict[str, Any] = dict(values)
    for field in ask.fields:
        if field.type == "file" and names:
            given.setdefault(field.id, names)
        elif field.type == "long-text" and text.strip():
            given.setdefault(field.id, text.strip())
    context = {**variables.context(case, package), **{f.id: given.get(f.id) for f in ask.fields}}
    errors = {f.id: wrong for f in ask.fields if (wrong := form.wrong(f, given.get(f.id), context))}
    if errors:
        raise rules.NotComplete(errors)
    return {f.id: given.get(f.id) for f in ask.fields}


def _go_on(actor: Actor, case: Case, question: Question, data: Mapping[str, Any]) -> None:
    still_owed = Question.objects.filter(case=case, state="open", stops_clock=True).exists()
    if not still_owed:
        _set_clock(actor, case, _clock(case).start(clock.now()))
    if question.task_id:
        Task.objects.filter(pk=question.task_id).update(waiting_for_resident=False)
    if not still_owed and case.awaits == "resident":
        case.awaits = "staff"
    case.last_activity_at = clock.now()
    case.save()
    if question.form and not conductor.message(case, "resident.replied", data, actor):
        # It came after the process had stopped waiting: the answer still counts.
        variables.set_variables(case, data)
        case.save()
    conductor.changed(case, actor)
