"""`python -m tests.conformance.tck FOLDER [--json FILE]`: runs the cases of the DMN Technology Compatibility Kit.

FOLDER is any folder of the kit: `TestCases`, one level of it, or one case. Comparison is strict: the type
and the value must be those expected (numbers to a relative 10^-8), and where an error is expected the
result must be null. A model is loaded even where parts of it are refused: such a part gives null.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from towpath.engines import dmn, xmltree
from towpath.engines.feel import times
from towpath.engines.feel.values import kind
from towpath.engines.xmltree import Node

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
CLOCK = {
    "__today": date(2026, 3, 2),
    "__now": datetime(2026, 3, 2, 12, 30, tzinfo=UTC),
}
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Outcome:
    """`why` is empty where the case passed."""

    file: str
    case: str
    expects_value: bool
    why: str


class Unreadable(Exception):
    """An expected value that the runner doesn't know how to read."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.tck", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="keep the outcomes of all cases here")
    given = parser.parse_args()
    if not given.folder.is_dir():
        print(
            f"{given.folder} is not there; fetch the kit from https://github.com/dmn-tck/tck", file=sys.stderr
        )
        return 2
    outcomes = list(run(given.folder))
    if not outcomes:
        print(f"{given.folder} holds no test files (*.xml beside *.dmn)", file=sys.stderr)
        return 2
    if given.json:
        given.json.write_text(json.dumps([vars_of(each) for each in outcomes], indent=1, ensure_ascii=False))
    return _told(outcomes)


def vars_of(outcome: Outcome) -> dict[str, Any]:
    return {
        "file": outcome.file,
        "case": outcome.case,
        "expects value": outcome.expects_value,
        "why": outcome.why,
    }


def _told(outcomes: list[Outcome]) -> int:
    failed = [each for each in outcomes if each.why]
    for each in failed:
        print(f"FAILED {each.file} {each.case}: {each.why}")
    valued = [each for each in outcomes if each.expects_value]
    right = sum(not each.why for each in valued)
    if valued:
        print(f"of the {len(valued)} cases that expect a value: {right} passed ({right / len(valued):.2%})")
    print(f"{len(outcomes) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def run(folder: Path) -> Iterator[Outcome]:
    for file in sorted(folder.rglob("*.xml")):
        root = xmltree.parse(file.read_bytes())
        if root.tag == "testCases":
            yield from _file(file, root)


def _file(file: Path, root: Node) -> Iterator[Outcome]:
    name = root.find("modelName")
    main = file.parent / (name.text.strip() if name else "")
    others = [other.read_bytes() for other in sorted(file.parent.glob("*.dmn")) if other != main]
    try:
        model = dmn.load(main.read_bytes(), others, refuse=False)
    except (dmn.DmnError, OSError) as error:
        why = f"the model was not loaded: {error}"
        for case in root.all("testCase"):
            yield Outcome(file.stem, case.attrs.get("id", "?"), _expects_value(case), why)
        return
    for case in root.all("testCase"):
        yield Outcome(file.stem, case.attrs.get("id", "?"), _expects_value(case), _case(model, case))


def _expects_value(case: Node) -> bool:
    return not any(result.attrs.get("errorResult") == "true" for result in case.all("resultNode"))


def _case(model: dmn.Model, case: Node) -> str:
    """Why the case fails, or ""."""
    inputs = dict(CLOCK)
    for node in case.all("inputNode"):
        space = node.attrs.get("namespace")
        inputs[f"{{{space}}}{node.attrs['name']}" if space else node.attrs["name"]] = read(node)
    reasons = (_result(model, case, result, inputs) for result in case.all("resultNode"))
    return "; ".join(reason for reason in reasons if reason)


def _result(model: dmn.Model, case: Node, result: Node, inputs: Mapping[str, Any]) -> str:
    invoked = case.attrs.get("type", "decision") != "decision" and case.attrs.get("invocableName")
    name = result.attrs["name"]
    try:
        found = (model.invoke(invoked, inputs) if invoked else model.evaluate(name, inputs)).value
    except LookupError as error:
        return f"{name}: {error}"
    if invoked and isinstance(found, dict) and name in found and len(case.all("resultNode")) > 1:
        found = found[name]
    if result.attrs.get("errorResult") == "true":
        return "" if found is None else f"{name}: an error or null was expected, not {found!r}"
    expected_node = result.find("expected")
    try:
        expected = None if expected_node is None else read(expected_node)
    except Unreadable as error:
        return f"{name}: {error}"
    return "" if same(found, expected) else f"{name}: {expected!r} was expected, not {found!r}"


# -- values


def read(node: Node) -> Any:
    """The value of an `inputNode`, `expected`, `item` or `component` element."""
    value = node.find("value")
    if value is not None:
        return _scalar(value)
    listed = node.find("list")
    if listed is not None:
        return None if listed.attrs.get(NIL) == "true" else [read(item) for item in listed.all("item")]
    parts = node.all("component")
    if not parts or all(part.attrs.get(NIL) == "true" and "name" not in part.attrs for part in parts):
        return None
    return {part.attrs["name"]: None if part.attrs.get(NIL) == "true" else read(part) for part in parts}


def _scalar(node: Node) -> Any:
    if node.attrs.get(NIL) == "true":
        return None
    named = node.attrs.get(TYPE, "xsd:string").rpartition(":")[2]
    reader = _READERS.get(named)
    if reader is None:
        raise Unreadable(f"the runner knows no values of type {named}")
    try:
        found = reader(node.text if named == "string" else node.text.strip())
    except (ValueError, InvalidOperation) as error:
        raise Unreadable(f"'{node.text}' is no {named}") from error
    if found is None:
        raise Unreadable(f"'{node.text}' is no {named}")
    return found


_READERS: dict[str, Any] = {
    "string": str,
    "boolean": lambda text: {"true": True, "1": True, "false": False, "0": False}[text],
    "date": times.parse_date,
    "time": times.parse_time,
    "dateTime": times.parse_datetime,
    "duration": times.parse_duration,
    **dict.fromkeys(("decimal", "double", "float", "integer", "int", "long"), Decimal),
}


def same(found: Any, expected: Any) -> bool:
    """Of the same kind and value; 1 is not true, a date is not a date and time."""
    what = kind(expected)
    if kind(found) != what:
        return False
    if what == "number":
        return _close(Decimal(found), Decimal(expected))
    if what == "list":
        return len(found) == len(expected) and all(map(same, found, expected))
    if what == "context":
        return found.keys() == expected.keys() and all(same(found[key], expected[key]) for key in expected)
    if isinstance(expected, timedelta):
        return bool(found == expected)
    if isinstance(expected, datetime | time):
        return bool(found == expected) and found.utcoffset() == expected.utcoffset()
    return bool(found == expected)


def _close(found: Decimal, expected: Decimal) -> bool:
    return abs(found - expected) <= TOLERANCE * max(abs(expected), Decimal(1))


if __name__ == "__main__":
    sys.exit(main())
