"""Whether a trace fits the model, and where it first leaves it."""

import sys

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


def told(model, trace):
    found = bpmn.replay(model, list(trace))
    return found.fits, found.played, found.leaves, found.expected


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
    found = bpmn.replay(model, list(trace))
    assert (found.fits, found.played, found.cost) == (True, len(trace), 0)
    assert found.moves == tuple(("both", name) for name in trace)


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
    assert told(model, trace) == (False, played, leaves, tuple(expected))


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
    assert bpmn.replay(model, list("AC")).expected == ("B", "D")


def test_a_task_for_many_comes_as_often_as_there_are_items():
    model = process("start -> a -> b -> end", element("userTask", "a", many(inputCollection="=x")))
    for trace in ("B", "AB", "AAAB"):
        assert bpmn.replay(model, list(trace)).fits, trace
    assert not bpmn.replay(model, list("ABA")).fits


def test_a_terminate_end_ends_the_others():
    stop = element("endEvent", "end2", "<terminateEventDefinition/>")
    model = process("start -> g -> a -> end2\n g -> b -> c -> end", both("g"), stop)
    assert bpmn.replay(model, list("BA")).fits
    assert told(model, "AB") == (False, 1, "B", ())


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


@pytest.mark.parametrize(
    ("model", "trace", "cost", "moves"),
    [
        (CHOICE, "A", 1, "A+B|A+C"),
        (CHOICE, "AXB", 1, "A-XB"),
        (CHOICE, "BA", 2, "-BA+B|+ABA+B|-BA+C|+ABA+C|+AB-A"),
        (PARALLEL, "ACD", 1, "AC+BD|A+BCD"),
        (PARALLEL, "", 4, ""),
        (INCLUSIVE, "ACA", 1, "AC-A"),
    ],
)
def test_the_cheapest_alignment_is_found(model, trace, cost, moves):
    found = bpmn.replay(model, list(trace))
    assert (found.fits, found.cost) == (False, cost)
    signs = {"both": "", "trace": "-", "model": "+"}
    written = "".join(signs[move.kind] + move.activity for move in found.moves)
    assert not moves or written in moves.split("|")
    assert [move.activity for move in found.moves if move.kind != "model"] == list(trace)
    assert bpmn.replay(model, [move.activity for move in found.moves if move.kind != "trace"]).fits


def test_a_model_that_never_ends_has_no_alignment():
    stuck = process("start -> x\n x -> a if ok\n x => b\n a -> j\n b -> j -> end", xor("x"), both("j"))
    assert (bpmn.replay(stuck, ["A"]).fits, bpmn.replay(stuck, ["A"]).cost) == (False, None)


def test_a_variant_is_judged_once():
    replayer = bpmn.Replayer(PARALLEL)
    first, second = replayer.replay_all([["A", "B"], ("A", "B")])
    assert first is second
    assert first.cost == 2


def test_a_model_too_large_to_be_known_as_a_whole_gives_the_same_costs(monkeypatch):
    traces = [list(trace) for trace in ("BD", "AABBD", "DCBA", "X", "ABCDABCD")]
    for model in (CHOICE, PARALLEL, INCLUSIVE):
        costs = [found.cost for found in bpmn.Replayer(model).replay_all(traces)]
        monkeypatch.setattr(sys.modules["towpath.engines.bpmn.replay"], "WHOLE", 0)
        assert [found.cost for found in bpmn.Replayer(model).replay_all(traces)] == costs
        monkeypatch.undo()
