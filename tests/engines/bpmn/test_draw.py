"""The picture: right for people who see it, who hear it, and for a strict content security policy."""

from xml.etree import ElementTree

import pytest

from tests.engines.bpmn.builder import declared, element, many, message, on, process, sub, timer, xor
from towpath.engines import bpmn

SVG = "{http://www.w3.org/2000/svg}"


def shape(name: str, x: int, y: int, width: int = 100, height: int = 80, label: str = "") -> str:
    bounds = f'<dc:Bounds x="{x}" y="{y}" width="{width}" height="{height}"/>'
    return f'<bpmndi:BPMNShape bpmnElement="{name}">{bounds}{label}</bpmndi:BPMNShape>'


def edge(name: str, *points: tuple[int, int]) -> str:
    found = "".join(f'<di:waypoint x="{x}" y="{y}"/>' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{name}">{found}</bpmndi:BPMNEdge>'


def diagram(*parts: str) -> str:
    inside = "".join(parts)
    return f'<bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">{inside}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'


ELEMENTS = (
    element("userTask", "check").replace("Check", "Check whether &lt;all&gt; documents are there"),
    xor("x"),
    element("serviceTask", "many", many(inputCollection="=x")).replace("serviceTask", "userTask"),
    sub("sub", "start1 -> inner -> end1"),
    on("check", "late", timer()),
    element("intermediateCatchEvent", "w", message()),
    element("endEvent", "end2", "<terminateEventDefinition/>"),
)
PROCESS = process(
    "start -> check -> x\n x -> w if ok\n x => end2\n w -> many -> sub -> end\n late -> end",
    *ELEMENTS,
    top=declared(),
    after=diagram(
        shape("start", 100, 122, 36, 36),
        shape("check", 180, 100),
        shape("late", 250, 162, 36, 36),
        shape("x", 330, 115, 50, 50),
        shape("w", 430, 122, 36, 36),
        shape("many", 520, 100),
        shape("sub", 660, 60, 260, 160),
        shape("start1", 680, 122, 36, 36),
        shape("inner", 740, 100),
        shape("end1", 870, 122, 36, 36),
        shape("end", 960, 122, 36, 36),
        shape("end2", 337, 250, 36, 36),
        edge("f1", (136, 140), (180, 140)),
        edge("f2", (280, 140), (330, 140)),
        edge("f3", (380, 140), (430, 140)),
        edge("f4", (355, 165), (355, 250)),
        edge("f8", (268, 198), (268, 320), (978, 320), (978, 158)),
        shape("nobody", 0, 0),
        shape("start", 1, 1).replace('x="1"', 'x="nan"'),
    ),
)


def parsed(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str]:
    return [" ".join(span.text or "" for span in text) for text in parsed(svg).iter(f"{SVG}text")]


def test_every_element_and_flow_is_drawn_with_its_name():
    svg = bpmn.draw(PROCESS)
    classes = [group.get("class") or "" for group in parsed(svg).iter(f"{SVG}g")]
    assert (
        len([name for name in classes if name.startswith(("bpmn-task", "bpmn-event", "bpmn-gateway"))]) == 12
    )
    assert classes.count("bpmn-flow") == 5
    assert {"Check whether <all> documents are there", "Inner", "Late", "Sub"} <= set(texts(svg))


def test_what_lies_in_a_subprocess_is_drawn_over_it():
    svg = bpmn.draw(PROCESS)
    places = [svg.index(f"bpmn-{layer}") for layer in ("subprocess", "flow", "user", "boundary")]
    assert places == sorted(places)


def test_long_names_are_wrapped_to_their_box():
    check = next(text for text in parsed(bpmn.draw(PROCESS)).iter(f"{SVG}text") if len(text) > 2)
    assert [span.text for span in check] == ["Check whether", "<all>", "documents are", "there"]


def test_the_picture_says_in_words_what_it_shows():
    svg = parsed(
        bpmn.draw(PROCESS, {"check": {"class": "current", "label": "3"}}, {"p": "Permit", "current": "now"})
    )
    assert svg.get("role") == "img"
    named = (svg.get("aria-labelledby") or "").split()
    by_id = {found.get("id"): found.text for found in svg.iter()}
    assert by_id[named[0]] == "Permit"
    assert by_id[named[1]] == "Check whether <all> documents are there (now, 3); Many; Sub; Inner"


def test_an_overlay_marks_elements_and_flows():
    svg = bpmn.draw(
        PROCESS, {"check": {"class": "current", "label": "3"}, "f1": {"class": "done", "label": "7"}}
    )
    classes = [group.get("class") for group in parsed(svg).iter(f"{SVG}g")]
    assert "bpmn-task bpmn-user is-current" in classes
    assert "bpmn-flow is-done" in classes
    assert {"3", "7"} <= set(texts(svg))


def test_names_are_written_in_the_language_of_the_reader():
    assert "تحقق" in texts(bpmn.draw(PROCESS, texts={"check": "تحقق"}))


def test_nothing_in_it_needs_a_looser_content_security_policy():
    hostile = '"><script>alert(1)</script>'
    svg = bpmn.draw(
        PROCESS,
        {"check": {"class": hostile, "label": hostile}},
        {"p": hostile, "x": hostile, "check": hostile},
    )
    found = list(parsed(svg).iter())
    assert not [node for node in found if node.tag.endswith(("script", "style", "foreignObject"))]
    assert not [
        node for node in found if "style" in node.attrib or any(name.startswith("on") for name in node.attrib)
    ]


def test_pools_lanes_and_notes_are_drawn_around():
    around = (
        "<laneSet id='ls'><lane id='l' name='Planning'/></laneSet>"
        "<textAnnotation id='n'><text>Eight weeks</text></textAnnotation>"
    )
    model = process(
        "start -> a -> end",
        around,
        top="<collaboration id='c'><participant id='pa' name='Town' processRef='p'/></collaboration>",
        after=diagram(
            shape("pa", 0, 0, 400, 200), shape("l", 30, 0, 370, 200), shape("n", 50, 150), shape("a", 90, 40)
        ),
    )
    assert texts(bpmn.draw(model)) == ["Town", "Planning", "Eight weeks", "A"]


def test_without_a_diagram_there_is_nothing_to_draw():
    with pytest.raises(bpmn.BpmnError, match="no diagram to draw"):
        bpmn.draw(process("start -> a -> end"))
