"""Reading YAML that somebody may have made to harm."""

from decimal import Decimal

import pytest

from towpath.catalogue import shape
from towpath.catalogue.written import read

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefg", "bcdefgh", strict=True)
)


def test_numbers_are_what_was_written_and_lines_are_known():
    document, problems = read("x.yaml", "fee:\n  amount: 0.10\nlist:\n  - a\n  - {b: 1}\n")
    assert problems == []
    assert document is not None
    assert document.value["fee"]["amount"] == Decimal("0.10")
    assert (document.line("fee", "amount"), document.line("list", 1, "b"), document.line("list", 9)) == (
        2,
        5,
        3,
    )


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a: 1\nb: [1\nc: 2\n", 3, "not YAML"),
        ("a: 1\na: 2\n", 2, "a second time, first on line 1"),
        ("x: !!python/object/apply:os.system [true]\n", 1, "is not taken"),
        ("x: !secret y\n", 1, "is not taken"),
        ("no: 1\n", 1, "not read as a text"),
        ("? [a, b]\n: 1\n", 1, "not read as a text"),
        ("day: 2026-02-31\n", 1, "is none"),
        ("n: .inf\n", 1, "is none"),
        (f"n: {'9' * 5000}\n", 1, "is none"),
        (BOMB, 5, "more than"),
        ("a: &a\n  b: *a\n", 2, "stands for nothing"),
        ("a: " + "[" * 50 + "]" * 50, 1, "nested deeper"),
        ("a: *nobody\n", 1, "stands for nothing"),
        ("--- 1\n--- 2\n", 2, "not YAML"),
        ("", 1, "is empty"),
        ("a: \x00\n", 0, "not YAML"),
    ],
)
def test_what_is_broken_or_hostile_is_refused_with_its_line(text, line, what):
    _, problems = read("x.yaml", text)
    assert any(what in problem.what and problem.line == line for problem in problems), [
        str(p) for p in problems
    ]


def test_a_file_that_is_too_long_is_not_read():
    document, (problem,) = read("x.yaml", "#" * 600_000)
    assert document is None
    assert "larger" in problem.what


@pytest.mark.parametrize(
    ("kind", "text", "place", "what"),
    [
        ("scenario", "submitted: 2026-03-02\n", "submitted", "is a date; it must be a text (put it in quotes)"),
        ("scenario", "steps: [{after: 5D, wait: P1D}]\n", "steps[1].after", "'5D' is not written as it must be"),
        ("scenario", "steps: [{tsk: x}]\n", "steps[1]", "none of the forms"),
        ("scenario", "answers: {Full-Name: x}\n", "answers.Full-Name", "not written as it must be"),
        ("form", "pages: []\n", "pages", "too few entries; at least 1"),
        ("form", "pages: [{id: a, questions: [{id: b, type: choise}]}]\n", "pages[1].questions[1].type", "did you mean 'choice'?"),
        ("form", "pages: [{id: a, questions: [{id: b, type: choice}]}]\n", "pages[1].questions[1]", "'options' is missing"),
        ("form", "pages: [{id: a, questions: [{id: b, type: text, options: [a, b]}]}]\n", "pages[1].questions[1].options", "no place here"),
        ("letter", "channels: [email, email]\n", "channels", "same entry twice"),
    ],
)  # fmt: skip
def test_a_broken_schema_is_told_in_plain_words(kind, text, place, what):
    document, _ = read("x.yaml", text)
    assert document is not None
    found = [f"{p.what}; {p.right}" for p in shape.problems(document, kind) if p.place == place]
    assert any(what in one for one in found), [str(p) for p in shape.problems(document, kind)]
