"""`python -m tests.conformance.eligibility FOLDER [--json FILE]`: asks its way through rules of eligibility.

FOLDER holds `rule_trees.json`: rules as trees of questions, with test cases. Each tree is made into three
models: one expression, one table, and a graph of decisions. Each must give, with what is known in a test, the
right decision or a question that can still change it; reach by asking what full evaluation gives, for all
answers; and all together ask on average at most 10 % more than the best order needs, where each answer is
equally likely. The best order is found here by trying all.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from itertools import product
from pathlib import Path
from typing import Any

from towpath.engines import dmn

MAX_QUESTIONS = 10  # beyond, not all answers can be tried
MARGIN = 1.1
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
Answers = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why` is empty where it passed."""

    rule: str
    form: str
    case: str
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """`names` has the input's name for each question of the tree."""

    id: str
    tree: Mapping[str, Any]
    names: Mapping[str, str]
    tests: list[Mapping[str, Any]]

    def decided(self, answers: Answers) -> str:
        node = self.tree
        while "ask" in node:
            node = node["yes" if answers[self.names[node["ask"]]] else "no"]
        return str(node["decision"])

    def completions(self, known: Answers) -> Iterator[dict[str, bool]]:
        left = [name for name in self.names.values() if name not in known]
        for values in product((True, False), repeat=len(left)):
            yield {**known, **dict(zip(left, values, strict=True))}

    def possible(self, known: Answers) -> set[str]:
        return {self.decided(answers) for answers in self.completions(known)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.eligibility", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="keep all outcomes here")
    given = parser.parse_args()
    file = given.folder / "rule_trees.json"
    if not file.is_file():
        print(f"{file} is not there: the rules are read from a file of that name", file=sys.stderr)
        return 2
    outcomes = list(run(json.loads(file.read_text(encoding="utf-8"))["trees"]))
    if given.json:
        kept = [
            {"rule": each.rule, "form": each.form, "case": each.case, "why": each.why} for each in outcomes
        ]
        given.json.write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    failed = [each for each in outcomes if each.why]
    for each in failed:
        print(f"FAILED {each.rule} as {each.form}, {each.case}: {each.why}")
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run(trees: list[Mapping[str, Any]]) -> Iterator[Outcome]:
    rules = [_rule(tree) for tree in trees]
    whole = [rule for rule in rules if _is_whole(rule.tree) and len(rule.names) <= MAX_QUESTIONS]
    if len(whole) < len(rules):
        print(
            f"{len(rules) - len(whole)} trees are left out: unfinished, or more than {MAX_QUESTIONS} questions"
        )
    left_out = sum(not test["tree_agrees"] for rule in whole for test in rule.tests)
    print(f"{left_out} tests are left out, with which the tree itself does not agree")
    for form, made in FORMS.items():
        asked = best = form_length = 0.0
        for rule in whole:
            model = dmn.load(made(rule))
            yield from _tests(rule, form, model)
            mean, why = _asked_on_average(rule, model)
            yield Outcome(rule.id, form, "asking for all answers", why)
            asked, best = asked + mean, best + _best(rule)
            form_length += len(rule.names)
        count = max(len(whole), 1)
        told = f"{asked / count:.3f} questions on average, the best order {best / count:.3f}"
        print(f"{form}: {told}, the whole form {form_length / count:.3f}")
        more = asked > best * MARGIN
        yield Outcome("all", form, "questions on average", f"{told}: more than 10 % above" if more else "")


def _rule(raw: Mapping[str, Any]) -> Rule:
    found: dict[str, None] = {}

    def collect(node: Mapping[str, Any]) -> None:
        if "ask" in node:
            found[node["ask"]] = None
            collect(node["yes"])
            collect(node["no"])

    collect(raw["tree"])
    names = {question: f"q{number}" for number, question in enumerate(found, 1)}
    return Rule(raw["tree_id"], raw["tree"], names, raw["tests"])


def _is_whole(node: Mapping[str, Any]) -> bool:
    if "ask" in node:
        return _is_whole(node.get("yes") or {}) and _is_whole(node.get("no") or {})
    return node.get("decision") is not None


# -- what must hold


def _tests(rule: Rule, form: str, model: dmn.Model) -> Iterator[Outcome]:
    for test in rule.tests:
        if test["tree_agrees"]:
            facts = {
                rule.names[question]: answer == "Yes"
                for question, answer in test["facts"].items()
                if question in rule.names
            }
            expected = test["value"] if test["expected"] == "decision" else None
            yield Outcome(rule.id, form, test["id"], _why(rule, model, facts, expected))


def _why(rule: Rule, model: dmn.Model, facts: Answers, expected: str | None) -> str:
    found, possible = model.ask("Result", facts, empty=False), rule.possible(facts)
    if isinstance(found, dmn.Evaluation):
        if expected not in (None, found.value):
            return f"gives {found.value}, not {expected}"
        return "" if possible == {found.value} else f"gives {found.value}, but {possible} are possible"
    if not isinstance(found, dmn.Question):
        return "is undecided"
    if expected is not None:
        return f"asks {found.input} where {expected} is decided"
    if found.input in facts:
        return f"asks {found.input}, which is known"
    changes = any(
        rule.decided(one) != rule.decided({**one, found.input: not one[found.input]})
        for one in rule.completions(facts)
    )
    return "" if changes else f"asks {found.input}, which changes nothing"


def _asked_on_average(rule: Rule, model: dmn.Model) -> tuple[float, str]:
    """Over all answers; and why what comes out is not what full evaluation gives, if so."""
    total, why, ways = 0, "", 0
    for answers in rule.completions({}):
        known: dict[str, bool] = {}
        while isinstance(found := model.ask("Result", known, empty=False), dmn.Question):
            if found.input in known:
                return 0.0, f"asks {found.input} again"
            known[found.input] = answers[found.input]
        full = model.evaluate("Result", answers).value
        if not isinstance(found, dmn.Evaluation) or not found.value == full == rule.decided(answers):
            why = why or f"{answers}: gives {found} by asking, {full} by evaluating"
        total, ways = total + len(known), ways + 1
    return total / ways, why


def _best(rule: Rule) -> float:
    """The least mean number of questions, over all orders that may depend on the answers."""

    @cache
    def cost(known: frozenset[tuple[str, bool]]) -> float:
        answers = dict(known)
        if len(rule.possible(answers)) == 1:
            return 0.0
        left = [name for name in rule.names.values() if name not in answers]
        return 1 + min((cost(known | {(name, True)}) + cost(known | {(name, False)})) / 2 for name in left)

    return cost(frozenset())


# -- trees as models


def _model(rule: Rule, decisions: str) -> str:
    inputs = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="boolean"/></inputData>'
        for name in rule.names.values()
    )
    return f'<definitions xmlns="{NAMESPACE}" id="m" name="Rule" namespace="urn:rule">{inputs}{decisions}</definitions>'


def _decision(name: str, inputs: list[str], decisions: list[str], logic: str) -> str:
    links = [("Input", id_) for id_ in inputs] + [("Decision", id_) for id_ in decisions]
    needs = "".join(
        f'<informationRequirement><required{kind} href="#{id_}"/></informationRequirement>'
        for kind, id_ in links
    )
    return f'<decision id="{name}" name="{name}"><variable name="{name}"/>{needs}{logic}</decision>'


def _literal(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def _as_expression(rule: Rule) -> str:
    def text(node: Mapping[str, Any]) -> str:
        if "ask" in node:
            return f"if {rule.names[node['ask']]} then {text(node['yes'])} else {text(node['no'])}"
        return f'"{node["decision"]}"'

    return _model(rule, _decision("Result", list(rule.names.values()), [], _literal(text(rule.tree))))


def _as_table(rule: Rule) -> str:
    names = list(rule.names.values())

    def rows(node: Mapping[str, Any], cells: Mapping[str, str]) -> Iterator[str]:
        if "ask" in node:
            name = rule.names[node["ask"]]
            yield from rows(node["yes"], {**cells, name: "true"})
            yield from rows(node["no"], {**cells, name: "false"})
            return
        tests = "".join(f"<inputEntry><text>{cells.get(name, '-')}</text></inputEntry>" for name in names)
        result = f'<outputEntry><text>"{node["decision"]}"</text></outputEntry>'
        yield f"<rule>{tests}{result}</rule>"

    columns = "".join(
        f'<input><inputExpression typeRef="boolean"><text>{name}</text></inputExpression></input>'
        for name in names
    )
    rules = "".join(rows(rule.tree, {}))
    table = f'<decisionTable hitPolicy="UNIQUE">{columns}<output name="result"/>{rules}</decisionTable>'
    return _model(rule, _decision("Result", names, [], table))


def _as_graph(rule: Rule) -> str:
    """Each question of the tree is a decision, which requires those after it."""
    made: list[str] = []

    def build(node: Mapping[str, Any], name: str) -> None:
        if "ask" not in node:
            made.append(_decision(name, [], [], _literal(f'"{node["decision"]}"')))
            return
        asked = rule.names[node["ask"]]
        build(node["yes"], f"{name}Y")
        build(node["no"], f"{name}N")
        logic = _literal(f"if {asked} then {name}Y else {name}N")
        made.append(_decision(name, [asked], [f"{name}Y", f"{name}N"], logic))

    build(rule.tree, "Result")
    return _model(rule, "".join(made))


FORMS: dict[str, Callable[[Rule], str]] = {
    "an expression": _as_expression,
    "a table": _as_table,
    "a graph": _as_graph,
}


if __name__ == "__main__":
    sys.exit(main())
