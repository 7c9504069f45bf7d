"""Queues show what is to be done, at the same cost however much it is, and tell what arrived."""

import re
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.desk.town import ENVIRONMENT, actor, begun, open_task, submitted, words, worker
from towpath.casework import actions as casework


def test_a_line_says_what_is_to_be_done_for_whom_and_until_when(desk):
    case = submitted()
    said = words(desk.get("/desk/"))
    for part in ("Check the address", case.reference, "Ada Lovelace", "Resident parking permit", "in 3 days"):
        assert part in said


def test_mine_are_those_in_my_hands_and_others_see_who_has_them(desk, at_desk, ana):
    case = submitted()
    assert "You have no task in hand" in words(desk.get("/desk/?queue=mine"))
    begun(ana, case)
    assert "In your hands" in words(desk.get("/desk/?queue=mine"))
    assert "Ana Ruiz works on it" in words(at_desk(worker(name="Bo Li")).get("/desk/"))


def test_queues_of_teams_and_services(desk):
    parking, shed = submitted(), submitted(ENVIRONMENT)
    only = words(desk.get("/desk/?queue=team:parking"))
    assert parking.reference in only and shed.reference not in only
    only = words(desk.get(f"/desk/?service={ENVIRONMENT}"))
    assert shed.reference in only and parking.reference not in only


def test_staff_of_one_team_see_the_work_of_that_team_alone(at_desk, town):
    parking, shed = submitted(), submitted(ENVIRONMENT)
    said = words(at_desk(worker(("parking", "caseworker"))).get("/desk/"))
    assert parking.reference in said and shed.reference not in said
    said = words(at_desk(worker(("parking", "caseworker"))).get("/desk/?queue=team:permits"))
    assert shed.reference not in said


def test_who_has_no_tasks_is_told_so(at_desk, town):
    assert "You have no queue here" in words(at_desk(worker((None, "auditor"))).get("/desk/"))


@pytest.mark.parametrize(
    "garbled", ["after=yesterday", "queue=team:none", "after=2020-01-01_x", "service=%00"]
)
def test_a_garbled_address_shows_a_queue_all_the_same(desk, garbled):
    assert desk.get(f"/desk/?{garbled}").status_code == 200


def test_the_number_of_queries_does_not_grow_with_the_queue(desk):
    submitted()
    desk.get("/desk/")
    few = _queries(desk)
    for _ in range(5):
        submitted()
    assert _queries(desk) == few < 25


def _queries(desk):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert desk.get("/desk/").status_code == 200
    return len(captured)


def test_pages_follow_each_other(desk, monkeypatch):
    monkeypatch.setattr(sys.modules["towpath.casework.queries.queue"], "PAGE", 2)
    cases = [submitted() for _ in range(3)]
    first = desk.get("/desk/").content.decode()
    following = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    second = words(desk.get(following))
    assert [c.reference in second for c in cases] == [False, False, True]


def _poll(page):
    """Where a page looks for news, and the lines that it has."""
    text = page.content.decode()
    address = re.search(r'id="queue-poll" hx-get="([^"]+)"', text)[1].replace("&amp;", "&")
    known = re.search(r'name="known" value="([^"]*)"', text)[1]
    return f"{address}&known={known}"


def test_news_are_nothing_at_little_cost_until_something_happens(desk):
    submitted()
    address = _poll(desk.get("/desk/"))
    with CaptureQueriesContext(connection) as captured:
        assert desk.get(address).status_code == 204
    asked = [query for query in captured.captured_queries if "journal_event" in query["sql"]]
    own = [query for query in captured.captured_queries if "casework_" in query["sql"]]
    assert len(asked) <= 3 and own == []


def test_news_tell_of_new_tasks_of_those_gone_and_of_who_holds_what(desk, at_desk, ana):
    first, second = submitted(), submitted()
    address = _poll(desk.get("/desk/"))
    third, bo = submitted(), worker(name="Bo Li")
    begun(bo, second)
    casework.complete_task(actor(ana), begun(ana, first).pk, {"lives_here": True})
    answer = desk.get(address)
    said = words(answer)
    assert "1 new task" in said and third.reference in said
    assert "Bo Li works on it" in said and "Done or moved on" in said
    assert desk.get(_next(answer)).status_code == 204


def _next(answer):
    return re.search(r'hx-get="([^"]+)"', answer.content.decode())[1].replace("&amp;", "&")


def test_a_line_leads_to_its_task(desk):
    task = open_task(submitted())
    assert f"/desk/cases/{task.case_id}/tasks/{task.pk}/" in desk.get("/desk/").content.decode()
