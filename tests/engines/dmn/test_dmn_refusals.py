import pytest
from dmn_text import NAMESPACE, decision, input_data, literal, model, table
from hypothesis import given
from hypothesis import strategies as st

from towpath.engines import dmn
from towpath.engines.dmn import DmnError

OK = decision("Right", literal("1"))


def problems(*parts, **extra):
    with pytest.raises(DmnError) as caught:
        dmn.load(model(*parts, **extra))
    return caught.value.problems


def test_everything_wrong_is_told_at_once_with_its_place():
    found = problems(
        input_data("income", "nummber"),
        decision("Fee", table("incom", "< -> 1", "1 -> 2 +"), "income"),
        decision("Other", literal("fee(1)"), "nothing"),
    )
    told = [(p.line, p.name, p.element) for p in found]
    assert told[0] == (2, "income", "")
    assert {(3, "Fee", ""), (3, "Fee", "inputEntry1"), (3, "Fee", "outputEntry2"), (4, "Other", "")} <= set(
        told
    )
    text = "\n".join(map(str, found))
    assert "unknown type 'nummber'; did you mean 'number'?" in text
    assert "unknown name 'incom'; did you mean 'income'?" in text
    assert "requires '#id_nothing', but no inputData here has that id" in text
    assert "line 3, 'Fee' (outputEntry2): " in text
    assert str(DmnError(found)) == text


@pytest.mark.parametrize("version", ["20191111", "20211108", "20230324"])
def test_versions_from_1_3_to_1_5_are_read(version):
    loaded = dmn.load(model(OK, namespace=f"https://www.omg.org/spec/DMN/{version}/MODEL/"))
    assert loaded.evaluate("Right", {}).value == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<a", "not well-formed"),
        ("<!DOCTYPE a><a/>", "DOCTYPE"),
        ("<definitions/>", "not the <definitions> of DMN 1.3, 1.4, 1.5"),
        (model(OK, namespace="http://www.omg.org/spec/DMN/20180521/MODEL/"), "not the <definitions> of DMN"),
        (model(), "1 to 2000 decisions"),
    ],
)
def test_what_is_no_model_is_refused(text, message):
    with pytest.raises(DmnError, match=message):
        dmn.load(text)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("<import name='x' namespace='y' importType='z'/>", "imports something of type 'z'"),
        (
            f"<import name='x' namespace='y' importType='{NAMESPACE}'/>",
            "no model with that namespace was given",
        ),
        ("<businessKnowledgeModel id='b' name='B'/>", "has no encapsulated logic"),
        (
            "<businessKnowledgeModel id='b' name='B'><encapsulatedLogic kind='Java'/></businessKnowledgeModel>",
            "the function in Java is not supported",
        ),
        ("<decisionService id='b' name='B'/>", "has no output decision"),
        ("<somethingNew/>", "'somethingNew' is not supported"),
        (decision("D", "<invocation/>"), "the invocation has no expression"),
        (decision("D", "<filter><in/></filter>"), "the 'in' of the filter has no expression"),
        (decision("D", "<conditional/>"), "the conditional has no 'if'"),
        (decision("D", "<newBox/>"), "'newBox' is not supported in a decision"),
        (decision("D", ""), "needs one decision table or one other expression"),
        (decision("D", literal("")), "the literal expression is empty"),
        (decision("Right", literal("1")), "another input, decision or import has the same name"),
        (decision("", literal("1")), "needs a name"),
        (decision("__d", literal("1")), "reserved"),
        (
            decision(
                "D",
                literal("1").replace("Expression>", "Expression expressionLanguage='python'>", 1),
            ),
            "'python' is not supported; use FEEL",
        ),
        (
            decision("A", literal("B"), "!B") + decision("B", literal("A"), "!A"),
            "requires itself, by way of A, B",
        ),
        (decision("A", literal("A"), "!A"), "requires itself"),
        (decision("D", literal("x")), "unknown name 'x'"),
        (decision("D", table("Right", "- -> 1", policy="BEST"), "!Right"), "unknown hit policy 'BEST'"),
        (decision("D", table("Right", "- -> 1", aggregation="SUM"), "!Right"), "needs COLLECT"),
        (decision("D", table("Right", "- -> 1", policy="PRIORITY"), "!Right"), "needs the output values"),
        (
            decision("D", table("Right", "- | - -> 1"), "!Right"),
            "rule 1 has 2 input entries; the table has 1",
        ),
        (
            decision("D", table("Right", "- -> 1 | 2"), "!Right"),
            "rule 1 has 2 output entries; the table has 1",
        ),
        (decision("D", table("Right", "- -> 1", outputs="")), "no output column"),
        (
            decision(
                "D", table("Right", "- -> 1 | 2", outputs="<output name='a'/><output name='a'/>"), "!Right"
            ),
            "a name of its own",
        ),
        (decision("D", table("", "- -> 1")), "input 1 has no expression"),
        (
            decision("D", table("Right", "- -> 1 # x"), "!Right"),
            "more annotations than the table has columns",
        ),
        (
            "<itemDefinition name='a'><typeRef>b</typeRef></itemDefinition>"
            "<itemDefinition name='b'><typeRef>a</typeRef></itemDefinition>",
            "refer to each other in a circle",
        ),
        ("<inputData id='i' name='I'><variable name='J'/></inputData>", "both names must be the same"),
    ],
)
def test_what_is_wrong_or_not_supported_is_refused_by_name(part, message):
    assert message in "\n".join(str(problem) for problem in problems(OK, part))


def test_an_empty_output_is_a_warning():
    logic = table("Right", "- -> null").replace("null", "")
    loaded = dmn.load(model(OK, decision("D", logic, "!Right")))
    assert [warning.message for warning in loaded.warnings] == [
        "rule 1 has an empty output, which counts as null"
    ]
    assert loaded.evaluate("D", {}).value is None


def test_what_only_documents_a_model_is_read_over():
    notes = "<description>x</description><knowledgeSource id='k' name='Law'/><textAnnotation id='t'/>"
    inside = "<question>Which?</question><authorityRequirement/>"
    assert dmn.load(model(notes, decision("D", inside + literal("2")))).evaluate("D", {}).value == 2


def test_models_that_import_each_other_are_refused():
    first = model(OK, f"<import name='b' namespace='urn:b' importType='{NAMESPACE}'/>")
    second = model(OK, f"<import name='a' namespace='urn:t' importType='{NAMESPACE}'/>").replace(
        'namespace="urn:t"', 'namespace="urn:b"'
    )
    with pytest.raises(DmnError, match="which imports this model in turn"):
        dmn.load(first, imports=[second])


@pytest.mark.parametrize("name", ["a", "Right"])
def test_an_import_named_like_something_here_is_refused_and_breaks_nothing(name):
    other = model(decision("one", literal("1"))).replace('namespace="urn:t"', 'namespace="urn:o"')
    link = '<informationRequirement><requiredDecision href="urn:o#id_one"/></informationRequirement>'
    imported = f'<import name="{name}" namespace="urn:o" importType="{NAMESPACE}"/>'
    parts = (OK, input_data("a"), decision("d", link + literal("2"), "a, !Right"))
    with pytest.raises(DmnError, match="another input, decision or import has the same name"):
        dmn.load(model(imported, *parts), [other])
    loaded = dmn.load(model(imported, *parts), [other], refuse=False)
    assert loaded.evaluate("d", {"a": 1}).value == 2


def test_long_chains_of_decisions_are_no_trouble():
    parts = [
        decision(f"d{n}", literal(f"d{n - 1} + 1" if n else "0"), f"!d{n - 1}" if n else "")
        for n in range(1500)
    ]
    loaded = dmn.load(model(*parts))
    assert loaded.evaluate("d1499", {}).value == 1499
    answer = loaded.ask("d1499", {})
    assert isinstance(answer, dmn.Evaluation) and answer.value == 1499


pieces = st.sampled_from(
    [
        "<definitions>",
        "</definitions>",
        "<decision name='d'>",
        "</decision>",
        "<decisionTable>",
        "</decisionTable>",
        "<input/>",
        "<output/>",
        "<rule/>",
        "<inputExpression/>",
        "<text>1 +</text>",
        "<literalExpression/>",
        "<variable/>",
        "<informationRequirement><requiredInput/></informationRequirement>",
        "<itemDefinition/>",
        "<inputData/>",
        "<rule><inputEntry/><outputEntry/></rule>",
        "<decision name='x' id='x'><literalExpression><text>1</text></literalExpression></decision>",
    ]
)


@given(st.lists(pieces, max_size=12))
def test_nothing_but_dmn_errors_comes_of_any_text(parts):
    try:
        dmn.load(model(*parts))
    except DmnError as error:
        assert error.problems


TYPED = (
    "<itemDefinition name='tCar'><itemComponent name='co2'><typeRef>number</typeRef></itemComponent></itemDefinition>",
    input_data("age", "number"),
    input_data("town", "string"),
    input_data("born", "date"),
    input_data("car", "tCar"),
)


@pytest.mark.parametrize(
    ("logic", "message"),
    [
        (literal("age + town"), "'+' doesn't work on a number and a string (at character 5"),
        (literal("born + 1"), "'+' doesn't work on a date and a number"),
        (literal("age = town"), "compares a number with a string, which is never true"),
        (literal('age between 1 and "x"'), "compares a number with a string"),
        (literal("true > false"), "'>' doesn't work on values of type boolean: they have no order"),
        (literal("if age then 1 else 2"), "should be true or false but is a number"),
        (literal("age and true"), "should be true or false but is a number"),
        (literal('age in (1, "x")'), "tests a number against a string, which never holds"),
        (literal("car.CO2"), "tCar has no 'CO2'"),
        (literal("born.yaer"), "a date has no 'yaer'; did you mean 'year'?"),
        (literal("upper case(age)"), "upper case() takes a string as 'string', not a number"),
        (literal("[1, 2][item = town]"), "compares a number with a string"),
        (literal("some x in [1, 2] satisfies x + 1"), "should be true or false but is a number"),
        (literal("for x in [1, 2] return x + town"), "'+' doesn't work on a number and a string"),
        (table("age", '"old" -> 1'), "tests a number against a string, which never holds"),
        (table("age", "> town -> 1"), "compares a number with a string"),
        (table("car.co2", '["a".."b"] -> 1'), "tests a number against a string"),
        (
            table("age", '1 -> "x"', outputs="<output name='o' typeRef='number'/>"),
            "gives a string where a number is wanted",
        ),
    ],
)
def test_types_that_clash_are_refused_with_their_place(logic, message):
    found = problems(*TYPED, decision("D", logic, "age, town, born, car"))
    assert message in "\n".join(str(problem) for problem in found)


@pytest.mark.parametrize(
    "text",
    [
        "age = null",
        "[age][1] + 1",
        'born + duration("P1D") > date("2026-01-01")',
        "date and time(born) > now()",
        'contains([town], "x")',
        "count(age)",
        "car.co2 in [1..5]",
        "if town = null then null else town",
        "sum(for x in [1, 2] return x * age)",
        "(function(a, b) a + b)(age, town)",
        "get value(car, town)",
    ],
)
def test_what_may_go_well_is_no_clash(text):
    dmn.load(model(*TYPED, decision("D", literal(text), "age, town, born, car")))
