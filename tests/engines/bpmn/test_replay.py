"""Whether a trace fits the model, and where it first leaves it."""

import pytest

from tests.engines.bpmn.builder import both, element, many, on, process, script, some, sub, timer, xor
from towpath.engines import bpmn

CHOICE = process("start -> a -> x\n x -> b if ok\n x => c\n b -> y\n c -> y -> x2\n x2 -> a if again\n x2 => end",
                 xor("x"), xor("y"), xor("x2"))  # fmt: skip
PARALLEL = process("start -> g -> a -> b -> j -> d -> end\n g -> c -> j", both("g"), both("j"))
INCLUSIVE = process(
    "start -> o\n o -> a if x\n o -> b if y\n o => d\n a -> j\n b -> j\n d -> j -> c -> end",
    some("o"),
    some("j"),
)


@pytest.mark.parametrize(
    ("model", "trace"),
    [
        (CHOICE, "AB"),
        (CHOICE, "AC"),
        (CHOICE, "ABACAB"),
        (PARALLEL, "ABCD"),
        (PARALLEL, "CABD"),
        (PARALLEL, "ACBD"),
        (INCLUSIVE, "AC"),
        (INCLUSIVE, "BAC"),
        (INCLUSIVE, "ABDC"),
        (process("start -> end"), ""),
    ],
)
def test_a_trace_that_the_model_allows_fits(model, trace):
    assert bpmn.replay(model, list(trace)) == bpmn.Replay(True, len(trace))


@pytest.mark.parametrize(
    ("model", "trace", "played", "leaves", "expected"),
    [
        (CHOICE, "ABC", 2, "C", "A"),
        (CHOICE, "BA", 0, "B", "A"),
        (CHOICE, "A", 1, "", "BC"),
        (CHOICE, "", 0, "", "A"),
        (PARALLEL, "ABD", 2, "D", "C"),
        (PARALLEL, "AAB", 1, "A", "BC"),
        (INCLUSIVE, "ACA", 2, "A", ""),
        (INCLUSIVE, "AZ", 1, "Z", "ABCD"[1:]),
    ],
)
def test_a_trace_that_leaves_the_model_is_told_where(model, trace, played, leaves, expected):
    assert bpmn.replay(model, list(trace)) == bpmn.Replay(False, played, leaves, tuple(expected))


def test_boundary_events_are_choices_too():
    model = process("start -> a -> end\n t -> b -> end\n r -> c -> end",
                    on("a", "t", timer()), on("a", "r", timer(), interrupting=False))  # fmt: skip
    for trace in ("A", "B", "CA", "AC", "CB", "CCA"):
        assert bpmn.replay(model, list(trace)).fits, trace
    assert not bpmn.replay(model, list("AB")).fits


def test_a_subprocess_is_left_when_it_is_done_or_interrupted():
    inner = sub("sub", "start1 -> g -> a -> end1\n g -> b -> end1", both("g"))
    model = process("start -> sub -> c -> end\n t -> d -> end", inner, on("sub", "t", timer()))
    for trace in ("ABC", "BAC", "AD", "D", "ABD"):
        assert bpmn.replay(model, list(trace)).fits, trace
    assert bpmn.replay(model, list("AC")) == bpmn.Replay(False, 1, "C", ("B", "D"))


def test_a_task_for_many_comes_as_often_as_there_are_items():
    model = process("start -> a -> b -> end", element("userTask", "a", many(inputCollection="=x")))
    for trace in ("B", "AB", "AAAB"):
        assert bpmn.replay(model, list(trace)).fits, trace
    assert not bpmn.replay(model, list("ABA")).fits


def test_a_terminate_end_ends_the_others():
    stop = element("endEvent", "end2", "<terminateEventDefinition/>")
    model = process("start -> g -> a -> end2\n g -> b -> c -> end", both("g"), stop)
    assert bpmn.replay(model, list("BA")).fits
    assert bpmn.replay(model, list("AB")) == bpmn.Replay(False, 1, "B")


def test_what_leaves_no_mark_is_passed_silently():
    model = process("start -> s -> a -> end", script("s", "=1", "n"))
    assert bpmn.replay(model, ["S", "A"]).fits
    assert bpmn.replay(model, ["A"], silent=["S"]).fits
    assert bpmn.replay(model, ["A"], silent={"s"}).fits


def test_a_search_without_end_is_given_up():
    branches = "\n".join(f"g -> a{n} -> x{n} -> b{n} -> j" for n in range(15))
    gates = [xor(f"x{n}") for n in range(15)]
    silent = [f"a{n}" for n in range(15)]
    model = process(f"start -> g\n {branches}\n j -> end", both("g"), both("j"), *gates)
    found = bpmn.replay(model, ["B1"], silent=silent)
    assert (found.fits, found.bounded) == (False, True)
