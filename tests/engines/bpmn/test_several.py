"""Loops, multi-instance, ad hoc, several tokens, complex gateways; calls and processes that work together."""

import pytest

from tests.engines.bpmn.builder import (
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
    sub,
    xml,
    zeebe,
)
from towpath.engines import bpmn


def loop(condition: str = "", **attrs: str) -> str:
    inside = formal("loopCondition", condition) if condition else ""
    written = "".join(f' {key}="{value}"' for key, value in attrs.items())
    return f"<standardLoopCharacteristics{written}>{inside}</standardLoopCharacteristics>"


def times(count: str, inside: str = "", **attrs: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in attrs.items())
    tag = "multiInstanceLoopCharacteristics"
    return f"<{tag}{written}>{formal('loopCardinality', count)}{inside}</{tag}>"


@pytest.mark.parametrize(
    ("characteristics", "rounds"),
    [
        (loop("n < 3"), 3),
        (loop("n < 0"), 1),
        (loop("n < 0", testBefore="true"), 0),
        (loop(loopMaximum="2"), 2),
        (loop("n < 9", loopMaximum="4"), 4),
    ],
)
def test_a_loop_runs_until_its_condition_does_not_hold(characteristics, rounds):
    inner = sub("a", "start1 -> s -> end1", script("s", "=n + 1", "n"), inside=characteristics)
    case = Case(process("start -> a -> b -> end", inner), {"n": 0})
    assert (case.data.get("n"), case.tasks) == (rounds, ["b"])


def test_a_loop_of_tasks_does_not_let_the_state_grow():
    case = Case(process("start -> a -> end", element("userTask", "a", loop("again"))))
    size = len(str(case.state))
    for _ in range(60):
        case.do("a", again=True)
    assert len(str(case.state)) <= size + 10
    case.do("a", again=False)
    assert case.finished


def test_instances_come_one_after_another():
    characteristics = (
        '<multiInstanceLoopCharacteristics isSequential="true">'
        + zeebe('<zeebe:loopCharacteristics inputCollection="=names" inputElement="name" '
                'outputCollection="said" outputElement="=name"/>')
        + "</multiInstanceLoopCharacteristics>"
    )  # fmt: skip
    case = Case(
        process("start -> a -> b -> end", element("userTask", "a", characteristics)), {"names": ["x", "y"]}
    )
    for name in ("x", "y"):
        (do,) = case.open.values()
        assert do.inputs["name"] == name
        case.do("a")
    assert (case.data["said"], case.tasks, case.data[bpmn.LOCALS]) == (["x", "y"], ["b"], {})


def test_enough_are_enough():
    done = formal("completionCondition", "numberOfCompletedInstances >= 2")
    case = Case(process("start -> a -> b -> end", element("userTask", "a", times("5", done))))
    assert case.tasks == ["a"] * 5
    case.do("a")
    case.do("a")
    assert case.tasks == ["b"]


@pytest.mark.parametrize("count", ["-1", '"three"', "1.5", "null", "100000"])
def test_a_number_of_instances_that_is_none_is_told(count):
    with pytest.raises(bpmn.Incident, match="'A'"):
        bpmn.start(process("start -> a -> end", element("userTask", "a", times(count))), {}, env())


def test_instances_throw_what_their_behaviour_says():
    top = '<signal id="s" name="first"/><signalEventDefinition id="d" signalRef="s"/>'
    once = times("3", behavior="One", oneBehaviorEventRef="d")
    border = on("a", "z", definition("signal", "s"), interrupting=False)
    case = Case(
        process("start -> a -> b -> end\n z -> c -> end", element("userTask", "a", once), border, top=top)
    )
    case.do("a")
    assert case.tasks == ["a", "a", "c"]
    case.do("a")
    assert case.tasks == ["a", "c"]


def adhoc(inside: str = "", **attrs: str) -> str:
    return element(
        "adHocSubProcess", "h", element("userTask", "a") + element("userTask", "b") + inside, **attrs
    )


def test_the_activities_of_an_ad_hoc_subprocess_are_open_together_or_in_turn():
    case = Case(process("start -> h -> c -> end", adhoc()))
    case.do("b")
    case.do("a")
    assert case.tasks == ["c"]
    case = Case(process("start -> h -> c -> end", adhoc(ordering="Sequential")))
    assert case.tasks == ["a"]
    case.do("a")
    assert case.tasks == ["b"]
    case.do("b")
    assert case.tasks == ["c"]


def test_an_ad_hoc_subprocess_ends_when_its_condition_holds():
    enough = formal("completionCondition", "enough = true")
    case = Case(process("start -> h -> c -> end", adhoc(enough)))
    case.do("a")
    case.do("b")
    assert case.tasks == ["a", "b"]
    case.do("a", enough=True)
    assert case.tasks == ["c"]


def test_an_activity_may_need_and_give_several_tokens():
    text = "start -> a -> b -> c -> end"
    case = Case(
        process(
            text,
            element("userTask", "a", completionQuantity="2"),
            element("userTask", "c", startQuantity="2"),
        )
    )
    case.do("a")
    assert case.tasks == ["b", "b"]
    case.do("b")
    assert case.tasks == ["b"]
    case.do("b")
    assert case.tasks == ["c"]


def test_a_task_chooses_by_the_conditions_on_its_flows():
    model = process(
        "start -> a -> b if x\n a -> c if y\n a -> d -> end\n b -> end\n c -> end".replace(
            "start -> a -> b if x", "start -> a\n a -> b if x"
        )
    )
    for data, tasks in (({}, ["d"]), ({"x": True}, ["b", "d"]), ({"x": True, "y": True}, ["b", "c", "d"])):
        case = Case(model, data)
        case.do("a")
        assert case.tasks == tasks


DISCRIMINATOR = "start -> g -> a -> k\n g -> b -> k\n g -> c -> k -> d -> end"


def test_a_complex_join_goes_on_when_its_condition_holds_and_takes_the_rest_silently():
    join = element("complexGateway", "k", formal("activationCondition", "activationCount >= 2"))
    case = Case(process(DISCRIMINATOR, both("g"), join))
    case.do("a")
    assert case.tasks == ["b", "c"]
    case.do("c")
    assert case.tasks == ["b", "d"]
    case.do("d")
    assert not case.finished
    case.do("b")
    assert (case.finished, case.state["tokens"]) == ("end", {})


# Calls


def called(inside: str = "", boundary: str = "", top: str = "", **attrs: str) -> bpmn.Process:
    call = element("callActivity", "call", inside, calledElement="q", **attrs)
    other = xml("start -> end").replace('id="p"', 'id="q"')
    text = "start -> call -> b -> end" + ("\n z -> c -> end" if boundary else "")
    return bpmn.load(xml(text, call, boundary, top=top), other).processes["p"]


def test_a_called_process_is_an_instance_of_its_own():
    case = Case(called(), {"n": 1})
    (call,) = case.open.values()
    assert isinstance(call, bpmn.Call)
    assert (call.id, call.process, call.data) == ("call:2", "q", {"n": 1})
    case.step(bpmn.Completed("call:2", {"m": 2}))
    assert (case.tasks, case.data["m"]) == (["b"], 2)


def test_only_what_is_mapped_is_given_and_taken():
    inside = zeebe('<zeebe:calledElement processId="q" propagateAllParentVariables="false" propagateAllChildVariables="false"/>'
                   '<zeebe:ioMapping><zeebe:input source="=n * 2" target="twice"/></zeebe:ioMapping>')  # fmt: skip
    case = Case(called(inside), {"n": 1, "secret": 7})
    (call,) = case.open.values()
    assert call.data == {"twice": 2}
    case.step(bpmn.Completed(call.id, {"m": 2}))
    assert "m" not in case.data


def test_the_error_of_a_called_process_is_caught_or_ends_this_one():
    border = on("call", "z", definition("error"))
    case = Case(called(boundary=border))
    case.step(bpmn.Failed("call:2", "X"))
    assert case.tasks == ["c"]
    case = Case(called())
    case.step(bpmn.Failed("call:2", "X"))
    assert (case.log[-1].error, case.open) == ("X", {})


def test_an_escalation_of_a_called_process_lets_both_go_on():
    border = on("call", "z", definition("escalation", "e"), interrupting=False)
    case = Case(called(boundary=border, top='<escalation id="e" escalationCode="E1"/>'))
    case.step(bpmn.Escalated("call:2", "E1"))
    assert (case.tasks, case.ids("call")) == (["c"], ["call:2"])


def test_a_case_can_be_ended_from_outside():
    case = Case(process("start -> g -> a -> end\n g -> b -> end\n g -> w -> end", both("g"),
                        element("intermediateCatchEvent", "w", message()), top=declared()))  # fmt: skip
    step = bpmn.cancel(case.process, case.state, case.data, env())
    assert {command.id for command in step.commands} == {command for _, command in case.open}
    assert step.state["tokens"] == {}


def test_a_process_that_is_not_there_cannot_be_called():
    with pytest.raises(bpmn.BpmnError, match="calls 'q', which is no executable process"):
        bpmn.load(xml("start -> call -> end", element("callActivity", "call", calledElement="q")))


def test_the_key_of_a_message_says_the_same_on_both_sides():
    send = element("intermediateThrowEvent", "t", message())
    wait = element("intermediateCatchEvent", "w", message())
    model = process("start -> t -> w -> end", send, wait, top=declared(key="=number"))
    case = Case(model, {"number": 7})
    (thrown,) = [c for c in case.log if isinstance(c, bpmn.Throw)]
    (waiting,) = case.open.values()
    assert thrown.correlation_key == waiting.correlation_key == "7"
