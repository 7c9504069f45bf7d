"""The PostgreSQL server of the tests: one for all test processes of this checkout, gone when the last one is.

Run as a module it is the watch that stops the server: it waits until no test process holds the lock.
"""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

from towpath.project import postgres

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "var" / "test" / "postgres"
_held: list[int] = []  # our share in the lock; the kernel takes it back however we end


def test_cluster() -> postgres.Server:
    """The running server, started if need be: not durable, its owner may create databases."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    if not _held:
        users = os.open(_users(), os.O_WRONLY | os.O_CREAT)
        fcntl.flock(users, fcntl.LOCK_SH)
        _held.append(users)
    with (FOLDER.parent / "making").open("w") as making:
        fcntl.flock(making, fcntl.LOCK_EX)
        server = postgres.ensure(FOLDER, durable=False, owner_creates_databases=True)
        if postgres.start(server):
            _set_watch()
    return server


test_cluster.__test__ = False  # type: ignore[attr-defined]  # pytest takes the name for a test


def stop_when_unused() -> None:
    with _users().open("w") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        postgres.stop(postgres.ensure(FOLDER, durable=False))


def _users() -> Path:
    return FOLDER.parent / "users"


def _set_watch() -> None:
    subprocess.run(
        ["/bin/sh", "-c", '"$@" &', "sh", sys.executable, "-m", "tests.cluster"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )


if __name__ == "__main__":
    stop_when_unused()
