"""What would happen: as `step` plays it, by the plan's figures, the same for the same seed."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.bpmn.builder import (
    both,
    declared,
    element,
    many,
    message,
    on,
    process,
    some,
    step_task,
    sub,
    timer,
    xor,
)
from tests.engines.bpmn.test_properties import PROCESSES
from towpath.engines.bpmn.simulate import (
    Arrivals,
    Exponential,
    Fixed,
    Hours,
    LogNormal,
    Plan,
    PlanError,
    Sample,
    Team,
    Triangular,
    Uniform,
    Work,
    simulate,
)
from towpath.engines.bpmn.simulate.compiled import Compiled

HOUR, DAY = 3600.0, 86_400.0
OFFICE = Hours(dict.fromkeys(range(5), ((9 * 60, 12 * 60), (13 * 60, 17 * 60))))
MONDAY = date(2026, 1, 5)
EVERY_HOUR = Arrivals(Fixed(HOUR))
ENDING = element("endEvent", "end2", "<terminateEventDefinition/>")
MORE = [
    process("start -> g\n g -> a -> end\n g -> b -> end2", both("g"), ENDING),
    process(
        "start -> sub -> d -> end\n f -> e -> end",
        sub(
            "sub",
            "start1 -> x\n x -> a if ok\n a -> end1\n x => end3",
            xor("x"),
            element("endEvent", "end3", '<errorEventDefinition errorRef="er"/>'),
        ),
        on("sub", "f", "<errorEventDefinition/>"),
        top="<error id='er' errorCode='E'/>",
    ),
    process(
        "start -> o\n o -> a if x\n o -> b if x\n o => c\n a -> j\n b -> j\n c -> j -> end\n r -> d -> end",
        some("o"),
        some("j"),
        on("a", "r", timer("R3/PT1H", "timeCycle"), interrupting=False),
    ),
    process(
        "start -> a -> end\n e -> b -> end",
        step_task("a", loop=many(inputCollection="=departments")),
        on("a", "e", timer("PT5H")),
    ),
    process("start -> x\n x -> j if ok\n x => b\n b -> j -> end", xor("x"), both("j")),
]


def of(events: list[Any], case: int) -> list[tuple[Any, ...]]:
    return [event for event in events if event[0] == case]


def work(events: list[Any], name: str) -> list[tuple[Any, ...]]:
    return [event for event in events if event[1] == name]


def plain(events: list[Any]) -> list[tuple[Any, ...]]:
    """Comparable, whatever the order at one moment; to the millisecond, for fractions of microseconds are lost."""
    return sorted(
        (case, name, *(round(t, 3) for t in times), unit, how) for case, name, *times, unit, how in events
    )


# As step plays it

times = st.one_of(
    st.builds(Fixed, st.sampled_from([0.0, 60.0, HOUR, 3 * DAY])),
    st.builds(Exponential, st.floats(60, 3 * DAY)),
    st.builds(lambda low, more: Uniform(low, low + more), st.floats(0, DAY), st.floats(0, DAY)),
)


@st.composite
def plans(draw: Any, model: Any) -> Plan:
    teams = {"office": Team(draw(st.integers(1, 2)), OFFICE), "round the clock": Team(1)}
    figures: dict[str, Work] = {}
    shares = {}
    for name, thing in model.elements.items():
        if thing.kind in ("exclusive", "inclusive") and len(thing.outgoing) > 1:
            first = draw(st.floats(0.1, 0.9))
            shares[name] = {thing.outgoing[0].id: first}
        needed = (thing.kind == "boundary" and not thing.timer) or thing.kind in (
            "user",
            "step",
            "catch",
            "receive",
        )
        if needed and not thing.timer and draw(st.booleans()):
            team = draw(st.sampled_from(["", *teams])) if thing.kind in ("user", "step") else ""
            chance = (
                draw(st.sampled_from([0.3, 1.0])) if thing.kind in ("boundary", "catch", "receive") else 1.0
            )
            figures[name] = Work(draw(times), team, chance, draw(st.integers(1, 3)))
    arrivals = Arrivals(
        Exponential(draw(st.sampled_from([HOUR, DAY]))), draw(st.sampled_from([OFFICE, Hours()]))
    )
    return Plan(MONDAY, arrivals, figures, shares, teams)


@settings(max_examples=120)
@given(st.data(), st.sampled_from(range(len(PROCESSES) + len(MORE))), st.integers(0, 99))
def test_the_light_play_does_what_step_does(data: Any, which: int, seed: int):
    model = [*PROCESSES, *MORE][which]
    plan = data.draw(plans(model))
    light, stepped = (simulate(model, plan, 12, seed, by_step=by_step) for by_step in (False, True))
    assert plain(light) == plain(stepped)


def test_the_common_elements_are_played_lightly():
    """Else the test before would compare `step` with itself, and every simulation would be slow."""
    assert all(Compiled(model, Plan()).is_light for model in [*PROCESSES[:5], *MORE])


def test_what_the_light_play_does_not_know_is_played_by_step():
    signal = '<signal id="s" name="bell"/>'
    model = process(
        "start -> a -> t -> end\n b -> c -> end2",
        element("intermediateThrowEvent", "t", '<signalEventDefinition signalRef="s"/>'),
        element("boundaryEvent", "b", '<signalEventDefinition signalRef="s"/>', attachedToRef="a"),
        top=signal,
    )
    plan = Plan(work={"a": Work(Fixed(9 * HOUR)), "b": Work(Fixed(HOUR), chance=0.5)})
    events = simulate(model, plan, 40, 1)
    ways = Counter(
        frozenset(event[1] for event in of(events, case)) & {"a", "b", "c", "t"} for case in range(1, 41)
    )
    assert set(ways) == {frozenset("at"), frozenset("abc")}
    assert all(event[6] == "ended" for event in work(events, "p"))


def test_links_and_events_with_several_definitions_are_played_by_step_too():
    model = process(
        "start -> l1\n l2 -> w -> end",
        element("intermediateThrowEvent", "l1", '<linkEventDefinition name="L"/>'),
        element("intermediateCatchEvent", "l2", '<linkEventDefinition name="L"/>'),
        element("intermediateCatchEvent", "w", message() + timer("PT3H")),
        top=declared(),
    )
    events = simulate(model, Plan(work={"w": Work(Fixed(HOUR))}), 5, 1)
    assert {round(end - ready) for _, _, ready, _, end, _, _ in work(events, "w")} == {HOUR}
    assert {event[6] for event in work(events, "p")} == {"ended"}
    late = simulate(model, Plan(arrivals=EVERY_HOUR), 5, 1)
    assert {event[6] for event in work(late, "p")} == {"ended"}


# Chance


def test_the_same_seed_gives_the_same_events_and_another_seed_others():
    model, plan = PROCESSES[1], Plan(work={"a": Work(Exponential(DAY))})
    assert simulate(model, plan, 50, 7) == simulate(model, plan, 50, 7)
    assert simulate(model, plan, 50, 7) != simulate(model, plan, 50, 8)


def test_a_change_elsewhere_leaves_the_luck_of_the_other_steps_as_it_was():
    model = process("start -> a -> b -> end")
    plan = Plan(work={"a": Work(Exponential(DAY)), "b": Work(Exponential(DAY))})
    today, changed = (simulate(model, p, 50, 3) for p in (plan, plan.without_work_on("a")))
    took = [
        [round(end - start, 6) for _, _, _, start, end, _, _ in sorted(work(e, "b"))]
        for e in (today, changed)
    ]
    assert took[0] == took[1]
    assert {end - start for _, _, _, start, end, _, _ in work(changed, "a")} == {0.0}


def test_branches_are_taken_by_their_shares():
    model = process(
        "start -> x\n x -> a if ok\n x -> b if ok\n x => c\n a -> end\n b -> end\n c -> end", xor("x")
    )
    events = simulate(model, Plan(branches={"x": {"a": 0.6, "b": 0.3}}), 4_000, 1)
    counts = Counter(event[1] for event in events)
    assert counts["a"] == pytest.approx(2_400, abs=120)
    assert counts["b"] == pytest.approx(1_200, abs=120)
    assert counts["a"] + counts["b"] + counts["c"] == 4_000


def test_a_function_may_decide_which_way_a_case_goes():
    model = process("start -> x\n x -> a if ok\n x => b\n a -> x2 -> end\n b -> x2", xor("x"), xor("x2"))
    plan = Plan(decide=lambda gateway, case, visit: ("f2" if case % 2 else "f3") if gateway == "x" else None)
    events = simulate(model, plan, 4, 1)
    assert {event[0] for event in work(events, "a")} == {1, 3}
    with pytest.raises(PlanError, match="no flow 'nowhere' leaves there"):
        simulate(model, Plan(decide=lambda *_: "nowhere"), 1, 1)


@pytest.mark.parametrize(
    ("time", "mean"),
    [
        (Exponential(HOUR), HOUR),
        (Uniform(0, HOUR), HOUR / 2),
        (Triangular(0, HOUR, 2 * HOUR), HOUR),
        (Sample((HOUR, 3 * HOUR)), 2 * HOUR),
    ],
)
def test_times_have_the_mean_that_they_should(time: Any, mean: float):
    model = process("start -> a -> end")
    took = [
        end - start
        for _, _, _, start, end, _, _ in work(simulate(model, Plan(work={"a": Work(time)}), 3_000, 1), "a")
    ]
    assert sum(took) / 3_000 == pytest.approx(mean, rel=0.06)


def test_half_of_the_work_is_done_in_its_median_and_nine_in_ten_in_its_p90():
    model, time = process("start -> a -> end"), LogNormal(HOUR, 4 * HOUR)
    events = simulate(model, Plan(work={"a": Work(time)}), 3_000, 1)
    took = sorted(end - start for _, _, _, start, end, _, _ in work(events, "a"))
    assert (took[1_500], took[2_700]) == (pytest.approx(HOUR, rel=0.08), pytest.approx(4 * HOUR, rel=0.12))


# People and hours


def test_requests_wait_in_one_queue_for_the_first_person_who_is_free():
    plan = Plan(MONDAY, EVERY_HOUR, {"a": Work(Fixed(3 * HOUR), "office")}, teams={"office": Team(2)})
    events = sorted(work(simulate(process("start -> a -> end"), plan, 5, 1), "a"))
    assert [(ready / HOUR, start / HOUR) for _, _, ready, start, *_ in events] == [
        (1, 1), (2, 2), (3, 4), (4, 5), (5, 7),
    ]  # fmt: skip


def test_nobody_works_at_lunch_at_night_at_the_weekend_or_on_a_holiday():
    hours = Hours(OFFICE.week, frozenset({date(2026, 1, 12)}))
    plan = Plan(
        date(2026, 1, 9),
        Arrivals(Fixed(11 * HOUR)),
        {"a": Work(Fixed(9 * HOUR), "t")},
        teams={"t": Team(1, hours)},
    )
    ((_, _, ready, start, end, unit, _),) = work(simulate(process("start -> a -> end"), plan, 1, 1), "a")
    # From Friday 11:00: one hour, four after lunch; Monday is a holiday; then four of Tuesday, with lunch between.
    assert (ready, start, unit) == (11 * HOUR, 11 * HOUR, "t")
    assert end == 4 * DAY + 14 * HOUR


def test_requests_come_in_their_hours_only():
    plan = Plan(MONDAY, Arrivals(Fixed(5 * HOUR), OFFICE))
    came = [
        ready for _, _, ready, *_ in sorted(work(simulate(process("start -> a -> end"), plan, 4, 1), "start"))
    ]
    assert [moment / HOUR for moment in came] == [15, 24 + 13, 48 + 10, 48 + 16]


def test_hours_that_hold_no_time_are_not_waited_for():
    plan = Plan(work={"a": Work(team="t")}, teams={"t": Team(1, Hours({0: ()}))})
    with pytest.raises(ValueError, match="no day in ten years"):
        simulate(process("start -> a -> end"), plan, 1, 1)


def test_work_that_is_cut_short_gives_the_next_in_the_queue_its_turn():
    model = process("start -> a -> end\n t -> end", on("a", "t", timer("PT2H")))
    plan = Plan(MONDAY, Arrivals(Fixed(HOUR)), {"a": Work(Fixed(DAY), "one")}, teams={"one": Team(1)})
    events = sorted(work(simulate(model, plan, 3, 1), "a"))
    assert [(start / HOUR, end / HOUR, how) for _, _, _, start, end, _, how in events] == [
        (1, 3, "cancelled"), (3, 4, "cancelled"), (4, 5, "cancelled"),
    ]  # fmt: skip


def test_a_team_is_taken_from_the_model_where_the_plan_says_nothing():
    assigned = (
        '<extensionElements><zeebe:assignmentDefinition candidateGroups="permits, fire"/></extensionElements>'
    )
    model = process("start -> a -> end", element("userTask", "a", assigned))
    events = simulate(model, Plan(teams={"fire": Team()}), 1, 1)
    assert work(events, "a")[0][5] == "fire"


# What it tells


def test_a_case_is_told_from_its_arrival_to_its_end():
    plan = Plan(MONDAY, EVERY_HOUR, {"a": Work(Fixed(HOUR))})
    events = simulate(process("start -> a -> end"), plan, 1, 1)
    assert events == [
        (1, "start", HOUR, HOUR, HOUR, "", "done"),
        (1, "a", HOUR, HOUR, 2 * HOUR, "", "done"),
        (1, "end", 2 * HOUR, 2 * HOUR, 2 * HOUR, "", "done"),
        (1, "p", HOUR, HOUR, 2 * HOUR, "", "ended"),
    ]


def test_every_case_has_one_last_word():
    for model in [*PROCESSES, *MORE]:
        events = simulate(model, Plan(), 20, 5)
        assert sorted(event[0] for event in work(events, "p")) == list(range(1, 21))


def test_a_case_that_waits_for_nothing_that_will_come_is_stuck():
    model = process("start -> x\n x -> a if ok\n x => b\n a -> j\n b -> j\n j -> end", xor("x"), both("j"))
    assert {event[6] for event in work(simulate(model, Plan(), 5, 1), "p")} == {"stuck"}
    waiting = process("start -> w -> end", element("intermediateCatchEvent", "w", message()), top=declared())
    plan = Plan(work={"w": Work(Fixed(HOUR), chance=0.5)})
    assert {event[6] for event in work(simulate(waiting, plan, 40, 1), "p")} == {"stuck", "ended"}


def test_a_case_that_runs_in_circles_is_stopped():
    model = process("start -> m -> a -> x\n x -> m if again\n x => end", xor("m"), xor("x"))
    plan = Plan(branches={"x": {"f4": 1.0}})
    ends = work(simulate(model, plan, 2, 1), "p")
    assert {event[6] for event in ends} == {"stuck"}


def test_timers_of_the_model_count_working_days_by_the_plans_calendar():
    days = '<extensionElements><zeebe:properties><zeebe:property name="calendar" value="working-days"/></zeebe:properties></extensionElements>'
    model = process("start -> w -> end", element("intermediateCatchEvent", "w", days + timer("P3D")))
    plan = Plan(date(2026, 1, 8), Arrivals(Fixed(10 * HOUR)), holidays=frozenset({date(2026, 1, 12)}))
    ((_, _, ready, _, end, _, _),) = work(simulate(model, plan, 1, 1), "w")
    assert (end - ready) / DAY == 6  # Thursday -> Friday, Tuesday, Wednesday


def test_everything_wrong_with_a_plan_is_told_at_once():
    model = process(
        "start -> x\n x -> w if ok\n x => a\n w -> end\n a -> end",
        xor("x"),
        element("intermediateCatchEvent", "w", timer("=deadline")),
    )
    plan = Plan(work={"gone": Work(), "a": Work(team="fire")}, branches={"x": {"w": 0.9, "a": 0.9, "z": 0.1}})
    with pytest.raises(PlanError) as wrong:
        simulate(model, plan, 1, 1)
    assert wrong.value.problems == (
        "work.gone: the process has no element 'gone'",
        "work.a.team: there is no team 'fire'; there are: none",
        "branches.x.z: no flow leaves there; it has: f2, f3",
        "branches.x: the shares add up to 1.8; they must make 1",
        "work.w: the timer 'W': its time depends on the case; say under work.w how long it takes",
    )


def test_nobody_does_two_things_at_once():
    events = simulate(
        PROCESSES[0],
        Plan(
            MONDAY,
            EVERY_HOUR,
            {name: Work(Exponential(2 * HOUR), "t") for name in ("a", "b")},
            teams={"t": Team(3, OFFICE)},
        ),
        60,
        2,
    )
    changes: dict[float, int] = defaultdict(int)
    for *_, start, end, unit, _ in events:
        if unit == "t":
            changes[start] += 1
            changes[end] -= 1
    busy, most = 0, 0
    for moment in sorted(changes):
        busy += changes[moment]
        most = max(most, busy)
    assert most == 3
