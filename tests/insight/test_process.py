"""The process map of a service: what the journal tells of its ways, and of their distance from the design."""

import html
import re
from datetime import timedelta
from random import Random

import pytest

from tests.insight.test_pages import NOW, happened, rows, words
from tests.insight.ways import PARKING, any_way, begun, closed, done
from towpath.foundation import tenancy
from towpath.journeys import actions as journeys
from towpath.journeys.models import ImportedLog
from towpath.surfaces.insight import fitting, process

pytestmark = pytest.mark.usefixtures("now")
DAY = timedelta(days=1)
ADDRESS = f"/insight/services/{PARKING}/process/"
FILTERS = ["period=2026", "channel=phone", "team=parking", "time=slow", "ways=all", "version=1"]


def granted(start=NOW - 30 * DAY, **more):
    request = begun(start, **more)
    done(request, "ask_register", unit="parking")
    done(request, "decide_permit", queue=2 * DAY, unit="parking")
    done(request, "keep_renewal_date")
    return done(request, "send_granted")


def out_of_turn(start=NOW - 30 * DAY):
    """The address is looked at after the decision, and no letter is sent."""
    request = begun(start)
    for element in ("ask_register", "decide_permit", "check_address", "keep_renewal_date"):
        done(request, element, unit="parking")
    for element in ("renewal_near", "send_renewal_reminder"):
        done(request, element)
    return closed(request)


def edge(page, source, target):
    """A row of the table of edges."""
    return next(row for row in rows(page) if row[:2] == [source, target])


def test_the_map_counts_what_followed_what_and_how_long_it_took(parking, manager):
    happened(parking, granted(), granted(NOW - 20 * DAY), out_of_turn())
    page = manager.get(ADDRESS)
    said = words(page)
    assert "3 requests went 2 different ways. The most usual one was taken by 67 % of them." in said
    assert "Most time goes between “Ask the register for the address” and “Decide on the permit”" in said
    assert page.content.decode().count("<svg") >= 2
    found = edge(
        manager.get(f"{ADDRESS}?csv=edges"), "Ask the register for the address", "Decide on the permit"
    )
    assert found[2:4] == ["3", "2 days"]


def test_a_services_requests_are_called_requests_all_over_its_page(parking, manager):
    happened(parking, granted(), out_of_turn())
    said = words(manager.get(ADDRESS))
    assert "Share of requests" in said
    assert not re.search(r"\bcases?\b", said, re.IGNORECASE)


def test_what_happened_once_happened_1_time(parking, manager):
    happened(parking, granted())
    assert "2 days on average, 1 time " in words(manager.get(ADDRESS))


def test_an_event_is_on_the_page_with_the_next_request_for_it(parking, manager):
    request = begun(NOW - 3 * DAY)
    happened(parking, request)
    assert "Sent" in words(manager.get(ADDRESS))
    happened(parking, done(request, "check_address"))
    assert edge(manager.get(f"{ADDRESS}?csv=edges"), "Sent", "Check the address")[2] == "1"


def test_the_design_shows_how_often_each_way_was_gone_and_where_it_was_left(parking, manager):
    happened(parking, granted(), granted(), out_of_turn())
    page = manager.get(ADDRESS)
    said = words(page)
    assert "67 % of 3 requests keep to the design" in said
    assert "“Check the address” was done after “Decide on the permit”" in said
    assert "“Send the permit” was left out" in said
    assert "is-deviating" in page.content.decode()
    designed = {row[0]: row[1:] for row in rows(manager.get(f"{ADDRESS}?csv=designed"))}
    assert designed["Decide on the permit"] == ["3", "3"]
    assert designed["Send the refusal"] == ["0", "0"]


def test_what_takes_too_long_to_judge_is_judged_when_the_page_is_seen_again(parking, manager, monkeypatch):
    happened(parking, granted(), granted(), out_of_turn())
    with monkeypatch.context() as hurried:
        hurried.setattr(fitting, "SECONDS", 0.0)
        said = words(manager.get(ADDRESS))
        assert "rarer ways that are not judged yet" in said and "keep to the design" not in said
    assert "not judged yet" not in words(manager.get(ADDRESS))
    monkeypatch.setattr(fitting, "SECONDS", 0.0)
    assert "not judged yet" not in words(manager.get(ADDRESS)), "what was judged stays known"


def test_an_open_request_keeps_to_the_design_as_long_as_it_does(parking, manager):
    happened(parking, done(begun(NOW - 2 * DAY), "ask_register"))
    assert "100 % of 1 request keep to the design" in words(manager.get(ADDRESS))


def test_each_number_leads_to_its_requests(parking, enter):
    one, other = granted(), out_of_turn()
    happened(parking, one, other)
    manager = enter((None, "manager"))
    page = html.unescape(manager.get(ADDRESS).content.decode())
    links = set(re.findall(r'href="(/insight/requests/\?[^"]*which=process[^"]*)"', page))
    assert any("odd=" in link for link in links)
    assert any("from=" in link and "to=" in link for link in links)
    assert any("way=" in link for link in links)
    counts = {link: len(counted(manager, link)) for link in links}
    assert {count for link, count in counts.items() if "odd=" in link} == {1}
    assert max(counts.values()) == 2
    assert min(counts.values()) == 1


def test_a_list_that_is_too_long_says_how_many_there_are_and_holds_the_latest(parking, manager, monkeypatch):
    monkeypatch.setattr(process, "MOST_BEHIND", 2)
    happened(parking, *(begun(NOW - days * DAY) for days in range(4)))
    link = f"/insight/requests/?which=process&service={PARKING}"
    assert "There are 4. Listed are the 2 in which something was done last." in words(manager.get(link))
    assert len(counted(manager, link)) == 2
    monkeypatch.undo()
    assert "There are" not in words(manager.get(link))


def counted(client, link):
    """Requests of the list, which says how many of them one may not see: these have no case of their own."""
    hidden = re.search(r"(\d+) requests? on this page", words(client.get(link)))
    return range(int(hidden[1])) if hidden else ()


@pytest.mark.parametrize("chosen", FILTERS)
def test_filters_narrow_the_page(parking, manager, chosen):
    happened(parking, granted(), granted(NOW - 10 * DAY, channel="phone"))
    page = manager.get(f"{ADDRESS}?{chosen}")
    assert page.status_code == 200
    expected = {"channel=phone": "1 request ", "time=slow": "request"}.get(chosen, "2 requests")
    assert expected in words(page)


@pytest.mark.parametrize(
    "odd", ["team=nobody", "way=123", "version=99", "channel=%00", "period=1066", "way=%00"]
)
def test_filters_that_fit_nothing_say_so(parking, manager, odd):
    happened(parking, granted())
    page = manager.get(f"{ADDRESS}?{odd}")
    assert page.status_code == 200
    assert (
        manager.get(f"/insight/requests/?which=process&service={PARKING}&from=x&to=y&{odd}").status_code
        == 200
    )


def test_a_service_that_nobody_knows_has_no_map(parking, manager):
    assert manager.get("/insight/services/none/process/").status_code == 404
    assert "No requests" in words(manager.get(ADDRESS))


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("caseworker", 403)])
def test_who_may_look(parking, enter, role, status):
    client = enter((None if role == "manager" else "parking", role))
    for address in (ADDRESS, "/insight/logs/"):
        assert client.get(address).status_code == status


def test_the_service_leads_to_its_map(parking, manager):
    happened(parking, granted())
    page = manager.get(f"/insight/services/{PARKING}/").content.decode()
    assert f'href="{ADDRESS}"' in page


def test_a_page_costs_the_same_for_many_requests(parking, manager, count_queries):
    random = Random(3)
    happened(parking, granted())
    with count_queries() as few:
        manager.get(ADDRESS)
    happened(parking, *[any_way(random, NOW - n * DAY) for n in range(1, 40)])
    with count_queries() as many:
        manager.get(ADDRESS)
    assert many.count <= few.count


# --- imported logs

LEGACY = """case,activity,time,unit
1,Received,2024-03-01 09:00,Front desk
1,Checked,2024-03-03 09:00,Permits
1,Decided,2024-03-05 09:00,Permits
2,Received,2025-03-02 09:00,Front desk
2,Decided,2025-03-04 09:00,Permits
"""


@pytest.fixture
def legacy(outside, tmp_path):
    path = tmp_path / "legacy.csv"
    path.write_text(LEGACY, encoding="utf-8")
    with tenancy.inside(outside):
        return journeys.import_log(path, name="Old permits")


def test_an_imported_log_is_listed_and_has_the_same_map(legacy, manager):
    assert "Old permits" in words(manager.get("/insight/logs/"))
    page = manager.get("/insight/logs/old-permits/")
    assert "2 cases went 2 different ways" in words(page)
    assert edge(manager.get("/insight/logs/old-permits/?csv=edges"), "Received", "Checked")[2:4] == [
        "1",
        "2 days",
    ]
    assert "1 case went 1 way" in words(manager.get("/insight/logs/old-permits/?year=2025"))
    assert manager.get("/insight/logs/old-permits/?version=1").status_code == 200


@pytest.mark.parametrize(("loss", "drawn"), [("Decided", True), ("Received", False)])
def test_the_line_where_most_time_is_lost_says_so_where_it_is_drawn(outside, manager, tmp_path, loss, drawn):
    """What comes back to the same step has no line."""
    path = tmp_path / "slow.csv"
    lines = ["case,activity,time", "1,Received,2024-03-01", f"1,{loss},2024-06-01", "1,Closed,2024-06-02"]
    path.write_text("\n".join(lines), encoding="utf-8")
    with tenancy.inside(outside):
        journeys.import_log(path, name="Slow")
    page = manager.get("/insight/logs/slow/")
    assert page.status_code == 200
    assert ("The line in the accent colour is where most time is lost" in words(page)) is drawn
    assert bool(re.search(r"most time: 92\sdays\son\saverage", page.content.decode())) is drawn


def test_its_numbers_lead_to_its_cases(legacy, manager):
    page = html.unescape(manager.get("/insight/logs/old-permits/").content.decode())
    (link,) = re.findall(r'href="(/insight/logs/old-permits/cases/\?from=Received&to=Checked)"', page)
    found = rows(manager.get(f"{link}&csv=cases"))
    assert [row[0] for row in found[1:]] == ["1"]


def test_a_log_of_another_body_is_not_there(other, legacy, manager, tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text(LEGACY, encoding="utf-8")
    with tenancy.inside(other):
        journeys.import_log(path, name="Theirs")
    assert manager.get("/insight/logs/theirs/").status_code == 404
    assert manager.get("/insight/logs/theirs/cases/").status_code == 404
    assert "Theirs" not in words(manager.get("/insight/logs/"))


def test_a_log_that_cannot_be_opened_any_more_says_so_in_words(legacy, manager, outside):
    with tenancy.inside(outside):
        ImportedLog.objects.update(content=b"no store", digest="another")
    for address in ("/insight/logs/old-permits/", "/insight/logs/old-permits/cases/?done=Checked"):
        page = manager.get(address)
        assert page.status_code == 200
        assert "This log can’t be read" in words(page) and "import it again" in words(page)
