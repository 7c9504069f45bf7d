"""A page that plays a change of a service before anybody makes it."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_safe

from towpath.catalogue import queries as catalogue
from towpath.engines import bpmn
from towpath.foundation import calendars, clock, tenancy
from towpath.journeys import queries as journeys
from towpath.surfaces.insight import asked, compared, planned
from towpath.surfaces.insight.asked import Change
from towpath.surfaces.insight.chosen import Chosen
from towpath.surfaces.insight.pages import Page, language, show
from towpath.surfaces.insight.planned import Entered, Planned
from towpath.surfaces.staff_access import staff_page


@require_safe
@staff_page("insight.read")
def what_if(request: HttpRequest, code: str) -> HttpResponse:
    chosen = Chosen.of(request.GET, language())
    today = clock.today(tenancy.current().zone)
    try:
        version = catalogue.version_in_force(code, today)
    except catalogue.NoSuchService:
        raise Http404(f"There is no service {code}.") from None
    package = catalogue.package(version.pk)
    form = asked.asked(request.GET, "per-day" in request.GET)
    entered = asked.entered(form, package, language(), _per_day(chosen, code, today))
    until = asked.until(form, package, language())
    others = [one for one in catalogue.versions(code) if one.pk != version.pk]
    change = asked.change(form, package, language(), others)
    steps = journeys.steps(chosen.over, service=code)
    plan = _planned(package.process, entered, steps, today)
    svg = bpmn.draw(package.process, texts=package.names(language()), rtl=get_language_bidi())
    values = {
        "chosen": chosen,
        "code": code,
        "title": chosen.title(code),
        "form": form,
        "version": version.number,
        "assumptions": compared.assumptions(
            entered, plan, bpmn.assumed(package.process, plan.plan), package, language()
        ),
        "errors": form.wrong,
        # The engine escapes every text of the package that it writes.
        "map": mark_safe(svg),  # noqa: S308
    }
    tables = {}
    if form.sent and not form.wrong:
        process = _other(others, change, package.process)
        found = _compared(package.process, plan, process, change, entered, steps, until, today)
        values["chart"] = found.chart
        tables["what-if"] = found.table
    return show(request, Page("what_if", values, tables))


def _per_day(chosen: Chosen, code: str, today: date) -> float:
    """Requests sent on a working day of the period, up to today; 0 where none were."""
    found = journeys.figures(chosen.over, [], service=code, only=("submitted",))
    sent = journeys.together(found.values()).sums["submitted"]
    calendar = calendars.body_calendar(tenancy.current().settings)
    first, last = max(chosen.over.first, journeys.earliest() or today), min(chosen.over.until, today)
    days = [first + timedelta(days=n) for n in range((last - first).days)]
    return sent / max(1, sum(calendar.is_working(day) for day in days))


def _planned(process: bpmn.Process, entered: Entered, steps: planned.Steps, today: date) -> Planned:
    holidays = calendars.body_calendar(tenancy.current().settings).holidays
    return planned.planned(process, entered, steps, begin=today, holidays=holidays)


def _other(versions: list[catalogue.ServiceVersion], change: Change, process: bpmn.Process) -> bpmn.Process:
    for version in versions:
        if version.number == change.version:
            return catalogue.package(version.pk).process
    return process


def _compared(
    process: bpmn.Process,
    plan: Planned,
    other: bpmn.Process,
    change: Change,
    entered: Entered,
    steps: planned.Steps,
    until: frozenset[str],
    today: date,
) -> compared.Compared:
    """Tasks of another version that today's does not have need the usual time."""
    minutes = {task.id: asked.MINUTES for task in planned.tasks(other)} | dict(entered.minutes)
    people = dict.fromkeys(asked.teams(other), asked.PEOPLE) | dict(entered.people)
    then = _planned(other, Entered(entered.per_day, minutes, people), steps, today)
    changed = bpmn.Design(other, change.of(then.plan), until & other.elements.keys())
    return compared.compare(bpmn.Design(process, plan.plan, until), changed)
