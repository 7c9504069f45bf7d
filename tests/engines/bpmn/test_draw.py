"""The picture: right for people who see it, who hear it, and for a strict content security policy."""

from xml.etree import ElementTree

import pytest

from tests.engines.bpmn.builder import declared, element, many, message, on, process, sub, timer, xor
from towpath.engines import bpmn
from towpath.engines.bpmn import lettering
from towpath.engines.bpmn.figures import NODES, SORTS

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
    assert classes.count("bpmn-flow") == len(PROCESS.flows)
    assert {"Check whether <all> documents are there", "Inner", "Late", "Sub"} <= set(texts(svg))


def test_what_lies_in_a_subprocess_is_drawn_over_it():
    svg = bpmn.draw(PROCESS)
    places = [svg.index(f"bpmn-{layer}") for layer in ("subprocess", "flow", "user", "boundary")]
    assert places == sorted(places)


def test_long_names_are_wrapped_to_their_box():
    check = next(text for text in parsed(bpmn.draw(PROCESS)).iter(f"{SVG}text") if len(text) > 2)
    assert [span.text for span in check] == ["Check whether", "<all> documents", "are there"]


def test_a_line_does_not_break_where_french_keeps_a_sign_with_its_word():
    assert lettering.lines("Permis accordé\u00a0?", 90) == ["Permis", "accordé\u00a0?"]
    assert lettering.lines("Permis accordé ?", 90) == ["Permis accordé", "?"]


def name_of_start(label: int, text: str) -> list[float]:
    """How far down each line of the name of an event at 100 to 136 is written, whose author put it there."""
    bounds = f'<bpmndi:BPMNLabel><dc:Bounds x="0" y="{label}" width="60" height="14"/></bpmndi:BPMNLabel>'
    drawn = process(
        "start -> end", after=diagram(shape("start", 12, 100, 36, 36, bounds), shape("end", 200, 100, 36, 36))
    )
    lines = parsed(bpmn.draw(drawn, texts={"start": text})).iter(f"{SVG}tspan")
    return [float(line.get("y", "")) for line in lines if (line.text or "") in text]


def test_a_name_above_its_event_grows_upwards_and_one_below_it_downwards():
    long = "A name which takes two lines"
    (above,), (below,) = name_of_start(82, "Begin"), name_of_start(140, "Begin")
    assert above < 100 and below > 136
    first, last = name_of_start(82, long)
    assert first < above - 10 and last == above
    first, last = name_of_start(140, long)
    assert first == below and last > below + 10


def test_the_title_of_a_narrow_subprocess_says_that_it_goes_on():
    drawn = texts(
        bpmn.draw(
            PROCESS, texts={"sub": "So many words that no line of this box could ever hold all of them"}
        )
    )
    (title,) = (text for text in drawn if text.startswith("So many words"))
    assert title.endswith("…")


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
            shape("pa", 0, 0, 400, 200),
            shape("l", 30, 0, 370, 200),
            shape("n", 50, 150),
            shape("start", 40, 60, 36, 36),
            shape("a", 90, 40),
            shape("end", 240, 60, 36, 36),
        ),
    )
    assert texts(bpmn.draw(model)) == ["Town", "Planning", "Eight weeks", "Start", "A", "End"]


def test_a_picture_from_which_a_step_is_missing_is_drawn_anew():
    model = process("start -> a -> end", after=diagram(shape("start", 0, 0, 36, 36), shape("a", 90, 0)))
    assert {"Start", "A", "End"} <= set(texts(bpmn.draw(model)))


def test_a_flow_without_a_way_of_its_own_goes_straight():
    places = shape("start", 0, 22, 36, 36), shape("a", 90, 0), shape("end", 240, 22, 36, 36)
    svg = parsed(bpmn.draw(process("start -> a -> end", after=diagram(*places))))
    ways = [group.find(f"{SVG}path") for group in svg.iter(f"{SVG}g") if group.get("class") == "bpmn-flow"]
    assert [way.get("d") for way in ways if way is not None] == ["M36 40L90 40", "M190 40L240 40"]


def test_steps_done_and_current_have_signs_and_not_only_colours():
    plain = bpmn.draw(PROCESS)
    for mark in ("done", "current", "skipped"):
        group = overlaid(bpmn.draw(PROCESS, {"check": {"class": mark}}), f"is-{mark}")
        assert group != overlaid(plain, "bpmn-user")


def overlaid(svg: str, word: str) -> list[str]:
    """The shapes of all groups of a class, without the classes."""
    groups = [group for group in parsed(svg).iter(f"{SVG}g") if word in (group.get("class") or "").split()]
    return [
        ElementTree.tostring(ElementTree.Element(found.tag, {**found.attrib, "class": ""}), "unicode")
        for group in groups
        for found in group.iter()
    ]


def test_a_note_and_a_label_are_shown_beside_each_other():
    svg = bpmn.draw(PROCESS, {"check": {"label": "3", "note": "2.5 days"}, "f2": {"note": "4 h"}})
    assert {"3", "2.5 days", "4 h"} <= set(texts(svg))


def test_a_busy_flow_is_wide():
    svg = parsed(bpmn.draw(PROCESS, {"f1": {"weight": "7"}, "f2": {"weight": "wide"}}))
    assert [path.get("stroke-width") for path in svg.iter(f"{SVG}path")].count("7") == 1


def test_ways_that_the_model_does_not_have_are_drawn_over_it():
    svg = bpmn.draw(PROCESS, deviations=[bpmn.Deviation("check", "many", "12"), bpmn.Deviation("x", "gone")])
    classes = [group.get("class") for group in parsed(svg).iter(f"{SVG}g")]
    assert classes.count("bpmn-deviation is-deviating") == 1
    assert "12" in texts(svg)


def test_readers_from_right_to_left_get_the_picture_turned_round():
    places = [first_x(bpmn.draw(PROCESS, rtl=rtl), "Check whether") for rtl in (False, True)]
    ends = [first_x(bpmn.draw(PROCESS, rtl=rtl), "End") for rtl in (False, True)]
    assert places[0] < ends[0]
    assert places[1] > ends[1]
    assert parsed(bpmn.draw(PROCESS, rtl=True)).get("direction") == "rtl"


def first_x(svg: str, words: str) -> float:
    return next(float(span.get("x") or "") for span in parsed(svg).iter(f"{SVG}tspan") if span.text == words)


def test_two_pictures_of_one_process_on_a_page_have_different_ids():
    named = [
        node.get("id") for which in ("", "-new") for node in parsed(bpmn.draw(PROCESS, ident=which)).iter()
    ]
    ids = [name for name in named if name]
    assert len(ids) == len(set(ids)) == 4


def test_the_table_says_what_the_picture_shows_in_the_order_of_the_process():
    overlay = {"check": {"class": "done", "label": "3", "note": "2 days"}, "f3": {"label": "40 %"}}
    rows = bpmn.table(
        PROCESS, overlay, {"done": "finished", "w": "Reply"}, deviations=[bpmn.Deviation("check", "sub", "2")]
    )
    assert [row.id for row in rows] == [
        "start", "check", "x", "w", "many", "sub", "start1", "inner", "end1", "end", "end2", "late",
    ]  # fmt: skip
    check, gateway = rows[1], rows[2]
    assert (check.said, check.label, check.note) == (("finished", "3", "2 days"), "3", "2 days")
    assert (check.leads_to, check.deviates_to) == (("X",), ("Sub (2)",))
    assert gateway.leads_to == ("Reply (40 %)", "End2")
    assert next(row.inside for row in rows if row.id == "inner") == "Sub"


def test_the_table_passes_through_what_has_no_name():
    unnamed = [f'<parallelGateway id="{id_}"/>' for id_ in ("split", "turn", "join")]
    made = process("start -> split -> a -> join -> end\n split -> turn -> b -> join\n turn -> a", *unnamed)
    leads = {row.id: row.leads_to for row in bpmn.table(made)}
    assert leads == {"start": ("A", "B"), "a": ("End",), "b": ("End",), "end": ()}


def test_the_table_ends_where_what_has_no_name_goes_round():
    unnamed = [f'<exclusiveGateway id="{id_}"/>' for id_ in ("x1", "x2")]
    made = process("start -> x1 -> x2\n x2 -> x1 if ok\n x2 => a\n a -> end", *unnamed)
    assert {row.id: row.leads_to for row in bpmn.table(made)}["start"] == ("A",)


def test_a_picture_is_made_of_what_cannot_run():
    text = PICTURES.replace("KIND", "scriptTask")
    with pytest.raises(bpmn.BpmnError):
        bpmn.load(text)
    assert "bpmn-script" in bpmn.draw(bpmn.sketch(text))


PICTURES = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" isExecutable="true">
<startEvent id="s"/><sequenceFlow id="f" sourceRef="s" targetRef="k"/><KIND id="k" name="K">INSIDE</KIND>
<sequenceFlow id="g" sourceRef="k" targetRef="e"/><endEvent id="e">END</endEvent></process></definitions>"""


@pytest.mark.parametrize(
    "kind", [tag for tag, sort in SORTS.items() if sort in NODES and tag != "boundaryEvent"]
)
def test_every_kind_of_element_looks_like_itself(kind: str):
    plain = PICTURES.replace("KIND", "task" if SORTS[kind] != "event" else "boundaryEvent")
    drawn = [bpmn.draw(bpmn.sketch(text)) for text in (PICTURES.replace("KIND", kind), plain)]
    assert (drawn[0] == drawn[1]) is (kind == "task")
    parsed(drawn[0])


SIGNS = [
    "message",
    "timer",
    "error",
    "escalation",
    "signal",
    "compensate",
    "conditional",
    "link",
    "cancel",
    "terminate",
]


def test_every_event_has_a_sign_of_its_own():
    ends = [PICTURES.replace("KIND", "task").replace("END", f"<{sign}EventDefinition/>") for sign in SIGNS]
    ends.append(
        PICTURES.replace("KIND", "task").replace("END", "<signalEventDefinition/><errorEventDefinition/>")
    )
    ends.append(PICTURES.replace("KIND", "task").replace("END", ""))
    assert len({bpmn.draw(bpmn.sketch(text)) for text in ends}) == len(SIGNS) + 2


@pytest.mark.parametrize(
    "inside",
    [
        "<standardLoopCharacteristics/>",
        "<multiInstanceLoopCharacteristics/>",
        "<multiInstanceLoopCharacteristics isSequential='true'/>",
    ],
)
def test_how_often_an_activity_is_done_is_drawn_at_its_foot(inside: str):
    once, often = (
        bpmn.draw(bpmn.sketch(PICTURES.replace("KIND", "task").replace("INSIDE", i))) for i in ("", inside)
    )
    assert once.count("<path") + 1 == often.count("<path")


def test_a_subprocess_with_a_plane_of_its_own_is_drawn_below():
    text = PICTURES.replace("KIND", "subProcess").replace("INSIDE", '<task id="t" name="Inner"/>')
    planes = (
        '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
        'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><bpmndi:BPMNPlane bpmnElement="WHAT">SHAPES'
        "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>"
    )
    outer = (
        shape("s", 0, 0, 36, 36)
        + shape("k", 90, 0).replace("Shape b", 'Shape isExpanded="false" b')
        + shape("e", 300, 0)
    )
    below = planes.replace("WHAT", "k").replace("SHAPES", shape("t", 0, 0))
    above = planes.replace("WHAT", "p").replace("SHAPES", outer)
    svg = bpmn.draw(bpmn.sketch(text.replace("</definitions>", f"{below}{above}</definitions>")))
    heights = {span.text: float(span.get("y") or "") for span in parsed(svg).iter(f"{SVG}tspan")}
    assert heights["Inner"] > heights["K"] + 80


def test_a_long_word_is_written_smaller_before_it_is_broken():
    room = lettering.width("acknowledgement") - 4
    assert lettering.fit("the acknowledgement", room, 40) == (10.5, ["the", "acknowledgement"])
    assert lettering.fit("acknowledgement", room / 2, 60)[1] == ["acknowle", "dgement"]
    assert lettering.fit("one two three", 30, 14)[1] == ["one…"]
