"""What is doubtful in a table: told as warnings, with an example, and never without ground."""

from decimal import Decimal
from itertools import product

import pytest
from dmn_text import decision, input_data, model, table
from hypothesis import given
from hypothesis import strategies as st

from towpath.engines import dmn
from towpath.engines.dmn import analysis

KINDS = (
    '<itemDefinition name="tKind"><typeRef>string</typeRef>'
    '<allowedValues><text>"car", "van"</text></allowedValues></itemDefinition>'
)
LIMITED = "<output name='out'><defaultOutputEntry><text>0</text></defaultOutputEntry></output>"


def load(logic, **types):
    inputs = [input_data(name, type_) for name, type_ in types.items()]
    return dmn.load(model(KINDS, *inputs, decision("d", logic, ", ".join(types))))


def told(*given, **types):
    options = {key: types.pop(key) for key in ("policy", "outputs", "aggregation") if key in types}
    return [warning.message for warning in load(table(*given, **options), **types).warnings]


def test_a_table_in_order_has_no_warnings():
    assert (
        told("n | s", "< 18 | true -> 1", "< 18 | false -> 2", ">= 18 | - -> 3", n="number", s="boolean")
        == []
    )


# -- gaps


@pytest.mark.parametrize(
    ("type_", "rows", "case"),
    [
        ("number", ("< 5 -> 1", "> 5 -> 2"), "x = 5"),
        ("number", ("< 5 -> 1", "> 8 -> 2"), "x = 5"),
        ("number", ("<= 5 -> 1", ">= 6 -> 2"), "x = 5.5"),
        ("number", (">= 0 -> 1",), "x = -1"),
        ("number", ("not(3) -> 1",), "x = 3"),
        ("boolean", ("true -> 1",), "x = false"),
        ("tKind", ('"car" -> 1',), 'x = "van"'),
        ("string", ('"car" -> 1', '"other" -> 2'), 'x = "another"'),
        ("date", ('< date("2026-01-01") -> 1', '> date("2026-01-01") -> 2'), 'x = date("2026-01-01")'),
        ("days and time duration", ('<= duration("P1D") -> 1',), 'x = duration("P2D")'),
        (
            "years and months duration",
            ('> duration("P1Y") -> 1', '< duration("P1Y") -> 1'),
            'x = duration("P1Y")',
        ),
    ],
)
def test_a_gap_is_told_with_a_case(type_, rows, case):
    assert told("x", *rows, x=type_) == [f"no rule holds for {case}; add one, or a default output"]


def test_a_gap_between_columns_names_only_those_that_matter():
    rows = ("true | - | < 5 -> 1", "false | - | - -> 2", "true | - | > 5 -> 3")
    found = told("a | b | n", *rows, a="boolean", b="boolean", n="number")
    assert found == ["no rule holds for a = true, n = 5; add one, or a default output"]


def test_the_values_that_a_column_is_made_for_have_no_others():
    heading = "<inputExpression><text>x</text></inputExpression>"
    text = table("x", '"car" -> 1', '"van" -> 2').replace(
        heading, heading + '<inputValues><text>"car", "van"</text></inputValues>'
    )
    assert load(text, x="string").warnings == ()


@pytest.mark.parametrize("options", [{"policy": "COLLECT"}, {"policy": "RULE ORDER"}, {"outputs": LIMITED}])
def test_where_no_rule_need_hold_there_are_no_gaps(options):
    assert told("x", "> 5 -> 1", x="number", **options) == []


def test_a_cell_that_is_more_than_literals_may_fill_a_gap():
    assert told("x | y", "? > y | - -> 1", "<= 0 | - -> 2", x="number", y="number") == []


# -- overlaps


def test_rules_that_hold_at_once_are_told_with_a_case():
    rows = ("< 18 | - -> 1", "[16..20] | true -> 2", "[18..20] | false -> 3", "> 20 | - -> 4")
    assert told("n | s", *rows, n="number", s="boolean") == [
        "rules 1 and 2 both hold for n = 16, s = true; hit policy UNIQUE: only one may"
    ]


def test_under_the_any_policy_only_different_outputs_clash():
    rows = ("<= 5 -> 1", ">= 5 -> 1")
    assert told("n", *rows, n="number", policy="ANY") == []
    assert told("n", "<= 5 -> 1", ">= 5 -> 2", n="number", policy="ANY") == [
        "rules 1 and 2 both hold for n = 5; hit policy ANY: their outputs must be the same"
    ]


@pytest.mark.parametrize("policy", ["FIRST", "COLLECT", "RULE ORDER"])
def test_where_rules_may_hold_at_once_nothing_is_told(policy):
    assert told("n", "<= 5 -> 1", "- -> 2", n="number", policy=policy) == []


# -- rules that never hold


@pytest.mark.parametrize(
    ("type_", "cell"), [("number", "[5..1]"), ("tKind", '"lorry"'), ("number", "]5..5[")]
)
def test_a_rule_that_can_never_hold(type_, cell):
    assert f"rule 1 can never hold: x has no value that is {cell}" in told(
        "x", f"{cell} -> 1", "- -> 2", x=type_
    )


def test_a_rule_that_is_never_reached():
    rows = ("< 5 | - -> 1", "- | true -> 2", ">= 5 | false -> 3", "> 7 | - -> 4")
    assert told("n | b", *rows, n="number", b="boolean", policy="FIRST") == [
        "rule 4 is never reached: rules before it hold wherever it does"
    ]


def test_the_rule_is_named_by_its_id():
    loaded = load(table("n", "< 5 -> 1", "<= 5 -> 2", "- -> 3", policy="FIRST"), n="number")
    assert loaded.warnings == ()
    loaded = load(table("n", "< 5 -> 1", "< 4 -> 2", "- -> 3", policy="FIRST"), n="number")
    assert [(each.element, each.name) for each in loaded.warnings] == [("r2", "d")]


# -- the bounds


def test_of_many_doubts_the_first_are_told():
    rows = [f"[{n}..{n + 2}] -> {n}" for n in range(0, 40, 2)]
    found = told("n", *rows, n="number", outputs=LIMITED)
    assert len(found) == analysis.MAX_TOLD + 1
    assert "more of these" in found[-1]


def test_a_search_that_would_take_too_long_says_so(monkeypatch):
    monkeypatch.setattr(analysis, "MAX_STATES", 3)
    rows = ("< 5 | - | - -> 1", "- | < 5 | - -> 2", "- | - | < 5 -> 3", ">= 5 | >= 5 | >= 5 -> 4")
    found = told("a | b | c", *rows, a="number", b="number", c="number", policy="FIRST")
    assert len(found) == 2
    assert all("too large to be searched" in each for each in found)


def test_a_table_with_too_many_columns_is_not_searched(monkeypatch):
    monkeypatch.setattr(analysis, "MAX_COLUMNS", 1)
    (found,) = told("a | b", "true | - -> 1", a="boolean", b="boolean")
    assert "more than 1 columns (MAX_COLUMNS)" in found


# -- for any table

cells = {
    "n": st.sampled_from(["-", "< 2", ">= 2", "[1..3]", "not(1)", "1, 3", "]1..3["]),
    "a": st.sampled_from(["-", "true", "false"]),
}
rows = st.lists(st.tuples(*cells.values()), min_size=1, max_size=5)
NUMBERS = [Decimal(each) for each in ("0", "1", "1.5", "2", "2.5", "3", "4")]


@given(rows)
def test_gaps_overlaps_and_idle_rules_are_told_if_and_only_if_there_are_any(rows):
    texts = [f"{n} | {a} -> {place}" for place, (n, a) in enumerate(rows)]
    unique = load(table("n | a", *texts), n="number", a="boolean")
    first = load(table("n | a", *texts, policy="FIRST"), n="number", a="boolean")
    held = [
        [rule.index for rule in unique.tables["d"].matching([n, a], {})]
        for n, a in product(NUMBERS, (True, False))
    ]
    messages = [warning.message for warning in unique.warnings]
    assert any("no rule holds" in each for each in messages) is any(not each for each in held)
    assert any("both hold" in each for each in messages) is any(len(each) > 1 for each in held)
    reached = {each[0] for each in held if each}
    idle = {f"rule {n}" for n in range(1, len(rows) + 1) if n not in reached}
    assert {each.message.split(" is never")[0] for each in first.warnings if "never" in each.message} == idle
