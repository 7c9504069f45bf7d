"""`python -m bench.oracle [--processes N]`: does our engine walk through random sound processes as SpiffWorkflow does?

Both are offered the same processes, the same answers and the same order; after each step the same tasks must be open.
"""

import argparse
import json
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from bench import forest
from bench.engines import HERE, EveryDay, environment
from towpath.engines import bpmn


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.oracle", description=__doc__)
    parser.add_argument("--processes", type=int, default=1_000)
    count = parser.parse_args().processes
    command = [str(environment()), str(HERE / "walks.py"), "0", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    theirs: dict[str, Any] = json.loads(done.stdout)
    different = 0
    for seed in range(count):
        mine, other = ours(seed), theirs[str(seed)]
        if mine != other:
            different += 1
            print(f"process {seed}: {_difference(mine, other)}")
    print(f"{count - different} the same, {different} different")
    return 1 if different else 0


def ours(seed: int) -> list[list[str]]:
    model = bpmn.load(forest.process(seed)).processes["p"]
    env = bpmn.Env(datetime(2026, 1, 5, tzinfo=UTC), UTC, EveryDay(), lambda name, inputs: None)
    step = bpmn.start(model, {}, env)
    state, data = step.state, dict(step.changes)

    def ready() -> list[str]:
        return [waiting.element for waiting in bpmn.enabled(model, state)]

    def complete(name: str, given: dict[str, bool]) -> None:
        nonlocal state
        command = next(w.command_id for w in bpmn.enabled(model, state) if w.element == name)
        after = bpmn.step(model, json.loads(json.dumps(state)), bpmn.Completed(command, given), data, env)
        state = after.state
        data.update(after.changes)

    return forest.walk(seed, ready, complete)


def _difference(mine: list[list[str]], other: Any) -> str:
    if isinstance(other, str):
        return f"the peer stopped: {other}"
    for number, (one, two) in enumerate(zip(mine, other, strict=False), 1):
        if one != two:
            return f"step {number}: {one[1:]} are open, with the peer {two[1:]}"
    return f"{len(mine)} steps, with the peer {len(other)}"


if __name__ == "__main__":
    sys.exit(main())
