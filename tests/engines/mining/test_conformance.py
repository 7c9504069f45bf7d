"""What was done beside what was designed."""

from itertools import pairwise

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import bpmn, mining

NS = 'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'


def _process(*names):
    """One task after the other."""
    tasks = "".join(f'<task id="t{n}" name="{name}"/>' for n, name in enumerate(names))
    ids = ["begin", *(f"t{n}" for n in range(len(names))), "end"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{one}" targetRef="{other}"/>'
        for n, (one, other) in enumerate(pairwise(ids))
    )
    xml = f'<definitions {NS}><process id="p"><startEvent id="begin"/>{tasks}<endEvent id="end"/>{flows}</process></definitions>'
    return bpmn.load(xml, drawn=True).processes["p"]


def _log(tmp_path, *traces):
    """Each trace: its activities, a letter each, and the minutes between them."""
    rows = [
        (str(number), name, at(step * minutes))
        for number, (names, minutes) in enumerate(traces)
        for step, name in enumerate(names)
    ]
    return mining.read(write_csv(tmp_path / "log.csv", rows))


def test_a_variant_costs_what_it_skips_and_what_it_adds(tmp_path):
    found = _log(tmp_path, ("abc", 1), ("abc", 1), ("ac", 1), ("abxc", 1)).conformance(
        _process("a", "b", "c")
    )
    costs = {"".join(one.variant.activities): (one.cost, one.fits) for one in found.variants}
    assert costs == {"abc": (0, True), "ac": (1, False), "abxc": (1, False)}
    assert (found.cases, found.fitting, found.unjudged, found.cost) == (4, 2, 0, 0.5)
    assert found.unknown == ("x",)
    fitness = {"".join(one.variant.activities): one.fitness for one in found.variants}
    assert fitness == {"abc": 1.0, "ac": pytest.approx(1 - 1 / 5), "abxc": pytest.approx(1 - 1 / 7)}


def test_deviations_are_told_with_their_place_cases_and_days(tmp_path):
    day = 24 * 60
    log = _log(tmp_path, ("abc", day), ("abc", day), ("ac", 4 * day), ("ac", 6 * day), ("abxxc", day))
    found = log.conformance(_process("a", "b", "c")).deviations
    assert [(one.kind, one.activity, one.after, one.cases, one.times) for one in found] == [
        ("skipped", "b", "a", 2, 2),
        ("extra", "x", "b", 1, 2),
    ]
    # 4 and 6 days instead of (2 + 2 + 4) / 3 each; 4 days instead of (2 + 2 + 4 + 6) / 4.
    assert [one.days for one in found] == [pytest.approx(10 - 2 * 8 / 3), pytest.approx(4 - 14 / 4)]


def test_the_costliest_in_days_can_come_first(tmp_path):
    day = 24 * 60
    log = _log(tmp_path, ("abc", day), ("ac", day), ("ac", day), ("abxc", 30 * day))
    found = log.conformance(_process("a", "b", "c"))
    assert [one.activity for one in found.deviations] == ["b", "x"]
    assert [one.activity for one in found.by_days] == ["x", "b"]


def test_activities_that_leave_no_mark_are_not_missed(tmp_path):
    found = _log(tmp_path, ("ac", 1)).conformance(_process("a", "b", "c"), silent=["b"])
    assert (found.fitting, found.fitness) == (1, 1.0)


def test_what_the_budget_leaves_out_is_told(tmp_path):
    found = _log(tmp_path, ("abc", 1), ("ac", 1)).conformance(_process("a", "b", "c"), seconds=0)
    assert (found.cases, found.unjudged, found.variants) == (0, 2, ())


def test_a_case_that_is_too_long_is_told_as_not_judged(tmp_path):
    found = _log(tmp_path, ("abc", 1), ("a" * 2_001, 1)).conformance(_process("a", "b", "c"))
    assert (found.cases, found.unjudged) == (1, 1)


def test_a_filtered_log_is_judged_as_it_is_seen(tmp_path):
    log = _log(tmp_path, ("abc", 1), ("ac", 1))
    assert log.passing("a", "c").conformance(_process("a", "b", "c")).fitting == 0
