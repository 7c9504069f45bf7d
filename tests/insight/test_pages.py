"""The pages: findings and figures, who may see them, what leads where, and what they cost."""

import csv
import html
import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.journeys.history import Request, any_request, follow
from towpath import flow
from towpath.casework import actions as casework
from towpath.foundation import clock, tenancy
from towpath.foundation.access import Actor
from towpath.foundation.journal.follow import deliver
from towpath.foundation.models import AccessRecord
from towpath.journeys.measures import MEASURES

pytestmark = pytest.mark.usefixtures("now")
ADDRESSES = [
    "/insight/",
    "/insight/services/parking/",
    "/insight/open/",
    "/insight/requests/?which=sent",
    "/insight/definitions/",
]
SERVICES = Path(__file__).parents[2] / "services"
DAY = timedelta(days=1)
NOW = datetime(2026, 10, 20, 9, tzinfo=UTC)


def happened(body, *requests):
    """Written into the journal, and followed."""
    with tenancy.inside(body):
        for request in requests:
            request.write()
    follow(body)


@pytest.fixture
def year(outside):
    """Requests of some months, as they may go."""
    random = Random(7)
    open_one = Request(start=NOW - 3 * DAY).begun().sent().at_step("check")
    happened(outside, open_one, *[any_request(random) for _ in range(15)])
    return outside


def words(response):
    text = re.sub(r"<(svg|style|script).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def rows(response):
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text)))


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("caseworker", 403), ("administrator", 403)])
def test_only_those_who_may_look_at_figures_get_in(year, enter, role, status):
    somebody = enter((None, role))
    assert [somebody.get(address).status_code for address in ADDRESSES] == [status] * len(ADDRESSES)


def test_pages_can_be_read_before_anything_happened(outside, manager):
    for address in ADDRESSES:
        assert manager.get(address).status_code == (404 if "services" in address else 200)


def test_charts_state_their_findings(outside, manager):
    start = NOW - 30 * DAY
    rated = [Request(start=start).begun().sent().decided(after=n * DAY).rated(5) for n in (1, 3, 20)]
    helped = Request(start=start, channel="phone", assisted=True).begun().sent().decided(after=4 * DAY)
    happened(outside, *rated, helped, Request(start=start).begun())
    said = words(manager.get("/insight/"))
    for finding in (
        "Half of all requests are over within 3 days",
        "100 % of those who answered are satisfied; 75 % answered",
        "80 % of applications that were begun were sent",
        "100 % of requests came in digitally, 25 % with help of staff",
        "No request waits for a decision",
        "No amounts are set, so the cost per request is not known",
        "1 are still open and may yet be sent",
    ):
        assert finding in said


def test_the_cost_comes_from_the_amounts_that_are_set(outside, manager):
    outside.settings = {"costs": {"portal": 1, "phone": 5}, "currency": "£"}
    outside.save()
    channels = ("portal", "portal", "portal", "phone", "post")
    sent = [Request(start=NOW - DAY, channel=c, assisted=c != "portal").begun().sent() for c in channels]
    happened(outside, *sent)
    said = words(manager.get("/insight/"))
    assert "A request costs £ 2.00 on average" in said
    assert "No amount is set for: Letter (1 request). These are left out." in said


def test_a_decision_and_a_rating_move_the_figure_within_one_delivery(outside, manager):
    """From the product's own actions, through the subscriber that flow.py names, to the page."""
    from tests.desk.town import PARKING, submitted

    with tenancy.inside(outside):
        factories.publish(SERVICES / PARKING)
        case = submitted()
    (measures,) = [one for one in flow.SUBSCRIBERS if one.name == "measures"]
    deliver(outside, measures, behind_horizon=False)
    assert "Nobody has said yet how it was" in words(manager.get("/insight/"))
    clock._virtual.get().advance(2 * DAY)
    with tenancy.inside(outside):
        _granted(case)
        casework.rate(Actor("visitor", f"case:{case.pk}", "portal"), case.pk, 5)
    deliver(outside, measures, behind_horizon=False)
    said = words(manager.get("/insight/"))
    assert "100 % of those who answered are satisfied; 100 % answered" in said
    assert "Half of all requests are over within 2 days" in said
    assert "Every decision came within its legal deadline" in said
    assert case.reference in words(manager.get("/insight/requests/?which=rated"))


def _granted(case):
    from tests.desk.town import open_task

    worker = factories.staff("case.read", "task.work", "task.decide")
    casework.complete_task(worker, open_task(case).pk, {"lives_here": True})


def test_numbers_lead_to_their_requests(year, manager):
    page = manager.get("/insight/open/").content.decode()
    (link,) = {
        html.unescape(found) for found in re.findall(r'href="([^"]+step=Check[^"]*age=week[^"]*)"', page)
    }
    found = manager.get(link)
    assert found.status_code == 200 and "1 request on this page is not for you to see" in words(found)


def test_the_list_names_requests_and_not_people_and_is_logged(outside, manager, enter):
    from tests.desk.town import PARKING, submitted

    with tenancy.inside(outside):
        factories.publish(SERVICES / PARKING)
        case = submitted()
    follow(outside)
    page = manager.get("/insight/requests/?which=open")
    assert case.reference in words(page) and f"/desk/cases/{case.pk}/" in page.content.decode()
    assert "Ada" not in words(page)
    with tenancy.inside(outside):
        assert AccessRecord.objects.filter(subject_id__contains="which=open", purpose="insight").exists()
    blind = enter((None, "designer"))
    assert case.reference not in words(blind.get("/insight/requests/?which=open"))


def test_each_table_can_be_taken_along(year, manager):
    for table, place in {
        "services": "",
        "months": "services/parking/",
        "channels": "services/parking/",
        "steps": "open/",
        "awaited": "open/",
        "requests": "requests/",
    }.items():
        answer = manager.get(f"/insight/{place}?csv={table}&which=sent&period=2026")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert answer["Content-Disposition"].endswith(f'-{table}.csv"')
        head, *lines = rows(answer)
        assert all(len(line) == len(head) for line in lines) and (lines or table == "requests")


def test_no_cell_of_a_file_is_a_formula(outside, manager):
    request = Request(start=NOW - DAY).begun().sent().at_step("check")
    request.told[-1].__dict__["activity"] = "=HYPERLINK(1)"
    happened(outside, request)
    cells = [cell for line in rows(manager.get("/insight/open/?csv=steps")) for cell in line]
    assert "'=HYPERLINK(1)" in cells and "=HYPERLINK(1)" not in cells


@pytest.mark.parametrize(
    "garbled",
    [
        "?period=2026-13&channel=fax",
        "?period=%00",
        "?service=%00&which=open&step=%00",
        "?which=open&age=old",
        "?which=sent&after=yesterday",
        "?which=sent&after=2026-01-01T00:00:00_x",
        "?csv=secret",
    ],
)
def test_a_garbled_address_breaks_nothing(outside, manager, garbled):
    happened(outside, Request(start=NOW - DAY).begun().sent().at_step("check"))
    for place in ("", "open/", "requests/", "services/parking/"):
        assert manager.get(f"/insight/{place}{garbled}").status_code in (200, 404)


def test_periods_and_channels_narrow_the_figures(outside, manager):
    by_phone = Request(start=NOW - 2 * DAY, channel="phone", assisted=True).begun().sent()
    happened(outside, Request(start=NOW - 40 * DAY).begun().sent(), by_phone)

    def sent(query):
        return [line[1] for line in rows(manager.get(f"/insight/?csv=services{query}"))][1:]

    assert sent("") == ["2", "2"]
    assert sent("&period=2026-10") == ["1", "1"]
    assert sent("&channel=portal") == ["1", "1"]
    assert sent("&period=2025") == ["0"]


def test_each_measure_is_defined_and_charts_lead_there(year, manager):
    page = manager.get("/insight/definitions/").content.decode()
    for measure in MEASURES:
        assert f'id="{measure.name}"' in page and html.escape(measure.title) in page
    overview = (
        manager.get("/insight/").content.decode() + manager.get("/insight/services/parking/").content.decode()
    )
    for anchor in set(re.findall(r"/insight/definitions/#([a-z]+)", overview)):
        assert f'id="{anchor}"' in page


def test_the_number_of_queries_does_not_grow_with_the_requests(year, manager):
    def queries():
        counts = []
        for address in ADDRESSES[:4]:
            with CaptureQueriesContext(connection) as captured:
                assert manager.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    queries()
    few = queries()
    random = Random(8)
    happened(year, *[any_request(random) for _ in range(10)])
    assert queries() == few and max(few) < 25


def test_pages_are_light_load_no_script_and_read_from_right_to_left(year, manager):
    manager.cookies["language"] = "ar"
    for address in ADDRESSES:
        page = manager.get(address).content
        assert len(page) < 60_000 and b"<script" not in page and b'dir="rtl"' in page
