"""How tokens move: tasks, gateways, subprocesses, ends."""

import copy

import pytest

from tests.engines.bpmn.builder import (
    Case,
    both,
    element,
    env,
    many,
    process,
    script,
    some,
    step_task,
    sub,
    xor,
    zeebe,
)
from towpath.engines import bpmn


def test_a_case_goes_from_task_to_task_to_its_end():
    case = Case(process("start -> check -> decide -> end"))
    assert case.tasks == ["check"]
    case.do("check", complete=True)
    assert (case.tasks, case.data) == (["decide"], {"complete": True})
    case.do("decide")
    assert (case.finished, case.open, case.state["tokens"]) == ("end", {}, {})


def test_the_host_hears_what_was_passed():
    case = Case(process("start -> check -> end"))
    case.do("check")
    assert [(passage.element, passage.lifecycle) for passage in case.passed] == [
        ("start", "entered"),
        ("start", "completed"),
        ("check", "entered"),
        ("check", "completed"),
        ("end", "entered"),
        ("end", "completed"),
    ]
    assert case.passed[2].token == case.passed[3].token


def test_a_task_tells_the_host_all_that_it_needs():
    inside = zeebe(
        '<zeebe:userTask/><zeebe:formDefinition formId="advice"/>'
        '<zeebe:assignmentDefinition candidateGroups="planning, legal" assignee="=officer"/>'
        '<zeebe:taskSchedule dueDate="P2D"/>'
        '<zeebe:taskHeaders><zeebe:header key="colour" value="blue"/></zeebe:taskHeaders>'
        '<zeebe:ioMapping><zeebe:input source="=area * 2" target="size"/></zeebe:ioMapping>'
        '<zeebe:properties><zeebe:property name="calendar" value="working-days"/></zeebe:properties>'
    )
    step = bpmn.start(
        process("start -> a -> end", element("userTask", "a", inside)), {"area": 4, "officer": "ann"}, env()
    )
    (do,) = step.commands
    assert isinstance(do, bpmn.Do)
    assert (do.id, do.kind, do.form, do.headers) == ("a:2", "user", "advice", {"colour": "blue"})
    assert do.assignment == bpmn.Assignment(("planning", "legal"), (), "ann")
    assert do.inputs == {"size": 8}
    assert do.due is not None
    assert do.due.isoformat() == "2025-03-05T12:00:00+01:00"


def test_inputs_are_seen_by_their_task_alone_and_outputs_by_the_case():
    inside = zeebe(
        '<zeebe:ioMapping><zeebe:input source="=area" target="size"/>'
        '<zeebe:output source="=size + answer" target="total"/></zeebe:ioMapping>'
    )
    case = Case(process("start -> a -> b -> end", element("userTask", "a", inside)), {"area": 4})
    assert case.data[bpmn.LOCALS] == {"2": {"size": 4}}
    case.do("a", answer=3)
    assert case.data == {"area": 4, "total": 7, bpmn.LOCALS: {}}


def test_an_exclusive_gateway_takes_the_first_condition_that_holds():
    model = process(
        "start -> x\n x -> a if fee > 10\n x -> b if fee > 5\n x => c\n a -> end\n b -> end\n c -> end",
        xor("x"),
    )
    assert [Case(model, {"fee": fee}).tasks for fee in (20, 7, 1)] == [["a"], ["b"], ["c"]]


def test_without_any_condition_that_holds_the_case_cannot_go_on():
    model = process("start -> x\n x -> a if fee > 10\n x -> b if fee > 5\n a -> end\n b -> end", xor("x"))
    with pytest.raises(bpmn.Incident, match=r"'X'.*no condition holds"):
        bpmn.start(model, {"fee": None}, env())


def test_parallel_branches_meet_once_all_have_come():
    case = Case(process("start -> g -> a -> j -> c -> end\n g -> b -> j", both("g"), both("j")))
    assert case.tasks == ["a", "b"]
    case.do("b")
    assert case.tasks == ["a"]
    case.do("a")
    assert case.tasks == ["c"]


def test_several_flows_out_of_a_task_split_and_into_a_task_merge_without_waiting():
    case = Case(process("start -> a -> b -> d -> end\n a -> c -> d"))
    case.do("a")
    case.do("b")
    case.do("c")
    assert case.tasks == ["d", "d"]
    case.do("d")
    assert not case.finished
    case.do("d")
    assert case.finished == "end"


INCLUSIVE = """
    start -> o
    o -> a if water
    o -> b if roads
    o => c
    a -> j
    b -> x
    x -> j if ok
    x => b2 -> j
    c -> j -> d -> end
"""


@pytest.mark.parametrize(
    ("data", "tasks"), [({"water": True}, ["a"]), ({}, ["c"]), ({"water": True, "roads": True}, ["a", "b"])]
)
def test_an_inclusive_gateway_takes_every_condition_that_holds_or_the_default(data, tasks):
    assert Case(process(INCLUSIVE, some("o"), xor("x"), some("j")), data).tasks == tasks


def test_an_inclusive_join_waits_for_tokens_that_can_still_come_and_no_others():
    case = Case(process(INCLUSIVE, some("o"), xor("x"), some("j")), {"water": True, "roads": True})
    case.do("a")
    assert case.tasks == ["b"]
    case.do("b", ok=False)
    assert case.tasks == ["b2"]
    case.do("b2")
    assert case.tasks == ["d"]


def test_an_inclusive_join_goes_on_when_the_token_it_waits_for_turns_away():
    text = "start -> g -> a -> j -> d -> end\n g -> b -> x\n x -> j if ok\n x => end2"
    case = Case(process(text, both("g"), xor("x"), some("j")))
    case.do("a")
    assert case.tasks == ["b"]
    case.do("b", ok=False)
    assert case.tasks == ["d"]


def test_a_join_whose_token_can_no_longer_come_is_told_and_not_silently_stuck():
    text = "start -> x\n x -> a if ok\n x => b\n a -> j\n b -> j -> end"
    case = Case(process(text, xor("x"), both("j")))
    with pytest.raises(bpmn.Incident, match=r"'J'.*no longer come"):
        case.do("b")
    assert case.tasks == ["b"]


def test_loops_do_not_let_the_state_grow():
    case = Case(process("start -> a -> x\n x -> a if again\n x => end", xor("x")))
    size = len(str(case.state))
    for _ in range(50):
        case.do("a", again=True)
    assert len(str(case.state)) <= size + 6
    case.do("a", again=False)
    assert case.finished == "end"


def test_a_circle_without_anything_to_wait_for_is_stopped_by_name():
    model = process("start -> x\n x -> s if true\n s -> x\n x => end", xor("x"), script("s", "=n + 1", "n"))
    with pytest.raises(bpmn.Incident, match=r"'[XS]'.*runs in circles"):
        bpmn.start(model, {"n": 0}, env())


def test_scripts_and_decisions_are_done_at_once():
    decision = zeebe('<zeebe:calledDecision decisionId="fee" resultVariable="fee"/>')
    model = process(
        "start -> s -> d -> a -> end",
        script("s", "=area * 2", "size"),
        element("businessRuleTask", "d", decision),
    )
    asked = []

    def decide(name, inputs):
        asked.append((name, inputs["size"]))
        return {"amount": 12}

    case = Case(model, {"area": 4}, env(decide=decide))
    assert asked == [("fee", 8)]
    assert case.last.changes == {"size": 8, "fee": {"amount": 12}}


def test_expressions_know_the_day_of_the_step():
    case = Case(process("start -> s -> a -> end", script("s", "=string(today())", "day")))
    assert case.data["day"] == "2025-03-03"


def test_a_service_task_and_a_send_task_ask_for_their_step_kind():
    send = element("sendTask", "s", zeebe('<zeebe:taskDefinition type="letter"/>'))
    case = Case(process("start -> r -> s -> end", step_task("r", "ask-register"), send))
    (do,) = case.open.values()
    assert (do.kind, do.type) == ("step", "ask-register")
    case.do("r", address="1 Lock Lane")
    assert [do.type for do in case.open.values()] == ["letter"]


SUB = sub("sub", "start1 -> a -> x\n x -> b if ok\n x => end3\n b -> end2", xor("x"))


def test_a_subprocess_ends_when_everything_in_it_has_ended():
    case = Case(process("start -> sub -> c -> end", SUB))
    case.do("a", ok=True)
    assert case.tasks == ["b"]
    case.do("b")
    assert case.tasks == ["c"]


def test_a_terminate_end_ends_its_own_scope_only():
    stop = element("endEvent", "end2", "<terminateEventDefinition/>")
    inner = sub("sub", "start1 -> g -> a -> end2\n g -> b -> end3", both("g"), stop)
    case = Case(process("start -> sub -> c -> end", inner))
    step = case.do("a")
    assert [command.id for command in step.commands if isinstance(command, bpmn.Cancel)] == ["b:6"]
    assert case.tasks == ["c"]
    assert ("b", "cancelled") in [(passage.element, passage.lifecycle) for passage in case.passed]


def test_a_terminate_end_at_the_top_ends_the_case_and_withdraws_its_tasks():
    stop = element("endEvent", "end2", "<terminateEventDefinition/>")
    case = Case(process("start -> g -> a -> end2\n g -> b -> end", both("g"), stop))
    case.do("a")
    assert (case.finished, case.open) == ("end2", {})
    finish = case.log[-1]
    assert isinstance(finish, bpmn.Finish)
    assert finish.terminate


def test_tasks_for_many_run_side_by_side_and_their_results_are_gathered():
    loop = many(inputCollection="=departments", inputElement="department", outputCollection="advice",
                outputElement="=department + \": \" + text")  # fmt: skip
    groups = zeebe('<zeebe:assignmentDefinition candidateGroups="=department"/>')
    case = Case(
        process("start -> a -> b -> end", element("userTask", "a", groups + loop)),
        {"departments": ["water", "roads", "fire"]},
    )
    assert [do.assignment.groups for do in case.open.values()] == [("water",), ("roads",), ("fire",)]
    assert [do.inputs["department"] for do in case.open.values()] == ["water", "roads", "fire"]
    water, roads, fire = case.ids("a")
    for command, text in ((roads, "no"), (fire, "yes"), (water, "perhaps")):
        assert case.tasks.count("b") == 0
        case.step(bpmn.Completed(command, {"text": text}))
    assert case.data["advice"] == ["water: perhaps", "roads: no", "fire: yes"]
    assert (case.tasks, case.data[bpmn.LOCALS]) == (["b"], {})


def test_subprocesses_for_many_keep_their_own_item():
    loop = many(inputCollection="departments", inputElement="department")
    groups = zeebe('<zeebe:assignmentDefinition candidateGroups="=department"/>')
    inner = sub("sub", "start1 -> a -> b -> end1", element("userTask", "b", groups), inside=loop)
    case = Case(process("start -> sub -> c -> end", inner), {"departments": ["water", "roads"]})
    first, second = case.ids("a")
    case.step(bpmn.Completed(second))
    assert [do.assignment.groups for do in case.open.values() if do.element == "b"] == [("roads",)]
    case.do("b")
    case.step(bpmn.Completed(first))
    case.do("b")
    assert case.tasks == ["c"]


def test_nothing_to_do_for_nobody():
    loop = many(inputCollection="=departments", outputCollection="advice", outputElement="=1")
    case = Case(process("start -> a -> b -> end", element("userTask", "a", loop)), {"departments": []})
    assert (case.tasks, case.data["advice"]) == (["b"], [])


def test_a_collection_that_is_no_list_is_told():
    model = process("start -> a -> end", element("userTask", "a", many(inputCollection="=departments")))
    with pytest.raises(bpmn.Incident, match="not a list"):
        bpmn.start(model, {}, env())


def test_what_is_done_is_not_done_twice():
    case = Case(process("start -> a -> b -> end"))
    (command,) = case.ids("a")
    case.do("a")
    before = copy.deepcopy(case.state)
    with pytest.raises(bpmn.Refused) as refused:
        bpmn.step(case.process, case.state, bpmn.Completed(command), case.data, case.env)
    assert refused.value.already
    assert case.state == before


@pytest.mark.parametrize("command", ["a:9", "b:2", "a", "a:02", "a:-1", "a:2:2", "nothing:2", "", ":", "a:²"])
def test_what_was_never_asked_is_refused(command):
    case = Case(process("start -> a -> b -> end"))
    before = copy.deepcopy(case.state)
    for event in (bpmn.Completed(command), bpmn.Failed(command, "x"), bpmn.Fired(command)):
        with pytest.raises(bpmn.Refused):
            bpmn.step(case.process, case.state, event, {}, env())
    assert case.state == before


def test_a_state_of_another_format_or_version_is_refused():
    model = process("start -> a -> end")
    for state in (
        {"format": 3, "next": 1, "tokens": {}},
        {"format": 1, "next": 3, "tokens": {"2": {"at": "gone"}}},
    ):
        with pytest.raises(bpmn.Refused):
            bpmn.enabled(model, state)


def test_everything_awaited_is_told_in_order():
    case = Case(process("start -> g -> a -> end\n g -> b -> end", both("g")))
    assert bpmn.enabled(case.process, case.state) == [("a:3", "a", "A"), ("b:4", "b", "B")]


def test_a_state_of_the_first_format_goes_on():
    model = process("start -> a -> b -> end", element("userTask", "a", many(inputCollection="=[1, 2]")))
    tokens = {
        "2": {"at": "a", "left": 2},
        "3": {"at": "a", "in": "2", "item": 0, "waits": {"a": None}},
        "4": {"at": "a", "in": "2", "item": 1, "waits": {"a": None}},
    }
    state = {"format": 1, "next": 5, "tokens": tokens}
    step = bpmn.step(model, state, bpmn.Completed("a:4"), {}, env())
    step = bpmn.step(model, step.state, bpmn.Completed("a:3"), {}, env())
    assert [waiting.element for waiting in bpmn.enabled(model, step.state)] == ["b"]
    assert step.state["format"] == 2
