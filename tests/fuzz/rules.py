"""`python -m tests.fuzz.rules [--minutes 10] [--seed N]`: FEEL texts and DMN models that nobody would write.

Texts grow from the grammar and from pieces of it, broken at random, and run on made-up values. Nothing but a
FeelError or a DmnError may come of them, none may take longer than SECONDS or need more memory than MEGABYTES.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import escape
from typing import Any

from towpath.engines import dmn, feel
from towpath.engines.feel import YearsMonths
from towpath.engines.feel.functions import FUNCTIONS

SECONDS = 1.0  # far above the 100 ms that a text should take, since others use the machine too
MEGABYTES = 300  # of the whole process, after everything
LITERALS = (
    *("1", "0", "-1", "2.5", "1e6144", "1e-6000", "9999999999999999999999999999999999", "100000", "1e30"),
    *('""', '"a"', '"2026-01-31"', '"\\uD83D\\uDCA9"', '"(a+)+$"', '"[a-z-[aeiou]]"', '"\\\\p{L}*"', '"aaaaaaaaaaaaaaaaaaaaaaaa!"'),
    *("true", "false", "null", '@"2026-01-31"', '@"999999999-12-31"', '@"-0001-01-01T00:00:00.000000001Z"'),
    *('@"10:30:00@Europe/Paris"', '@"P1D"', '@"-P999999999Y"', '@"P999999999D"', "[1..5]", '["a".."c")', "(< 5)"),
    *("[]", "{}", "x", "y", "l", "deep", "t", "far"),
)  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in")
TYPES = (
    "number",
    "string",
    "list<number>",
    "context<a: string>",
    "range<date>",
    "function<number> -> Any",
    "Null",
)
PIECES = (
    *"()[]{}<>=,.:+-*/?@\"'\\|;#",
    *("..", "**", "if ", "then ", "else ", "for ", " in ", " return ", "some ", "every ", " satisfies "),
    *(
        "function(",
        "instance of ",
        "not(",
        "between ",
        " and ",
        "external",
        "//",
        "/*",
        "*/",
        "\n",
        "é",
        "🐎",
        "\u200b",
    ),
)
MODEL = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="m" name="m" namespace="u">'
    '<itemDefinition name="t" isCollection="true"><typeRef>number</typeRef></itemDefinition>'
    '<inputData id="x" name="x"><variable name="x" typeRef="{type}"/></inputData>'
    '<decision id="d" name="d"><informationRequirement><requiredInput href="#x"/></informationRequirement>'
    '<decisionTable hitPolicy="{policy}"><input><inputExpression><text>{a}</text></inputExpression></input>'
    '<output name="o"><outputValues><text>1, 2, 3</text></outputValues></output>{rules}</decisionTable></decision>'
    '<decision id="e" name="e"><informationRequirement><requiredDecision href="#d"/></informationRequirement>'
    "<{box}>{inner}</{box}></decision></definitions>"
)
RULE = "<rule><inputEntry><text>{}</text></inputEntry><outputEntry><text>{}</text></outputEntry></rule>"


class Maker:
    """Texts and values from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self) -> str:
        made = self.expression(self.random.randint(0, 5))
        for _ in range(self.random.choice((0, 0, 0, 1, 2, 5))):
            place = self.random.randrange(len(made) + 1)
            kind = self.random.randrange(3)
            if kind == 0:
                made = made[:place] + self.random.choice(PIECES) + made[place:]
            elif kind == 1:
                made = made[:place] + made[place + self.random.randint(1, 4) :]
            else:
                made = made[:place] + made[place:] * self.random.randint(1, 3)
        return made

    def expression(self, depth: int) -> str:
        if depth <= 0:
            return self.random.choice(LITERALS)
        shapes = (
            self.call,
            self.call,
            self.binary,
            self.loop,
            self.filter,
            self.context,
            self.choice,
            self.function,
            self.wide,
        )
        return self.random.choice(shapes)(depth - 1)

    def call(self, depth: int) -> str:
        name = self.random.choice(list(FUNCTIONS))
        form = self.random.choice(FUNCTIONS[name].forms)
        count = self.random.choice((len(form.parameters), len(form.parameters), self.random.randint(0, 4)))
        return f"{name}({', '.join(self.expression(depth) for _ in range(count))})"

    def binary(self, depth: int) -> str:
        operator = self.random.choice(OPERATORS)
        return f"({self.expression(depth)} {operator} {self.expression(depth)})"

    def loop(self, depth: int) -> str:
        word, then = self.random.choice((("for", "return"), ("some", "satisfies"), ("every", "satisfies")))
        domain = self.random.choice((f"1..{self.random.choice((3, 1000, 10**7))}", self.expression(depth)))
        return f"({word} x in {domain} {then} {self.expression(depth)})"

    def filter(self, depth: int) -> str:
        ending = self.random.choice(
            (f"[{self.expression(depth)}]", ".a", "[item > 1]", f" instance of {self.random.choice(TYPES)}")
        )
        return f"{self.expression(depth)}{ending}"

    def context(self, depth: int) -> str:
        entries = [f"{name}: {self.expression(depth)}" for name in self.random.sample("abcxy", 3)]
        return "{" + ", ".join(entries) + "}"

    def choice(self, depth: int) -> str:
        parts = [self.expression(depth) for _ in range(3)]
        return f"(if {parts[0]} then {parts[1]} else {parts[2]})"

    def function(self, depth: int) -> str:
        body = self.expression(depth)
        return self.random.choice(
            (
                f"(function(x, y) {body})(1, y)",
                f"{{f: function(x) f({body}), r: f(1)}}.r",
                f"[{body}, {body}]",
            )
        )

    def wide(self, depth: int) -> str:
        """Much of something small, in a loop or not."""
        part, many = self.expression(min(depth, 1)), self.random.choice((9, 70, 600))
        joined = self.random.choice((", ", ", ", " or ", " + ")).join(
            [part] * min(many, 3000 // len(part) + 1)
        )
        return self.random.choice((f"[{joined}]", f"({joined})", f"(for x in 1..50000 return [{joined}])"))

    def values(self) -> dict[str, Any]:
        deep: list[Any] = []
        for _ in range(self.random.choice((1, 30, 2000))):
            deep = [deep]
        simple = [None, True, Decimal(3), Decimal("1e-30"), "", "abc", date(2026, 1, 31), datetime(2026, 1, 1, tzinfo=UTC), timedelta(1), YearsMonths(3), {"a": Decimal(1)}, [Decimal(1), None], 2.5, object()]  # fmt: skip
        return {
            "x": self.random.choice(simple),
            "y": self.random.choice(simple),
            "l": [Decimal(n % 7) for n in range(self.random.choice((0, 3, 2000)))],
            "deep": deep,
            "t": "ab " * self.random.choice((1, 30, 5000)),
        }

    def model(self) -> str:
        rules = "".join(
            RULE.format(escape(self.text()), escape(self.expression(1)))
            for _ in range(self.random.randint(0, 4))
        )
        return MODEL.format(
            type=self.random.choice(("number", "t", "string", "date", "Any", "nothing")),
            policy=self.random.choice(("UNIQUE", "FIRST", "COLLECT", "OUTPUT ORDER", "ANY", "PRIORITY")),
            a=escape(self.random.choice(("x", self.expression(2)))),
            rules=rules,
            box=self.random.choice(("literalExpression", "list", "context", "conditional", "filter", "for")),
            inner=f"<text>{escape(self.text())}</text>",
        )


class Clock:
    """The slowest of each kind of thing that is done, in CPU seconds, with the seed that took it."""

    def __init__(self) -> None:
        self.seed = 0
        self.slowest: dict[str, tuple[float, int]] = {}
        self.too_slow = 0

    @contextmanager
    def times(self, what: str) -> Iterator[None]:
        begun = time.process_time()
        try:
            yield
        finally:
            taken = time.process_time() - begun
            self.slowest[what] = max(self.slowest.get(what, (0.0, 0)), (taken, self.seed))
            if taken > SECONDS:
                self.too_slow += 1
                print(f"seed {self.seed}: {what} took {taken:.2f} s", flush=True)

    def told(self) -> str:
        parts = (f"{what} {s * 1000:.0f} ms (seed {seed})" for what, (s, seed) in self.slowest.items())
        return "slowest: " + ", ".join(parts)


def turn(maker: Maker, clock: Clock) -> None:
    """One text on made-up values, as an expression and as a unary test."""
    text, values = maker.text(), maker.values()
    runs = {
        "expression": lambda: feel.compile(text)(values),
        "unary test": lambda: feel.compile_unary(text)(values["x"], values),
    }
    for what, run in runs.items():
        try:
            with clock.times(what):
                run()
        except feel.FeelError as error:
            assert 0 <= error.position <= len(error.text), error


def model_turn(maker: Maker, clock: Clock) -> None:
    """One model: read, each decision worked out, and the next question of each."""
    xml, values = maker.model(), maker.values()
    try:
        with clock.times("model read"):
            model = dmn.load(xml, refuse=False)
    except dmn.DmnError:
        return
    for name in model.decisions:
        with clock.times("decision"):
            model.evaluate(name, values)
        with clock.times("question"):
            model.ask(name, {})


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.rules", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=0, help="the first one; each turn takes the next")
    given = parser.parse_args()
    end, seed, faults, clock = time.monotonic() + given.minutes * 60, given.seed, 0, Clock()
    while time.monotonic() < end:
        clock.seed = seed
        try:
            (model_turn if seed % 4 == 3 else turn)(Maker(seed), clock)
        except Exception:
            faults += 1
            print(f"seed {seed}:\n{traceback.format_exc(limit=-4)}", flush=True)
        seed += 1
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    faults += clock.too_slow + (megabytes > MEGABYTES)
    print(f"{seed - given.seed} turns, {faults} faults, {megabytes:.0f} MB at most; {clock.told()}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
