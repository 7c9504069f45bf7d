"""The engines beside their peers: CPU time in the same run, on the same condition, table and process."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import tasks
from bench.peers import rate
from bench.results import Result
from towpath.engines import bpmn, dmn, feel

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".venv"
SPIFF, ZEN = "SpiffWorkflow 3.2.0", "zen-engine 2.1.3"
CPU = "per second of CPU time of one process, best of three rounds, both in the same run"


class EveryDay:
    def add_working_days(self, start: datetime, days: int, /) -> datetime:
        return start + timedelta(days=days)


def measure() -> list[Result]:
    theirs = _peers()
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
            "BPMN: steps of a case, each restored and saved", rate(_rounds(), tasks.STEPS), "/s",
            f"Ten user tasks and one gateway, 20 answers; state from and to JSON for each task; {CPU}.",
            SPIFF, theirs.get("rounds"),
        ),
        Result(
            "BPMN: state of a case in a loop", _state(), "B",
            f"One user task, done {tasks.ROUNDS} times; what is kept as JSON, without the case's data.",
            SPIFF, theirs.get("state"),
        ),
    ]  # fmt: skip


def _condition() -> Any:
    compiled = feel.compile(tasks.CONDITION, names=tuple(tasks.PERSON))
    person = _decimal(tasks.PERSON)
    assert compiled(person) is True
    return lambda: [compiled(person) for _ in range(100)]


def _table() -> Any:
    model, inputs = dmn.load(tasks.table()), _decimal(tasks.INPUTS)
    assert model.evaluate("fee", inputs).value == tasks.RULES[-1][3]
    return lambda: [model.evaluate("fee", inputs) for _ in range(20)]


def _decimal(values: dict[str, Any]) -> dict[str, Any]:
    """As the product has them: FEEL's numbers are decimal."""
    return {name: Decimal(value) if isinstance(value, int) else value for name, value in values.items()}


def _rounds() -> Any:
    process = bpmn.load(tasks.process("=amount &gt; 1000")).processes["p"]
    zone = ZoneInfo("UTC")
    env = bpmn.Env(datetime(2026, 1, 5, tzinfo=zone), zone, EveryDay(), lambda name, inputs: None)
    first = bpmn.start(process, {}, env)
    begun, opened = json.dumps(first.state), first.commands[0].id

    def case() -> None:
        state, data, waiting = begun, "{}", opened
        for number in range(tasks.STEPS):
            answers = tasks.ANSWERS if number == 0 else {}
            given = json.loads(data) | answers
            step = bpmn.step(
                process, json.loads(state), bpmn.Completed(waiting, answers), _decimal(given), env
            )
            state, data = json.dumps(step.state), json.dumps(given)
            waiting = next((c.id for c in step.commands if isinstance(c, bpmn.Do)), "")
        assert any(isinstance(command, bpmn.Finish) for command in step.commands)

    return case


def _state() -> float:
    process = bpmn.load(tasks.loop("=again")).processes["p"]
    zone = ZoneInfo("UTC")
    env = bpmn.Env(datetime(2026, 1, 5, tzinfo=zone), zone, EveryDay(), lambda name, inputs: None)
    step = bpmn.start(process, {}, env)
    for _ in range(tasks.ROUNDS):
        (waiting,) = bpmn.enabled(process, step.state)
        step = bpmn.step(process, step.state, bpmn.Completed(waiting.command_id, {"again": True}), {}, env)
    return len(json.dumps(step.state))


def _peers() -> dict[str, float]:
    """Measured in their own environment, made at the first asking. Empty where it can't be made."""
    try:
        python = environment()
        done = subprocess.run(
            [python, HERE / "peers.py"], capture_output=True, text=True, check=True, timeout=180
        )
    except (subprocess.SubprocessError, OSError) as why:
        print(f"The peers could not be measured: {why}", file=sys.stderr)
        return {}
    print(done.stderr, end="", file=sys.stderr)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def environment() -> Path:
    python, mark = ENVIRONMENT / "bin" / "python", ENVIRONMENT / "installed"
    wanted = (HERE / "requirements.txt").read_text()
    if not mark.exists() or mark.read_text() != wanted:
        print("Setting up the peers in bench/.venv …", flush=True)
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        command = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*command, "-r", HERE / "requirements.txt"], check=True, timeout=300)
        mark.write_text(wanted)
    return python
