"""Running cases move to a new version: what is checked, what comes out, and that nothing is lost."""

import copy

import pytest

from tests.engines.bpmn.builder import (
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
    undone,
    xor,
)
from towpath.engines import bpmn

OLD = process("start -> a -> b -> end")
NEW = process("start -> a -> check -> decide -> end")


def moved(case: Case, new: bpmn.Process, **mapping: str) -> Case:
    """The case as its host would carry it on after the migration."""
    before = copy.deepcopy(case.state)
    found = bpmn.migrate(case.process, new, case.state, mapping, case.data, case.env)
    assert case.state == before
    assert found.ok, found.unplaced
    case.process, case.state = new, found.state
    for old, name in found.renamed.items():
        (key,) = [key for key in case.open if key[1] == old]
        case.open[key[0], name] = case.open.pop(key)
    for command in found.commands:
        case._carry_out(command)
    assert {name for _, name in case.open} == {w.command_id for w in bpmn.enabled(new, case.state)}
    return case


def whys(case: Case, new: bpmn.Process, **mapping: str) -> str:
    found = bpmn.migrate(case.process, new, case.state, mapping)
    assert not found.ok
    return "\n".join(f"{each.element} ({each.token}): {each.why}" for each in found.unplaced)


def test_a_case_goes_on_where_its_task_is_now():
    case = Case(OLD)
    case.do("a")
    moved(case, NEW, b="decide")
    assert bpmn.enabled(NEW, case.state) == [("decide:3", "decide", "Decide")]
    case.step(bpmn.Completed("decide:3"))
    assert case.finished == "end"


def test_what_is_called_the_same_needs_no_mapping():
    assert moved(Case(OLD), NEW).ids("a") == ["a:2"]


def test_a_person_is_told_which_token_has_no_place():
    case = Case(OLD)
    case.do("a")
    assert "b (3): there is no 'b' in the new version" in whys(case, NEW)
    assert "'end' is another kind of element (end)" in whys(case, NEW, b="end")


@pytest.mark.parametrize(
    ("new", "mapping", "why"),
    [
        (process("start -> s -> end", sub("s", "start1 -> x -> end1")), {"a": "x"}, "'x' lies in 's'"),
        (process("start -> x -> end", step_task("x")), {"a": "x"}, "another kind of element (step)"),
    ],
)
def test_a_place_that_does_not_fit_is_refused(new, mapping, why):
    assert why in whys(Case(OLD), new, **mapping)


def test_a_whole_subprocess_moves_with_what_is_in_it():
    old = process(
        "start -> s -> c -> end",
        sub("s", "start1 -> g -> a -> j -> end1\n g -> b -> j", both("g"), both("j")),
    )
    new = process(
        "start -> u -> c -> end",
        sub("u", "start1 -> g -> a -> k -> d -> end1\n g -> b -> k", both("g"), both("k")),
    )
    case = Case(old)
    case.do("b")
    assert "which is not there; map that flow" in whys(case, new, s="u", j="k")
    flows = {f.source: f.id for f in new.elements["k"].incoming}
    olds = {f.source: f.id for f in old.elements["j"].incoming}
    moved(case, new, s="u", j="k", **{olds["b"]: flows["b"]})
    case.do("a")
    assert case.tasks == ["d"]


def test_instances_stay_instances():
    loop = many(inputCollection="=[1, 2, 3]")
    case = Case(process("start -> a -> end", element("userTask", "a", loop)))
    case.do("a")
    assert "is not done as often" in whys(case, OLD)
    moved(case, process("start -> b -> c -> end", element("userTask", "b", loop)), a="b")
    assert len(case.ids("b")) == 2
    for _ in range(2):
        case.step(bpmn.Completed(case.ids("b")[0]))
    assert [c.element for c in case.open.values() if isinstance(c, bpmn.Do)][-1:] == ["c"]


def test_new_boundary_events_begin_and_old_ones_end():
    old = process(
        "start -> a -> end\n w -> b -> end", on("a", "w", message(), interrupting=False), top=declared()
    )
    new = process("start -> a -> end\n t -> c -> end", on("a", "t", timer("P3D")))
    case = Case(old)
    assert "pass data and env" in whys(case, new)
    moved(case, new)
    assert {type(command).__name__ for command in case.open.values()} == {"Do", "Schedule"}
    case.fire("t")
    assert case.tasks == ["c"]


def test_a_timer_that_runs_keeps_its_date():
    old = process("start -> a -> end\n t -> b -> end", on("a", "t", timer("P3D")))
    new = process("start -> x -> end\n t2 -> b -> end", on("x", "t2", timer("P9D")))
    case = moved(Case(old), new, a="x", t="t2")
    assert case.ids("t2") == ["t2:2"]
    case.fire("t2")
    assert case.tasks == ["b"]


def test_what_can_be_undone_stays_so():
    old = process("start -> a -> b -> end", undone("a", "undo1"))
    throw = element("intermediateThrowEvent", "t", "<compensateEventDefinition/>")
    case = Case(old)
    case.do("a")
    assert "can be compensated; nothing in the new version" in whys(case, process("start -> x -> b -> end"))
    moved(case, process("start -> x -> b -> t -> end", undone("x", "undo2"), throw), a="x")
    case.do("b")
    assert case.tasks == ["undo2"]


def test_a_state_of_the_first_format_moves_too():
    state = {"format": 1, "next": 3, "tokens": {"2": {"at": "a", "waits": {"a": None}}}}
    found = bpmn.migrate(OLD, NEW, state, {})
    assert (found.ok, found.state["format"]) == (True, 2)
    assert bpmn.step(NEW, found.state, bpmn.Completed("a:2"), {}, env()).commands[0].id == "check:3"


def test_a_state_of_another_process_is_refused():
    with pytest.raises(bpmn.Refused):
        bpmn.migrate(NEW, OLD, {"format": 2, "next": 3, "tokens": {"2": {"at": "gone"}}}, {})


def test_every_place_of_a_branching_process_moves_onto_itself():
    text = "start -> g -> a -> j -> x\n g -> b -> j\n x -> a2 if ok\n x => end\n a2 -> end"
    model = process(text, both("g"), both("j"), xor("x"))
    case = Case(model)
    for task in ("b", "a"):
        found = bpmn.migrate(model, model, case.state, {})
        assert (found.ok, found.state, found.commands, found.renamed) == (True, case.state, (), {})
        case.do(task, ok=True)
