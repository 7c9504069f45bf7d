"""Files that were written to do harm are refused, or judged, in bounded time."""

import time
from collections.abc import Iterator

import pytest

from tests.engines.bpmn.builder import (
    Case,
    both,
    element,
    many,
    on,
    process,
    script,
    some,
    step_task,
    sub,
    timer,
    xml,
    xor,
    zeebe,
)
from towpath.engines import bpmn

ROOT = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
LAUGHS = "<!DOCTYPE d [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 10}'>" for n in range(9)
)


@pytest.fixture(autouse=True)
def in_bounded_time() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (LAUGHS + "]>" + ROOT + "&j;</definitions>", "DOCTYPE"),
        ("<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" + ROOT + "</definitions>", "DOCTYPE"),
        (ROOT + "<process id='p'>" + "".join(f"<task id='t{n}'/>" for n in range(100_000)) + "</process></definitions>",
         "more than 20000 elements"),
        (ROOT + "<process id='p'>" + "<subProcess>" * 5_000, "nested deeper than 100"),
        (xml(" -> ".join(["start", *(f"a{n}" for n in range(2_500)), "end"])), "more than 2000 elements"),
        (xml("start -> g\n g -> end" + "\n g -> end" * 5_000, both("g")), "more than 4000 flows"),
    ],
)  # fmt: skip
def test_it_is_refused(text, what):
    with pytest.raises(bpmn.BpmnError) as refused:
        bpmn.load(text)
    assert what in str(refused.value)


def test_what_points_to_itself_is_refused():
    itself = element("boundaryEvent", "t", timer(), attachedToRef="t")
    with pytest.raises(bpmn.BpmnError, match="attached to 't', which is no activity"):
        bpmn.load(xml("start -> end\n t -> end", itself))
    around = element("boundaryEvent", "t", timer(), attachedToRef="u") + element(
        "boundaryEvent", "u", timer(), attachedToRef="t"
    )
    with pytest.raises(bpmn.BpmnError, match="which is no activity"):
        bpmn.load(xml("start -> end\n t -> end\n u -> end", around))


def test_a_choice_between_a_thousand_sets_is_not_looked_at_in_full():
    flows = "\n".join(f"o -> a{n} if x{n}\n a{n} -> j" for n in range(40))
    model = bpmn.load(xml(f"start -> o\n o => z -> j -> end\n {flows}", some("o"), some("j")))
    assert not [warning for warning in model.warnings if "stuck" in warning.what]
    assert bpmn.replay(model.processes["p"], ["A1", "B"]).bounded


def test_many_joins_with_many_flows_are_wired_up():
    flows = "\n".join(f"g -> o{n}\n g -> o{n}\n o{n} -> j" for n in range(900))
    bpmn.load(
        xml(f"start -> g\n {flows}\n j -> end", both("g"), some("j"), *(some(f"o{n}") for n in range(900)))
    )


def test_a_process_that_makes_tokens_without_end_is_stopped():
    model = process("start -> m -> g -> m\n g -> s -> end", xor("m"), both("g"), script("s", "=1", "n"))
    with pytest.raises(bpmn.Incident, match="runs in circles"):
        Case(model)


COSTLY = "count(for i in 1..300 return for j in 1..300 return j)"


@pytest.mark.parametrize("name", ["__budget", "budget"])
def test_no_variable_takes_the_bound_of_an_expression_away(name):
    mapping = f'<zeebe:input source="={COSTLY}" target="x"/>'
    mapped = f'<zeebe:ioMapping><zeebe:input source="=1" target="{name}"/>{mapping}</zeebe:ioMapping>'
    item = many(inputCollection="=[1, 2]", inputElement=name)
    costly = script("b", "=" + COSTLY, "x")
    for way, elements in {
        "start -> a -> end": [element("userTask", "a", zeebe(mapped))],
        "start -> s -> b -> end": [script("s", "=1", name), costly],
        "start -> t -> end": [
            step_task("t", inside=f"<zeebe:ioMapping>{mapping}</zeebe:ioMapping>", loop=item)
        ],
    }.items():
        with pytest.raises(bpmn.Incident, match="MAX_STEPS"):
            Case(process(way, *elements))
    with pytest.raises(bpmn.Incident, match="MAX_STEPS"):
        Case(process("start -> b -> end", costly), {name: 1})
    filled = Case(process("start -> a -> b -> end", costly))
    with pytest.raises(bpmn.Incident, match="MAX_STEPS"):
        filled.do("a", **{name: 1})


def test_a_thousand_interrupted_subprocesses_are_judged():
    inner = [
        sub(f"s{n}", f"start_{n} -> a{n} -> end_{n}") + on(f"s{n}", f"t{n}", timer()) for n in range(300)
    ]
    way = " -> ".join(["start", *(f"s{n}" for n in range(300)), "end"])
    bpmn.load(xml(way + "".join(f"\n t{n} -> end" for n in range(300)), *inner))
