"""Filters leave over what they say, can be chained, and do not care whether the log was written and read in between."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, by_hand, counted, write_csv
from tests.engines.mining.test_map import rows
from towpath.engines import mining

MADE = [
    ("1", "open", at(0), "desk", "web"),
    ("1", "check", at(10), "permits", "web"),
    ("1", "close", at(30), "desk", "web"),
    ("2", "open", at(20), "desk", "phone"),
    ("2", "close", at(40), "desk", "phone"),
    ("3", "open", at(50), "desk", "web"),
]
HEADER = "case,activity,time,unit,case:channel"


@pytest.fixture
def log(tmp_path):
    return mining.read(write_csv(tmp_path / "log.csv", MADE, HEADER))


def _cases(log):
    return sorted(one.id for one in log.cases())


@settings(max_examples=8)
@given(rows, st.integers(0, 4), st.integers(1, 5), st.sampled_from(["ask", "open"]), st.booleans())
def test_filters_commute_with_writing_and_reading(tmp_path_factory, drawn, first, length, activity, before):
    folder = tmp_path_factory.mktemp("log")
    made = [(case, name, at(minutes)) for case, name, minutes in drawn]
    log = mining.read(write_csv(folder / "log.csv", made))
    window = (at(first), at(first + length))
    chosen = (
        [row for row in made if row[1] != activity or before] if activity in log.values("activity") else made
    )

    def filtered(log):
        if activity in log.values("activity") and not before:
            log = log.where_column("activity", activity, keep="events", without=True)
        return log.between(*window)

    left = [row for row in chosen if window[0] <= row[2] < window[1]]
    here = filtered(log)
    assert counted(here) == by_hand(left)
    if left:
        here.save(folder / "part.parquet")
        again = mining.read(folder / "part.parquet")
        assert counted(again) == counted(here)
        log.save(folder / "all.parquet")
        assert counted(filtered(mining.read(folder / "all.parquet"))) == counted(here)


def test_a_window_can_keep_whole_cases(log):
    assert _cases(log.between(at(0), at(35), keep="contained")) == ["1"]
    assert _cases(log.between(at(5), at(25), keep="touching")) == ["1", "2"]
    assert _cases(log.between(at(15), at(55), keep="started")) == ["2", "3"]
    assert _cases(log.between(at(35), at(45), keep="ended")) == ["2"]


def test_times_with_a_zone_are_compared_in_utc(log):
    summer = timezone(timedelta(hours=2))
    assert (
        log.between(
            at(0).replace(tzinfo=summer) + timedelta(hours=2), at(1).replace(tzinfo=UTC)
        ).summary.events
        == 1
    )


def test_by_unit_channel_and_activity(log):
    assert _cases(log.where(unit="permits")) == ["1"]
    assert _cases(log.where(channel="web")) == ["1", "3"]
    assert _cases(log.where(channel=["web", "phone"], activity="close")) == ["1", "2"]
    assert _cases(log.where_column("channel", "web", without=True)) == ["2"]
    assert log.where(keep="events", unit="desk").variants()[0].activities == ("open", "close")


def test_by_edge_variant_length_and_number(log):
    assert _cases(log.passing("open", "close")) == ["2"]
    assert _cases(log.taking(("open", "check", "close"))) == ["1"]
    assert _cases(log.lasting(least=1201)) == ["1"]
    assert _cases(log.lasting(most=1)) == ["3"]
    assert _cases(log.named("3", "2")) == ["2", "3"]


def test_filters_after_a_cut_see_what_is_left(log):
    cut = log.between(at(5), at(35))
    assert _cases(cut.taking(("check", "close"))) == ["1"]
    assert _cases(cut.lasting(least=1)) == ["1"]
    assert cut.starts() == {"check": 1, "open": 1}
    assert cut.summary == mining.Summary(3, 2, 3, 2, at(10), at(30))


def test_a_filter_that_leaves_nothing(log):
    nothing = log.between(at(1000), at(1001))
    assert nothing.map() == mining.Map((), (), {}, {})
    assert (nothing.variants(), nothing.durations().cases, nothing.summary.events) == ([], 0, 0)


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (
            lambda log: log.where(colour="red").summary,
            "no column 'colour'; it has 'activity', 'unit', 'case:channel'",
        ),
        (lambda log: log.where(activity="sing").summary, "no activity 'sing'"),
        (lambda log: log.passing("open", "sing").map(), "no activity 'sing'"),
        (lambda log: log.handovers(by="channel"), "'case:channel' belongs to the whole case"),
    ],
)
def test_what_the_log_does_not_have_is_told(log, ask, told):
    with pytest.raises(mining.QuestionError, match=told):
        ask(log)


def test_values_of_a_column(log):
    assert log.values("unit") == {"desk": 5, "permits": 1}
    assert log.values("channel") == {"web": 2, "phone": 1}
    assert log.where(channel="phone").values("unit") == {"desk": 2}


def test_a_case_is_shown_with_all_it_has(log):
    assert [(one.activity, one.waited) for one in log.case("1")] == [
        ("open", None),
        ("check", 600.0),
        ("close", 1200.0),
    ]
    assert log.case("1")[1].attributes == {"unit": "permits"}
    assert log.case("nobody") == []
    assert log.cases(1)[0] == mining.Case("1", at(0), at(30), 1800.0, 3, "close")
    assert isinstance(log.cases()[0].began, datetime)
