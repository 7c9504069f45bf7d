"""One decision has one budget and one record, whatever a model calls its parts."""

import pytest
from dmn_text import NAMESPACE, decision, input_data, literal, model, table

from towpath.engines import dmn

LOOPS = literal("count(for i in 1..300 return for j in 1..300 return j)")  # more than MAX_STEPS


def entry(name, logic):
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{logic}</contextEntry>"


def loop(tag, name, body, domain="[1]"):
    ending = "return" if tag == "for" else "satisfies"
    return f'<{tag} iteratorVariable="{name}"><in>{literal(domain)}</in><{ending}>{body}</{ending}></{tag}>'


def function(name, body):
    return f'<functionDefinition><formalParameter name="{name}"/>{body}</functionDefinition>'


def called(callee, name):
    return f'<invocation>{callee}<binding><parameter name="{name}"/>{literal("1")}</binding></invocation>'


def stopped(evaluation):
    return evaluation.value is None and "MAX_STEPS" in "".join(each.message for each in evaluation.problems)


@pytest.mark.parametrize(
    "logic",
    [
        lambda name: LOOPS,
        lambda name: f"<context>{entry(name, literal('1'))}{entry('x', LOOPS)}</context>",
        lambda name: f"<context>{entry(name, literal('1'))}{entry('', LOOPS)}</context>",
        lambda name: loop("for", name, LOOPS),
        lambda name: loop("for", name, loop("for", "y", literal("y"), "[1..300]"), "[1..300]"),
        lambda name: loop("some", name, literal("count(for i in 1..40000 return i) = 0"), "[1..300]"),
        lambda name: loop("every", name, literal("count(for i in 1..40000 return i) > 0"), "[1..300]"),
        lambda name: called(function(name, LOOPS), name),
        lambda name: f"<context>{entry('f', function(name, LOOPS))}{entry('', literal('f(1)'))}</context>",
        lambda name: literal(f"{{{name}: 1, x: for i in 1..300 return for j in 1..300 return j}}"),
    ],
)
@pytest.mark.parametrize("name", ["__budget", "budget"])
def test_no_name_inside_of_a_model_takes_the_bound_away(logic, name):
    loaded = dmn.load(model(input_data("a"), decision("d", logic(name), "a")))
    assert stopped(loaded.evaluate("d", {"a": 1}))
    assert stopped(loaded.ask("d", {"a": 1}))


@pytest.mark.parametrize("name", ["__budget", "budget"])
def test_no_parameter_of_a_knowledge_model_takes_the_bound_away(name):
    known = (
        f'<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="{name}"/>'
        f"{LOOPS}</encapsulatedLogic></businessKnowledgeModel>"
    )
    link = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
    loaded = dmn.load(model(known, decision("d", link + literal("k(1)"))))
    assert stopped(loaded.evaluate("d", {}))


def test_no_import_takes_the_bound_away():
    other = model(decision("one", literal("1"))).replace('namespace="urn:t"', 'namespace="urn:o"')
    link = '<informationRequirement><requiredDecision href="urn:o#id_one"/></informationRequirement>'
    for name in ("__budget", "__run"):
        imported = f'<import name="{name}" namespace="urn:o" importType="{NAMESPACE}"/>'
        assert stopped(dmn.load(model(imported, decision("d", link + LOOPS)), [other]).evaluate("d", {}))


@pytest.mark.parametrize("name", ["__budget", "__run"])
def test_no_name_that_comes_with_the_inputs_takes_the_bound_away(name):
    loaded = dmn.load(model(input_data("a"), decision("d", LOOPS, "a")))
    assert stopped(loaded.evaluate("d", {"a": 1, name: 1}))
    assert stopped(loaded.ask("d", {"a": 1, name: 1}))


@pytest.mark.parametrize("name", ["__run", "run"])
def test_no_name_inside_of_a_model_hides_the_rules_that_decided(name):
    inner = f"<context>{entry(name, literal('1'))}{entry('', table('a', '1 -> 2'))}</context>"
    found = dmn.load(model(input_data("a"), decision("d", inner, "a"))).evaluate("d", {"a": 1})
    assert [(step.kind, step.output) for step in found.trace] == [("decision table", 2), ("context", 2)]
