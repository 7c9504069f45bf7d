"""FEEL, the expression language of forms, gateways and decision tables (DMN 1.5, chapter 10).

    feel.compile("age >= 18 and resident", ["age", "resident"])({"age": 30, "resident": True})  # True

Numbers are `Decimal` (int is taken too), dates and times `datetime` types (`Exact` where these have no
room), years-and-months durations `YearsMonths`, ranges `Range`, functions `FunctionValue`, lists and
contexts `list` and `dict`, null `None`. Wrong types give null, not an error. A FeelError is raised for a
text that can't be read and for an evaluation that passes a bound (`limits`).
`today()` and `now()` read "__today" and "__now" of the context: there is no clock here.
"""

from towpath.engines.feel import calls as _calls  # noqa: F401 - registers its kinds of nodes
from towpath.engines.feel import library as _library  # noqa: F401 - registers the functions
from towpath.engines.feel.exact import Exact
from towpath.engines.feel.expression import Expression, UnaryTest, compile, compile_unary  # noqa: A004
from towpath.engines.feel.limits import FeelError
from towpath.engines.feel.times import YearsMonths
from towpath.engines.feel.values import FunctionValue, Range

__all__ = [
    "Exact",
    "Expression",
    "FeelError",
    "FunctionValue",
    "Range",
    "UnaryTest",
    "YearsMonths",
    "compile",
    "compile_unary",
]
