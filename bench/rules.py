"""The rule engines beside zen-engine: a condition, a table of twelve rules, compiling, and a table of a thousand rules."""

import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from html import escape
from typing import Any

from bench import tasks
from bench.peers import rate
from bench.results import Result
from towpath.engines import dmn, feel

ZEN = "zen-engine 2.1.3"
CPU = "per second of CPU time of one process, best of three rounds, both in the same run"
CONDITIONS = (
    tasks.CONDITION,
    'if income < 1000 then 20 else if town in ("Millbrook", "Eastmere") then 40 else 60',
    'every child in children satisfies child.age < 18 and child.school != null',
    'sum(for item in bills return item.amount * (1 + item.tax)) > 250.50',
    'date("2026-01-01") - date of birth >= duration("P6574D") and not(contains(upper case(town), "NORTH"))',
    "count(cars[co2 > 120 and first registered.year < 2015]) <= 1 or monthly income between 900 and 1800",
)  # fmt: skip
NAMES = (
    "age",
    "income",
    "town",
    "children",
    "bills",
    "date of birth",
    "cars",
    "first registered",
    "monthly income",
)


def measure(theirs: dict[str, float]) -> list[Result]:
    ours, many = thousand(100), thousand(1_000)
    return [
        Result(
            "FEEL: a condition of four terms", rate(_condition(), 100), "/s",
            f"Compiled once, evaluated on one person; {CPU}.", ZEN, theirs.get("condition"),
        ),
        Result(
            "DMN: a table of twelve rules", rate(_table(), 20), "/s",
            f"Unique table over two numbers, the last rule fires, with trace; the peer has its own JSON tables; {CPU}.",
            ZEN, theirs.get("table"),
        ),
        Result(
            "FEEL: compiling a condition", round(_compiling(), 3), "ms",
            f"Median of {len(CONDITIONS)} conditions of different kinds, 200 times each.",
        ),
        Result(
            "DMN: a table of 1,000 rules", rate(many, 20), "/s",
            "One column of ranges, one of texts, the last rule fires, with trace. Beside it the same table with 100 "
            f"rules: with ten times the rules a table that tries each rule has a tenth of the rate; {CPU}.",
            "100 rules", rate(ours, 20),
        ),
    ]  # fmt: skip


def _condition() -> Callable[[], Any]:
    compiled = feel.compile(tasks.CONDITION, names=tuple(tasks.PERSON))
    person = decimal(tasks.PERSON)
    assert compiled(person) is True
    return lambda: [compiled(person) for _ in range(100)]


def _table() -> Callable[[], Any]:
    model, inputs = dmn.load(tasks.table()), decimal(tasks.INPUTS)
    assert model.evaluate("fee", inputs).value == tasks.RULES[-1][3]
    return lambda: [model.evaluate("fee", inputs) for _ in range(20)]


def thousand(rules: int) -> Callable[[], Any]:
    """Evaluates a table with that many rules; its last rule fires."""
    bands = rules // 10
    lines = [
        (f"[{band * 100}..{band * 100 + 100})", f'"zone {zone}"', band * zone)
        for zone in range(10)
        for band in range(bands)
    ]
    model = dmn.load(table(("income", "number"), ("zone", "string"), lines))
    inputs = {"income": Decimal(bands * 100 - 1), "zone": "zone 9"}
    assert model.evaluate("fee", inputs).value == lines[-1][2]
    return lambda: [model.evaluate("fee", inputs) for _ in range(20)]


def table(first: tuple[str, str], second: tuple[str, str], lines: list[tuple[str, str, int]]) -> str:
    """A unique table over two inputs (name, type) as DMN."""
    rules = "".join(
        f"<rule><inputEntry><text>{a}</text></inputEntry><inputEntry><text>{escape(b)}</text></inputEntry>"
        f"<outputEntry><text>{fee}</text></outputEntry></rule>"
        for a, b, fee in lines
    )
    inputs = (first, second)
    data = "".join(
        f'<inputData id="{n}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>' for n, t in inputs
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#{n}"/></informationRequirement>' for n, _ in inputs
    )
    heads = "".join(f"<input><inputExpression><text>{n}</text></inputExpression></input>" for n, _ in inputs)
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="d" name="Bench" namespace="bench">'
        f'{data}<decision id="fee" name="fee">{needs}<decisionTable id="t">{heads}<output id="o" name="fee"/>{rules}'
        "</decisionTable></decision></definitions>"
    )


def _compiling() -> float:
    """Milliseconds."""
    taken = []
    for text in CONDITIONS * 200:
        begun = time.perf_counter()
        feel.compile(text, NAMES)
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken) * 1_000


def decimal(values: dict[str, Any]) -> dict[str, Any]:
    """As the product has them: FEEL's numbers are decimal."""
    return {name: Decimal(value) if isinstance(value, int) else value for name, value in values.items()}
