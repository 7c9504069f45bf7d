"""Boxed expressions, knowledge models, services and imports: each by an example."""

from decimal import Decimal
from html import escape

import pytest
from dmn_text import NAMESPACE, decision, input_data, literal, model, table

from towpath.engines import dmn


def value(logic, inputs=None, *parts, requires="a"):
    xml = model(input_data("a"), *parts, decision("d", logic, requires))
    return dmn.load(xml).evaluate("d", {"a": Decimal(3)} | (inputs or {}))


def entry(name, logic, type_=""):
    typed = f' typeRef="{type_}"' if type_ else ""
    variable = f'<variable name="{name}"{typed}/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def knowledge(name, parameters, logic, needs="", type_=""):
    formal = "".join(f'<formalParameter name="{n}" typeRef="{t}"/>' for n, t in parameters)
    links = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{n}"/></knowledgeRequirement>'
        for n in needs.split()
    )
    variable = f'<variable name="{name}" typeRef="{type_}"/>' if type_ else ""
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}">{variable}'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{links}</businessKnowledgeModel>"
    )


def needing(name, logic, *known, requires=""):
    links = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{n}"/></knowledgeRequirement>' for n in known
    )
    return decision(name, links + logic, requires)


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (
            f"<context>{entry('x', literal('a + 1'))}{entry('y', literal('x * 2'))}</context>",
            {"x": 4, "y": 8},
        ),
        (f"<context>{entry('x', literal('a + 1'))}{entry('', literal('x * 2'))}</context>", 8),
        (f"<context>{entry('x', literal('a'), 'string')}</context>", {"x": None}),
        (f"<list>{literal('a')}{literal('a + 1')}</list>", [3, 4]),
        (
            f'<relation><column name="n"/><column name="t"/><row>{literal("a")}{literal("true")}</row></relation>',
            [{"n": 3, "t": True}],
        ),
        (
            f"<conditional><if>{literal('a > 1')}</if><then>{literal('1')}</then><else>{literal('2')}</else></conditional>",
            1,
        ),
        (f"<filter><in>{literal('[1, 3, 5]')}</in><match>{literal('item >= a')}</match></filter>", [3, 5]),
        (
            f"<filter><in>{literal('[{n: 1}, {n: 4}]')}</in><match>{literal('n > a')}</match></filter>",
            [{"n": 4}],
        ),
        (
            f'<for iteratorVariable="x"><in>{literal("1..3")}</in><return>{literal("x * a")}</return></for>'.replace(
                "1..3", "[1..3]"
            ),
            [3, 6, 9],
        ),
        (
            f'<some iteratorVariable="x"><in>{literal("[1, 4]")}</in><satisfies>{literal("x > a")}</satisfies></some>',
            True,
        ),
        (
            f'<every iteratorVariable="x"><in>{literal("[1, 4]")}</in><satisfies>{literal("x > a")}</satisfies></every>',
            False,
        ),
        (
            f"<context>{entry('f', '<functionDefinition><formalParameter name=' + chr(34) + 'n' + chr(34) + '/>' + literal('if n = 0 then 1 else n * f(n - 1)') + '</functionDefinition>')}{entry('', literal('f(a)'))}</context>",
            6,
        ),
        (literal("a").replace("<literalExpression", '<literalExpression typeRef="string"'), None),
    ],
)
def test_a_boxed_expression_gives_its_value(logic, expected):
    assert value(logic).value == expected


def test_a_knowledge_model_is_called_by_its_name():
    double = knowledge("double", [("n", "number")], literal("n * 2"), type_="number")
    xml = model(
        input_data("a"), double, needing("d", literal("double(a) + double(n: 1)"), "double", requires="a")
    )
    loaded = dmn.load(xml)
    assert loaded.evaluate("d", {"a": 4}).value == 10
    assert loaded.invoke("double", {"n": 4}).value == 8
    assert loaded.invoke("double", {"n": "four"}).value is None


def test_a_table_in_a_knowledge_model_is_a_step_of_the_trace():
    fee = knowledge(
        "fee", [("n", "number")], table("n", "< 3 -> 20 # Bylaw 5", ">= 3 -> 80 # Bylaw 6", notes="Law")
    )
    called = (
        f"<invocation>{literal('fee')}<binding><parameter name='n'/>{literal('a')}</binding></invocation>"
    )
    result = dmn.load(model(input_data("a"), fee, needing("d", called, "fee", requires="a"))).evaluate(
        "d", {"a": 5}
    )
    assert result.value == 80
    assert [(step.decision, step.kind) for step in result.trace] == [
        ("fee", "decision table"),
        ("d", "invocation"),
    ]
    assert result.trace[0].rules[0].annotations == {"Law": "Bylaw 6"}


SERVICE = (
    '<decisionService id="s" name="s"><outputDecision href="#id_out"/>'
    '<inputDecision href="#id_given"/><inputData href="#id_a"/></decisionService>'
)


def test_a_service_takes_decisions_from_outside():
    parts = (
        input_data("a", "number"),
        decision("given", literal("100"), type_="number"),
        decision("out", literal("given + a"), "!given, a"),
        SERVICE,
        needing("d", literal("s(1, 2)"), "s"),
    )
    loaded = dmn.load(model(*parts))
    assert loaded.evaluate("out", {"a": 1}).value == 101
    assert loaded.evaluate("d", {}).value == 3
    assert loaded.invoke("s", {"given": 5, "a": 1}).value == 6


def test_models_import_decisions_functions_and_types():
    kind = '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"car", "van"</text></allowedValues></itemDefinition>'
    other = model(
        kind, input_data("cars", "number"), decision("Fee per car", literal("cars * 20"), "cars"),
        knowledge("half", [("n", "number")], literal("n / 2")),
    ).replace('namespace="urn:t"', 'namespace="urn:fees"')  # fmt: skip
    links = (
        '<informationRequirement><requiredDecision href="urn:fees#id_Fee_per_car"/></informationRequirement>'
        '<knowledgeRequirement><requiredKnowledge href="urn:fees#half"/></knowledgeRequirement>'
    )
    main = model(
        f'<import name="fees" namespace="urn:fees" importType="{NAMESPACE}"/>',
        input_data("kind", "fees.tKind"),
        decision("d", links + literal("fees.half(fees.Fee per car)"), "kind"),
    )
    loaded = dmn.load(main, [other])
    result = loaded.evaluate("d", {"cars": 3, "kind": "car"})
    assert (result.value, result.problems) == (30, ())
    assert set(loaded.decisions["d"]) == {"cars", "kind"}
    assert loaded.evaluate("d", {"{urn:fees}cars": 4, "kind": "bike"}).problems[0].name == "kind"


def test_what_was_refused_gives_null_where_the_model_is_wanted_all_the_same():
    xml = model(
        input_data("a"), decision("good", literal("a + 1"), "a"), decision("bad", literal("a +"), "a")
    )
    with pytest.raises(dmn.DmnError):
        dmn.load(xml)
    loaded = dmn.load(xml, refuse=False)
    assert len(loaded.errors) == 1
    assert loaded.evaluate("good", {"a": 1}).value == 2
    result = loaded.evaluate("bad", {"a": 1})
    assert result.value is None and result.problems == loaded.errors


@pytest.mark.parametrize(
    ("type_", "given", "taken"),
    [
        ("number", [5], 5),
        ("tNumbers", 5, [5]),
        ("tNumbers", "x", None),
        ("tFew", [1, 2], [1, 2]),
        ("tFew", [1, 2, 3], None),
        ("tSmall", 11, None),
        ("date and time", "x", None),
    ],
)
def test_inputs_are_taken_as_their_type_takes_them(type_, given, taken):
    types = (
        '<itemDefinition name="tNumbers" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
        '<itemDefinition name="tFew" isCollection="true"><typeRef>number</typeRef>'
        "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
        f'<itemDefinition name="tSmall"><typeRef>number</typeRef><allowedValues><text>{escape("[0..10]")}</text></allowedValues></itemDefinition>'
    )
    loaded = dmn.load(model(types, input_data("x", type_), decision("d", literal("x"), "x")))
    result = loaded.evaluate("d", {"x": given})
    assert result.value == taken
    assert bool(result.problems) is (taken is None)


def test_an_index_finds_what_trying_each_rule_finds():
    cells = ["-", "< 2", ">= 2", "[1..3]", "not(1)", "1, 3", "(2..4]", "5", "[4..6), 9", "null"]
    rows = [f"{cell} -> {number}" for number, cell in enumerate(cells)]
    loaded = dmn.load(model(input_data("a"), decision("d", table("a", *rows, policy="COLLECT"), "a")))
    found = loaded.tables["d"]
    for number in [*range(-1, 11), None, "x", True, Decimal("2.5")]:
        tried = [rule.index - 1 for rule in found.rules if rule.tests[0] is None or rule.tests[0](number, {})]
        assert loaded.evaluate("d", {"a": number}).value == tried
