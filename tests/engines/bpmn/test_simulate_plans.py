"""Plans as they are written down, what a run comes to, and designs beside each other."""

from datetime import date
from typing import Any

import pytest
import yaml

from tests.engines.bpmn.builder import declared, element, message, on, process, step_task, timer, xor
from towpath.engines.bpmn.simulate import (
    Arrivals,
    Design,
    Exponential,
    Fixed,
    Hours,
    LogNormal,
    Plan,
    PlanError,
    Sample,
    Team,
    Triangular,
    Work,
    assumed,
    measure,
    plan_from,
    simulate,
    what_if,
)

HOUR, DAY = 3600.0, 86_400.0
OFFICE = Hours(dict.fromkeys(range(5), ((9 * 60, 12 * 60), (13 * 60, 17 * 60))))
MONDAY = date(2026, 1, 5)
EVERY_HOUR = Arrivals(Fixed(HOUR))


# Plans that are written down

WRITTEN = """
begin: 2026-01-05
calendars:
  office: {mon-thu: ["09:00-12:30", "13:30-17:00"], fri: "09:00-12:00", holidays: [2026-05-01]}
arrivals: {per-day: 13, hours: office}
teams:
  parking: {people: 3, hours: office, cost-per-hour: 42.5}
  night: {hours: {sat: "00:00-24:00"}}
work:
  a: {takes: {median: PT15M, p90: PT1H}, team: parking}
  b: {takes: P2DT1H, chance: 0.25}
  c: {takes: {sample: [60, PT2M]}, times: 4}
  d: {takes: {low: PT1M, mode: PT2M, high: PT3M}}
branches:
  x: {a: 0.5}
holidays: [2026-12-25]
"""


def test_a_plan_is_read_from_a_file():
    plan = plan_from(yaml.safe_load(WRITTEN))
    office = Hours(
        {**dict.fromkeys(range(4), ((540, 750), (810, 1020))), 4: ((540, 720),)},
        frozenset({date(2026, 5, 1)}),
    )
    assert plan.arrivals == Arrivals(Exponential((4 * 7 + 3) / 5 * HOUR / 13), office)
    assert plan.teams == {"parking": Team(3, office, 42.5), "night": Team(1, Hours({5: ((0, 1440),)}))}
    assert plan.work == {
        "a": Work(LogNormal(900, 3600), "parking"),
        "b": Work(Fixed(2 * DAY + HOUR), chance=0.25),
        "c": Work(Sample((60, 120)), times=4),
        "d": Work(Triangular(60, 120, 180)),
    }
    assert (plan.begin, plan.branches, plan.holidays) == (MONDAY, {"x": {"a": 0.5}}, {date(2026, 12, 25)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"begin": "soon"}, "begin: 'soon' is not right; write a date like 2026-01-05"),
        ({"bgin": 1}, "the plan: 'bgin' is not known; there are: arrivals, begin, branches"),
        (
            {"teams": {"t": {"people": "two"}}},
            "teams.t.people: 'two' is not right; write a whole number from 1",
        ),
        (
            {"teams": {"t": {"hours": "night"}}},
            "teams.t.hours: there is no calendar 'night'; there are: office",
        ),
        ({"work": {"a": {"takes": "1h"}}}, "work.a.takes: '1h' is not right; write a duration like PT20M"),
        ({"work": {"a": {"takes": "P1M"}}}, "work.a.takes: 'P1M' is not right; months are not equally long"),
        ({"work": {"a": {"takes": {"low": "PT2M", "high": "PT1M"}}}}, "the first must be the smaller one"),
        ({"work": {"a": {"takes": {"mean": "PT2M", "p90": "PT1M"}}}}, "write a duration like PT20M"),
        ({"work": {"a": {"chance": 2}}}, "work.a.chance: 2 is not right; write a number from 0 to 1"),
        ({"work": {"a": {"times": 1.5}}}, "work.a.times: 1.5 is not right; write a whole number"),
        ({"branches": {"x": 1}}, "branches.x: 1 is not right; write names with values"),
        (
            {"calendars": {"office": {"mon": ["09:00-08:00"]}}},
            "calendars.office.mon: '09:00-08:00' is not right",
        ),
        (
            {"calendars": {"office": {"monday": []}}},
            "calendars.office: 'monday' is not a day; name days mon, tue",
        ),
        (
            {"calendars": {"office": {"holidays": 3}}},
            "calendars.office.holidays: 3 is not right; write a list",
        ),
        ({"arrivals": {"per-day": 0}}, "arrivals.per-day: 0 is not right"),
    ],
)
def test_what_is_wrong_in_a_plan_is_told_with_its_place(change: dict[str, Any], said: str):
    calendars = {"calendars": {"office": {"mon": ["09:00-12:00"]}}}
    with pytest.raises(PlanError) as wrong:
        plan_from(calendars | change)
    assert said in str(wrong.value)
    assert len(wrong.value.problems) == 1


def test_several_mistakes_are_told_together():
    with pytest.raises(PlanError) as wrong:
        plan_from({"begin": "soon", "work": {"a": {"chance": "often"}}, "teams": 4})
    assert len(wrong.value.problems) == 3


# What if

DESK = process("start -> a -> b -> end")
BUSY = Plan(
    MONDAY,
    Arrivals(Exponential(HOUR), OFFICE),
    {"a": Work(Exponential(1.6 * HOUR), "t"), "b": Work(Fixed(HOUR / 2), "machines")},
    teams={"t": Team(2, OFFICE, 40.0), "machines": Team(9)},
)


def test_a_run_is_measured():
    plan = Plan(
        MONDAY, EVERY_HOUR, {"a": Work(Fixed(1.5 * HOUR), "t")}, teams={"t": Team(1, cost_per_hour=10)}
    )
    found = measure(DESK, plan, simulate(DESK, plan, 20, 1))
    assert (found.cases, found.stuck, found.cost_per_case) == (20, 0, 15)
    # The nth request waits half an hour longer than the one before; the first two are not counted.
    assert found.waiting.mean == HOUR * sum(0.5 * case for case in range(2, 20)) / 18
    assert found.cycle.median == found.waiting.median + 1.5 * HOUR
    assert found.cycle.p90 == (0.5 * 18 + 1.5) * HOUR
    assert found.teams["t"].busy == 1
    assert found.teams["t"].hours == 30


def test_more_people_make_the_queue_shorter_in_each_of_the_same_years():
    designs = {"today": Design(DESK, BUSY), "one more": Design(DESK, BUSY.with_people("t", 1))}
    found = {(f.name, f.part, f.team): f for f in what_if(designs, 300, range(4))}
    queue = found["queue", "mean", "t"]
    assert queue.values[0].low <= queue.values[0].middle <= queue.values[0].high
    assert queue.differences[0] == (0, 0, 0)
    assert queue.differences[1].high < 0
    assert found["busy", "mean", "t"].values[1].high < found["busy", "mean", "t"].values[0].low


def test_more_requests_make_it_longer_and_a_step_less_shorter():
    designs = {
        "today": Design(DESK, BUSY),
        "a quarter more": Design(DESK, BUSY.with_arrivals(1.25)),
        "without b": Design(DESK, BUSY.without_work_on("b")),
    }
    cycle = next(f for f in what_if(designs, 300, range(3)) if (f.name, f.part) == ("cycle", "mean"))
    assert cycle.differences[1].low > 0
    assert cycle.differences[2].high < 0


def test_what_the_plan_does_not_say_is_told():
    model = process(
        "start -> x\n x -> a if ok\n x => w\n w -> u -> end\n a -> end\n e -> end\n t -> end",
        xor("x"),
        element("intermediateCatchEvent", "w", message()),
        step_task("a"),
        on("a", "e", "<errorEventDefinition/>"),
        on("a", "t", timer()),
        top=declared(),
    )
    assert [(why, name) for why, name, _ in assumed(model, Plan(work={"u": Work()}))] == [
        ("equal shares", "x"),
        ("at once", "w"),
        ("never", "e"),
        ("nobody", "u"),
    ]
