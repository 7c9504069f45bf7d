"""Rework, handovers, ping-pong, funnels."""

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import mining


@pytest.fixture
def log(tmp_path):
    steps = {
        "1": [
            ("open", "desk"),
            ("check", "permits"),
            ("ask", "desk"),
            ("check", "permits"),
            ("close", "permits"),
        ],
        "2": [("open", "desk"), ("open", "desk"), ("close", "permits")],
        "3": [("check", "fire"), ("open", "")],
    }
    made = [
        (case, name, at(10 * n), unit, "web" if case == "1" else "phone")
        for case, events in steps.items()
        for n, (name, unit) in enumerate(events)
    ]
    return mining.read(write_csv(tmp_path / "log.csv", made, "case,activity,time,unit,channel"))


def test_rework_counts_what_comes_again(log):
    found = {one.activity: one for one in log.rework()}
    assert set(found) == {"open", "check"}
    assert (found["check"].again, found["check"].directly, found["check"].seconds) == (1, 0, 1200.0)
    assert (found["open"].cases, found["open"].directly, found["open"].share) == (1, 1, pytest.approx(1 / 3))


def test_handovers_are_between_different_units(log):
    found = {(one.source, one.target): one for one in log.handovers()}
    assert set(found) == {("desk", "permits"), ("permits", "desk")}
    assert (
        found["desk", "permits"].count,
        found["desk", "permits"].cases,
        found["desk", "permits"].median,
    ) == (3, 2, 600.0)


def test_pingpong_is_there_and_straight_back(log):
    found = {(one.one, one.other): one for one in log.pingpong()}
    assert set(found) == {("desk", "permits"), ("permits", "desk")}
    assert (found["desk", "permits"].count, found["desk", "permits"].seconds) == (1, 600.0)


def test_a_funnel_counts_steps_in_their_order(log):
    assert log.funnel("open", "check", "close") == [
        mining.Funnel("phone", ("open", "check", "close"), (2, 0, 0)),
        mining.Funnel("web", ("open", "check", "close"), (1, 1, 1)),
    ]
    assert log.funnel("open", "close", by="")[0].reached == (3, 2)


def test_a_funnel_of_a_cut_log(log):
    assert log.between(at(0), at(5)).funnel("open", by="")[0].reached == (2,)
