"""What was done is undone: compensation, and transactions that are cancelled."""

import pytest

from tests.engines.bpmn.builder import Case, both, definition, element, on, process, sub, undone, xor

THROW = element("intermediateThrowEvent", "t", "<compensateEventDefinition/>")


def test_what_was_done_is_undone_the_last_first_and_then_the_case_goes_on():
    case = Case(
        process("start -> a -> b -> t -> c -> end", undone("a", "undo1"), undone("b", "undo2"), THROW)
    )
    case.do("a")
    case.do("b")
    assert case.tasks == ["undo2"]
    case.do("undo2")
    assert case.tasks == ["undo1"]
    case.do("undo1")
    assert case.tasks == ["c"]
    case.do("c")
    assert case.finished


def test_what_was_not_done_is_not_undone():
    text = "start -> x\n x -> a if ok\n x => b\n a -> t\n b -> t -> c -> end"
    case = Case(process(text, xor("x"), undone("a", "undo1"), undone("b", "undo2"), THROW), {"ok": True})
    case.do("a")
    assert case.tasks == ["undo1"]
    case.do("undo1")
    assert case.tasks == ["c"]


def test_one_activity_is_named_and_only_that_is_undone():
    throw = element("intermediateThrowEvent", "t", definition("compensate", "a"))
    case = Case(
        process("start -> a -> b -> t -> c -> end", undone("a", "undo1"), undone("b", "undo2"), throw)
    )
    case.do("a")
    case.do("b")
    assert case.tasks == ["undo1"]
    case.do("undo1")
    assert case.tasks == ["c"]


def test_a_loop_is_undone_as_often_as_it_ran_and_does_not_let_the_state_grow():
    case = Case(
        process("start -> a -> x\n x -> a if again\n x => t -> end", undone("a", "undo1"), xor("x"), THROW)
    )
    case.do("a", again=True)
    size = len(str(case.state))
    for _ in range(30):
        case.do("a", again=True)
    assert len(str(case.state)) <= size + 8
    case.do("a", again=False)
    for _ in range(32):
        assert case.tasks == ["undo1"]
        case.do("undo1")
    assert case.finished == "end"


def test_a_subprocess_without_a_compensation_of_its_own_is_undone_piece_by_piece():
    inner = sub(
        "sub",
        "start1 -> g -> a -> end1\n g -> b -> end1",
        both("g"),
        undone("a", "undo1"),
        undone("b", "undo2"),
    )
    case = Case(process("start -> sub -> t -> c -> end", inner, THROW))
    case.do("b")
    case.do("a")
    assert case.tasks == ["undo1"]
    case.do("undo1")
    case.do("undo2")
    assert case.tasks == ["c"]


def test_an_end_event_compensates_before_the_case_ends():
    end = element("endEvent", "end", "<compensateEventDefinition/>")
    case = Case(process("start -> a -> end", undone("a", "undo1"), end))
    case.do("a")
    assert (case.tasks, case.finished) == (["undo1"], "")
    case.do("undo1")
    assert case.finished == "end"


def test_nothing_to_undo_is_nothing_to_wait_for():
    case = Case(process("start -> t -> a -> end", undone("a", "undo1"), THROW))
    assert case.tasks == ["a"]


def test_an_event_subprocess_can_say_how_the_subprocess_around_it_is_undone():
    start = element("startEvent", "start2", "<compensateEventDefinition/>")
    own = sub("own", "start2 -> undo3 -> end2", start, triggeredByEvent="true")
    inner = sub("sub", "start1 -> a -> end1", undone("a", "undo1"), own)
    case = Case(process("start -> sub -> t -> c -> end", inner, THROW))
    case.do("a")
    assert case.tasks == ["undo3"]
    case.do("undo3")
    assert case.tasks == ["c"]


CANCEL = "<cancelEventDefinition/>"


def transaction(text: str, *elements: str) -> str:
    return (
        sub("tx", text, *elements)
        .replace("<subProcess", "<transaction", 1)
        .replace("</subProcess>", "</transaction>")
    )


@pytest.mark.parametrize("first", ["a", "b"])
def test_a_cancelled_transaction_undoes_what_was_done_and_leaves_by_its_border(first):
    inner = transaction("start1 -> g -> a -> x\n g -> b -> end1\n x -> end2 if bad\n x => end1",
                        both("g"), xor("x"), undone("a", "undo1"), undone("b", "undo2"), element("endEvent", "end2", CANCEL))  # fmt: skip
    case = Case(process("start -> tx -> c -> end\n z -> d -> end", inner, on("tx", "z", CANCEL)))
    if first == "b":
        case.do("b")
    case.do("a", bad=True)
    left = ["undo1", "undo2"] if first == "b" else ["undo1"]
    while left:
        (task,) = case.tasks
        left.remove(task)
        case.do(task)
    assert case.tasks == ["d"]


def test_a_transaction_that_is_not_cancelled_goes_its_way():
    inner = transaction("start1 -> a -> end1", undone("a", "undo1"))
    case = Case(process("start -> tx -> c -> end\n z -> d -> end", inner, on("tx", "z", CANCEL)))
    case.do("a")
    assert case.tasks == ["c"]
