"""Legal terms: working time, clocks that stop while the resident owes something, warnings, tacit approval."""

from datetime import date, datetime, time, timedelta

import pytest

from tests.engines.bpmn.builder import (
    NOON,
    ZONE,
    Case,
    element,
    env,
    no_decision,
    on,
    process,
    sub,
    timer,
    xor,
    zeebe,
)
from towpath.engines import bpmn

HALVES = ((time(9), time(12)), (time(13), time(17)))
OFFICE = bpmn.WorkingTime(dict.fromkeys(range(5), HALVES), frozenset({date(2025, 3, 5)}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2025-03-03 09:00", 2, "2025-03-03 11:00"),
        ("2025-03-03 11:00", 2, "2025-03-03 14:00"),
        ("2025-03-03 12:30", 1, "2025-03-03 14:00"),
        ("2025-03-03 16:00", 2, "2025-03-04 10:00"),
        ("2025-03-04 16:00", 2, "2025-03-06 10:00"),
        ("2025-03-07 16:30", 1, "2025-03-10 09:30"),
        ("2025-03-08 10:00", 1, "2025-03-10 10:00"),
        ("2025-03-28 13:00", 11, "2025-03-31 17:00"),
    ],
)
def test_working_hours_leave_out_noon_nights_weekends_and_holidays(start, hours, end):
    assert OFFICE.add_working_time(at(start), timedelta(hours=hours)) == at(end)


def test_night_work_is_counted_by_the_hours_that_pass():
    night = bpmn.WorkingTime({5: ((time(22), time()),), 6: ((time(), time(6)),)})
    # In the night to 30 March the clocks go forward: from 22:00 to 06:00 seven hours pass.
    assert night.add_working_time(at("2025-03-29 22:00"), timedelta(hours=7)) == at("2025-03-30 06:00")


def test_a_calendar_without_working_time_says_so():
    with pytest.raises(ValueError, match="not so much working time"):
        bpmn.WorkingTime({}).add_working_time(NOON, timedelta(hours=1))
    with pytest.raises(ValueError, match="overlap"):
        bpmn.WorkingTime({0: ((time(9), time(12)), (time(11), time(13)))})


def office(now: datetime) -> bpmn.Env:
    return bpmn.Env(now, ZONE, OFFICE, no_decision)


def properties(**given: str) -> str:
    return zeebe(
        "<zeebe:properties>"
        + "".join(f'<zeebe:property name="{n.replace("_", "-")}" value="{v}"/>' for n, v in given.items())
        + "</zeebe:properties>"
    )


def test_a_timer_counts_working_hours_if_its_author_says_so():
    wait = element("intermediateCatchEvent", "t", properties(calendar="working-hours") + timer("PT8H"))
    case = Case(process("start -> t -> end", wait), env=office(at("2025-03-03 14:00")))
    (schedule,) = case.open.values()
    assert schedule.due == at("2025-03-04 15:00")


def test_working_hours_need_a_calendar_that_knows_them():
    wait = element("intermediateCatchEvent", "t", properties(calendar="working-hours") + timer("PT8H"))
    with pytest.raises(bpmn.Incident, match="no working hours"):
        bpmn.start(process("start -> t -> end", wait), {}, env())


def permit(**more: str) -> bpmn.Process:
    """Decide within 30 days; the clock stands still while the resident is asked; a warning, then tacit approval."""
    clock = properties(stops_while="ask", **more)
    inner = sub(
        "work",
        "start1 -> check -> x\n x -> ask if missing\n x => decide\n ask -> check\n decide -> end1",
        xor("x"),
    )
    warn = on("work", "warn", clock + timer("P25D"), interrupting=False)
    passed = on("work", "passed", clock + timer("P30D"))
    return process(
        "start -> work -> letter -> end\n warn -> hurry -> end2\n passed -> grant -> end3",
        inner,
        warn,
        passed,
    )


def dues(case: Case) -> dict[str, int]:
    """Of each timer, in how many days from the start it is due."""
    return {c.element: (c.due - NOON).days for c in case.open.values() if isinstance(c, bpmn.Schedule)}


def test_the_clock_stops_while_the_resident_owes_something_and_the_terms_move():
    case = Case(permit())
    assert dues(case) == {"warn": 25, "passed": 30}
    case.at(NOON + timedelta(days=10)).do("check", missing=True)
    assert dues(case) == {}
    case.at(NOON + timedelta(days=24)).do("ask")
    assert dues(case) == {"warn": 39, "passed": 44}
    assert case.ids("passed") == ["passed:2:2"]
    case.at(NOON + timedelta(days=26)).do("check", missing=True)
    case.at(NOON + timedelta(days=27)).do("ask")
    assert dues(case) == {"warn": 40, "passed": 45}


def test_a_stopped_clock_does_not_fire_and_a_late_fire_is_seen_as_old():
    case = Case(permit())
    case.do("check", missing=True)
    with pytest.raises(bpmn.Refused) as refused:
        bpmn.step(case.process, case.state, bpmn.Fired("passed:2"), case.data, case.env)
    assert refused.value.already


def test_somebody_is_warned_before_the_term_and_its_end_grants_tacitly():
    case = Case(permit())
    case.at(NOON + timedelta(days=25)).fire("warn")
    assert case.tasks == ["check", "hurry"]
    case.at(NOON + timedelta(days=30)).fire("passed")
    assert case.tasks == ["grant", "hurry"]
    case.do("grant")
    case.do("hurry")
    assert case.finished == "end2"


def test_a_decision_in_time_takes_the_term_back():
    case = Case(permit())
    case.do("check", missing=False)
    case.do("decide")
    assert (dues(case), case.tasks) == ({}, ["letter"])


def test_working_days_move_by_the_working_days_lost():
    case = Case(permit(calendar="working-days"), env=office(NOON))
    before = {c.element: c.due for c in case.open.values() if isinstance(c, bpmn.Schedule)}
    case.env = office(at("2025-03-07 12:00"))
    case.do("check", missing=True)
    case.env = office(at("2025-03-10 12:00"))
    case.do("ask")
    after = {c.element: c.due for c in case.open.values() if isinstance(c, bpmn.Schedule)}
    assert after == {name: OFFICE.add_working_days(due, 1) for name, due in before.items()}


def test_where_a_clock_stops_must_be_an_element():
    clock = properties(stops_while="nowhere")
    with pytest.raises(bpmn.BpmnError, match="its clock stops at 'nowhere'"):
        process("start -> a -> end\n t -> b -> end", on("a", "t", clock + timer("P3D")))
