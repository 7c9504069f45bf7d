"""Is this for me? One question a page, and the rule that answers."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from towpath.catalogue import form
from towpath.catalogue.package import GuidedCheck
from towpath.catalogue.queries import Question
from towpath.engines import dmn
from towpath.surfaces.look import Row
from towpath.surfaces.portal import asking, checking, pages
from towpath.surfaces.portal.offers import Offer, offer
from towpath.surfaces.portal.returning import returns
from towpath.surfaces.questions import Filled, Raw, said

Asked = dmn.Question | dmn.Evaluation | dmn.Undecided


@require_safe
def begin(request: HttpRequest, code: str) -> HttpResponse:
    offered, _guided = _offered(code)
    checking.forget(request, code)
    return redirect(_next(offered, {}))


def _offered(code: str) -> tuple[Offer, GuidedCheck]:
    offered = offer(code, pages.language())
    guided = offered.package.form.guided_check
    if guided is None:
        raise Http404(code)
    return offered, guided


def _asked(offered: Offer, guided: GuidedCheck, known: dict[str, Any]) -> Asked:
    empty = any(question.optional for question in guided.questions)
    return offered.package.decisions[guided.decision].ask(guided.decision, known, empty=empty)


def _next(offered: Offer, known: dict[str, Any]) -> str:
    guided = offered.package.form.guided_check
    assert guided is not None
    asked = _asked(offered, guided, known)
    if isinstance(asked, dmn.Question) and _named(guided, asked.input):
        return reverse("portal:check-question", args=[offered.code, asked.input])
    return reverse("portal:check-result", args=[offered.code])


def _named(guided: GuidedCheck, id_: str) -> Question | None:
    return next((q for q in guided.questions if q.id == id_), None)


@returns
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, code: str, question_id: str) -> HttpResponse:
    offered, guided = _offered(code)
    known, found = checking.known(request, offered), _named(guided, question_id)
    if found is None:
        raise Http404(question_id)
    if request.method != "POST":
        return _show(request, offered, found, known)
    if "unsure" in request.POST:
        checking.note(request, offered, found.id, dmn.DONT_KNOW)
        return redirect(_next(offered, checking.known(request, offered)))
    raw = dict(request.POST.lists())
    reading = form.read([found], raw, {"answers": checking.answered(request, offered)})
    if error := reading.errors.get(found.id, ""):
        return _show(request, offered, found, known, raw=raw, error=error)
    checking.note(request, offered, found.id, reading.values[found.id])
    return redirect(_next(offered, checking.known(request, offered)))


def _show(
    request: HttpRequest,
    offered: Offer,
    found: Question,
    known: dict[str, Any],
    *,
    raw: Raw | None = None,
    error: str = "",
) -> HttpResponse:
    before = known.get(found.id)
    value = None if before is dmn.DONT_KNOW else before
    asked = asking.asked(Filled(found, value, raw, error), offered.words, heading=True)
    earlier = list(known)[: list(known).index(found.id)] if found.id in known else list(known)
    back = reverse("portal:check-question", args=[offered.code, earlier[-1]]) if earlier else ""
    values = {
        "title": f"{asked.field.label} – {offered.title}",
        "asked": asked,
        "errors": asking.error_pairs([asked]),
        "back": back or reverse("portal:service", args=[offered.code]),
        "offer": offered,
    }
    return pages.show(request, "check_question", values, status=422 if error else 200)


@require_safe
def result(request: HttpRequest, code: str) -> HttpResponse:
    """What the rules say of these answers. It is advice: the decision comes after applying."""
    offered, guided = _offered(code)
    known = checking.known(request, offered)
    asked = _asked(offered, guided, known)
    if isinstance(asked, dmn.Question):
        if _named(guided, asked.input):
            return redirect(_next(offered, known))
        answers = checking.answered(request, offered)
        asked = offered.package.decisions[guided.decision].evaluate(guided.decision, answers)
    rows = [
        Row(
            offered.words.label(q),
            [_("I do not know")] if known[q.id] is dmn.DONT_KNOW else said(q, known[q.id], offered.words),
            change=reverse("portal:check-question", args=[code, q.id]),
        )
        for q in guided.questions
        if q.id in known
    ]
    verdict = _open(offered, guided, asked) if isinstance(asked, dmn.Undecided) else _said(offered, asked)
    values = {"offer": offered, "rows": rows, **verdict}
    return pages.show(request, "check_result", {"back": rows[-1].change if rows else "", **values})


def _said(offered: Offer, found: dmn.Evaluation) -> dict[str, Any]:
    """The result in words, the rule that gave it, and the law behind the rule."""
    reason = str(found.value.get("reason") or "") if isinstance(found.value, dict) else ""
    basis = [
        text for step in found.trace for rule in step.rules for text in rule.annotations.values() if text
    ]
    return {
        "title": _heading(found.value),
        "reason": offered.words.text(f"reasons.{reason}") if reason else "",
        "basis": list(dict.fromkeys(basis)) if any(step.either for step in found.trace) else basis[:1],
        "apply": _result(found.value) != "no",
    }


def _open(offered: Offer, guided: GuidedCheck, found: dmn.Undecided) -> dict[str, Any]:
    """What is still possible, and what would settle it."""
    named = (_named(guided, id_) for id_ in found.settled_by)
    possible = [_heading(value) for value in found.values]
    return {
        "title": _("It depends on something that you do not know yet"),
        "possible": list(dict.fromkeys(possible)) if found.complete else [],
        "settled_by": [offered.words.label(question) for question in named if question],
        "apply": any(_result(value) != "no" for value in found.values) or not found.complete,
    }


def _result(value: Any) -> str:
    return str(value.get("result") or value.get("needed") or "") if isinstance(value, dict) else ""


def _heading(value: Any) -> str:
    headings = {
        "grant": _("Yes, this is for you"),
        "yes": _("Yes, you need this"),
        "no": _("No, you do not need this"),
        "look": _("Perhaps. A person will look at it"),
    }
    return headings.get(_result(value), _("The rules do not say"))
