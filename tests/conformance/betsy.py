"""The process suite of the University of Bamberg (betsy), run against our engine.

    python -m tests.conformance.betsy FOLDER [--json FILE]      processes, with the trace that each must leave
    python -m tests.conformance.betsy --invalid FOLDER          files that must be refused, naming what is wrong

FOLDER holds `expectations.json` and the files that it names. Prints each failure, and last `N passed, M failed`.
"""

import argparse
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.conformance.scripts import World
from towpath.engines import bpmn

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
WORD = re.compile(r"[A-Z][A-Z_0-9]*(task\d)?")
CONTAINS = re.compile(r"(!?)(\w+)\.contains\((\"\w+\")\)>?")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.betsy", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--invalid", action="store_true", help="the folder has files that must be refused")
    parser.add_argument("--json", type=Path, help="write every result there")
    given = parser.parse_args()
    if not (given.folder / "expectations.json").is_file():
        print(f"there is no {given.folder / 'expectations.json'}; name a folder of the suite")
        return 2
    expected = json.loads((given.folder / "expectations.json").read_text(encoding="utf-8"))
    results = _refused(given.folder, expected) if given.invalid else _played(given.folder, expected)
    if given.json:
        given.json.write_text(json.dumps(results, indent=1, ensure_ascii=False), encoding="utf-8")
    failed = [result for result in results if not result["passed"]]
    for result in failed:
        print(f"{result['name']}: {result['why']}")
    _by_group(results)
    print(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


def _by_group(results: list[dict[str, Any]]) -> None:
    groups = {result["group"] for result in results}
    for group in sorted(groups) if len(groups) > 1 else ():
        counts = Counter(result["passed"] for result in results if result["group"] == group)
        print(f"  {group}: {counts[True]} of {counts.total()}")


# Processes with a trace


def _played(folder: Path, expected: dict[str, Any]) -> list[dict[str, Any]]:
    results = []
    for process in expected["processes"]:
        text = prepared((folder / process["file"]).read_bytes(), process["expressions"])
        for case in process["test_cases"]:
            why = _play(text, process, case)
            name = f"{process['name']} {case['number']}"
            results.append({"name": name, "group": process["group"], "passed": not why, "why": why})
    return results


def _play(text: bytes, process: dict[str, Any], case: dict[str, Any]) -> str:
    """Why the test case fails; "" if it passes."""
    try:
        world = World(bpmn.load(text))
        world.run(case["start"], case["variables"], case["wait_ms"])
        error = world.error
        trace, marker, data, overlap = world.trace, world.marker, world.data, world.overlap()
    except bpmn.BpmnError as refused:
        error, trace, marker, data, overlap = f"deployment: {refused}", [], False, None, False
    wrong = []
    if sorted(trace) != sorted(case["trace"]):
        wrong.append(f"trace {trace}, expected {case['trace']}")
    if case["marker"] and not marker:
        wrong.append("the marker was not set")
    if case["data"] is not None and data != case["data"]:
        wrong.append(f"data {data!r}, expected {case['data']!r}")
    if case["overlap"] and not overlap:
        wrong.append("the two tasks were not active at the same time")
    if not _fits(case["error"], error):
        wrong.append(f"error {error or 'none'}, expected {case['error'] or 'none'}")
    return "; ".join(wrong)


def _fits(expected: str | None, found: str) -> bool:
    kind = found.partition(":")[0]
    if expected is None:
        return not found
    return kind in (("deployment", "runtime") if expected == "any" else (expected,))


def prepared(text: bytes, expressions: dict[str, str]) -> bytes:
    """The file as an author would write it for us: script words as step kinds, expressions in FEEL."""
    for prefix, (_, space) in zip(("zeebe", "bpmn"), (("", ZEEBE), ("", BPMN)), strict=True):
        ElementTree.register_namespace(prefix, space)
    root = ElementTree.fromstring(text)
    for task in root.iter():
        script = task.find(f"{{{BPMN}}}script")
        word = (script.text or "").strip() if script is not None else ""
        if script is not None and WORD.fullmatch(word):
            task.remove(script)
            extensions = task.find(f"{{{BPMN}}}extensionElements")
            if extensions is None:
                extensions = ElementTree.Element(f"{{{BPMN}}}extensionElements")
                task.insert(0, extensions)
            extensions.append(ElementTree.Element(f"{{{ZEEBE}}}taskDefinition", {"type": word}))
        if task.tag.rpartition("}")[2].endswith(("xpression", "ondition", "ardinality")):
            source = (task.text or "").strip()
            task.text = expressions.get(source, _in_feel(source))
    return ElementTree.tostring(root)


def _in_feel(source: str) -> str:
    """What the README of the suite says of the expressions in its files, as a rule."""
    match = CONTAINS.fullmatch(source)
    if match:
        found = f"contains({match[2]}, {match[3]})"
        return f"not({found})" if match[1] else found
    return re.sub(r"^\$\{(.*)\}$", r"\1", source)


# Files that must be refused


def _refused(folder: Path, expected: dict[str, Any]) -> list[dict[str, Any]]:
    results = []
    for entry in expected["files"]:
        why, problems = _accepted((folder / entry["file"]).read_bytes())
        result = {"name": f"{entry['file']} ({entry['what']})", "group": "", "passed": not why, "why": why}
        results.append({**result, "problems": problems})
    return results


def _accepted(text: bytes) -> tuple[str, list[str]]:
    try:
        bpmn.load(prepared(text, {}))
    except bpmn.BpmnError as error:
        problems = [str(problem) for problem in error.problems]
        named = any(problem.element for problem in error.problems)
        return ("" if named else f"no element is named: {problems}"), problems
    return "is not refused", []


if __name__ == "__main__":
    sys.exit(main())
