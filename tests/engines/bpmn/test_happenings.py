"""Signals, escalations, conditions, links, several definitions, event subprocesses."""

import pytest

from tests.engines.bpmn.builder import (
    NOON,
    Case,
    both,
    declared,
    definition,
    element,
    env,
    formal,
    message,
    on,
    process,
    script,
    step_task,
    sub,
    timer,
)
from towpath.engines import bpmn

SIGNAL = '<signal id="s" name="flood"/><signal id="s2" name="fire"/>'
ESCALATION = '<escalation id="e" escalationCode="E1"/><escalation id="e2" escalationCode="E2"/>'
ERROR = '<error id="err" errorCode="X"/>'


def catch(name: str, inside: str, **attrs: str) -> str:
    return element("intermediateCatchEvent", name, inside, **attrs)


def throw(name: str, inside: str) -> str:
    return element("intermediateThrowEvent", name, inside)


def inside(name: str, text: str, begins: str, *elements: str, interrupting: bool = True) -> str:
    """An event subprocess that begins with the event `begins`."""
    flag = str(interrupting).lower()
    start = element("startEvent", f"start_{name}", begins, isInterrupting=flag)
    return sub(name, f"start_{name} -> {text}", start, *elements, triggeredByEvent="true")


def when(condition: str) -> str:
    return definition("conditional", inside=formal("condition", condition))


# Signals


def test_a_signal_reaches_everybody_who_waits_and_the_host_tells_the_others():
    text = "start -> g -> w1 -> a -> end\n g -> t -> b -> end\n g -> w2 -> c -> end"
    waits = [catch(name, definition("signal", "s")) for name in ("w1", "w2")]
    case = Case(process(text, both("g"), *waits, throw("t", definition("signal", "s")), top=SIGNAL))
    assert case.tasks == ["a", "b", "c"]
    (thrown,) = [command for command in case.log if isinstance(command, bpmn.Throw)]
    assert (thrown.kind, thrown.name, thrown.element) == ("signal", "flood", "t")


def test_a_signal_comes_from_the_host():
    case = Case(process("start -> w -> a -> end", catch("w", definition("signal", "s")), top=SIGNAL))
    (waiting,) = case.open.values()
    assert (waiting.kind, waiting.message, waiting.correlation_key) == ("signal", "flood", None)
    with pytest.raises(bpmn.Refused):
        case.step(bpmn.Signal("fire"))
    case.step(bpmn.Signal("flood", {"height": 3}))
    assert (case.tasks, case.data["height"]) == (["a"], 3)


def test_who_throws_what_interrupts_it_does_not_go_on():
    inner = sub("sub", "start1 -> t -> a -> end1", throw("t", definition("signal", "s")))
    case = Case(
        process(
            "start -> sub -> b -> end\n z -> c -> end",
            inner,
            on("sub", "z", definition("signal", "s")),
            top=SIGNAL,
        )
    )
    assert case.tasks == ["c"]
    own = process("start -> t -> a -> end", throw("t", definition("signal", "s")),
                  inside("h", "b -> end1", definition("signal", "s")), top=SIGNAL)  # fmt: skip
    assert Case(own).tasks == ["b"]


# Escalations


@pytest.mark.parametrize(("interrupting", "tasks"), [(True, ["c"]), (False, ["a", "c"])])
def test_an_escalation_is_caught_on_the_border(interrupting, tasks):
    inner = sub("sub", "start1 -> t -> a -> end1", throw("t", definition("escalation", "e")))
    border = on("sub", "z", definition("escalation", "e"), interrupting)
    assert (
        Case(process("start -> sub -> b -> end\n z -> c -> end", inner, border, top=ESCALATION)).tasks
        == tasks
    )


def test_another_escalation_goes_on_outwards_to_the_host():
    inner = sub("sub", "start1 -> t -> a -> end1", throw("t", definition("escalation", "e2")))
    border = on("sub", "z", definition("escalation", "e"))
    case = Case(process("start -> sub -> b -> end\n z -> c -> end", inner, border, top=ESCALATION))
    assert case.tasks == ["a"]
    assert [(c.kind, c.name) for c in case.log if isinstance(c, bpmn.Throw)] == [("escalation", "E2")]


# Conditions


def test_a_condition_is_waited_for_until_it_holds():
    model = process("start -> g -> w -> a -> end\n g -> b -> end", both("g"), catch("w", when("paid = true")))
    case = Case(model)
    assert case.tasks == ["b"]
    case.do("b", paid=True)
    assert case.tasks == ["a"]
    assert Case(model, {"paid": True}).tasks == ["b", "a"] or Case(model, {"paid": True}).tasks == ["a", "b"]


def test_the_host_may_say_that_data_have_changed():
    case = Case(process("start -> w -> a -> end", catch("w", when("paid = true"))))
    case.step(bpmn.Changed())
    assert case.tasks == []
    case.data["paid"] = True
    case.step(bpmn.Changed())
    assert case.tasks == ["a"]


def test_a_condition_on_the_border_happens_each_time_that_it_comes_true():
    border = on("a", "z", when("size > 3"), interrupting=False)
    case = Case(
        process("start -> g -> a -> end\n g -> b -> end\n z -> c -> end", both("g"), border), {"size": 1}
    )
    for size, tasks in (
        (5, ["a", "b", "c"]),
        (6, ["a", "b", "c"]),
        (1, ["a", "b", "c"]),
        (9, ["a", "b", "c", "c"]),
    ):
        case.data["size"] = size
        case.step(bpmn.Changed())
        assert case.tasks == tasks
    assert Case(process("start -> a -> end\n z -> c -> end", on("a", "z", when("true")))).tasks == ["c"]


# Links, and several definitions


def test_a_link_leads_to_its_other_end():
    ends = throw("t", definition("link", name="over")), catch("w", definition("link", name="over"))
    assert Case(process("start -> t\n w -> a -> end", *ends)).tasks == ["a"]


def both_signals(**attrs: str) -> bpmn.Process:
    waits = catch("w", definition("signal", "s") + definition("signal", "s2"), **attrs)
    return process("start -> w -> a -> end", waits, top=SIGNAL)


def test_of_several_definitions_one_is_enough_or_all_are_needed():
    case = Case(both_signals())
    case.step(bpmn.Signal("fire"))
    assert (case.tasks, case.ids("w/1")) == (["a"], [])
    case = Case(both_signals(parallelMultiple="true"))
    case.step(bpmn.Signal("fire"))
    assert case.tasks == []
    case.step(bpmn.Signal("flood"))
    assert case.tasks == ["a"]


def test_an_event_throws_all_that_it_defines():
    throws = throw("t", definition("signal", "s") + message())
    case = Case(process("start -> t -> end", throws, top=SIGNAL + declared()))
    assert [(c.id, c.kind) for c in case.log if isinstance(c, bpmn.Throw)] == [
        ("t/1:2", "signal"),
        ("t/2:2", "message"),
    ]


# Event subprocesses


def test_an_event_subprocess_interrupts_all_around_it_and_then_the_case_ends():
    case = Case(process("start -> a -> end", inside("h", "b -> end1", message()), top=declared()))
    case.step(bpmn.Message("paper", data={"pages": 2}))
    assert (case.tasks, case.data["pages"]) == (["b"], 2)
    case.do("b")
    assert (case.finished, case.open) == ("end1", {})


def test_one_that_does_not_interrupt_comes_as_often_as_its_event():
    case = Case(
        process("start -> a -> end", inside("h", "b -> end1", message(), interrupting=False), top=declared())
    )
    for _ in range(2):
        case.step(bpmn.Message("paper"))
    assert case.tasks == ["a", "b", "b"]
    case.do("a")
    case.do("b")
    case.do("b")
    assert (case.finished, case.open) == ("end1", {})


def test_its_timer_counts_from_when_the_subprocess_began_and_goes_with_it():
    inner = sub("sub", "start1 -> a -> end1", inside("h", "b -> end2", timer("PT1H")))
    case = Case(process("start -> c -> sub -> d -> end", inner))
    assert case.ids("start_h") == []
    case.do("c")
    (due,) = [c.due for c in case.open.values() if isinstance(c, bpmn.Schedule)]
    assert (due - NOON).total_seconds() == 3600
    case.do("a")
    assert (case.tasks, case.ids("start_h")) == (["d"], [])


def test_an_error_is_caught_inside_before_the_border():
    fails = step_task("a")
    inner = sub("sub", "start1 -> a -> end1", fails, inside("h", "b -> end2", definition("error", "err")))
    case = Case(
        process(
            "start -> sub -> d -> end\n z -> c -> end", inner, on("sub", "z", definition("error")), top=ERROR
        )
    )
    case.fail("a", "X")
    assert case.tasks == ["b"]
    case.do("b")
    assert case.tasks == ["d"]
    other = Case(
        process(
            "start -> sub -> d -> end\n z -> c -> end", inner, on("sub", "z", definition("error")), top=ERROR
        )
    )
    other.fail("a", "Y")
    assert other.tasks == ["c"]


def test_what_it_raises_itself_goes_outwards():
    again = inside(
        "h", "end2", definition("error", "err"), element("endEvent", "end2", definition("error", "err"))
    )
    inner = sub("sub", "start1 -> a -> end1", step_task("a"), again)
    border = on("sub", "z", definition("error", "err"))
    case = Case(process("start -> sub -> d -> end\n z -> c -> end", inner, border, top=ERROR))
    case.fail("a", "X")
    assert case.tasks == ["c"]


# Starting


def test_a_process_tells_what_it_starts_with():
    starts = (
        element("startEvent", "start2", message()),
        element("startEvent", "start3", timer("R/P1D", "timeCycle")),
    )
    more = element("startEvent", "start4", definition("signal", "s"))
    text = "start -> a -> end\n start2 -> b -> end\n start3 -> c -> end\n start4 -> d -> end"
    model = process(text, *starts, more, top=declared() + SIGNAL)
    found = bpmn.starts_of(model, {}, env())
    assert [(type(c).__name__, c.id) for c in found] == [
        ("Subscribe", "start2:0"),
        ("Schedule", "start3:0"),
        ("Subscribe", "start4:0"),
    ]
    begun = [bpmn.start(model, {}, env(), **how).commands[0].element
             for how in ({}, {"message": "paper"}, {"element": "start3"}, {"signal": "flood"})]  # fmt: skip
    assert begun == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("kind", "tasks"), [("Exclusive", ["a"]), ("Parallel", ["a", "b"])])
def test_an_event_based_gateway_can_begin_a_case(kind, tasks):
    gate = element("eventBasedGateway", "g", instantiate="true", eventGatewayType=kind)
    waits = catch("w", message()), catch("w2", definition("signal", "s"))
    model = process("g -> w -> a -> end\n g -> w2 -> b -> end", gate, *waits, top=declared() + SIGNAL)
    case = Case(model, start="paper")
    assert case.tasks == ["a"]
    if kind == "Parallel":
        case.step(bpmn.Signal("flood"))
    else:
        with pytest.raises(bpmn.Refused):
            case.step(bpmn.Signal("flood"))
    assert case.tasks == tasks


def test_what_only_an_event_begins_can_be_begun_by_hand_and_waits_for_it():
    gate = element("eventBasedGateway", "g", instantiate="true")
    waits = catch("w", message()), catch("w2", definition("signal", "s"))
    case = Case(process("g -> w -> a -> end\n g -> w2 -> b -> end", gate, *waits, top=declared() + SIGNAL))
    case.step(bpmn.Signal("flood"))
    assert case.tasks == ["b"]


def test_a_receive_task_can_begin_a_case():
    receive = element("receiveTask", "r", messageRef="m", instantiate="true")
    assert Case(process("r -> a -> end", receive, top=declared()), start="paper").tasks == ["a"]


def test_without_start_events_a_case_begins_wherever_no_flow_leads_to():
    assert Case(process("a -> c\n b -> c", script("b", "=1", "n"))).tasks == ["a", "c"]
