"""A change of a service is played through: the same luck for both, ranges, and what is taken for granted."""

import html
import re
from pathlib import Path

import pytest

from tests.insight.test_pages import DAY, NOW, happened, words
from tests.journeys.history import Request
from towpath.foundation import tenancy

pytestmark = pytest.mark.usefixtures("now")
PARKING = "resident-parking-permit"
SERVICES = Path(__file__).parents[2] / "services"
ADDRESS = f"/insight/services/{PARKING}/what-if/"
TODAY = "per-day=8&people-parking=2&minutes-check_address=20&minutes-decide_permit=40&minutes-look_again=60"


def publish_files(files, **more):
    from towpath.catalogue import actions as catalogue
    from towpath.foundation.access import SYSTEM

    return catalogue.publish(SYSTEM, files, **more)


def cells(response):
    """Name of a row -> its other cells."""
    text = html.unescape(response.content.decode())
    rows = re.findall(r"<tr>(.*?)</tr>", text, flags=re.DOTALL)
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL) for row in rows]
    return {row[0]: row[1:] for row in found if len(row) == 4}


def test_the_page_asks_first_and_says_what_it_takes_for_granted(parking, manager):
    page = manager.get(ADDRESS)
    said = words(page)
    assert page.status_code == 200
    assert "Requests on a working day" in said
    assert "People in the team Parking" in said
    assert "Nobody is ill or away" in said
    assert "each is equally likely: Which address?" in said
    assert "Today and with the change" not in said


def test_more_people_make_a_full_desk_faster(parking, manager):
    page = manager.get(f"{ADDRESS}?{TODAY}&people-parking=1&extra-parking=1")
    found = cells(page)
    assert "today within" in words(page)
    assert found["Of that, waiting for staff, on average"][2].startswith("−")
    assert found["Parking: a task waits, on average"][2].startswith("−")


def test_without_a_change_nothing_differs(parking, manager):
    page = manager.get(f"{ADDRESS}?{TODAY}")
    assert "Nothing is changed: half of all requests are over within" in words(page)
    assert {row[2] for name, row in cells(page).items() if name != "Figure"} == {"no time", "0 %"}


def test_more_requests_and_a_step_less_can_be_tried(parking, manager):
    more = cells(manager.get(f"{ADDRESS}?{TODAY}&more=60"))
    assert more["Parking: share of the working time that is used"][2].startswith("+")
    less = cells(manager.get(f"{ADDRESS}?{TODAY}&automatic=decide_permit"))
    assert less["Parking: share of the working time that is used"][2].startswith("−")


def test_another_version_can_be_compared(parking, manager):
    from towpath.catalogue.load import files_of

    files = files_of(SERVICES / PARKING)
    files["process.bpmn"] = files["process.bpmn"].replace(
        '<bpmn:scriptTask id="take_register_address"', '<bpmn:scriptTask  id="take_register_address"'
    )
    with tenancy.inside(parking):
        number = publish_files(files, effective_from=NOW.date() + 9 * DAY).number
    page = manager.get(f"{ADDRESS}?{TODAY}&version={number}")
    assert f"Version {number}" in words(page)
    assert "Nothing is changed" in words(page)


def test_requests_come_as_often_as_the_journal_says(parking, manager):
    happened(parking, *[Request(start=NOW - n * DAY, service=PARKING).begun().sent() for n in range(1, 40)])
    page = manager.get(ADDRESS).content.decode()
    (per_day,) = re.findall(r'name="per-day"[^>]*value="([^"]*)"', page)
    assert 0 < float(per_day) < 39


@pytest.mark.parametrize(
    "wrong", ["per-day=many", "people-parking=0", "more=-200", "minutes-decide_permit=1e9"]
)
def test_what_is_no_number_is_said_beside_its_field_and_not_played(parking, manager, wrong):
    name = wrong.partition("=")[0]
    kept = "&".join(part for part in TODAY.split("&") if not part.startswith(f"{name}="))
    page = manager.get(
        f"{ADDRESS}?{kept}&per-day=3&{wrong}" if name != "per-day" else f"{ADDRESS}?{kept}&{wrong}"
    )
    assert "Enter a number from" in words(page)
    assert f'href="#{name}"' in page.content.decode()
    assert "Today and with the change" not in words(page)


def test_the_figures_can_be_taken_along(parking, manager):
    text = manager.get(f"{ADDRESS}?{TODAY}&csv=what-if").content.decode("utf-8-sig")
    assert text.startswith("Figure,Today,Changed,Difference")


def test_only_those_who_may_look_at_figures_get_in(parking, enter):
    assert enter((None, "caseworker")).get(ADDRESS).status_code == 403


def test_a_service_that_is_not_offered_has_no_page(parking, manager):
    assert manager.get("/insight/services/nothing/what-if/").status_code == 404
