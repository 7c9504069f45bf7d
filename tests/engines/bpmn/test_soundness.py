"""Doubts about a process that runs: can it get stuck, can it end?"""

import time

import pytest

from tests.engines.bpmn.builder import both, on, some, sub, timer, xml, xor
from towpath.engines import bpmn


def doubts(text, *elements):
    return {warning.element: warning.what for warning in bpmn.load(xml(text, *elements)).warnings}


@pytest.mark.parametrize(
    ("text", "elements"),
    [
        ("start -> a -> end", ()),
        ("start -> g -> a -> j -> end\n g -> b -> j", (both("g"), both("j"))),
        ("start -> x\n x -> a if ok\n x => b\n a -> y -> end\n b -> y", (xor("x"), xor("y"))),
        ("start -> o\n o -> a if ok\n o => b\n a -> j -> end\n b -> j", (some("o"), some("j"))),
        ("start -> a -> end\n t -> b -> end", (on("a", "t", timer()),)),
        ("start -> a -> x\n x -> a if again\n x => end", (xor("x"),)),
        ("start -> s -> end", (sub("s", "start1 -> g -> a -> end1\n g -> b -> end1", both("g")),)),
    ],
)
def test_of_a_sound_process_there_is_no_doubt(text, elements):
    assert doubts(text, *elements) == {}


def test_a_choice_that_is_joined_as_if_both_came_can_get_stuck():
    found = doubts("start -> x\n x -> a if ok\n x => b\n a -> j\n b -> j -> end", xor("x"), both("j"))
    assert list(found) == ["j"]
    assert "can get stuck here" in found["j"]


def test_a_token_that_leaves_before_the_join_can_leave_it_stuck():
    text = "start -> g -> a -> j -> end\n g -> b -> x\n x -> j if ok\n x => end2"
    assert "can get stuck here" in doubts(text, both("g"), both("j"), xor("x"))["j"]


def test_a_circle_without_a_way_out_can_never_end():
    found = doubts("start -> x\n x -> a if ok\n x => end\n a -> b -> a", xor("x"))
    assert set(found) == {"a", "b"}
    assert "can never end" in found["a"]


def test_too_many_tokens_are_not_looked_at_for_long():
    branches = "\n".join(f"g -> a{n} -> b{n} -> j" for n in range(12))
    begun = time.process_time()
    assert doubts(f"start -> g\n {branches}\n j -> end", both("g"), both("j")) == {}
    doubts("start -> m -> g -> a -> end\n g -> b -> m", xor("m"), both("g"))
    assert time.process_time() - begun < 5
