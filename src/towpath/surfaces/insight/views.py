"""The pages of insight. None shows who asked; the desk does, to those who may see it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from towpath.foundation import clock, tenancy
from towpath.journeys import queries as journeys
from towpath.journeys.queries import Figures
from towpath.surfaces.insight import charts, listed, tables, words
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.insight.pages import Page, language, show
from towpath.surfaces.look import Choice, Field
from towpath.surfaces.staff_access import desk_actor, staff_page

SENT = ("submitted",)


@require_safe
@staff_page("insight.read")
def overview(request: HttpRequest) -> HttpResponse:
    chosen = Chosen.of(request.GET, language())
    found = journeys.figures(chosen.over, ["service"], channel=chosen.channel)
    by = {
        service: one for (service,), one in sorted(found.items(), key=lambda each: chosen.title(each[0][0]))
    }
    total = journeys.together(by.values())
    sent = journeys.figures(chosen.over, ["service", "channel"], channel=chosen.channel, only=SENT)
    waiting = journeys.open_requests(channel=chosen.channel)
    prices = journeys.prices()
    costs = _costs(sent, prices)
    values = {
        "chosen": chosen,
        "charts": charts.explained(
            [
                ("resolution", charts.resolution(chosen, total, by)),
                ("open", charts.ages(chosen, waiting)),
                ("satisfaction", charts.satisfaction(chosen, total, by)),
                ("deadline", charts.deadline(chosen, total, by)),
                ("completion", charts.completion(chosen, total, by)),
                ("digital", charts.digital(chosen, total, _channels(sent))),
                ("cost", charts.cost(chosen, costs, prices.currency)),
            ]
        ),
        "empty": not by and not waiting,
        "unpriced": not prices.of_channel,
    }
    table = tables.services(chosen, total, by, costs, prices.currency)
    return show(request, Page("overview", values, {"services": table}))


def _channels(sent: Mapping[tuple[str, ...], Figures]) -> dict[str, int]:
    """Channel -> requests sent."""
    found: Counter[str] = Counter()
    for (_service, channel), one in sent.items():
        found[channel] += one.sums["submitted"]
    return dict(found.most_common())


def _costs(sent: Mapping[tuple[str, ...], Figures], prices: journeys.Prices) -> dict[str, journeys.Cost]:
    """The cost by service, and under "" that of all."""
    found = {"": journeys.cost(_channels(sent), prices)}
    for service in sorted({service for service, _channel in sent}):
        own = {key: one for key, one in sent.items() if key[0] == service}
        found[service] = journeys.cost(_channels(own), prices)
    return found


@require_safe
@staff_page("insight.read")
def service(request: HttpRequest, code: str) -> HttpResponse:
    chosen = Chosen.of(request.GET, language())
    by_month = _months(chosen, code)
    by_channel = {
        channel: one for (channel,), one in journeys.figures(chosen.over, ["channel"], service=code).items()
    }
    if not by_month and not by_channel and code not in chosen.titles:
        raise Http404(f"Nothing is known of a service {code}.")
    total = journeys.together(by_month.values())
    waiting = journeys.open_requests(service=code, channel=chosen.channel)
    this_month = clock.today(tenancy.current().zone).replace(day=1)
    steps = journeys.steps(chosen.over, service=code, channel=chosen.channel)
    shown = [
        ("resolution", charts.trend(by_month, this_month)),
        ("resolution", charts.by_channel(chosen, journeys.together(by_channel.values()), by_channel)),
        ("steps", charts.steps(chosen, code, steps)),
        ("open", charts.ages(chosen, waiting, code)),
    ]
    found = {
        "months": tables.months(chosen, by_month, code),
        "channels": tables.channels(chosen, by_channel, code),
    }
    values = {
        "chosen": chosen,
        "code": code,
        "title": chosen.title(code),
        "charts": charts.explained(shown),
        "headline": _headline(total),
        "offered": code in chosen.titles,
    }
    return show(request, Page("service", values, found))


def _months(chosen: Chosen, code: str) -> dict[date, Figures]:
    found = journeys.figures(chosen.over, ["month"], service=code, channel=chosen.channel)
    return {month: one for (month,), one in sorted(found.items())}


def _headline(total: Figures) -> str:
    return _("%(sent)s, half over within %(median)s, %(satisfied)s satisfied, %(digital)s digital") % {
        "sent": words.requests(total.sums["submitted"]),
        "median": words.length(total.median),
        "satisfied": words.percent(total.satisfaction),
        "digital": words.percent(total.digital),
    }


@require_safe
@staff_page("insight.read")
def waiting(request: HttpRequest) -> HttpResponse:
    """Open requests, by step and age."""
    chosen = Chosen.of(request.GET, language())
    code = request.GET.get("service", "")
    code = code if code in chosen.titles else ""
    found = journeys.open_requests(service=code, channel=chosen.channel)
    values = {
        "chosen": chosen,
        "fields": [_service_field(chosen, code), chosen.fields[1]],
        "charts": charts.explained([("open", charts.ages(chosen, found, code))]),
        "empty": not found,
    }
    shown = {"steps": tables.open_by_step(chosen, found), "awaited": tables.awaited(chosen, found)}
    return show(request, Page("open", values, shown))


def _service_field(chosen: Chosen, code: str) -> Field:
    choices = [Choice("", _("All services")), *[Choice(c, title) for c, title in chosen.titles.items()]]
    return Field("select", "service", _("Service"), choices=choices, value=code, small=True)


@require_safe
@staff_page("insight.read")
def requests(request: HttpRequest) -> HttpResponse:
    """The requests behind a number, as far as the actor may see them."""
    chosen = Chosen.of(request.GET, language())
    page = listed.page(desk_actor(request), chosen, request.GET)
    if page is None:
        raise Http404("The address names no list of requests.")
    values = {
        "chosen": chosen,
        "title": page.title,
        "timed": page.timed,
        "hidden": page.hidden,
        "cut": page.cut,
        "pages": page.pages,
    }
    return show(request, Page("requests", values, {"requests": page.table}))


@require_safe
@staff_page("insight.read")
def definitions(request: HttpRequest) -> HttpResponse:
    return show(request, Page("definitions", {"measures": journeys.MEASURES}))
