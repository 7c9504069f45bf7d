"""The form: one page at a time. Each page saves itself; what is wrong is shown beside what was typed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from towpath.casework import actions as casework
from towpath.catalogue import form
from towpath.catalogue import queries as catalogue
from towpath.catalogue.package import Page
from towpath.surfaces.limits import limited
from towpath.surfaces.portal import asking, pages, registers, uploads, visitors
from towpath.surfaces.portal.drafts import with_draft
from towpath.surfaces.portal.filling import Filling
from towpath.surfaces.portal.returning import returns
from towpath.surfaces.portal.wording import Words
from towpath.surfaces.questions import Filled, Raw
from towpath.surfaces.resident_access import resident


@require_safe
@with_draft
def go_on(request: HttpRequest, filling: Filling) -> HttpResponse:
    return redirect(filling.go_on())


@returns
@require_http_methods(["GET", "HEAD", "POST"])
@limited("page", 1000)
@with_draft
def page(request: HttpRequest, filling: Filling, page_id: str) -> HttpResponse:
    found = filling.page(page_id)
    if request.method != "POST" and filling.in_force.pk != filling.draft.version_id:
        return redirect("portal:new-rules", filling.id)
    if found is None:
        return redirect(filling.go_on())
    return _save(request, filling, found) if request.method == "POST" else _open(request, filling, found)


def _open(request: HttpRequest, filling: Filling, found: Page) -> HttpResponse:
    typed = visitors.take_typed(request, request.path)
    told = registers.ask_for(request, filling, found)
    wrong = _wrong_now(told.filling, found) if "check" in request.GET and typed is None else {}
    return _show(request, told.filling, found, typed=typed, told=told, wrong=wrong)


def _wrong_now(filling: Filling, found: Page) -> dict[str, str]:
    """Answers that were right when given and are not any more, such as a day that has passed."""
    given = filling.context["answers"]
    keys = {q.id: form.wrong(q, given[q.id], filling.context) for q in filling.shown(found) if given[q.id]}
    return {id_: key for id_, key in keys.items() if key}


def _save(request: HttpRequest, filling: Filling, found: Page) -> HttpResponse:
    """Right answers are kept also when others on the page are wrong."""
    asked = [question for question in found.questions if question.type != "evidence"]
    raw, errors = dict(request.POST.lists()), {}
    for question in asked:
        if question.type == "file":
            raw[question.id], errors[question.id] = uploads.take(request, filling, question)
    reading = form.read(asked, raw, filling.context)
    errors = {**reading.errors, **{id_: key for id_, key in errors.items() if key}}
    stays = bool({"stay", "remove"} & set(request.POST))
    # Who only adds or takes away a file is not yet asked for the rest.
    wrong = {id_: key for id_, key in errors.items() if not (stays and key == "required")}
    right = {id_: value for id_, value in reading.values.items() if id_ not in reading.errors}
    gone = {id_: None for id_, key in errors.items() if stays and key == "required"}
    draft = casework.save_answers(filling.actor, filling.id, {**right, **gone}, page=found.id)
    saved = Filling.of(filling.actor, draft, pages.language())
    if wrong:
        return _show(request, saved, found, typed=raw, wrong=wrong)
    if stays:
        return redirect(request.get_full_path())
    return redirect(saved.after(found.id, checking="check" in request.GET))


def _show(
    request: HttpRequest,
    filling: Filling,
    found: Page,
    *,
    typed: Raw | None = None,
    wrong: Mapping[str, str] | None = None,
    told: registers.Told | None = None,
) -> HttpResponse:
    words, wrong = filling.words, wrong or {}
    shown = filling.shown(found)
    single = len(shown) == 1 and shown[0].type != "evidence"
    asked = [
        asking.asked(
            Filled(
                question,
                filling.answers.get(question.id),
                typed if question.type not in ("evidence", "file") else None,
                wrong.get(question.id, ""),
            ),
            words,
            heading=single,
        )
        for question in shown
    ]
    heading = asked[0].field.label if single else words.text(f"pages.{found.id}.title")
    values = {
        "title": f"{heading} – {filling.title}",
        "heading": "" if single else heading,
        "intro": words.text(f"pages.{found.id}.intro"),
        "asked": asked,
        "files": {q.id: uploads.of_question(filling, q) for q in shown if q.type == "file"},
        "errors": asking.error_pairs(asked),
        "filling": filling,
        "kept": typed is not None and not wrong,
        "back": filling.before(found.id, checking="check" in request.GET),
        **_of_registers(request, told),
    }
    return pages.show(request, "page", values, status=422 if wrong else 200)


def _of_registers(request: HttpRequest, told: registers.Told | None) -> dict[str, Any]:
    if told is None:
        return {}
    offer = pages.sign_in_address(request, assurance=told.offer) if told.offer else ""
    return {"unavailable": told.unavailable, "source": registers.notice(told), "offer_sign_in": offer}


@require_http_methods(["GET", "HEAD", "POST"])
@with_draft
def new_rules(request: HttpRequest, filling: Filling) -> HttpResponse:
    """A new version came into force since the draft was begun: what that changes, before going on under it."""
    if request.method == "POST":
        casework.renew_draft(filling.actor, filling.id)
        return redirect("portal:draft", filling.id)
    version = filling.in_force
    if version.pk == filling.draft.version_id:
        return redirect(filling.go_on())
    after = Words(catalogue.package(version.pk), pages.language())
    before_ids = {q.id for page in filling.package.form.pages for q in page.questions}
    after_ids = {q.id for page in after.package.form.pages for q in page.questions}
    new = [q for page in after.package.form.pages for q in page.questions if q.id not in before_ids]
    old = [q for page in filling.package.form.pages for q in page.questions if q.id not in after_ids]
    values = {
        "filling": filling,
        "version": version,
        "new": [after.label(q) for q in new],
        "old": [filling.words.label(q) for q in old if filling.answers.get(q.id) is not None],
    }
    return pages.show(request, "new_rules", values)


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Somebody began without signing in, and has signed in since: is the application theirs?"""
    me = resident(request)
    if me.kind != "resident" or not visitors.knows_draft(request, draft_id):
        return redirect("portal:draft", draft_id)
    if request.method == "POST":
        casework.adopt_draft(me, draft_id, began_as=visitors.visitor_of_draft(draft_id))
        visitors.forget_draft(request, draft_id)
        return redirect("portal:draft", draft_id)
    return pages.show(request, "mine", {"name": me.name, "leave": reverse("signin:leave")})


@require_safe
@with_draft
def file(request: HttpRequest, filling: Filling, document_id: UUID) -> HttpResponse:
    return uploads.handed_out(filling.actor, document_id, draft_id=filling.id)
