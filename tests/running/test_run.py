"""`towpath run` from outside: what it prints, what it leaves, and what `towpath health` says meanwhile."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.running.conftest import command_of, processes_naming
from towpath.project import postgres, run
from towpath.project.ports import HOST, Ports, free_base
from towpath.project.processes import Site, processes
from towpath.project.processes import surroundings as around

pytestmark = pytest.mark.system
ROOT = Path(__file__).parent.parent.parent
HEALTH = [sys.executable, "-c", "import sys; from towpath.project.health import main; sys.exit(main())"]


@pytest.fixture(scope="module")
def surroundings(tmp_path_factory) -> Iterator[dict[str, str]]:
    var = tmp_path_factory.mktemp("running") / "var"
    base = free_base()
    assert base is not None
    left_out = ("DATABASE_URL", "DATABASE_OWNER_URL", "TOWPATH_REGISTER_URL", "TOWPATH_URL")
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    yield env | {"TOWPATH_VAR": str(var), "PORT": str(base), "PYTHONUNBUFFERED": "1"}
    postgres.reset(var / "postgres")
    assert not processes_naming(str(var))


class Running:
    """A run in the background that is read line by line."""

    def __init__(self, env: dict[str, str]) -> None:
        command = [sys.executable, "-m", "tests.running.stand_in"]
        self.var = Path(env["TOWPATH_VAR"])
        self.env = env
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.lines: list[str] = []

    def until(self, wanted: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
            if line.startswith(wanted):
                return
        raise AssertionError("\n".join(self.lines))

    def end(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        self.lines += self.process.communicate(timeout=30)[0].splitlines()
        return self.process.returncode

    def state(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.var / "run.json").read_text())
        return found

    def health(self) -> subprocess.CompletedProcess[str]:
        return subprocess.run(HEALTH, env=self.env, capture_output=True, text=True, timeout=30, check=False)


def eventually(true: Callable[[], bool], patience: float = 20) -> None:
    deadline = time.monotonic() + patience
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_it_is_ready_when_it_says_so_brings_back_what_dies_and_leaves_nothing_on_ctrl_c(surroundings):
    running = Running(surroundings)
    running.until(f"Towpath is ready at http://127.0.0.1:{surroundings['PORT']}")
    assert "  migrate: runs: 1" in running.lines
    well = running.health()
    assert (well.returncode, well.stdout.count(" ok ")) == (0, 4), well.stdout + well.stderr
    assert stat.S_IMODE((running.var / "run.json").stat().st_mode) == 0o600
    assert running.state()["environment"]["PORT"] == surroundings["PORT"]
    assert "DATABASE_OWNER_URL" not in running.state()["environment"]
    former = running.state()["processes"]
    assert set(former) == {"database", "register", "web", "worker"}
    os.kill(former["register"], signal.SIGKILL)
    os.kill(former["database"], signal.SIGKILL)
    eventually(
        lambda: all(running.state()["processes"][name] != former[name] for name in ("register", "database"))
    )
    eventually(lambda: running.health().returncode == 0)
    ids = running.state()["processes"]
    assert running.end() == 0
    assert "The data stays" in running.lines[-1]
    assert not any(command_of(pid) for pid in ids.values())
    after = running.health()
    assert after.returncode == 1
    assert "Start it with `make run`" in after.stderr


def test_killed_outright_it_takes_everything_along_and_goes_on_with_the_data(surroundings):
    running = Running(surroundings)
    running.until("Towpath is ready at")
    ids = running.state()["processes"]
    second = Running(surroundings)
    second.until("Towpath already runs from")
    assert second.process.wait(timeout=30) == 1
    second.process.communicate()
    running.process.kill()
    running.process.communicate()
    eventually(lambda: not any(command_of(pid) for pid in ids.values()))
    again = Running(surroundings)
    again.until("Towpath is ready at")
    assert any(line.startswith("  migrate: runs: ") and line != "  migrate: runs: 1" for line in again.lines)
    assert again.end(signal.SIGTERM) == 0


def test_a_taken_port_is_told_before_anything_starts_with_the_way_out(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TOWPATH_VAR", str(tmp_path))
    base = free_base()
    assert base is not None
    monkeypatch.setenv("PORT", str(base))
    with socket.create_server((HOST, base + 2)):
        assert run.main() == 1
    told = capsys.readouterr().out
    assert f"port {base + 2} (register)" in told
    assert re.search(r"PORT=\d+ make run$", told.strip())
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize(
    ("env", "told"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty'"),
        ({"PORT": "80"}, "from 1024"),
        ({"DATABASE_URL": "postgresql://app@db/towpath"}, "DATABASE_OWNER_URL is not"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, monkeypatch, capsys, env, told):
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TOWPATH_VAR": str(tmp_path), "PORT": str(free_base())} | env).items():
        monkeypatch.setenv(name, value)
    assert run.main() == 1
    assert told in capsys.readouterr().out


def test_a_named_database_is_used_and_none_is_made(surroundings, tmp_path, server):
    env = {"DATABASE_URL": server.dsn("app"), "DATABASE_OWNER_URL": server.dsn("owner")}
    running = Running(surroundings | {"TOWPATH_VAR": str(tmp_path / "var")} | env)
    running.until("Towpath is ready at")
    assert "database" not in running.state()["processes"]
    assert running.end() == 0
    assert not (tmp_path / "var" / "postgres").exists()
    assert postgres.is_ready(server), "somebody else's server is left running"


def test_a_database_with_a_real_body_is_refused_and_one_with_demonstrations_is_not(
    tmp_path, monkeypatch, capsys, server
):
    monkeypatch.setenv("TOWPATH_VAR", str(tmp_path))
    monkeypatch.setenv("PORT", str(free_base()))
    monkeypatch.setenv("DATABASE_URL", server.dsn("app"))
    monkeypatch.setenv("DATABASE_OWNER_URL", server.dsn("owner"))
    with psycopg.connect(server.dsn("owner"), autocommit=True) as connection:
        connection.execute("create table foundation_tenant (code text, is_demo bool, is_rehearsal bool)")
        try:
            connection.execute(
                "insert into foundation_tenant values ('millbrook', true, false), ('played', false, true)"
            )
            assert run.prepare(Ports(), tmp_path).owner == server.dsn("owner")
            connection.execute("insert into foundation_tenant values ('ferrybridge', false, false)")
            assert run.main() == 1
        finally:
            connection.execute("drop table foundation_tenant")
    assert "a real body (ferrybridge)" in capsys.readouterr().out
    assert not (tmp_path / "secrets").exists()


def test_a_database_that_does_not_answer_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TOWPATH_VAR", str(tmp_path))
    monkeypatch.setenv("PORT", str(free_base()))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
        monkeypatch.setenv(name, f"postgresql://towpath@/towpath?host={tmp_path}")
    assert run.main() == 1
    assert "DATABASE_OWNER_URL does not answer" in capsys.readouterr().out


def test_no_process_is_told_the_owners_password(tmp_path):
    site = Site(Ports(), tmp_path, "postgresql://app@/towpath", "postgresql://owner:guarded@/towpath")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DATABASE_OWNER_URL", "postgresql://owner:guarded@/towpath")
        assert not any(
            "guarded" in value for child in [*around(site), *processes(site)] for value in child.env.values()
        )
    assert "guarded" in site.owner_env()["DATABASE_OWNER_URL"]
    assert site.env()["TOWPATH_SECRET_KEY"] == site.env()["TOWPATH_SECRET_KEY"]
    assert stat.S_IMODE((tmp_path / "secrets" / "secret-key").stat().st_mode) == 0o600
