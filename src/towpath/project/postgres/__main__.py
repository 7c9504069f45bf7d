"""`python -m towpath.project.postgres start | stop | dump FILE | restore FILE | reset`, on the server in var/postgres."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from towpath.project.folders import var_folder
from towpath.project.postgres import DatabaseError, Server, ensure, reset, start, stop
from towpath.project.postgres.server import DATABASE, environment

USAGE = "usage: python -m towpath.project.postgres start | stop | dump FILE | restore FILE | reset"


def main(argv: Sequence[str]) -> int:
    folder = var_folder() / "postgres"
    try:
        match list(argv):
            case ["start"]:
                server = ensure(folder)
                told = "started" if start(server) else "runs already"
                print(f"PostgreSQL {server.version} {told}; socket in {server.socket}")
            case ["stop"]:
                print("stopped" if stop(ensure(folder)) else "did not run")
            case ["dump", file]:
                dump(ensure(folder), Path(file))
            case ["restore", file]:
                restore(ensure(folder), Path(file))
                print("restored; `make run`, or `towpath migrate`, lets the journal go on where it stood")
            case ["reset"]:
                reset(folder)
            case _:
                print(USAGE, file=sys.stderr)
                return 2
    except DatabaseError as why:
        print(why, file=sys.stderr)
        return 1
    return 0


def dump(server: Server, file: Path) -> None:
    """The whole database in pg_dump's own format, readable by its owner only."""
    if file.exists():
        raise DatabaseError(f"{file} exists already; name another file.")
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        _with_server(server, "pg_dump", ["--format=custom"], out.fileno(), None)


def restore(server: Server, file: Path) -> None:
    """Into an empty database, in one transaction: all or nothing."""
    with file.open("rb") as text:
        _with_server(server, "pg_restore", ["--single-transaction", "--exit-on-error"], None, text.fileno())


def _with_server(server: Server, name: str, options: list[str], out: int | None, text: int | None) -> None:
    # The superuser: row-level security would hide rows from the owner.
    secret = {"PGPASSWORD": server.passwords["superuser"], "PGHOST": str(server.socket)}
    command = [str(server.binaries / name), *options, "--username=towpath_superuser", f"--dbname={DATABASE}"]
    ours = start(server)
    try:
        done = subprocess.run(command, stdout=out, stdin=text, env=environment() | secret, check=False)
    finally:
        if ours:
            stop(server)
    if done.returncode:
        raise DatabaseError(f"{name} failed; see above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
