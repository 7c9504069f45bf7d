"""Queues: mine, those of my teams, and what has arrived since the page was opened."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from towpath.casework import queries as casework
from towpath.surfaces import places
from towpath.surfaces.desk import pages, queues, services
from towpath.surfaces.look import Choice, Field, Pages
from towpath.surfaces.staff_access import desk_actor, staff_page


@require_safe
@staff_page()
def queue(request: HttpRequest) -> HttpResponse:
    actor, language = desk_actor(request), pages.language()
    if not actor.may_somewhere("task.work"):
        return pages.show(request, "no_queue", here="queue")
    here = queues.chosen(actor, request.GET)
    head = casework.queue_head(actor)
    page = casework.queue(actor, here.filters, here.after)
    shown = queues.lines(actor, page, language, here.query())
    values = {
        "queue": here,
        "tabs": queues.tabs(here),
        "lines": shown,
        "service": _services(here, language),
        "news": _news_address(here, head),
        "pages": Pages(
            previous=here.address(after="") if here.after else "",
            next=here.address(after=places.written(page.after)) if page.after else "",
        ),
    }
    return pages.show(request, "queue", values, here="queue")


def _services(here: queues.Chosen, language: str) -> Field:
    choices = [Choice("", _("All services"))]
    choices += [Choice(one.code, one.title) for one in services.offered(language)]
    return Field("select", "service", _("Service"), value=here.service, choices=choices, id="service")


def _news_address(here: queues.Chosen, head: int) -> str:
    return reverse("desk:queue-news") + here.query(head=head)


@require_safe
@staff_page("task.work")
def news(request: HttpRequest) -> HttpResponse:
    """204 while nothing happened in the body; else what arrived, what is gone and who holds what."""
    actor = desk_actor(request)
    head = casework.queue_head(actor)
    if str(head) == request.GET.get("head"):
        return HttpResponse(status=204)
    here = queues.chosen(actor, request.GET)
    page = casework.queue(actor, here.filters, here.after)
    shown = queues.lines(actor, page, pages.language(), here.query())
    known = _known(request.GET.get("known", ""))
    fresh = [line for line in shown if line.id not in known]
    values = {
        "queue": here,
        "fresh": fresh,
        "still": [line for line in shown if line.id in known],
        "gone": _gone(known, {line.id for line in shown}, len(fresh)),
        "news": _news_address(here, head),
    }
    return pages.part(request, "queue_news", values)


def _known(text: str) -> list[UUID]:
    found = []
    for part in text.split(",")[:100]:
        try:
            found.append(UUID(part))
        except ValueError:
            continue
    return found


def _gone(known: list[UUID], shown: set[UUID], fresh: int) -> list[UUID]:
    """Of the lines on the page those that are no longer open. The last ones may only have moved to the next page."""
    certain = known[: len(known) - fresh] if fresh else known
    return [id_ for id_ in certain if id_ not in shown]
