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


def _asked(offered: Offer, guided: GuidedCheck, known: dict[str, Any]) -> dmn.Question | dmn.Evaluation:
    return offered.package.decisions[guided.decision].ask(guided.decision, known)


def _next(offered: Offer, known: dict[str, Any]) -> str:
    guided = offered.package.form.guided_check
    assert guided is not None
    asked = _asked(offered, guided, known)
    if isinstance(asked, dmn.Evaluation) or _named(guided, asked.input) is None:
        return reverse("portal:check-result", args=[offered.code])
    return reverse("portal:check-question", args=[offered.code, asked.input])


def _named(guided: GuidedCheck, id_: str) -> Question | None:
    return next((q for q in guided.questions if q.id == id_), None)


@returns
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, code: str, question_id: str) -> HttpResponse:
    offered, guided = _offered(code)
    known, found = checking.known(request, code), _named(guided, question_id)
    if found is None:
        raise Http404(question_id)
    if request.method != "POST":
        return _show(request, offered, found, known)
    raw = dict(request.POST.lists())
    reading = form.read([found], raw, {"answers": known})
    if error := reading.errors.get(found.id, ""):
        return _show(request, offered, found, known, raw=raw, error=offered.words.message(found, error))
    checking.note(request, code, found.id, reading.values[found.id])
    return redirect(_next(offered, checking.known(request, code)))


def _show(
    request: HttpRequest,
    offered: Offer,
    found: Question,
    known: dict[str, Any],
    *,
    raw: asking.Raw | None = None,
    error: str = "",
) -> HttpResponse:
    asked = asking.asked(found, offered.words, known.get(found.id), typed=raw, error=error, heading=True)
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
    known = checking.known(request, code)
    asked = _asked(offered, guided, known)
    if isinstance(asked, dmn.Question):
        if _named(guided, asked.input):
            return redirect(_next(offered, known))
        asked = offered.package.decisions[guided.decision].evaluate(guided.decision, known)
    rows = [
        Row(
            offered.words.label(q),
            offered.words.lines(q, known[q.id]),
            change=reverse("portal:check-question", args=[code, q.id]),
        )
        for q in guided.questions
        if q.id in known
    ]
    values = {"offer": offered, "rows": rows, **_said(offered, asked)}
    return pages.show(request, "check_result", {"back": rows[-1].change if rows else "", **values})


def _said(offered: Offer, found: dmn.Evaluation) -> dict[str, Any]:
    """The result in words, the rule that gave it, and the law behind the rule."""
    value = found.value if isinstance(found.value, dict) else {}
    result = str(value.get("result") or value.get("needed") or "")
    reason = str(value.get("reason") or "")
    basis = [
        text for step in found.trace for rule in step.rules for text in rule.annotations.values() if text
    ]
    headings = {
        "grant": _("Yes, this is for you"),
        "yes": _("Yes, you need this"),
        "no": _("No, you do not need this"),
        "look": _("Perhaps. A person will look at it"),
    }
    return {
        "title": headings.get(result, _("The rules do not say")),
        "reason": offered.words.text(f"reasons.{reason}") if reason else "",
        "basis": basis[:1],
        "apply": result != "no",
    }
