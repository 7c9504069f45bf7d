from datetime import date
from decimal import Decimal

import pytest
from dmn_text import decision, input_data, literal, model, table

from towpath.engines import dmn

PARKING = model(
    input_data("monthly income", "number"),
    input_data("Resident", "boolean"),
    input_data("cars", "number"),
    decision(
        "Eligible",
        table(
            "Resident | cars",
            "false | - -> false # Bylaw 4 | Not a resident",
            "true | < 3 -> true # Bylaw 5 |",
            "true | >= 3 -> false # Bylaw 6 | Too many cars",
            notes="Legal basis|Reason",
        ),
        "Resident, cars",
        "boolean",
    ),
    decision("Base fee", literal("if monthly income < 1000 then 20 else 60"), "monthly income"),
    decision(
        "Fee",
        table(
            "Eligible",
            "true -> Base fee * cars",
            "false -> null",
        ),
        "!Eligible, !Base fee, cars",
        "number",
    ),
)


def value(logic, inputs=None, names="a, b", **extra):
    parts = [input_data(name.strip()) for name in names.split(",")]
    return dmn.load(model(*parts, decision("d", logic, names, **extra))).evaluate(
        "d", inputs or {"a": 1, "b": 2}
    )


def test_a_decision_is_reached_by_way_of_those_that_it_requires():
    parking = dmn.load(PARKING)
    result = parking.evaluate("Fee", {"monthly income": 900, "Resident": True, "cars": 2})
    assert result.value == 40
    assert result.problems == ()
    assert {step.decision for step in result.trace} == {"Eligible", "Base fee", "Fee"}
    assert result.trace[-1].decision == "Fee"


def test_the_trace_has_the_rule_that_decided_with_its_legal_basis():
    result = dmn.load(PARKING).evaluate("Eligible", {"Resident": True, "cars": 3})
    (step,) = result.trace
    assert step.kind == "decision table"
    assert step.inputs == {"Resident": True, "cars": 3}
    (rule,) = step.rules
    assert (rule.id, rule.index, rule.output) == ("r3", 3, False)
    assert rule.annotations == {"Legal basis": "Bylaw 6", "Reason": "Too many cars"}


def test_the_trace_of_an_expression_has_the_values_that_it_saw():
    (step,) = dmn.load(PARKING).evaluate("Base fee", {"monthly income": 900}).trace
    assert (step.kind, step.inputs, step.rules, step.output) == (
        "literal expression",
        {"monthly income": 900},
        (),
        20,
    )


def test_a_model_tells_which_inputs_its_decisions_need():
    decisions = dmn.load(PARKING).decisions
    assert set(decisions) == {"Eligible", "Base fee", "Fee"}
    assert set(decisions["Fee"]) == {"Resident", "cars", "monthly income"}
    assert set(decisions["Eligible"]) == {"Resident", "cars"}


def test_the_description_of_a_rule_is_an_annotation_too():
    logic = table("a", "- -> 1").replace('<rule id="r1">', '<rule id="r1"><description>Art. 3</description>')
    assert value(logic).trace[0].rules[0].annotations == {"description": "Art. 3"}


def test_a_missing_input_counts_as_null_and_is_told():
    result = dmn.load(PARKING).evaluate("Base fee", {})
    assert result.value == 60
    assert [(p.name, p.message) for p in result.problems] == [("monthly income", "is missing; null is used")]
    assert dmn.load(PARKING).evaluate("Base fee", {"monthly income": None}).problems == ()


def test_an_input_of_another_type_counts_as_null_and_is_told():
    result = dmn.load(PARKING).evaluate("Base fee", {"monthly income": "900"})
    assert result.value == 60
    assert "should be a number but is a string" in result.problems[0].message


def test_a_result_of_another_type_is_null_and_is_told():
    result = value(literal('"x"'), type_="number")
    assert result.value is None
    assert "should be a number" in result.problems[0].message


def test_a_list_of_one_stands_for_its_item():
    assert value(literal("[5]"), type_="number").value == 5


def test_an_unknown_decision_is_told_with_the_nearest_name():
    with pytest.raises(LookupError, match="no decision 'Fees'; did you mean 'Fee'"):
        dmn.load(PARKING).evaluate("Fees", {})
    with pytest.raises(LookupError, match="no decision 'Fees'"):
        dmn.load(PARKING).ask("Fees", {})


def test_the_day_is_given_by_the_host():
    result = value(literal("today().year"), {"a": 1, "b": 2, "__today": date(2026, 3, 1)})
    assert result.value == 2026


def test_an_expression_that_is_stopped_gives_null_and_a_problem():
    result = value(literal("count(for i in 1..90000 return i)"))
    assert result.value is None
    assert "MAX_LIST" in result.problems[0].message


def test_the_steps_of_one_evaluation_are_bounded_over_all_its_decisions():
    logic = literal("count(for i in 1..40000 return i)")
    parts = [decision(f"d{n}", logic, f"!d{n - 1}" if n else "") for n in range(4)]
    result = dmn.load(model(*parts)).evaluate("d3", {})
    assert result.value is None
    assert any("MAX_STEPS" in problem.message for problem in result.problems)


ORDERED = (
    '<output id=\'o\' name=\'out\'><outputValues><text>"high", "middle", "low"</text></outputValues></output>'
)
ROWS = ('>= 1 -> "low"', '>= 5 -> "high"', '>= 3 -> "middle"', '>= 9 -> "high"')


@pytest.mark.parametrize(
    ("policy", "a", "expected", "rules"),
    [
        ("FIRST", 6, "low", [1]),
        ("PRIORITY", 6, "high", [2]),
        ("RULE ORDER", 6, ["low", "high", "middle"], [1, 2, 3]),
        ("OUTPUT ORDER", 6, ["high", "middle", "low"], [2, 3, 1]),
        ("COLLECT", 6, ["low", "high", "middle"], [1, 2, 3]),
        ("UNIQUE", 1, "low", [1]),
        ("ANY", 1, "low", [1]),
        ("FIRST", 0, None, []),
        ("COLLECT", 0, [], []),
        ("UNIQUE", None, None, []),
    ],
)
def test_hit_policies(policy, a, expected, rules):
    result = value(table("a", *ROWS, policy=policy, outputs=ORDERED), {"a": a, "b": 0})
    assert result.value == expected
    assert [rule.index for rule in result.trace[0].rules] == rules
    assert result.problems == ()


@pytest.mark.parametrize(
    ("aggregation", "expected", "none"),
    [("SUM", 9, None), ("MIN", 1, None), ("MAX", 5, None), ("COUNT", 3, None)],
)
def test_aggregations(aggregation, expected, none):
    logic = table(
        "a", "> 0 -> 3", "> 1 -> 5", "> 2 -> 1", "> 100 -> 9", policy="COLLECT", aggregation=aggregation
    )
    assert value(logic, {"a": 10, "b": 0}).value == expected
    assert value(logic, {"a": 0, "b": 0}).value == none


def test_two_rules_of_a_unique_table_are_a_problem_that_names_them():
    result = value(table("a", "> 1 -> 1", "> 2 -> 1", "> 90 -> 1"), {"a": 5, "b": 0})
    assert result.value is None
    assert "rules 1 and 2 hold at once" in result.problems[0].message
    assert [rule.index for rule in result.trace[0].rules] == [1, 2]


def test_any_wants_equal_outputs():
    assert value(table("a", "> 1 -> 1", "> 2 -> 1.0", policy="ANY"), {"a": 5, "b": 0}).value == 1
    result = value(table("a", "> 1 -> 1", "> 2 -> 2", policy="ANY"), {"a": 5, "b": 0})
    assert result.value is None
    assert "different outputs" in result.problems[0].message


def test_several_outputs_make_a_context_and_defaults_fill_in():
    outputs = (
        "<output name='fee'><defaultOutputEntry><text>5</text></defaultOutputEntry></output>"
        "<output name='team'><defaultOutputEntry><text>\"desk\"</text></defaultOutputEntry></output>"
    )
    logic = table("a", '> 10 -> a * 2 | "roads"', outputs=outputs)
    assert value(logic, {"a": 11, "b": 0}).value == {"fee": 22, "team": "roads"}
    assert value(logic, {"a": 1, "b": 0}).value == {"fee": 5, "team": "desk"}


def test_cells_may_read_other_inputs_and_the_tested_value():
    logic = table("a", "> b -> 1", "? < b - 5 -> 2", "not(> b) -> 3", policy="FIRST")
    assert [value(logic, {"a": a, "b": 10}).value for a in (11, 4, 9)] == [1, 2, 3]


def test_values_that_the_table_is_not_made_for_are_told():
    logic = table("a", '"x" -> 1').replace(
        "</inputExpression>", '</inputExpression><inputValues><text>"x", "y"</text></inputValues>'
    )
    result = value(logic, {"a": "z", "b": 0})
    assert result.value is None
    assert 'input a should be one of "x", "y" but is z' in result.problems[0].message
    assert value(logic, {"a": "y", "b": 0}).problems == ()


def test_outputs_that_are_not_among_the_output_values_are_told():
    result = value(table("a", '- -> "other"', outputs=ORDERED))
    assert result.value is None
    assert "should be one of" in result.problems[0].message


TYPES = """
<itemDefinition name="tCars" isCollection="true"><typeRef>tCar</typeRef></itemDefinition>
<itemDefinition name="tCar">
  <itemComponent name="plate"><typeRef>string</typeRef></itemComponent>
  <itemComponent name="fuel"><typeRef>string</typeRef><allowedValues><text>"petrol", "electric"</text></allowedValues></itemComponent>
</itemDefinition>"""


@pytest.mark.parametrize(
    ("cars", "problem"),
    [
        ([{"plate": "A", "fuel": "petrol"}], ""),
        ([], ""),
        (None, ""),
        ({"plate": "A", "fuel": "petrol"}, ""),
        ([{"plate": 7}], "plate should be a string"),
        ([{"plate": "A", "fuel": "coal"}], 'fuel should be one of "petrol", "electric" but is coal'),
        (5, "should be a list"),
    ],
)
def test_item_definitions_check_lists_and_contexts(cars, problem):
    xml = model(TYPES, input_data("cars", "tCars"), decision("Count", literal("count(cars)"), "cars"))
    result = dmn.load(xml).evaluate("Count", {"cars": cars})
    assert problem in " ".join(each.message for each in result.problems)
    assert bool(problem) == bool(result.problems)


def test_numbers_stay_decimal():
    assert value(literal("a / 3"), {"a": Decimal("0.3"), "b": 0}).value == Decimal("0.1")
