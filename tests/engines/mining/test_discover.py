"""A model found in a log."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, write_csv
from towpath.engines import bpmn, mining
from towpath.engines.mining.bpmn_text import text
from towpath.engines.mining.discover import tree


def _process(xml):
    (process,) = bpmn.load(xml, drawn=True).processes.values()
    return process


def _shown(one):
    parts = [_shown(part) for part in one.parts]
    return one.name or (f"{one.kind}({', '.join(parts)})" if parts else one.kind)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.lists(st.sampled_from("abcde"), min_size=1, max_size=7).map(tuple),
        st.integers(1, 5),
        min_size=1,
        max_size=7,
    )
)
def test_a_model_without_noise_plays_every_trace_of_its_log(traces):
    replayer = bpmn.Replayer(_process(text(tree(traces))))
    assert [trace for trace in traces if not replayer.replay(trace).fits] == []


@pytest.mark.parametrize(
    ("traces", "found"),
    [
        (["abc"], "sequence(a, b, c)"),
        (["ab", "ac"], "sequence(a, choice(b, c))"),
        (["abcd", "acbd"], "sequence(a, parallel(b, c), d)"),
        (["ab", "abcab", "abcabcab"], "loop(sequence(a, b), c)"),
        (["ac", "abc"], "sequence(a, choice(nothing, b), c)"),
        (["abbc", "abc"], "sequence(a, loop(b, nothing), c)"),
    ],
)
def test_the_tree_has_the_form_of_the_log(traces, found):
    assert _shown(tree({tuple(one): 1 for one in traces})) == found


def test_what_is_rare_is_left_out_with_noise():
    traces = {tuple("abc"): 95, tuple("cab"): 5}
    assert _shown(tree(traces)) == "parallel(a, parallel(b, c))"
    assert _shown(tree(traces, 0.2)) == "sequence(a, b, c)"


def test_a_log_gives_a_model_with_a_diagram_that_it_fits(tmp_path):
    rows = [
        (case, name, at(n))
        for case, names in enumerate(["abd", "acd", "abcd"])
        for n, name in enumerate(names)
    ]
    log = mining.read(write_csv(tmp_path / "log.csv", rows))
    xml = log.discover(noise=0.0)
    process = _process(xml)
    assert log.conformance(process).fitness == 1.0
    assert set(process.diagram.shapes) == set(process.elements)
    assert set(process.diagram.edges) == set(process.flows)


def test_names_with_the_signs_of_xml_stay_what_they_are():
    process = _process(text(tree({('a <b> & "c"',): 1})))
    assert 'a <b> & "c"' in {element.name for element in process.elements.values()}


def test_too_many_activities_for_a_picture_are_refused(tmp_path):
    log = mining.read(write_csv(tmp_path / "log.csv", [("1", f"step {n}", at(n)) for n in range(301)]))
    with pytest.raises(mining.QuestionError, match="301 activities"):
        log.discover()
