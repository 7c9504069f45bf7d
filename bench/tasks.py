"""What engines are measured with: a condition, a table of twelve rules, a process of ten tasks. Standard library only."""

from itertools import pairwise
from typing import Any

CONDITION = 'age >= 18 and income < 30000 and town = "Millbrook" and children > 0'
PERSON = {"age": 41, "income": 21500, "town": "Millbrook", "children": 2}
RULES = [
    (low, low + 500, zone, round(20 + low / 50 + 15 * zone))
    for zone in (1, 2, 3)
    for low in (0, 500, 1000, 1500)
]
INPUTS = {"weight": 1700, "zone": 3}  # the last rule of all
STEPS = 10
ANSWERS: dict[str, Any] = {f"answer_{n}": f"some text {n}" for n in range(19)} | {"amount": 1200}


def process(condition: str) -> str:
    """Ten user tasks with one choice after the fifth; `condition` is written in the engine's own language."""
    names = [f"t{n}" for n in range(1, STEPS + 1)]
    tasks = "".join(f'<userTask id="{name}" name="{name}"/>' for name in names)
    ends = [("start", "t1"), *pairwise(names[:5]), ("t5", "which")]
    ends += [*pairwise(names[5:]), ("t10", "end")]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(ends)
    )
    choice = (
        '<sequenceFlow id="yes" sourceRef="which" targetRef="t6">'
        f"<conditionExpression>{condition}</conditionExpression></sequenceFlow>"
        '<sequenceFlow id="no" sourceRef="which" targetRef="t10"/>'
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench" id="d">'
        '<process id="p" name="Bench" isExecutable="true"><startEvent id="start"/><endEvent id="end"/>'
        f'<exclusiveGateway id="which" default="no"/>{tasks}{flows}{choice}</process></definitions>'
    )


ROUNDS = 100


def loop(condition: str) -> str:
    """One task that is done again and again; `condition` is written in the engine's own language."""
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench" id="d">'
        '<process id="p" name="Loop" isExecutable="true"><startEvent id="start"/><endEvent id="end"/>'
        '<userTask id="a" name="a"/><exclusiveGateway id="m"/><exclusiveGateway id="x" default="f4"/>'
        '<sequenceFlow id="f1" sourceRef="start" targetRef="m"/><sequenceFlow id="f2" sourceRef="m" targetRef="a"/>'
        '<sequenceFlow id="f3" sourceRef="a" targetRef="x"/><sequenceFlow id="f4" sourceRef="x" targetRef="end"/>'
        f'<sequenceFlow id="f5" sourceRef="x" targetRef="m"><conditionExpression>{condition}</conditionExpression>'
        "</sequenceFlow></process></definitions>"
    )


def table() -> str:
    """The twelve rules as DMN."""
    rules = "".join(
        f'<rule id="r{n}"><inputEntry id="a{n}"><text>[{low}..{high})</text></inputEntry>'
        f'<inputEntry id="b{n}"><text>{zone}</text></inputEntry>'
        f'<outputEntry id="c{n}"><text>{fee}</text></outputEntry></rule>'
        for n, (low, high, zone, fee) in enumerate(RULES)
    )
    heads = "".join(
        f'<input id="i{name}"><inputExpression id="e{name}"><text>{name}</text></inputExpression></input>'
        for name in ("weight", "zone")
    )
    needs = "".join(
        f'<informationRequirement id="n{name}"><requiredInput href="#{name}"/></informationRequirement>'
        for name in ("weight", "zone")
    )
    data = "".join(
        f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="number"/></inputData>'
        for name in ("weight", "zone")
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="Bench" namespace="bench">'
        f'{data}<decision id="fee" name="fee">{needs}<decisionTable id="t" hitPolicy="UNIQUE">{heads}'
        f'<output id="o" name="fee"/>{rules}</decisionTable></decision></definitions>'
    )
