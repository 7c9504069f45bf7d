"""Dates of a snapshot, moved to where it is loaded."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from demo.load import last_friday
from demo.snapshot.read import days_since, moved
from demo.town import holidays
from demo.year.papers import paper
from demo.year.season import Hours

from demo import welcome
from towpath.documents.rules import check
from towpath.project.ports import Ports

UNTIL = datetime(2026, 5, 22, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize("later", [0, 1, 6.9, 7, 30, 400, -1, -200])
def test_a_year_moves_by_whole_weeks_and_ends_within_the_last_week(later):
    now = UNTIL + timedelta(days=later)
    days = days_since(UNTIL, now)
    assert days % 7 == 0
    assert timedelta(0) <= now - (UNTIL + timedelta(days=days)) < timedelta(days=7)


def test_dates_of_the_year_move_wherever_they_stand_and_others_stay():
    text = '["2026-03-01","2026-03-01T10:00:00+00:00",{"$type":"date","$value":"2027-02-28"},"1988-03-14","2026-03-01x"]'
    assert moved(text, "2025-06-01", 7) == text.replace('"2026-03-01"', '"2026-03-08"').replace(
        "2026-03-01T", "2026-03-08T"
    ).replace("2027-02-28", "2027-03-07")


def test_dates_inside_a_sealed_text_move_too():
    assert moved(r'["{\"on\": \"2026-03-01\"}"]', "2026-01-01", 14) == r'["{\"on\": \"2026-03-15\"}"]'


def test_easter_is_where_it_is():
    days = {day for year in (2024, 2029) for day in holidays(year)}
    assert {
        date(2024, 3, 29),
        date(2024, 4, 1),
        date(2025, 4, 18),
        date(2026, 4, 6),
        date(2027, 3, 29),
    } <= days


def test_office_hours_leave_out_nights_weekends_and_holidays():
    hours = Hours(ZoneInfo("Europe/London"), frozenset({date(2026, 5, 25)}))
    friday_afternoon = datetime(2026, 5, 22, 15, 0, tzinfo=UTC)
    done = hours.after(friday_afternoon, timedelta(hours=2))
    assert done == datetime(2026, 5, 26, 9, 0, tzinfo=UTC)


def test_the_year_ends_on_a_friday_that_is_over():
    for day in range(7):
        now = datetime(2026, 5, 18, 15, 0, tzinfo=UTC) + timedelta(days=day)
        end = last_friday(now)
        assert end.weekday() == 4 and timedelta(0) <= now - end < timedelta(days=7)


def test_papers_are_what_they_say():
    made = paper("plan.pdf", "12 Canal Street (back) \\ 1:100")
    assert check(made.name, made.content_type, made.content).content_type == "application/pdf"
    start = int(re.search(rb"startxref\n(\d+)", made.content)[1])
    assert made.content[start:].startswith(b"xref")


def test_the_welcome_names_places_accounts_and_things_to_try_in_short_lines():
    text = welcome(Ports(9300))
    for part in (
        "http://millbrook.localhost:9300",
        "http://eastmere.localhost:9300",
        "/desk/",
        "9303",
        "ines@",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 104
