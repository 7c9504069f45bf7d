"""Children are started together, kept alive, and all gone in the end, whatever ends us."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running.conftest import command_of, processes_naming
from towpath.project import supervise
from towpath.project.supervise import Child, RunError, Stopped, Supervisor

pytestmark = pytest.mark.system
PYTHON = sys.executable


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path, told) -> Supervisor:
    return Supervisor(tmp_path / "log", told.append)


def child(name: str, script: str, ready: Callable[[], bool] = lambda: True, *words: str) -> Child:
    return Child(name, ["/bin/sh", "-c", script, name, *words], dict(os.environ), ready)


def watch_until(supervisor: Supervisor, done: Callable[[], bool], patience: float = 20) -> None:
    deadline = time.monotonic() + patience
    while not done():
        assert time.monotonic() < deadline
        supervisor._look()
        supervisor._pause()


def test_it_returns_when_all_are_ready(supervisor, tmp_path, told):
    marks = [tmp_path / "a", tmp_path / "b"]
    with supervisor:
        supervisor.start(
            *(child(mark.name, 'touch "$1"; sleep 60', mark.exists, str(mark)) for mark in marks)
        )
        assert all(mark.exists() for mark in marks)
    assert [line for line in told if "ready" in line]


def test_it_stops_in_reverse_order_and_reads_each_log(supervisor, tmp_path):
    diary = tmp_path / "diary"
    script = 'trap "echo $0 >> \\"$1\\"; exit 0" TERM; echo up; touch "$1.$0"; while :; do sleep 0.02; done'
    names = ["first", "second", "third"]
    with supervisor:
        for name in names:
            supervisor.start(child(name, script, Path(f"{diary}.{name}").exists, str(diary)))
    assert diary.read_text().split() == names[::-1]
    assert [(supervisor.logs / f"{name}.log").read_text() for name in names] == ["up\n"] * 3


def test_a_child_that_dies_is_started_again_and_that_is_told(tmp_path, told):
    ids: list[dict[str, int]] = []
    with Supervisor(tmp_path / "log", told.append, ids.append) as supervisor:
        supervisor.start(child("web", "sleep 60"))
        first = ids[-1]["web"]
        os.kill(first, signal.SIGKILL)
        watch_until(supervisor, lambda: ids[-1]["web"] != first)
        assert command_of(ids[-1]["web"])
    assert any(line.startswith("web: ended with SIGKILL; starting it again") for line in told)


def test_what_a_dead_child_leaves_behind_is_killed_before_the_next_start(tmp_path, told):
    mark = tmp_path / "unmistakable"
    with Supervisor(tmp_path / "log", told.append) as supervisor:
        supervisor.start(child("web", '(tail -f "$1" & echo $! > "$1"); sleep 60', mark.exists, str(mark)))
        watch_until(supervisor, lambda: mark.read_text().strip().isdigit())
        left = int(mark.read_text())
        supervisor._runs[0].process.kill()
        watch_until(supervisor, lambda: not command_of(left))


def test_one_that_never_stays_up_is_given_up_with_the_end_of_its_log(supervisor, monkeypatch):
    monkeypatch.setattr(supervise, "LONGEST_WAIT", 0.01)
    with (
        pytest.raises(RunError, match=r"web ended 2 times, now with exit code 3(.|\n)*no such module"),
        supervisor,
    ):
        supervisor.start(child("web", "echo no such module; exit 3", lambda: False))


def test_one_that_is_not_ready_in_time_is_told(supervisor):
    slow = Child("web", ["sleep", "60"], dict(os.environ), lambda: False, patience=0.2)
    with pytest.raises(RunError, match=r"web is not ready after 0\.2 s"), supervisor:
        supervisor.start(slow)


def test_a_step_shows_its_lines_and_a_failing_one_stops_everything(supervisor, told):
    with supervisor:
        supervisor.step("migrate", ["/bin/sh", "-c", "echo one; echo two"], dict(os.environ))
        assert told[-2:] == ["  migrate: one", "  migrate: two"]
        with pytest.raises(RunError, match="migrate ended with exit code 1"):
            supervisor.step("migrate", ["/bin/sh", "-c", "exit 1"], dict(os.environ))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_it(supervisor, number):
    before = signal.getsignal(number)
    with pytest.raises(Stopped), supervisor:
        supervisor.start(child("web", "sleep 60"))
        os.kill(os.getpid(), number)
        supervisor.watch()
    assert signal.getsignal(number) is before


def test_a_child_that_does_not_heed_is_killed(supervisor, tmp_path, monkeypatch):
    monkeypatch.setattr(supervise, "HEED", 0.2)
    mark = tmp_path / "deaf"
    with supervisor:
        supervisor.start(
            child("web", 'trap "" TERM; touch "$1"; while :; do sleep 0.1; done', mark.exists, str(mark))
        )
    assert not processes_naming(str(mark))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of our death")
def test_children_die_with_us_even_when_we_are_killed(tmp_path):
    script = (
        "import sys, os; from pathlib import Path; from towpath.project.supervise import Child, Supervisor\n"
        "with Supervisor(Path(sys.argv[1]), print) as s:\n"
        "    s.start(Child('web', ['tail', '-f', sys.argv[2]], dict(os.environ), lambda: True))\n"
        "    print('up', flush=True)\n"
        "    s.watch()\n"
    )
    mark = tmp_path / "watched"
    mark.touch()
    command = [PYTHON, "-c", script, str(tmp_path / "log"), str(mark)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as us:
        assert us.stdout is not None
        assert any(line.startswith("up") for line in us.stdout)
        assert len(processes_naming(str(mark))) == 2
        us.kill()
    deadline = time.monotonic() + 10
    while processes_naming(str(mark)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
