"""Starts, recognises and stops the server's process."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from towpath.project.postgres.errors import DatabaseError
from towpath.project.postgres.make import locked, read_record
from towpath.project.postgres.place import MARK, remove_home
from towpath.project.postgres.server import Server, lines

PAUSE = 0.05  # seconds between two looks
STOP = signal.SIGINT  # PostgreSQL: leave orderly without waiting for clients


def start(server: Server, *, patience: float = 60) -> bool:
    """Starts the server in the background; False when it runs already. Returns when it answers."""
    with locked(server.folder):
        if is_ready(server):
            return False
        deadline = time.monotonic() + patience
        while not _launch(server, deadline):
            # After a kill -9 the old server's last children need a moment to notice.
            if time.monotonic() > deadline or "shared memory" not in _tail(server.log):
                raise DatabaseError(
                    f"PostgreSQL did not start. The end of {server.log}:\n{_tail(server.log)}"
                )
            time.sleep(0.3)
    return True


def stop(server: Server, *, patience: float = 20) -> bool:
    """Stops the server, first orderly, then at once; False when it did not run."""
    with locked(server.folder):
        return _stop(server.data, patience)


def is_ready(server: Server) -> bool:
    """It answers to our password: so it runs, and it is ours."""
    try:
        psycopg.connect(server.dsn("app"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def running(data: Path) -> int | None:
    """The process id of the server on this data folder, if it lives."""
    pid = _recorded_pid(data)
    if pid is None or not _lives(pid):
        return None
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return None if Path("/proc/self").exists() else pid
    # After a restart of the machine the number may belong to anything.
    return pid if os.fsencode(data) in command.split(b"\0") else None


def clear_stale(server: Server) -> None:
    """PostgreSQL trusts a left-over lock when its number belongs to some living process of the same user."""
    pid = _recorded_pid(server.data)
    if pid is not None and _lives(pid) and running(server.data) is None:
        (server.data / "postmaster.pid").unlink(missing_ok=True)
        (server.socket / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def reset(folder: Path) -> None:
    """Stops the server of `folder` and removes everything that was made for it, wherever it lies."""
    folder = folder.resolve()
    if record := read_record(folder):
        home = Path(record.home)
        _stop(home / "data", patience=20)
        if record.socket and not Path(record.socket).is_relative_to(home):
            _remove_socket(Path(record.socket))
        remove_home(home, folder)
    if (folder / MARK).exists():
        raise DatabaseError(f"{folder} holds another folder's data; it is left alone.")
    if folder.exists():
        shutil.rmtree(folder)


def _launch(server: Server, deadline: float) -> bool:
    if running(server.data) is None:
        clear_stale(server)
        _spawn(server)
    return _wait(server, deadline)


def _wait(server: Server, deadline: float) -> bool:
    grace = time.monotonic() + 3  # the pid file appears a moment after the process
    while time.monotonic() < deadline:
        if is_ready(server):
            return True
        if running(server.data) is None and (time.monotonic() > grace or "FATAL" in _tail(server.log)):
            return False
        time.sleep(PAUSE)
    return False


def _spawn(server: Server) -> None:
    with server.log.open("w") as log:
        # The shell leaves at once, so the server is nobody's child and outlives whoever started it.
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", *server.command()],
            cwd="/",
            env=server.environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            check=True,
            **server.account.options(),
        )


def _stop(data: Path, patience: float) -> bool:
    pid = running(data)
    if pid is None:
        return False
    for order in (STOP, signal.SIGQUIT, signal.SIGKILL):  # orderly, at once, dead
        os.kill(pid, order)
        if _until(lambda: running(data) is None, patience):
            return True
    raise DatabaseError(f"The PostgreSQL server (process {pid}) on {data} does not stop.")


def _until(done: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not done():
        if time.monotonic() > deadline:
            return False
        time.sleep(PAUSE)
    return True


def _recorded_pid(data: Path) -> int | None:
    try:
        return int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _remove_socket(socket: Path) -> None:
    if socket.name.startswith("towpath-") and socket.is_dir() and not socket.is_symlink():
        shutil.rmtree(socket)


def _tail(log: Path) -> str:
    return "\n".join(lines(log.read_text(errors="replace"), last=8)) if log.exists() else ""
