"""Evaluations told in sentences."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from dmn_text import decision, input_data, literal, model, table

from towpath.engines import dmn
from towpath.engines.dmn.phrases import PHRASES
from towpath.engines.dmn.trace import MatchedRule, Step
from towpath.engines.feel import YearsMonths

BASIS = {"Legal basis": "Bylaw 5"}


def explained(step, locale="en", labels=None, **options):
    return dmn.Evaluation(step.output, (step,), ()).explain(locale, labels, **options)


def of_table(*rules, output="grant", either=False, **inputs):
    matched = tuple(MatchedRule(f"r{number}", number, notes, output) for number, notes in rules)
    return Step("Permit", "decision table", inputs, matched, output, either)


def told_value(value, locale="en"):
    return explained(Step("x", "literal expression", {}, (), value), locale)[-1]


def test_the_rule_its_basis_what_it_saw_and_the_result():
    assert explained(of_table((2, BASIS), age=Decimal(17), resident=True)) == (
        "Permit: rule 2 decided.",
        "The basis is: Bylaw 5.",
        "This was looked at: age: 17; resident: yes.",
        "The result is: grant.",
    )


def test_in_french():
    assert explained(of_table((2, BASIS), age=Decimal("1700.5"), resident=False), "fr") == (
        "Permit\u00a0: la règle 2 a décidé.",
        "La base est\u00a0: Bylaw 5.",
        "Ceci a été pris en compte\u00a0: age\u00a0: 1\u202f700,5\u00a0; resident\u00a0: non.",
        "Le résultat est\u00a0: grant.",
    )


def test_in_arabic_what_runs_the_other_way_is_set_in():
    labels = {"Permit": "التصريح", "grant": "منح", "Permit.grant": "يُمنح"}
    assert explained(of_table((2, BASIS), resident=True), "ar", labels) == (
        "التصريح: القاعدة 2 هي التي قررت.",
        "الأساس هو: \u2068Bylaw 5\u2069.",
        "نُظر في ما يلي: \u2068resident\u2069: نعم.",
        "النتيجة هي: يُمنح.",
    )


def test_words_that_run_from_the_right_are_set_in_elsewhere():
    assert (
        explained(of_table((1, {})), "en", {"Permit": "التصريح"})[0] == "\u2068التصريح\u2069: rule 1 decided."
    )


@pytest.mark.parametrize(
    ("step", "first"),
    [
        (of_table((1, {}), (3, {}), (4, {})), "Permit: rules 1, 3 and 4 hold together."),
        (
            of_table((1, {}), (3, {}), either=True),
            "Permit: one of rules 1 and 3 holds, and each of them gives the same.",
        ),
        (of_table(output=None), "Permit: no rule holds."),
        (Step("Total", "literal expression", {}, (), 5), "Total was worked out."),
    ],
)
def test_how_it_came_about(step, first):
    assert explained(step)[0] == first


def test_the_same_basis_is_told_once():
    assert explained(of_table((1, BASIS), (2, BASIS)))[1] == "The basis is: Bylaw 5."


def test_in_brief_only_the_rule_and_its_basis_are_told():
    told = explained(of_table((1, BASIS), age=1), brief=True)
    assert told == ("Permit: rule 1 decided.", "The basis is: Bylaw 5.")


def test_labels_of_the_caller_go_before_those_of_the_model():
    text = table("answers.age", "< 18 -> 1", ">= 18 -> 2").replace("<input>", '<input label="Age in years">')
    loaded = dmn.load(model(input_data("answers"), decision("d", text, "answers")))
    found = loaded.evaluate("d", {"answers": {"age": Decimal(20)}})
    assert "Age in years: 20" in found.explain("en")[1]
    assert "How old: 20" in found.explain("en", {"age": "How old"})[1]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "not given"),
        (Decimal("-1234567.50"), "\u22121,234,567.5"),
        (date(2026, 3, 1), "1 March 2026"),
        (datetime(2026, 3, 1, 9, 5, tzinfo=UTC), "1 March 2026, 09:05"),
        (timedelta(days=1, hours=3), "1 day and 3 hours"),
        (timedelta(0), "0 days"),
        (YearsMonths(-14), "\u22121 year and 2 months"),
        (["a", "b", "c"], "a, b and c"),
        ([], "nothing"),
        ({"fee": Decimal(5), "why": "first"}, "fee: 5; why: first"),
    ],
)
def test_values_as_people_write_them(value, told):
    assert told_value(value) == f"The result is: {told}."


@pytest.mark.parametrize(
    ("value", "locale", "told"),
    [
        (date(2026, 3, 1), "fr", "1er mars 2026"),
        (timedelta(days=0), "fr", "0 jour"),
        (timedelta(days=2), "ar", "يومان"),
        (timedelta(days=5), "ar", "5 أيام"),
        (timedelta(days=14), "ar", "14 يومًا"),
        (timedelta(days=100), "ar", "100 يوم"),
    ],
)
def test_dates_and_durations_in_other_languages(value, locale, told):
    assert told in told_value(value, locale).replace("\u2068", "").replace("\u2069", "")


def test_a_language_may_name_its_country_and_one_without_phrases_is_told():
    assert explained(of_table((1, {})), "fr-CA")[0].startswith("Permit\u00a0:")
    with pytest.raises(LookupError, match="no phrases for 'nl'; there are ar, en, fr"):
        explained(of_table((1, {})), "nl")


def test_every_language_has_every_phrase():
    english = PHRASES["en"]
    for phrases in PHRASES.values():
        assert phrases.sentences.keys() == english.sentences.keys()
        assert phrases.words.keys() == english.words.keys()
        assert phrases.units.keys() == english.units.keys()
        assert len(phrases.months) == 12


def test_required_decisions_are_told_before_those_that_need_them():
    loaded = dmn.load(
        model(
            input_data("age", "number"),
            decision("Adult", literal("age >= 18"), "age"),
            decision("Fee", table("Adult", "true -> 20", "false -> 0"), "!Adult"),
        )
    )
    told = loaded.evaluate("Fee", {"age": Decimal(30)}).explain("en")
    assert told[0] == "Adult was worked out."
    assert "Fee: rule 1 decided." in told


def test_a_decision_that_was_asked_is_told_too():
    loaded = dmn.load(
        model(
            *[input_data(name, "boolean") for name in "ab"],
            decision("d", table("a | b", "true | true -> 1", "true | false -> 1", "false | - -> 2"), "a, b"),
        )
    )
    found = loaded.ask("d", {"a": True}, empty=False)
    assert found.explain("en")[0] == "d: one of rules 1 and 2 holds, and each of them gives the same."
