"""A plan learned from a log: what was simulated from a known plan comes back."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from tests.engines.bpmn.builder import both, message, process, some, xor
from tests.engines.mining.made import at, write_csv
from towpath.engines import bpmn, mining
from towpath.engines.mining.learn import Note

PERMIT = process(
    """start -> check -> right
    right -> ask if again = true
    ask -> check
    right => split
    split -> advise -> join
    split -> measure -> join
    join -> decide -> end""",
    xor("right"),
    both("split"),
    both("join"),
)
PLAN = bpmn.plan_from(
    {
        "begin": "2026-01-05",
        "calendars": {"office": {"mon-thu": ["09:00-12:30", "13:30-17:00"], "fri": "09:00-12:30"}},
        "arrivals": {"per-day": 20, "hours": "office"},
        "teams": {
            "desk": {"people": 3, "hours": "office"},
            "experts": {"people": 2, "hours": "office"},
        },
        "work": {
            "check": {"takes": {"median": "PT20M", "p90": "PT45M"}, "team": "desk"},
            "ask": {"takes": {"median": "PT10M", "p90": "PT20M"}, "team": "desk"},
            "advise": {"takes": {"median": "PT30M", "p90": "PT50M"}, "team": "experts"},
            "measure": {"takes": {"low": "P1D", "high": "P3D"}},
            "decide": {"takes": {"median": "PT15M", "p90": "PT30M"}, "team": "desk"},
        },
        "branches": {"right": {"ask": 0.3}},
    }
)
MIDNIGHT = datetime(2026, 1, 5)  # noqa: DTZ001 the log is in UTC
HEADER = "case,activity,start,time,unit"


def played(model: bpmn.Process, plan: bpmn.Plan, n: int, seed: int) -> list[tuple[object, ...]]:
    """Tasks of a simulated log as rows."""
    return [
        (f"c{case}", model.elements[name].name, moment(start), moment(end), unit)
        for case, name, _, start, end, unit, outcome in bpmn.simulate(model, plan, n, seed)
        if name in plan.work and outcome == "done"
    ]


def moment(seconds: float) -> datetime:
    return MIDNIGHT + timedelta(seconds=round(seconds))


def learned(
    folder: Path, rows: Iterable[tuple[object, ...]], model: bpmn.Process = PERMIT, header: str = HEADER
) -> mining.Learned:
    return mining.learn(mining.read(write_csv(folder / "log.csv", rows, header)), model)


def texts(notes: Iterable[Note]) -> str:
    return "\n".join(f"{note.element}: {note.text}" for note in notes)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return learned(tmp_path_factory.mktemp("log"), played(PERMIT, PLAN, 1_500, seed=3))


def shares(model: bpmn.Process, plan: bpmn.Plan) -> Mapping[str, Mapping[str, float]]:
    return {
        gateway: {model.flows[flow].target: share for flow, share in ways.items()}
        for gateway, ways in plan.branches.items()
    }


def test_shares_come_back_within_the_error_of_a_sample(found):
    ways = shares(PERMIT, found.plan)["right"]
    visits = 1_500 / 0.7
    assert ways["ask"] == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / visits) ** 0.5)
    assert sum(ways.values()) == pytest.approx(1)


def test_working_times_come_back_apart_from_waiting(found):
    for name, minutes in {"check": 20, "ask": 10, "advise": 30, "decide": 15}.items():
        assert median(found.plan.work[name].takes.values) == pytest.approx(60 * minutes, rel=0.12)
        assert found.plan.work[name].team == PLAN.work[name].team


def test_what_no_team_does_takes_plain_time_since_it_could_begin(found):
    work = found.plan.work["measure"]
    assert (work.team, median(work.takes.values)) == ("", pytest.approx(2 * 86_400, rel=0.05))


def test_hours_arrivals_and_people_come_back(found):
    plan = found.plan
    assert plan.begin == PLAN.begin
    assert plan.teams["desk"].hours.week == PLAN.teams["desk"].hours.week
    assert {name: team.people for name, team in plan.teams.items()} == {"desk": 3, "experts": 2}
    assert plan.arrivals.gap.mean == pytest.approx(PLAN.arrivals.gap.mean, rel=0.1)


def test_the_learned_plan_plays_like_the_one_behind_the_log(found):
    designs = {"behind": bpmn.Design(PERMIT, PLAN), "learned": bpmn.Design(PERMIT, found.plan)}
    cycle = next(
        one for one in bpmn.what_if(designs, 500, range(6)) if (one.name, one.part) == ("cycle", "median")
    )
    behind, again = (one.middle for one in cycle.values)
    assert again == pytest.approx(behind, rel=0.15)


def test_waiting_that_no_queue_explains_makes_the_plan_doubtful(found, tmp_path):
    rows = [
        (f"c{n}", name, at(1440 * n + 14_400 * place), at(1440 * n + 14_400 * place + 20), "desk")
        for n in range(60)
        for place, name in enumerate(["Ask", "Decide"])
    ]
    one = learned(tmp_path, rows, process("start -> ask -> decide -> end"))
    assert "but 10.0 days in the log" in one.doubts[0].text
    assert "trust no change" not in texts(found.doubts)


def test_the_same_log_gives_the_same_plan(found, tmp_path):
    again = learned(tmp_path, played(PERMIT, PLAN, 1_500, seed=3))
    assert again == found


def test_starts_of_a_life_cycle_are_starts(found, tmp_path):
    events = [
        (case, name, time, unit, kind)
        for case, name, start, end, unit in played(PERMIT, PLAN, 1_500, seed=3)
        for time, kind in ((start, "start"), (end, "complete"))
    ]
    again = learned(tmp_path, events, header="case,activity,time,unit,lifecycle:transition")
    assert again.plan.work == found.plan.work
    assert again.plan.branches == found.plan.branches


def test_without_starts_waiting_and_work_are_one_and_it_is_said(tmp_path):
    rows = [(*row[:2], *row[3:]) for row in played(PERMIT, PLAN, 300, seed=1)]
    one = learned(tmp_path, rows, header="case,activity,time,unit")
    assert one.plan.teams == {}
    assert not one.plan.work["decide"].team
    assert "waiting and work together" in texts(one.known)
    assert "5 steps of people take as long as in the log" in texts(one.doubts)
    assert median(one.plan.work["measure"].takes.values) == pytest.approx(2 * 86_400, rel=0.1)


def test_people_who_are_named_are_counted_by_day_and_unit(tmp_path):
    rows = [
        (
            f"c{day}-{n}",
            "Only",
            at(1440 * day + 60 * n),
            at(1440 * day + 60 * n + 30),
            "desk",
            f"clerk {n % 4}",
        )
        for day in range(20)
        for n in range(6)
    ]
    one = learned(
        tmp_path, rows, process("start -> only -> end"), header="case,activity,start,time,unit,resource"
    )
    assert one.plan.teams["desk"].people == 4
    assert "named on a busy day" in texts(one.known)


def test_an_inclusive_gateway_has_a_chance_for_each_flow(tmp_path):
    model = process(
        "start -> some1\nsome1 -> fire if a = 1\nsome1 -> heritage if b = 1\nfire -> some2 -> end\nheritage -> some2",
        some("some1"),
        some("some2"),
    )
    steps = {"both": ["Fire", "Heritage"], "one": ["Fire"], "other": ["Fire"], "last": ["Heritage"]}
    rows = [(case, name, at(n)) for case, names in steps.items() for n, name in enumerate(names)]
    one = learned(tmp_path, rows, model, "case,activity,time")
    assert shares(model, one.plan)["some1"] == {"fire": 0.75, "heritage": 0.5}


def test_a_message_that_cuts_something_short_has_its_share(tmp_path):
    boundary = '<boundaryEvent id="gone" attachedToRef="decide">' + message() + "</boundaryEvent>"
    model = process(
        "start -> ask -> decide -> end\ngone -> close -> end2", boundary, top='<message id="m" name="m"/>'
    )
    rows = [
        (f"c{n}", name, at(10 * n + place))
        for n in range(10)
        for place, name in enumerate(["Ask", "Close" if n < 2 else "Decide"])
    ]
    one = learned(tmp_path, rows, model, "case,activity,time")
    assert one.plan.work["gone"].chance == pytest.approx(0.2)
    assert "gone: it came in 20%" in texts(one.doubts)


def test_cases_that_are_not_over_say_nothing_of_what_would_follow(tmp_path):
    rows = [
        ("open", "Check", at(0)),
        ("again", "Check", at(1)),
        ("again", "Ask", at(2)),
        ("again", "Check", at(3)),
    ]
    one = learned(tmp_path, rows, header="case,activity,time")
    assert shares(PERMIT, one.plan)["right"] == {"ask": 1.0, "split": 0.0}
    assert "2 of 2 cases did not reach an end" in texts(one.doubts)


def test_days_without_a_time_leave_the_hours_open(tmp_path):
    rows = [(f"c{n}", "Check", at(1440 * n - 540)) for n in range(100)]
    one = learned(tmp_path, rows, header="case,activity,time")
    assert "9 to 17, is assumed" in texts(one.doubts)


def test_steps_that_the_process_does_not_have_are_told(tmp_path):
    rows = [("c", "Check", at(0)), ("c", "Coffee", at(1))]
    assert "'Coffee' of the log has no place" in texts(
        learned(tmp_path, rows, header="case,activity,time").doubts
    )
    with pytest.raises(mining.MiningError, match="none is a step of the process 'Permit'"):
        learned(tmp_path, [("c", "Coffee", at(1))], header="case,activity,time")


def test_the_environmental_permit_learns_from_a_log_of_receipts(tmp_path):
    text = Path(__file__, "../../../../services/environmental-permit/process.bpmn").resolve().read_bytes()
    model = bpmn.load(text).processes["environmental-permit"]
    ways = [
        ["Check the letter of acknowledgement", "Decide whose advice is needed", "Sign the letter of acknowledgement"],
        ["Decide whose advice is needed", "Check the letter of acknowledgement", "Correct the letter of acknowledgement",
         "Check the letter of acknowledgement", "Sign the letter of acknowledgement"],
        ["Decide whose advice is needed", "Advise on fire safety", "Decide whose advice is needed"],
    ]  # fmt: skip
    rows = [
        (f"c{n}", name, at(500 * n + 45 * place), "desk", f"clerk {n % 3}")
        for n in range(60)
        for place, name in enumerate(ways[n % 3])
    ]
    one = learned(tmp_path, rows, model, "case,activity,time,unit,resource")
    assert one.plan.branches["acknowledgement_right_"][
        "acknowledgement_right___correct_acknowledgement"
    ] == pytest.approx(1 / 3)
    assert any(event[6] == "ended" for event in bpmn.simulate(model, one.plan, 50, 1))


def test_a_plan_that_runs_in_circles_is_told_and_not_played_through(tmp_path):
    rows = [
        (f"c{n}", step, at(60 * n + k)) for n in range(60) for k, step in enumerate(["Check", "Ask", "Check"])
    ]
    one = learned(tmp_path, rows, header="case,activity,time")
    assert "come to no end when the plan is played" in one.doubts[0].text
