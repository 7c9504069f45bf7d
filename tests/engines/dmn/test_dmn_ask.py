"""Guided decisions: what is asked, and that asking reaches what full evaluation gives."""

from decimal import Decimal

import pytest
from dmn_text import decision, input_data, literal, model, table
from hypothesis import given, settings
from hypothesis import strategies as st

from towpath.engines import dmn
from towpath.engines.dmn import Evaluation, Question


def load(logic, names="a, b, c"):
    return dmn.load(model(*[input_data(n.strip()) for n in names.split(",")], decision("d", logic, names)))


def asked(loaded, answers, name="d"):
    """The inputs asked in turn, and the evaluation at the end."""
    known, order = {}, []
    while isinstance(step := loaded.ask(name, known), Question):
        assert step.input not in known
        known[step.input] = answers[step.input]
        order.append(step.input)
    return order, step


def test_only_what_still_matters_is_asked():
    loaded = load(table("a | b | c", '"x" | - | - -> 1', '"y" | > 5 | - -> 2', '"y" | <= 5 | true -> 3'))
    assert asked(loaded, {"a": "x"})[0] == ["a"]
    assert asked(loaded, {"a": "y", "b": 6})[0] == ["a", "b"]
    order, result = asked(loaded, {"a": "y", "b": 1, "c": True})
    assert order == ["a", "b", "c"]
    assert result.value == 3
    assert result.trace[0].rules[0].index == 3


def test_the_first_policy_stops_at_the_rule_that_holds():
    loaded = load(table("a | b", "> 1 | - -> 1", "- | > 1 -> 2", policy="FIRST"))
    assert asked(loaded, {"a": 2})[0] == ["a"]
    assert asked(loaded, {"a": 0, "b": 2})[0] == ["a", "b"]


def test_a_unique_table_is_asked_on_where_rules_may_overlap():
    loaded = load(table("a | b", "> 1 | - -> 1", "- | > 1 -> 2"))
    assert asked(loaded, {"a": 2, "b": 0})[0] == ["a", "b"]
    _, result = asked(loaded, {"a": 2, "b": 2})
    assert result.value is None
    assert "hold at once" in result.problems[0].message


@pytest.mark.parametrize(
    ("text", "answers", "order"),
    [
        ("a and b", {"a": False}, ["a"]),
        ("a and b", {"a": True, "b": True}, ["a", "b"]),
        ("b > 3 or a", {"b": 4}, ["b"]),
        ("if a then b else c", {"a": True, "b": 1}, ["a", "b"]),
        ("if a then b else c", {"a": False, "c": 1}, ["a", "c"]),
        ("1 + 1", {}, []),
        ("is defined(a)", {"a": None}, ["a"]),
        ("count([1, 2][item > a])", {"a": 1}, ["a"]),
        ("some x in [1, 2] satisfies x > a and b", {"a": 5}, ["a"]),
    ],
)
def test_expressions_ask_for_what_they_come_to_read(text, answers, order):
    loaded = load(literal(text))
    got, result = asked(loaded, answers)
    assert got == order
    assert result.value == loaded.evaluate("d", {"a": None, "b": None, "c": None} | answers).value


def test_what_is_already_known_settles_the_other_side():
    assert isinstance(load(literal("a and b")).ask("d", {"b": False}), Evaluation)
    assert load(literal("a and b")).ask("d", {"b": True}) == Question("a", "Any", "")


def test_required_decisions_ask_too_and_only_if_they_are_read():
    loaded = dmn.load(
        model(
            input_data("age", "number"),
            input_data("income", "number"),
            decision("Adult", literal("age >= 18"), "age"),
            decision("Poor", literal("income < 1000"), "income"),
            decision("Help", literal("Adult and Poor"), "!Adult, !Poor"),
        )
    )
    assert loaded.ask("Help", {}) == Question("age", "number", "")
    result = loaded.ask("Help", {"age": 17})
    assert isinstance(result, Evaluation) and result.value is False
    assert asked(loaded, {"age": 18, "income": 5}, "Help")[1].value is True


def test_a_question_has_the_values_to_choose_from():
    types = '<itemDefinition name="tFuel"><typeRef>string</typeRef><allowedValues><text>"petrol", "electric"</text></allowedValues></itemDefinition>'
    loaded = dmn.load(model(types, input_data("fuel", "tFuel"), decision("d", literal("fuel"), "fuel")))
    assert loaded.ask("d", {}) == Question("fuel", "tFuel", '"petrol", "electric"')


def test_an_input_known_to_be_empty_is_not_asked():
    result = load(literal("a = null")).ask("d", {"a": None})
    assert isinstance(result, Evaluation) and result.value is True


cells = st.sampled_from(["-", "< 2", ">= 2", "[1..3]", "not(1)", "1, 3", "> b", "null", "? + 1 < c"])
rows = st.lists(
    st.tuples(cells, cells, cells, st.sampled_from(["1", "2", "3", "a", "b + c"])), min_size=1, max_size=5
)
answers = st.fixed_dictionaries({n: st.none() | st.integers(0, 4).map(Decimal) for n in "abc"})
policies = st.sampled_from(["UNIQUE", "FIRST", "ANY", "RULE ORDER", "COLLECT", "PRIORITY", "OUTPUT ORDER"])


@settings(deadline=None)  # loading takes its time on a busy machine
@given(rows, answers, policies)
def test_asking_reaches_what_full_evaluation_gives(rows, answers, policy):
    outputs = "<output name='o'><outputValues><text>3, 2, 1, 0, 4, 5, 6, 7, 8</text></outputValues></output>"
    texts = [f"{a} | {b} | {c} -> {out}" for a, b, c, out in rows]
    loaded = load(table("a | b | c", *texts, policy=policy, outputs=outputs))
    order, result = asked(loaded, answers)
    assert result.value == loaded.evaluate("d", answers).value
    assert len(order) <= 3
