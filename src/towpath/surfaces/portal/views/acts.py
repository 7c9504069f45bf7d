"""What an applicant may do with a request: answer, take it back, ask a person to look again, say how it was."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from towpath.casework import actions as casework
from towpath.casework import queries
from towpath.casework.queries import Tracking
from towpath.casework.rules import NotComplete
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.catalogue.queries import Question as Asking
from towpath.documents.actions import NotTaken
from towpath.foundation import tenancy
from towpath.foundation.access import Actor
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.portal import asking, pages, uploads, visitors
from towpath.surfaces.portal.requests import followed
from towpath.surfaces.portal.returning import returns
from towpath.surfaces.portal.wording import Words
from towpath.surfaces.questions import Filled, Raw

if TYPE_CHECKING:
    from towpath.casework.models import Question

FREE = (
    Asking(id="files", type="file", optional=True, max_files=5),
    Asking(id="answer", type="long-text", optional=True, max_length=5_000),
)
GET_OR_POST = ["GET", "HEAD", "POST"]


def _tracked(actor: Actor, case_id: UUID) -> Tracking:
    return queries.tracking(actor, case_id, pages.language(), tenancy.current().zone)


def _there(case_id: UUID) -> str:
    return reverse("portal:request", args=[case_id])


def _show(request: HttpRequest, name: str, found: Tracking, fields: list[Field], **more: Any) -> HttpResponse:
    errors = [(field.anchor, field.error) for field in fields if field.error]
    values = {
        "tracked": found,
        "case": found.case,
        "fields": fields,
        "errors": errors,
        "back": _there(found.case.pk),
        **more,
    }
    return pages.show(request, name, values, status=422 if errors else 200)


def _typed(request: HttpRequest) -> Raw:
    """What was sent just now, or what was kept while the person came back to the page."""
    if request.method == "POST":
        return dict(request.POST.lists())
    return visitors.take_typed(request, request.path) or {}


def _one(typed: Raw, name: str) -> str:
    return next(iter(typed.get(name, [])), "")


@returns
@require_http_methods(GET_OR_POST)
@followed
def answer(request: HttpRequest, actor: Actor, case_id: UUID, question_id: UUID) -> HttpResponse:
    found = _tracked(actor, case_id)
    question = next((one for one in found.questions if one.pk == question_id), None)
    if question is None:
        messages.info(request, _("This question is answered already, or it is over."))
        return redirect(_there(case_id))
    package = catalogue.package(found.case.version_id)
    ask = package.asks.get(question.form)
    fields = ask.fields if ask else FREE
    words = Words(package, pages.language(), "fields" if ask else "portal")
    raw = dict(request.POST.lists())
    if request.method != "POST":
        return _ask(request, found, question, fields, words, visitors.take_typed(request, request.path))
    errors = _answered(request, actor, question, fields, raw, free=ask is None)
    if not errors:
        messages.success(request, _("Thank you. We have your answer and go on with your request."))
        return redirect(_there(case_id))
    return _ask(request, found, question, fields, words, raw, errors)


def _answered(
    request: HttpRequest,
    actor: Actor,
    question: "Question",
    fields: tuple[Asking, ...],
    raw: Mapping[str, list[str]],
    *,
    free: bool,
) -> dict[str, str]:
    """Nothing where the answer was taken, else the message key of each field that is wrong."""
    files = [field.id for field in fields if field.type == "file"]
    typed = [field for field in fields if field.type != "file"]
    names = {id_: [file.name or "" for file in request.FILES.getlist(id_)] for id_ in files}
    many = {f.id: "too-many-files" for f in fields if f.type == "file" and len(names[f.id]) > f.max_files}
    reading = form.read(typed, raw, {"answers": {}, **{id_: sent or None for id_, sent in names.items()}})
    if errors := {**many, **reading.errors}:
        return errors
    try:
        casework.answer_question(
            actor,
            question.pk,
            text=str(reading.values.get("answer") or "") if free else "",
            values={} if free else {**reading.values, **{id_: sent or None for id_, sent in names.items()}},
            files=uploads.uploads(request, files),
        )
    except NotTaken as refused:
        return {files[0]: refused.code}
    except NotComplete as missing:
        return missing.errors
    return {}


def _ask(
    request: HttpRequest,
    found: Tracking,
    question: "Question",
    fields: tuple[Asking, ...],
    words: Words,
    raw: Raw | None,
    errors: Mapping[str, str] | None = None,
) -> HttpResponse:
    wrong = errors or {}
    shown = [
        asking.asked(
            Filled(field, None, raw if field.type != "file" else None, wrong.get(field.id, "")), words
        )
        for field in fields
    ]
    values = {
        "title": words.text(f"asks.{question.form}.title") or _("We have a question for you"),
        "explanation": words.text(f"asks.{question.form}.explanation"),
        "question": question,
        "lost_files": bool(wrong) and bool(request.FILES),
    }
    return _show(request, "answer", found, [one.field for one in shown], **values)


@returns
@require_http_methods(GET_OR_POST)
@followed
def withdraw(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    found = _tracked(actor, case_id)
    if not found.may_withdraw:
        return redirect(_there(case_id))
    if request.method == "POST":
        casework.withdraw(actor, case_id, request.POST.get("reason", "")[:2_000])
        messages.success(request, _("You took your request back. We stop our work on it."))
        return redirect(_there(case_id))
    hint = _("You need not tell us.")
    reason = Field(
        "textarea",
        "reason",
        _("Why do you take it back?"),
        hint,
        optional=True,
        value=_one(_typed(request), "reason"),
    )
    return _show(request, "withdraw", found, [reason])


@returns
@require_http_methods(GET_OR_POST)
@followed
def look_again(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    found = _tracked(actor, case_id)
    if not found.may_ask_review:
        return redirect(_there(case_id))
    text = _one(_typed(request), "text")[:5_000].strip()
    if request.method == "POST" and text:
        casework.ask_review(actor, case_id, text)
        messages.success(request, _("A person will look at it again and write to you."))
        return redirect(_there(case_id))
    error = _("Write what we should look at.") if request.method == "POST" else ""
    field = Field("textarea", "text", _("What should we look at?"), error=error, value=text)
    return _show(request, "look_again", found, [field])


@returns
@require_http_methods(GET_OR_POST)
@followed
def rate(request: HttpRequest, actor: Actor, case_id: UUID) -> HttpResponse:
    """Asked at every end; taken once."""
    found = _tracked(actor, case_id)
    if not found.may_rate:
        return redirect(_there(case_id))
    typed = _typed(request)
    score, comment = _one(typed, "score"), _one(typed, "comment")[:2_000]
    if request.method == "POST" and score in {"1", "2", "3", "4", "5"}:
        casework.rate(actor, case_id, int(score), comment)
        messages.success(request, _("Thank you. We read what you write."))
        return redirect(_there(case_id))
    error = _("Choose one of the five.") if request.method == "POST" else ""
    words = [_("Very good"), _("Good"), _("Neither good nor bad"), _("Bad"), _("Very bad")]
    choices = [Choice(str(5 - place), word) for place, word in enumerate(words)]
    fields = [
        Field("radios", "score", _("How was it?"), error=error, choices=choices, value=score),
        Field("textarea", "comment", _("What could we do better?"), optional=True, value=comment),
    ]
    return _show(request, "rate", found, fields)
