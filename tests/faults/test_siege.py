"""Web, worker and database are killed fifty times while people are at work. `make bench-faults` does it a thousand times."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.system
@pytest.mark.timeout(900)  # a minute where the machine has nothing else to do
def test_what_was_acknowledged_is_there_once_whatever_was_killed():
    command = [sys.executable, "-m", "bench.faults", "--times", "50"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "nothing lost, nothing doubled" in done.stdout
