"""Asking somebody who doesn't know everything."""

from decimal import Decimal
from itertools import product

from dmn_text import decision, input_data, literal, model, table
from hypothesis import given
from hypothesis import strategies as st

from towpath.engines import dmn
from towpath.engines.dmn import DONT_KNOW, Evaluation, Question, Undecided, ask
from towpath.engines.dmn.ask import frozen


def load(logic, **types):
    inputs = [input_data(name, type_) for name, type_ in types.items()]
    return dmn.load(model(*inputs, decision("d", logic, ", ".join(types))))


def test_what_is_not_known_is_not_asked_again():
    loaded = load(literal("a and b"), a="boolean", b="boolean")
    assert loaded.ask("d", {"a": DONT_KNOW}) == Question("b", "boolean", "")
    result = loaded.ask("d", {"a": DONT_KNOW, "b": False})
    assert isinstance(result, Evaluation) and result.value is False


def test_the_values_still_possible_and_what_would_settle_them():
    loaded = load(literal("a and b"), a="boolean", b="boolean")
    assert loaded.ask("d", {"a": DONT_KNOW, "b": True}) == Undecided((True, False), ("a",))


def test_what_settles_most_is_named_first():
    rows = ("true | - -> 1", "false | true -> 2", "false | false -> 3")
    loaded = load(table("a | b", *rows), b="boolean", a="boolean")
    result = loaded.ask("d", {"a": DONT_KNOW, "b": DONT_KNOW})
    assert result == Undecided((1, 2, 3), ("a", "b"))


def test_nothing_is_asked_that_leaves_the_same_values():
    loaded = load(literal("if a then 1 else if b then 2 else 1"), a="boolean", b="boolean")
    assert loaded.ask("d", {"a": DONT_KNOW}) == Question("b", "boolean", "")
    assert loaded.ask("d", {"a": DONT_KNOW, "b": True}) == Undecided((1, 2), ("a",))
    assert loaded.ask("d", {"a": DONT_KNOW, "b": False}).value == 1
    same = load(literal("[a, b or not(b)][1]"), a="boolean", b="boolean")
    assert same.ask("d", {"a": DONT_KNOW}, empty=False) == Undecided((True, False), ("a",))


def test_a_number_that_nobody_knows_is_any_of_its_ranges():
    loaded = load(table("age", "< 18 -> 1", "[18..65[ -> 2", ">= 65 -> 3"), age="number")
    result = loaded.ask("d", {"age": DONT_KNOW})
    assert sorted(result.values) == [1, 2, 3]
    assert result.settled_by == ("age",) and result.complete


def test_where_it_may_be_anything_the_values_are_not_complete():
    loaded = load(literal("if small then 5 else cost * 2"), small="boolean", cost="number")
    assert loaded.ask("d", {"cost": DONT_KNOW, "small": False}) == Undecided((), ("cost",), complete=False)
    assert loaded.ask("d", {"cost": DONT_KNOW}) == Question("small", "boolean", "")
    result = loaded.ask("d", {"cost": DONT_KNOW, "small": DONT_KNOW})
    assert result == Undecided((Decimal(5),), ("small", "cost"), complete=False)


def test_the_others_are_asked_even_if_one_may_be_anything():
    loaded = load(
        table("cost * 2 | b", "> 10 | true -> 1", "<= 10 | true -> 2", "- | false -> 3"),
        cost="number",
        b="boolean",
    )
    assert loaded.ask("d", {"cost": DONT_KNOW}) == Question("b", "boolean", "")
    assert loaded.ask("d", {"cost": DONT_KNOW, "b": False}).value == 3


def test_what_is_too_much_to_try_is_asked_before_giving_up(monkeypatch):
    monkeypatch.setattr(ask, "MAX_TRIES", 3)
    names = [f"i{number}" for number in range(6)]
    rows = [" | ".join("true" if a == b else "-" for b in names) + f" -> {a[1:]}" for a in names]
    loaded = load(table(" | ".join(names), *rows, policy="COLLECT"), **dict.fromkeys(names, "boolean"))
    known = dict.fromkeys(names[:3], DONT_KNOW)
    while isinstance(found := loaded.ask("d", known), Question):
        known[found.input] = True
    assert set(known) == set(names)
    assert isinstance(found, Undecided) and not found.complete


def test_evaluating_what_is_not_known_takes_it_as_empty_and_says_so():
    found = load(literal("a = null"), a="boolean").evaluate("d", {"a": DONT_KNOW})
    assert found.value is True
    assert [problem.message for problem in found.problems] == ["is not known; null is used"]


cells = st.sampled_from(["-", "true", "false"])
rows = st.lists(st.tuples(cells, cells, cells, st.sampled_from("123")), min_size=1, max_size=5)
states = st.fixed_dictionaries({name: st.sampled_from([True, False, DONT_KNOW]) for name in "abc"})


@given(rows, states)
def test_exactly_the_values_that_completing_the_answers_can_give_are_possible(rows, states):
    texts = [f"{a} | {b} | {c} -> {out}" for a, b, c, out in rows]
    loaded = load(table("a | b | c", *texts, policy="FIRST"), a="boolean", b="boolean", c="boolean")
    known = {}
    while isinstance(found := loaded.ask("d", known), Question):
        known[found.input] = states[found.input]
    choices = [[True, False] if states[name] is DONT_KNOW else [states[name]] for name in "abc"]
    possible = {
        frozen(loaded.evaluate("d", dict(zip("abc", values, strict=True))).value)
        for values in product(*choices)
    }
    values = found.values if isinstance(found, Undecided) else (found.value,)
    assert {frozen(value) for value in values} == possible
