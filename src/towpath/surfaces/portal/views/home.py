"""The start page and the search."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from towpath.catalogue import queries as catalogue
from towpath.surfaces.portal import pages, visitors, wording


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    by_theme: dict[str, list[catalogue.ServiceCard]] = {}
    for card in catalogue.services(pages.language()):
        by_theme.setdefault(next(iter(card.themes), ""), []).append(card)
    themes = [(wording.theme(code), cards) for code, cards in by_theme.items()]
    values = {
        "themes": sorted(themes, key=lambda one: one[0]),
        "goes_on": bool(visitors.drafts_at_hand(request)),
    }
    return pages.show(request, "home", values)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:200]
    found = catalogue.search(text, pages.language()) if text else []
    return pages.show(request, "search", {"query": text, "found": found})
