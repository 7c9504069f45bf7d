"""The examples of docs/process-elements.md hold: each is loaded, and its case is played."""

import json
import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.engines.bpmn.builder import Case
from towpath.engines import bpmn

PAGE = Path(__file__).parents[3] / "docs" / "process-elements.md"
EXAMPLE = re.compile(r"^## (.+?)\n.*?```xml\n(.*?)```\n\n```\n(.*?)```", re.DOTALL | re.MULTILINE)
EXAMPLES = {title: (xml, play) for title, xml, play in EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))}
FRAME = re.search(r"```text\n(<definitions.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
TOP = re.compile(
    r"^<(message|signal|error|escalation) (?:[^\n]*/>\n|[^\n]*[^/\n]>\n.*?^</\1>\n)", re.DOTALL | re.MULTILINE
)


def process(xml: str) -> bpmn.Process:
    top = "".join(match[0] for match in TOP.finditer(xml))
    assert FRAME is not None
    framed = FRAME[1].replace("messages, signals, errors, escalations", top)
    return bpmn.load(framed.replace("all else", TOP.sub("", xml))).processes["p"]


def told(words: str) -> dict[str, object]:
    """ "..., fee = 20" -> {"fee": 20}"""
    name, found, value = words.partition(" = ")
    return {name.strip(): json.loads(value, parse_float=Decimal)} if found else {}


def played(case: Case | None, model: bpmn.Process, words: str) -> Case:
    what, _, data = words.partition(", ")
    verb, *names = what.split()
    if case is None:
        return Case(model, told(data))
    if verb == "do":
        case.do(names[0], **told(data))
    elif verb == "fire":
        case.fire(names[0])
    elif verb == "fail":
        case.fail(*names)
    else:
        case.step(bpmn.Message(names[0], names[1] if len(names) > 1 else None))
    return case


@pytest.mark.parametrize("title", EXAMPLES)
def test_an_example_holds(title):
    xml, play = EXAMPLES[title]
    model, case = process(xml), None
    for line in play.strip().splitlines():
        words, _, tasks = line.partition("->")
        case = played(case, model, words.strip())
        assert case.tasks == [task.strip() for task in tasks.split(",") if task.strip()], line


def test_there_are_examples():
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("title", EXAMPLES)
def test_its_picture_is_the_one_that_is_drawn_now(title):
    from tests.engines.bpmn.pictures import file_of, picture

    told = "draw them anew: python -m tests.engines.bpmn.pictures"
    assert file_of(title).read_text(encoding="utf-8") == picture(title), told
    assert f"](images/elements/{file_of(title).name})" in PAGE.read_text(encoding="utf-8")
