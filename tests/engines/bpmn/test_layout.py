"""Processes that nobody has drawn: everything has a place, nothing lies on anything else, lines keep clear."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.bpmn.builder import both, on, process, sub, timer, xor
from towpath.engines.bpmn.figures import NODES, Box, Diagram, Figure, Line
from towpath.engines.bpmn.layout import complete, layers

LOOP = process(
    "start -> m -> a -> x\n x -> b if ok\n x => m\n b -> g\n g -> c -> j\n g -> d -> j\n j -> s -> end\n t -> e -> end2",
    xor("m"),
    xor("x"),
    both("g"),
    both("j"),
    sub("s", "start1 -> k -> end1\n r -> q -> end3", on("k", "r", timer())),
    on("s", "t", timer()),
)


def inner(box: Box) -> Box:
    return Box(box.x + 1, box.y + 1, box.width - 2, box.height - 2)


def meet(a: Box, b: Box) -> bool:
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def holds(outer: Box, box: Box) -> bool:
    return outer.x <= box.x and box.right <= outer.right and outer.y <= box.y and box.bottom <= outer.bottom


def siblings(diagram: Diagram) -> list[list[str]]:
    """What lies side by side in one scope; boundary events lie on their activities."""
    scopes: dict[str, list[str]] = {}
    for figure in diagram.figures.values():
        if figure.sort in NODES and not figure.attached:
            scopes.setdefault(figure.scope, []).append(figure.id)
    return list(scopes.values())


def crossed(diagram: Diagram) -> list[tuple[str, str]]:
    """Lines that run through a step that they neither leave nor reach, nor lie in."""
    found = []
    for name, points in diagram.edges.items():
        line = diagram.lines[name]
        ends = {line.source, line.target, diagram.figures[line.source].attached}
        scope = diagram.figures[line.source].scope
        for figure in diagram.figures.values():
            if figure.sort not in NODES or figure.attached or figure.id in ends or figure.scope != scope:
                continue
            for (x1, y1), (x2, y2) in pairwise(points):
                piece = Box(min(x1, x2), min(y1, y2), abs(x1 - x2), abs(y1 - y2))
                if meet(piece, inner(diagram.shapes[figure.id])):
                    found.append((name, figure.id))
    return found


def right(diagram: Diagram) -> None:
    shapes = diagram.shapes
    assert {f.id for f in diagram.figures.values() if f.sort in NODES} <= shapes.keys()
    for names in siblings(diagram):
        assert not [pair for pair in combinations(names, 2) if meet(shapes[pair[0]], shapes[pair[1]])]
    for figure in diagram.figures.values():
        if figure.scope in shapes and figure.id in shapes:
            assert holds(shapes[figure.scope], shapes[figure.id])
    assert crossed(diagram) == []
    assert diagram.edges.keys() == diagram.lines.keys()


def test_everything_has_a_place_of_its_own():
    right(complete(LOOP.diagram))


def test_the_way_goes_from_left_to_right_and_back_only_in_circles():
    placed = complete(LOOP.diagram)
    for line in placed.lines.values():
        if line.id != "f5":
            assert placed.shapes[line.source].x < placed.shapes[line.target].x


def test_a_plain_chain_is_a_straight_line():
    placed = complete(process("start -> a -> b -> c -> end").diagram)
    assert len({box.centre[1] for box in placed.shapes.values()}) == 1
    assert all(len(edge) == 2 for edge in placed.edges.values())


def test_lanes_hold_what_is_theirs_and_lie_under_each_other():
    lanes = (
        "<laneSet id='ls'><lane id='l1' name='Town'><flowNodeRef>start</flowNodeRef><flowNodeRef>a</flowNodeRef></lane>"
        "<lane id='l2' name='Fire'><flowNodeRef>b</flowNodeRef><flowNodeRef>end</flowNodeRef></lane></laneSet>"
    )
    pool = "<collaboration id='c'><participant id='pa' name='Town' processRef='p'/><participant id='o' name='Resident'/>"
    flow = "<messageFlow id='mf' sourceRef='a' targetRef='o'/></collaboration>"
    placed = complete(process("start -> a -> b -> end", lanes, top=pool + flow).diagram)
    for lane, names in {"l1": ("start", "a"), "l2": ("b", "end")}.items():
        assert all(holds(placed.shapes[lane], placed.shapes[name]) for name in names)
        assert holds(placed.shapes["pa"], placed.shapes[lane])
    assert placed.shapes["l1"].bottom == placed.shapes["l2"].y
    assert placed.shapes["pa"].bottom < placed.shapes["o"].y
    assert placed.edges["mf"][-1][1] == placed.shapes["o"].y


def test_notes_and_data_stand_by_what_they_belong_to():
    extra = (
        "<textAnnotation id='n'><text>Within eight weeks of the day it came in</text></textAnnotation>"
        "<association id='as' sourceRef='a' targetRef='n'/>"
    )
    placed = complete(process("start -> a -> end", extra).diagram)
    assert placed.shapes["n"].bottom < placed.shapes["a"].y
    assert abs(placed.shapes["n"].centre[0] - placed.shapes["a"].centre[0]) < 1


def test_what_its_author_has_drawn_stays_where_it_is():
    placed = complete(LOOP.diagram)
    assert complete(placed).shapes == placed.shapes


ENDS = st.tuples(st.integers(0, 11), st.integers(0, 11))


@settings(max_examples=60)
@given(st.lists(ENDS, min_size=1, max_size=22, unique=True))
def test_any_graph_can_be_laid_out(ways: list[tuple[int, int]]):
    names = sorted({f"n{end}" for way in ways for end in way})
    tags = {name: "exclusiveGateway" if number % 3 == 0 else "task" for number, name in enumerate(names)}
    figures = {name: Figure(name, tag, name, "p") for name, tag in tags.items()}
    lines = {f"{a}-{b}": Line(f"{a}-{b}", "sequenceFlow", "", f"n{a}", f"n{b}") for a, b in ways}
    right(complete(Diagram("p", "", figures, lines, {}, {}, {})))


def test_lines_past_very_many_layers_go_around(monkeypatch: pytest.MonkeyPatch):
    """So that a hostile file costs seconds and not minutes; what is drawn keeps clear all the same."""
    monkeypatch.setattr(layers, "_MOST_BENDS", 40)
    figures = {f"n{n}": Figure(f"n{n}", "task", "", "p") for n in range(40)}
    ways = [(n, n + 1) for n in range(39)] + [(n, 39 - n) for n in range(0, 18, 3)]
    lines = {f"{a}-{b}": Line(f"{a}-{b}", "sequenceFlow", "", f"n{a}", f"n{b}") for a, b in ways}
    right(complete(Diagram("p", "", figures, lines, {}, {}, {})))
