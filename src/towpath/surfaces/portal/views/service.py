"""What a service is, and where one begins to apply."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from towpath.casework import actions as casework
from towpath.surfaces.limits import limited
from towpath.surfaces.portal import checking, pages, visitors
from towpath.surfaces.portal.filling import Filling
from towpath.surfaces.portal.offers import Offer, offer
from towpath.surfaces.resident_access import resident

OTHER_WAYS = {
    "phone": gettext_lazy("by phone"),
    "post": gettext_lazy("by post"),
    "email": gettext_lazy("by e-mail"),
    "counter": gettext_lazy("at the counter"),
}


@require_safe
def page(request: HttpRequest, code: str) -> HttpResponse:
    offered = offer(code, pages.language())
    words = offered.words
    values = {
        "offer": offered,
        "title": offered.title,
        "back": pages.frame(request).home,
        "summary": words.text("service.summary"),
        "who": words.text("service.who-can-apply"),
        "needs": words.text("service.what-you-need"),
        "how_long": words.text("service.how-long"),
        "next": words.text("service.what-happens-next"),
        "costs": _listed(offered, "costs"),
        "evidence": _listed(offered, "evidence"),
        "guided": offered.package.form.guided_check is not None,
        "gains": _gains(request, offered),
        "other_ways": _other_ways(offered),
        "sign_in": pages.sign_in_address(request, assurance="substantial"),
    }
    return pages.show(request, "service", values)


def _listed(offered: Offer, kind: str) -> list[str]:
    ids = [str(one["id"]) for one in offered.package.service.raw.get(kind, [])]
    return [text for id_ in ids if (text := offered.words.text(f"{kind}.{id_}"))]


def _other_ways(offered: Offer) -> str:
    """How else one can apply: in the channels of the service where a person helps."""
    ways = [str(text) for code, text in OTHER_WAYS.items() if code in offered.package.service.channels]
    if not ways:
        return ""
    *first, last = ways
    listed = _("%(some)s or %(last)s") % {"some": _(", ").join(first), "last": last} if first else last
    return _("You can also apply %(ways)s.") % {"ways": listed}


def _gains(request: HttpRequest, offered: Offer) -> bool:
    """Whether signing in (better) saves typing here."""
    level = pages.level(offered.package.service.read_assurance)
    return level != "none" and not resident(request).assured(level)


@require_POST
@limited("begin", 60)
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """Begins a draft. What the guided check learned need not be asked again."""
    offered = offer(code, pages.language())
    level = pages.level(offered.package.service.assurance)
    if not resident(request).assured(level):
        return redirect(pages.sign_in_address(request, request.path.replace("/apply/", "/services/"), level))
    draft = casework.start_draft(resident(request), code, pages.language())
    visitors.remember_draft(request, draft.pk)
    actor = visitors.draft_actor(request, draft.pk)
    known = checking.answered(request, offered)
    given = {id_: value for id_, value in known.items() if offered.package.form.question(id_)}
    if given:
        draft = casework.save_answers(actor, draft.pk, given, page="guided-check")
        checking.forget(request, code)
    return redirect(Filling.of(actor, draft, pages.language()).go_on())
