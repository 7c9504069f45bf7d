"""Run by the Python of bench/.venv: how SpiffWorkflow walks through the random processes FIRST to LAST. Prints JSON."""

import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
import forest


def spiff(seed: int) -> Any:
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser = BpmnParser()
    with tempfile.NamedTemporaryFile("w", suffix=".bpmn") as file:
        file.write(forest.process(seed))
        file.flush()
        parser.add_bpmn_file(file.name)
    workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
    workflow.do_engine_steps()

    def manual() -> list[Any]:
        return workflow.get_tasks(state=TaskState.READY, manual=True)

    def ready() -> list[str]:
        return [task.task_spec.bpmn_id for task in manual()]

    def complete(name: str, data: dict[str, bool]) -> None:
        task = next(task for task in manual() if task.task_spec.bpmn_id == name)
        task.set_data(**data)
        task.run()
        workflow.do_engine_steps()

    return forest.walk(seed, ready, complete)


def main() -> None:
    logging.disable(logging.CRITICAL)
    walks: dict[int, Any] = {}
    for seed in range(int(sys.argv[1]), int(sys.argv[2])):
        try:
            walks[seed] = spiff(seed)
        except Exception as error:
            walks[seed] = f"{type(error).__name__}: {error}"
    print(json.dumps(walks))


if __name__ == "__main__":
    main()
