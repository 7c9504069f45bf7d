"""The map, variants and times equal what counting by hand gives, on any log."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, by_hand, counted, event, write_csv, write_xes, xes
from towpath.engines import mining

rows = st.lists(
    st.tuples(st.sampled_from("pqrs"), st.sampled_from(["open", "ask", "decide", "é &"]), st.integers(0, 6)),
    min_size=1,
    max_size=40,
)


LIES = ("case by case", "by time", "a case goes on", "an event is late")


def long_log(lies):
    """30,000 cases of five events; and what is counted by hand of them."""
    made = [
        (str(case), "abcd"[case * step % 4], at(case + step)) for case in range(30_000) for step in range(5)
    ]
    wanted = by_hand(made)
    if lies == "by time":
        made.sort(key=lambda row: row[2])
    elif lies == "a case goes on":
        made.append(made.pop(4))
    elif lies == "an event is late":
        made[7], made[8] = made[8], made[7]
    return made, wanted


@settings(max_examples=15)
@given(rows)
def test_equals_counting_by_hand(tmp_path_factory, drawn):
    made = [(case, activity, at(minutes)) for case, activity, minutes in drawn]
    log = mining.read(write_csv(tmp_path_factory.mktemp("log") / "log.csv", made))
    assert counted(log) == by_hand(made)
    assert log.summary.events == len(made)
    log.close()


@pytest.mark.parametrize("lies", LIES)
def test_a_long_log_is_the_same_however_it_lies_in_the_file(tmp_path, lies):
    """Longer than what the database gives one core at a time."""
    made, wanted = long_log(lies)
    assert counted(mining.read(write_csv(tmp_path / "log.csv", made))) == wanted


@pytest.mark.parametrize("length", [1, 3])
def test_cases_keep_their_events_when_those_of_some_have_more_attributes(tmp_path, length):
    """Events of a batch are taken over by their attributes, so that they do not lie as in the file."""
    more = {"1": {}, "2": {"org:group": "Permits"}, "3": {}}
    made = {case: [event(f"{case} {n}", n, **more[case]) for n in range(length)] for case in more}
    log = mining.read(write_xes(tmp_path / "a.xes", xes(made)))
    assert {case: [one.activity for one in log.case(case)] for case in made} == {
        case: [f"{case} {n}" for n in range(length)] for case in made
    }


def test_equal_times_keep_the_order_of_the_file(tmp_path):
    made = [("1", "b", at(0)), ("1", "a", at(0)), ("1", "c", at(0))]
    assert mining.read(write_csv(tmp_path / "log.csv", made)).variants()[0].activities == ("b", "a", "c")


def test_later_lines_with_earlier_times_come_first(tmp_path):
    made = [("1", "second", at(5)), ("1", "first", at(0))]
    assert mining.read(write_csv(tmp_path / "log.csv", made)).starts() == {"first": 1}


def test_ninetieth_percentile_and_cases_of_an_activity(tmp_path):
    made = [
        row for n in range(11) for row in ((f"{n}", "a", at(0)), (f"{n}", "b", at(n)), (f"{n}", "b", at(n)))
    ]
    map_ = mining.read(write_csv(tmp_path / "log.csv", made)).map()
    edge = next(one for one in map_.edges if (one.source, one.target) == ("a", "b"))
    assert (edge.count, edge.median, edge.p90) == (11, 300.0, 540.0)
    assert [(one.name, one.events, one.cases) for one in map_.activities] == [("b", 22, 11), ("a", 11, 11)]


def test_quantiles_are_the_same_when_they_are_taken_in_portions(tmp_path, monkeypatch):
    made = [(f"{n % 7}", "abcd"[n // 7 * n % 4], at(n * 3 % 50)) for n in range(80)]
    log = mining.read(write_csv(tmp_path / "log.csv", made))
    some = log.where(keep="events", activity=["a", "b", "c"])
    whole, part = log.map(), some.map()
    monkeypatch.setattr("towpath.engines.mining.duck.questions.PORTION", 5)
    monkeypatch.setattr("towpath.engines.mining.duck.questions.CASES", 2)
    again = mining.read(
        tmp_path / "log.csv", store=tmp_path / "log.towpath"
    )  # in memory all is taken at once
    assert again.map() == whole
    assert again.where(keep="events", activity=["a", "b", "c"]).map() == part
    again.close()


def test_waiting_is_told_apart_from_working_by_the_life_cycle(tmp_path):
    steps = [
        ("check", 0, "start"),
        ("check", 10, "complete"),
        ("decide", 40, "start"),
        ("decide", 45, "complete"),
    ]
    text = xes({"1": [event(name, when, **{"lifecycle:transition": step}) for name, when, step in steps]})
    edges = {
        (one.source, one.target): one for one in mining.read(write_xes(tmp_path / "a.xes", text)).map().edges
    }
    assert (edges["check", "check"].waiting, edges["check", "check"].working) == (0.0, 600.0)
    assert (edges["check", "decide"].waiting, edges["check", "decide"].working) == (1800.0, 0.0)


def test_work_under_way_in_parallel_is_work(tmp_path):
    steps = [
        ("a", 0, "start"),
        ("b", 1, "start"),
        ("b", 2, "complete"),
        ("c", 3, "complete"),
        ("a", 4, "complete"),
        ("d", 9, "start"),
    ]
    text = xes({"1": [event(name, when, **{"lifecycle:transition": step}) for name, when, step in steps]})
    edges = {
        (one.source, one.target): one for one in mining.read(write_xes(tmp_path / "a.xes", text)).map().edges
    }
    assert edges["b", "c"].working == 60.0  # a goes on; c's completion without a start takes nothing away
    assert edges["c", "a"].working == 60.0
    assert edges["a", "d"].waiting == 300.0


def test_waiting_is_told_apart_from_working_by_starts(tmp_path):
    made = [("1", "a", at(0), at(5)), ("1", "b", at(15), at(25)), ("1", "c", at(20), at(30))]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "case,activity,start,end"))
    edges = {(one.source, one.target): one for one in log.map().edges}
    assert (edges["a", "b"].waiting, edges["a", "b"].working) == (600.0, 600.0)
    assert edges["b", "c"].working == 300.0  # not more than the gap


def test_a_log_that_does_not_tell_says_so(tmp_path):
    edge = mining.read(write_csv(tmp_path / "log.csv", [("1", "a", at(0)), ("1", "b", at(1))])).map().edges[0]
    assert edge.waiting is None and edge.working is None


def test_lengths_of_microseconds_are_kept(tmp_path):
    made = [("1", "a", at(0)), ("1", "b", at(0) + timedelta(microseconds=1))]
    assert mining.read(write_csv(tmp_path / "log.csv", made)).map().edges[0].mean == pytest.approx(1e-6)


@pytest.mark.parametrize("steps", [3, 62, 63, 200])
def test_cases_of_an_activity_are_counted_however_many_activities_there_are(tmp_path, steps):
    rows = [
        (str(case), f"step {step:03}", at(step))
        for case in range(3)
        for step in range(case, steps)
        for _ in "12"
    ]
    log = mining.read(write_csv(tmp_path / "log.csv", rows))
    known = {one.name: (one.events, one.cases) for one in log.map().activities}
    assert known == {f"step {n:03}": (2 * min(n + 1, 3), min(n + 1, 3)) for n in range(steps)}
    assert {
        one.name: one.cases for one in log.where(keep="events", activity="step 001").map().activities
    } == {"step 001": 2}
