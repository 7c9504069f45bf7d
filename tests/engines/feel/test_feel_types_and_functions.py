"""Types of values, and functions that models bring along."""

import pytest

from towpath.engines import feel


@pytest.mark.parametrize(
    ("class_name", "signature", "arguments", "expected"),
    [
        ("java.lang.Math", "max(double, double)", "1.5, 2", 2),
        ("java.lang.Math", "max(int,int)", "1.5, 2", None),
        ("java.lang.Math", "floorMod(long,long)", "-7, 3", 2),
        ("java.lang.Math", "sqrt(double)", "-1", None),
        ("java.lang.Integer", "parseInt(java.lang.String)", '"12"', 12),
        ("java.lang.Byte", "valueOf(java.lang.String)", '"300"', None),
        ("java.lang.String", "valueOf(int)", "5", "5"),
        (
            "java.lang.String",
            "format(java.lang.String, [Ljava.lang.Object;)",
            '"%s has %d %%", "Ada", 3',
            "Ada has 3 %",
        ),
    ],
)
def test_a_few_pure_functions_of_java_are_known_by_their_signature(
    class_name, signature, arguments, expected
):
    names = ", ".join("abc"[: arguments.count(",") + 1])
    body = f'external {{java: {{class: "{class_name}", method signature: "{signature}"}}}}'
    assert feel.compile(f"(function({names}) {body})({arguments})")({}) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5 instance of number", True),
        ("5 instance of string", False),
        ("null instance of number", False),
        ("null instance of Null", True),
        ('@"P1D" instance of days and time duration and true', True),
        ('@"P1Y" instance of days and time duration', False),
        ('@"2026-01-01" instance of date and time', False),
        ('@"2026-01-01T00:00:00" instance of date and time', True),
        ("[1, 2] instance of list<number>", True),
        ('[1, "a"] instance of list<number>', False),
        ("[[1], []] instance of list<list<number>>", True),
        ("{a: 1, b: 2} instance of context<a: number>", True),
        ("{a: 1} instance of context<a: number, b: number>", False),
        ("[1..2] instance of range<number>", True),
        ("[1..2] instance of range<date>", False),
        ("(function(a: number) a + 1) instance of function<number> -> number", True),
        ("(function(a: number) a + 1) instance of function<number> -> string", False),
        ("(function(a: number) a + 1) instance of function<string> -> number", False),
        ("(function(a: number) a + 1) instance of function<number, number> -> number", False),
        ("abs instance of function<number> -> number", True),
        ("-1 instance of number", True),
    ],
)
def test_instance_of(text, expected):
    assert feel.compile(text)({}) is expected


@pytest.mark.parametrize("signature", ["exit(int)", "getenv(java.lang.String)"])
def test_any_other_function_of_java_is_refused_by_its_name(signature):
    body = f'external {{java: {{class: "java.lang.System", method signature: "{signature}"}}}}'
    with pytest.raises(feel.FeelError, match=r"java\.lang\.System\..* is not supported"):
        feel.compile(f"function(a) {body}")
