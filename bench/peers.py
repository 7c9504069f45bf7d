"""Run by the Python of bench/.venv: how often the peers do the same in a second of CPU time. Prints JSON."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import tasks

SECONDS = 1.0


def rate(work: Callable[[], object], times: int = 1) -> float:
    """Of `work`, which does a thing `times` times; the best of three."""
    work()
    best = 0.0
    for _ in range(3):
        begun, done = time.process_time(), 0
        while (spent := time.process_time() - begun) < SECONDS:
            work()
            done += times
        best = max(best, done / spent)
    return best


def zen_condition() -> float:
    import zen

    compiled = zen.compile_expression(tasks.CONDITION.replace(" = ", " == "))
    assert compiled.evaluate(tasks.PERSON) is True
    return rate(lambda: [compiled.evaluate(tasks.PERSON) for _ in range(100)], 100)


def zen_table() -> float:
    import zen

    rules = [
        {"_id": str(n), "w": f"[{low}..{high})", "z": str(zone), "f": str(fee)}
        for n, (low, high, zone, fee) in enumerate(tasks.RULES)
    ]
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": "w", "name": "w", "field": "weight"}, {"id": "z", "name": "z", "field": "zone"}],
        "outputs": [{"id": "f", "name": "f", "field": "fee"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "table", "name": "table", "type": "decisionTableNode", "content": content},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    edges = [
        {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
        {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
    ]
    decision = zen.ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    assert decision.evaluate(tasks.INPUTS)["result"]["fee"] == tasks.RULES[-1][3]
    return rate(lambda: [decision.evaluate(tasks.INPUTS) for _ in range(20)], 20)


def spiff_rounds() -> float:
    import tempfile

    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    with tempfile.NamedTemporaryFile("w", suffix=".bpmn") as file:
        file.write(tasks.process("amount &gt; 1000"))
        file.flush()
        parser.add_bpmn_file(file.name)
    spec, serializer = parser.get_spec("p"), BpmnWorkflowSerializer()
    workflow = BpmnWorkflow(spec)
    workflow.do_engine_steps()
    begun = serializer.serialize_json(workflow)

    def case() -> None:
        kept = begun
        for number in range(tasks.STEPS):
            restored = serializer.deserialize_json(kept)
            task = restored.get_next_task(state=TaskState.READY, manual=True)
            if number == 0:
                task.set_data(**tasks.ANSWERS)
            task.run()
            restored.do_engine_steps()
            kept = serializer.serialize_json(restored)
        assert restored.completed

    return rate(case, tasks.STEPS)


def spiff_state() -> float:
    """Bytes of a case that has gone round a loop."""
    import tempfile

    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    with tempfile.NamedTemporaryFile("w", suffix=".bpmn") as file:
        file.write(tasks.loop("again"))
        file.flush()
        parser.add_bpmn_file(file.name)
    workflow = BpmnWorkflow(parser.get_spec("p"))
    workflow.do_engine_steps()
    for _ in range(tasks.ROUNDS):
        task = workflow.get_next_task(state=TaskState.READY, manual=True)
        task.set_data(again=True)
        task.run()
        workflow.do_engine_steps()
    return len(BpmnWorkflowSerializer().serialize_json(workflow))


def main() -> None:
    found = {}
    for name, measure in (
        ("condition", zen_condition),
        ("table", zen_table),
        ("rounds", spiff_rounds),
        ("state", spiff_state),
    ):
        try:
            found[name] = measure()
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
