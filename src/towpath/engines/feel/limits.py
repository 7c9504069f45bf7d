"""What a FEEL text may cost, and the two ways in which it can fail."""

from __future__ import annotations

from typing import Any

MAX_TEXT = 10_000  # characters of one expression
MAX_DEPTH = 80  # levels of nesting, written or built by a chain of operators
MAX_LIST = 50_000  # items of one list
MAX_STRING = 100_000  # characters of one string that an expression builds
MAX_EXPONENT = 6_144  # powers of ten of one number: IEEE 754 decimal128, DMN 1.5 section 10.3.2.3.1
MAX_STEPS = 60_000  # loop turns and list items touched in one evaluation
MAX_CALLS = 48  # calls of defined functions inside each other
MAX_TYPES = 40  # levels of one type, such as list<list<number>>
POWER_STEPS = 100  # what one power, logarithm or root counts for: they take that much longer
CALL_STEPS = 4  # what one call of a function in a loop counts for, and CALLED_STEPS of a defined one
CALLED_STEPS = 20
MAX_PATTERN = 200  # characters of a pattern for matches()
MAX_MATCHING = 5_000_000  # worst-case steps of a pattern on its text

# Where a scope has its budget: an object of its own, since a text can bind any name there is.
BUDGET: Any = object()
_SIZED = (str, list, dict)

Scope = dict[str, Any]


class FeelError(ValueError):
    """A FEEL text that can't be read, or an evaluation that was stopped by a bound.

    `text` is the whole expression, `position` the character (from 0) where it goes wrong.
    """

    def __init__(self, text: str, position: int, why: str) -> None:
        excerpt = text if len(text) <= 80 else text[:77] + "..."
        super().__init__(f"{why} (at character {position + 1} of: {excerpt})")
        self.text = text
        self.position = position
        self.why = why


class Exceeded(Exception):
    """A bound was passed while evaluating; the Expression that was running makes a FeelError of it."""

    def __init__(self, why: str, position: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.position = position


class Budget:
    """The steps that one evaluation has left; shared by all expressions of one decision."""

    __slots__ = ("calls", "left")

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps
        self.calls = 0  # of defined functions that are open

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise Exceeded(f"the evaluation takes more than {MAX_STEPS} steps (MAX_STEPS)")

    def charge(self, value: Any) -> None:
        """What a value costs that was built or is gone through: by its size."""
        if type(value) in _SIZED:
            self.spend(len(value) >> 8 if type(value) is str else len(value))

    def enter(self, scope: Scope, weight: int = 0) -> None:
        """One more call of a defined function with a body of that weight, which copies that scope; `leave` follows."""
        self.spend(CALLED_STEPS + weight + (len(scope) >> 6))
        self.calls += 1
        if self.calls > MAX_CALLS:
            raise Exceeded(f"more than {MAX_CALLS} calls inside each other (MAX_CALLS)")

    def leave(self) -> None:
        self.calls -= 1


def budget_of(scope: Scope) -> Budget:
    """The evaluation's budget; a single operation may have one of its own."""
    budget = scope.get(BUDGET)
    return budget if isinstance(budget, Budget) else Budget()


def bounded_list(items: list[Any]) -> list[Any]:
    if len(items) > MAX_LIST:
        raise Exceeded(f"a list of more than {MAX_LIST} items (MAX_LIST)")
    return items


def bounded_string(text: str) -> str:
    if len(text) > MAX_STRING:
        raise Exceeded(f"a string of more than {MAX_STRING} characters (MAX_STRING)")
    return text
