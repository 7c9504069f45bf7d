"""Timers, messages, errors: in the flow, after an event-based gateway, on the border of an activity."""

from datetime import datetime, timedelta

import pytest

from tests.engines.bpmn.builder import (
    NOON,
    ZONE,
    Case,
    both,
    declared,
    element,
    env,
    many,
    message,
    on,
    process,
    step_task,
    sub,
    timer,
    zeebe,
)
from towpath.engines import bpmn

WORKING = zeebe('<zeebe:properties><zeebe:property name="calendar" value="working-days"/></zeebe:properties>')


def due(case: Case) -> list[datetime]:
    return [command.due for command in case.open.values() if isinstance(command, bpmn.Schedule)]


@pytest.mark.parametrize(
    ("tag", "text", "expected"),
    [
        ("timeDuration", "P10D", "2025-03-13T12:00:00+01:00"),
        ("timeDuration", "P1M", "2025-04-03T12:00:00+02:00"),
        ("timeDuration", "P28D", "2025-03-31T12:00:00+02:00"),
        ("timeDuration", "PT672H", "2025-03-31T13:00:00+02:00"),
        ("timeDuration", '=duration("P2D")', "2025-03-05T12:00:00+01:00"),
        ("timeDuration", '=duration("P1Y")', "2026-03-03T12:00:00+01:00"),
        ("timeDuration", "=term", "2025-03-03T13:30:00+01:00"),
        ("timeDate", "2025-05-01", "2025-05-01T00:00:00+02:00"),
        ("timeDate", '=date and time("2025-05-01T08:00:00")', "2025-05-01T08:00:00+02:00"),
        ("timeDate", "2025-05-01T08:00:00Z", "2025-05-01T08:00:00+00:00"),
    ],
)
def test_a_timer_is_due_when_the_author_says(tag, text, expected):
    model = process("start -> t -> a -> end", element("intermediateCatchEvent", "t", timer(text, tag)))
    case = Case(model, {"term": "PT1H30M"})
    assert [moment.isoformat() for moment in due(case)] == [expected]
    case.fire("t")
    assert case.tasks == ["a"]


def test_working_days_are_counted_by_the_calendar():
    model = process("start -> t -> end", element("intermediateCatchEvent", "t", WORKING + timer("P5D")))
    assert due(Case(model)) == [NOON + timedelta(days=7)]


@pytest.mark.parametrize("text", ["=null", '="soon"', "=-1", '=duration("-P1D")', "=true", '="P9999Y"'])
def test_a_time_that_cannot_be_told_is_an_incident(text):
    model = process("start -> t -> end", element("intermediateCatchEvent", "t", timer(text)))
    with pytest.raises(bpmn.Incident, match=r"'T'.*time cannot be told"):
        bpmn.start(model, {}, env())


def test_a_message_reaches_the_one_who_waits_for_it_by_key():
    model = process(
        "start -> w -> a -> end",
        element("intermediateCatchEvent", "w", message()),
        top=declared(key="=number"),
    )
    case = Case(model, {"number": 7})
    (subscription,) = case.open.values()
    assert (subscription.message, subscription.correlation_key) == ("paper", "7")
    for wrong in (bpmn.Message("paper", "8"), bpmn.Message("paper"), bpmn.Message("other", "7")):
        with pytest.raises(bpmn.Refused):
            case.step(wrong)
    case.step(bpmn.Message("paper", "7", {"pages": 3}))
    assert (case.tasks, case.data["pages"]) == (["a"], 3)
    with pytest.raises(bpmn.Refused):
        case.step(bpmn.Message("paper", "7"))


def test_a_message_can_be_addressed_to_its_subscription_and_counts_once():
    case = Case(
        process("start -> w -> a -> end", element("intermediateCatchEvent", "w", message()), top=declared())
    )
    event = bpmn.Message("paper", command_id=case.ids("w")[0])
    case.step(event)
    with pytest.raises(bpmn.Refused) as refused:
        case.step(event)
    assert refused.value.already


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_receive_task_is_done_by_its_message_or_by_hand(by_hand):
    model = process("start -> r -> a -> end", element("receiveTask", "r", messageRef="m"), top=declared())
    case = Case(model)
    assert [type(command).__name__ for command in case.open.values()] == ["Do", "Subscribe"]
    case.do("r") if by_hand else case.step(bpmn.Message("paper"))
    assert list(case.open) == [("Do", "a:3")]


def test_a_case_starts_with_a_message():
    starts = element("startEvent", "start2", message())
    model = process("start -> a -> end\n start2 -> b -> end", starts, top=declared())
    assert Case(model).tasks == ["a"]
    assert Case(model, start="paper").tasks == ["b"]
    with pytest.raises(bpmn.Refused):
        Case(model, start="other")


def test_a_thrown_message_and_a_send_task_reach_the_host_with_their_payload():
    mapping = zeebe('<zeebe:ioMapping><zeebe:input source="=fee" target="amount"/></zeebe:ioMapping>')
    model = process(
        "start -> t -> n -> s -> end",
        element("intermediateThrowEvent", "t", mapping + message()),
        element("intermediateThrowEvent", "n"),
        element("sendTask", "s", messageRef="m"),
        top=declared(),
    )
    step = bpmn.start(model, {"fee": 5}, env())
    thrown = [command for command in step.commands if isinstance(command, bpmn.Throw)]
    assert [(throw.id, throw.name, throw.payload) for throw in thrown] == [
        ("t:2", "paper", {"amount": 5}),
        ("s:4", "paper", {}),
    ]


GATE = (
    element("eventBasedGateway", "g"),
    element("intermediateCatchEvent", "t", timer()),
    element("intermediateCatchEvent", "w", message()),
)


@pytest.mark.parametrize(("event", "task"), [("t", "late"), ("w", "read")])
def test_after_an_event_based_gateway_the_first_event_wins(event, task):
    case = Case(process("start -> g -> t -> late -> end\n g -> w -> read -> end", *GATE, top=declared()))
    case.fire("t") if event == "t" else case.step(bpmn.Message("paper", data={"pages": 1}))
    assert [command.element for command in case.open.values()] == [task]


def test_a_timer_on_the_border_interrupts_its_task():
    case = Case(process("start -> a -> end\n t -> b -> end", on("a", "t", timer())))
    case.fire("t")
    assert [command.element for command in case.open.values()] == ["b"]
    assert ("a", "cancelled") in [(passage.element, passage.lifecycle) for passage in case.passed]


def test_a_task_done_in_time_takes_its_timer_back():
    case = Case(process("start -> a -> c -> end\n t -> b -> end", on("a", "t", timer())))
    (command,) = case.ids("t")
    case.do("a")
    assert [command.element for command in case.open.values()] == ["c"]
    with pytest.raises(bpmn.Refused) as refused:
        bpmn.step(case.process, case.state, bpmn.Fired(command), {}, env())
    assert refused.value.already


def test_a_reminder_does_not_interrupt_and_comes_once():
    case = Case(process("start -> a -> end\n t -> b -> end", on("a", "t", timer(), interrupting=False)))
    (command,) = case.ids("t")
    case.fire("t")
    assert case.tasks == ["a", "b"]
    with pytest.raises(bpmn.Refused) as refused:
        bpmn.step(case.process, case.state, bpmn.Fired(command), {}, env())
    assert refused.value.already
    case.do("a")
    case.do("b")
    assert case.finished


def test_a_repeating_timer_comes_as_often_as_it_says():
    cycle = timer("R2/PT24H", "timeCycle")
    case = Case(process("start -> a -> end\n t -> b -> end", on("a", "t", cycle, interrupting=False)))
    assert case.ids("t") == ["t:2"]
    case.at(NOON + timedelta(days=1)).fire("t")
    assert (case.ids("t"), due(case)) == (["t:2:2"], [NOON + timedelta(days=2)])
    with pytest.raises(bpmn.Refused) as refused:
        bpmn.step(case.process, case.state, bpmn.Fired("t:2"), {}, env())
    assert refused.value.already
    case.fire("t")
    assert (case.ids("t"), case.tasks) == ([], ["a", "b", "b"])


def test_a_repeating_timer_without_end_is_taken_back_with_its_task():
    cycle = timer("R/P7D", "timeCycle")
    case = Case(process("start -> a -> end\n t -> b -> end", on("a", "t", cycle, interrupting=False)))
    for _ in range(5):
        case.fire("t")
    case.do("a")
    assert case.tasks == ["b"] * 5
    assert case.ids("t") == []


def test_a_message_on_the_border_may_come_again_if_it_does_not_interrupt():
    model = process(
        "start -> a -> end\n w -> b -> end", on("a", "w", message(), interrupting=False), top=declared()
    )
    case = Case(model)
    case.step(bpmn.Message("paper"))
    case.step(bpmn.Message("paper"))
    assert case.tasks == ["a", "b", "b"]


def test_a_withdrawal_interrupts_everything_in_a_subprocess():
    reminder = on("a", "t", timer(), interrupting=False)
    text = "start1 -> g -> a -> j -> end1\n g -> b -> j\n t -> end2"
    inner = sub("sub", text, both("g"), both("j"), reminder)
    case = Case(
        process("start -> sub -> end\n w -> c -> end", inner, on("sub", "w", message()), top=declared())
    )
    case.do("b")
    case.step(bpmn.Message("paper"))
    assert [command.element for command in case.open.values()] == ["c"]
    assert len(case.state["tokens"]) == 1


def error(code: str = "E1", ref: str = "e") -> str:
    return f'<error id="{ref}" errorCode="{code}"/>'


CATCH = '<errorEventDefinition errorRef="e"/>'
CATCH_ALL = "<errorEventDefinition/>"


def test_a_failed_step_goes_where_its_error_is_caught():
    text = "start -> r -> end\n b -> a -> end\n b2 -> c -> end"
    model = process(text, step_task("r"), on("r", "b2", CATCH_ALL), on("r", "b", CATCH), top=error())
    case = Case(model)
    case.fail("r", "E1")
    assert case.tasks == ["a"]
    case = Case(model)
    case.fail("r", "E2")
    assert case.tasks == ["c"]


def test_an_error_that_nothing_catches_leaves_the_task_open():
    case = Case(
        process("start -> r -> end\n b -> a -> end", step_task("r"), on("r", "b", CATCH), top=error())
    )
    with pytest.raises(bpmn.Refused, match="catches the error 'E2'"):
        case.step(bpmn.Failed(case.ids("r")[0], "E2"))
    assert case.tasks == ["r"]


def test_an_error_end_leaves_its_subprocess_by_the_border():
    inner = sub(
        "sub", "start1 -> g -> a -> end1\n g -> b -> end2", both("g"), element("endEvent", "end2", CATCH)
    )
    case = Case(process("start -> sub -> end\n e1 -> c -> end", inner, on("sub", "e1", CATCH), top=error()))
    case.do("b")
    assert (case.tasks, case.finished) == (["c"], "")


def test_an_error_in_one_of_many_interrupts_them_all():
    loop = many(inputCollection="=[1, 2, 3]")
    case = Case(
        process(
            "start -> r -> end\n b -> a -> end", step_task("r", loop=loop), on("r", "b", CATCH), top=error()
        )
    )
    case.fail("r", "E1")
    assert case.tasks == ["a"]


def test_an_error_end_at_the_top_ends_the_case():
    case = Case(
        process(
            "start -> g -> a -> end\n g -> b -> end2",
            both("g"),
            element("endEvent", "end2", CATCH),
            top=error(),
        )
    )
    case.do("b")
    finish = case.log[-1]
    assert isinstance(finish, bpmn.Finish)
    assert (finish.outcome, finish.error, case.open) == ("end2", "E1", {})


def test_a_clock_in_another_zone_counts_by_the_wall_of_the_body():
    model = process("start -> t -> end", element("intermediateCatchEvent", "t", timer("P1D")))
    moment = datetime.fromisoformat("2025-03-29T23:30:00+00:00")  # 00:30 on the day before the clocks change
    assert due(Case(model, env=env(moment))) == [datetime(2025, 3, 31, 0, 30, tzinfo=ZONE)]
