"""Which input is asked next, and when nothing more needs to be asked."""

from decimal import Decimal

import pytest
from dmn_text import decision, input_data, literal, model, table
from hypothesis import given
from hypothesis import strategies as st

from towpath.engines import dmn
from towpath.engines.dmn import Evaluation, Question, ask
from towpath.engines.feel import limits

FUEL = (
    '<itemDefinition name="tFuel"><typeRef>string</typeRef>'
    '<allowedValues><text>"petrol", "diesel", "electric"</text></allowedValues></itemDefinition>'
)


def load(logic, **types):
    inputs = [input_data(name, type_) for name, type_ in types.items()]
    return dmn.load(model(FUEL, *inputs, decision("d", logic, ", ".join(types))))


def asked(loaded, answers, name="d", **options):
    known, order = {}, []
    while isinstance(step := loaded.ask(name, known, **options), Question):
        assert step.input not in known
        known[step.input] = answers[step.input]
        order.append(step.input)
    assert isinstance(step, Evaluation)
    return order, step


def test_what_decides_most_is_asked_first():
    rows = (
        "- | - | true -> 0",
        "true | - | false -> 1",
        "false | true | false -> 2",
        "false | false | false -> 3",
    )
    loaded = load(table("a | b | c", *rows), a="boolean", b="boolean", c="boolean")
    assert asked(loaded, {"c": True})[0] == ["c"]
    assert asked(loaded, {"a": False, "b": True, "c": False})[0] == ["c", "a", "b"]


def test_of_equals_the_first_in_the_model_is_asked():
    loaded = load(literal("b or a or c"), a="boolean", b="boolean", c="boolean")
    assert asked(loaded, {"a": False, "b": False, "c": False})[0] == ["a", "b", "c"]


def test_a_number_is_known_by_the_thresholds_it_is_compared_with():
    rows = ("< 18 | - -> 0", ">= 65 | - -> 0", "[18..65[ | true -> 1", "[18..65[ | false -> 2")
    loaded = load(table("age | student", *rows), age="number", student="boolean")
    assert asked(loaded, {"age": 17, "student": True})[0] == ["age"]
    either_way = load(literal("if age > 5 then 1 else 1"), age="number")
    assert asked(either_way, {})[1].value == 1


def test_an_enumeration_is_known_by_its_values():
    rows = ('"electric" | - -> 0', '"petrol", "diesel" | true -> 1', '"petrol", "diesel" | false -> 0')
    loaded = load(table("fuel | old", *rows), fuel="tFuel", old="boolean")
    assert asked(loaded, {"fuel": "electric", "old": True}, empty=False)[0] in (["fuel"], ["old", "fuel"])
    assert asked(loaded, {"fuel": "diesel", "old": False}, empty=False)[0] == ["old"]


def test_rules_that_give_the_same_leave_nothing_to_ask():
    loaded = load(
        table("a | b", "true | true -> 1", "true | false -> 1", "false | - -> 2"), a="boolean", b="boolean"
    )
    order, result = asked(loaded, {"a": True}, empty=False)
    assert order == ["a"]
    assert result.value == 1
    assert [rule.index for rule in result.trace[-1].rules] == [1, 2]
    assert result.trace[-1].either


def test_an_answer_that_may_be_empty_still_matters():
    loaded = load(
        table("a | b", "true | true -> 1", "true | false -> 1", "false | - -> 2"), a="boolean", b="boolean"
    )
    order, result = asked(loaded, {"a": True, "b": None})
    assert order == ["a", "b"]
    assert result.value is loaded.evaluate("d", {"a": True, "b": None}).value is None


def test_a_first_table_does_not_ask_what_changes_nothing():
    loaded = load(
        table("a | b", "true | - -> 1", "- | true -> 2", "- | - -> 1", policy="FIRST"),
        a="boolean",
        b="boolean",
    )
    assert loaded.ask("d", {"b": False}, empty=False).value == 1


def test_values_that_flow_into_the_result_are_asked():
    loaded = load(literal("if small then 5 else cost * 2"), small="boolean", cost="number")
    assert asked(loaded, {"small": True})[0] == ["small"]
    assert asked(loaded, {"small": False, "cost": Decimal(4)})[1].value == 8


def test_a_graph_is_asked_as_a_whole():
    loaded = dmn.load(
        model(
            *[input_data(name, "boolean") for name in "abc"],
            decision("One", literal("a and b"), "a, b"),
            decision("Two", literal("a and c"), "a, c"),
            decision("All", literal("One or Two"), "!One, !Two"),
        )
    )
    assert asked(loaded, {"a": False}, "All")[0] == ["a"]


def test_what_an_imported_model_waits_for_is_not_taken_for_empty():
    other = model(input_data("x", "boolean"), input_data("y", "boolean")).replace("urn:t", "urn:other")
    import_ = (
        '<import name="o" namespace="urn:other" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    )
    links = "".join(
        f'<informationRequirement><requiredInput href="urn:other#id_{name}"/></informationRequirement>'
        for name in "xy"
    )
    logic = literal("if o.x then 1 else if o.y = null then 2 else 3")
    loaded = dmn.load(
        model(import_, f'<decision id="d" name="d">{links}{logic}</decision>'),
        imports=[other.replace("</definitions>", decision("u", literal("1")) + "</definitions>")],
    )
    assert asked(loaded, {"x": False, "y": True})[1].value == 3


# -- the bounds


def test_without_room_for_the_best_order_the_most_telling_question_is_asked(monkeypatch):
    monkeypatch.setattr(ask, "MAX_STATES", 0)
    rows = (
        "- | - | true -> 0",
        "true | - | false -> 1",
        "false | true | false -> 2",
        "false | false | false -> 3",
    )
    loaded = load(table("a | b | c", *rows), a="boolean", b="boolean", c="boolean")
    assert asked(loaded, {"a": False, "b": True, "c": False})[0] == ["c", "a", "b"]


@pytest.mark.parametrize("tries", [1, 3])
def test_paths_that_are_too_many_to_try_are_asked_all_the_same(monkeypatch, tries):
    monkeypatch.setattr(ask, "MAX_TRIES", tries)
    loaded = load(literal("a and (b or c)"), a="boolean", b="boolean", c="boolean")
    assert asked(loaded, {"a": True, "b": False, "c": True})[1].value is True


def test_a_long_chain_of_conditions_is_asked_link_by_link():
    names = [f"i{number}" for number in range(80)]
    loaded = load(literal(" and ".join(names[:40])), **dict.fromkeys(names[:40], "boolean"))
    assert asked(loaded, dict.fromkeys(names, True) | {"i2": False})[0] == ["i0", "i1", "i2"]


def test_a_wide_table_takes_a_bounded_number_of_tries(monkeypatch):
    names = [f"i{number}" for number in range(24)]
    rows = [" | ".join("true" if a == b else "-" for b in names) + f" -> {a[1:]}" for a in names]
    loaded = load(table(" | ".join(names), *rows, policy="COLLECT"), **dict.fromkeys(names, "boolean"))
    tried = []
    monkeypatch.setattr(loaded, "_tried", lambda *given, run=loaded._tried: tried.append(1) or run(*given))
    assert isinstance(loaded.ask("d", {}), Question)
    assert len(tried) <= ask.MAX_TRIES + 1


def test_what_takes_many_steps_is_tried_less_often(monkeypatch):
    text = "if a then count(for i in 1..9000 return i) else if b then count(for i in 1..9000 return i) else 0"
    loaded = load(literal(text + " + (if c then 1 else 2)"), a="boolean", b="boolean", c="boolean")
    tried = []
    monkeypatch.setattr(loaded, "_tried", lambda *given, run=loaded._tried: tried.append(1) or run(*given))
    monkeypatch.setattr(ask, "MAX_STEPS", limits.MAX_STEPS // 10)
    assert isinstance(loaded.ask("d", {}), Question)
    assert len(tried) < 8


# -- for any rules

cells = {
    "a": st.sampled_from(["-", "true", "false", "null", "not(true)"]),
    "n": st.sampled_from(["-", "< 2", ">= 2", "[1..3]", "not(1)", "1, 3", "? > 1 and ? < 3", "null"]),
    "s": st.sampled_from(["-", '"petrol"', '"electric", "diesel"', 'not("petrol")']),
}
rows = st.lists(st.tuples(*cells.values(), st.sampled_from(["1", "2", "n"])), min_size=1, max_size=5)
answers = st.fixed_dictionaries(
    {
        "a": st.sampled_from([True, False, None]),
        "n": st.sampled_from([None, *map(Decimal, ("0", "1", "1.5", "2", "3", "4"))]),
        "s": st.sampled_from(["petrol", "electric", "diesel", None]),
    }
)
policies = st.sampled_from(["UNIQUE", "FIRST", "ANY", "RULE ORDER", "COLLECT"])


def of_rows(rows, policy):
    texts = [f"{a} | {n} | {s} -> {out}" for a, n, s, out in rows]
    return load(table("a | n | s", *texts, policy=policy), a="boolean", n="number", s="tFuel")


@given(rows, answers, policies)
def test_asking_reaches_what_full_evaluation_gives(rows, answers, policy):
    loaded = of_rows(rows, policy)
    assert asked(loaded, answers)[1].value == loaded.evaluate("d", answers).value


@given(rows, answers, policies)
def test_so_it_does_where_nothing_is_empty(rows, answers, policy):
    filled = {"a": True, "n": Decimal(2), "s": "diesel"} | {k: v for k, v in answers.items() if v is not None}
    loaded = of_rows(rows, policy)
    assert asked(loaded, filled, empty=False)[1].value == loaded.evaluate("d", filled).value
