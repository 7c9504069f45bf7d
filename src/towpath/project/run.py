"""`towpath run`: everything on one machine, from an empty folder to the line that says it is ready."""

import fcntl
import importlib
import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from towpath.project import apart, health, postgres
from towpath.project.folders import CHECKOUT, var_folder
from towpath.project.ports import Ports, free_base, from_environment
from towpath.project.processes import Site, database, processes, surroundings
from towpath.project.steps import steps
from towpath.project.supervise import RunError, Stopped, Supervisor

LOCK = "run.lock"
TOLD = ("DATABASE_URL", "PORT")  # with all of TOWPATH_*: what other commands on this machine need


def main(argv: Sequence[str] = ()) -> int:
    """Runs until Ctrl-C. 0: stopped on request; 1: told what went wrong."""
    what = "Runs everything on this machine until Ctrl-C. PORT chooses the port."
    ArgumentParser("towpath run", description=what).parse_args(argv)
    try:
        ports, var = from_environment(), var_folder()
        with only_one(var):
            require_free(ports, patience=5 if (var / health.STATE).exists() else 0)
            run(ports, var)
    except (Stopped, KeyboardInterrupt):
        say("Stopped. The data stays; `make run` goes on with it, `make reset` starts over.")
        return 0
    except (RunError, postgres.DatabaseError, ValueError) as why:
        say(f"\n{why}")
        return 1
    return 0


def run(ports: Ports, var: Path) -> None:
    begun, state = time.monotonic(), var / health.STATE
    site = prepare(ports, var)
    (var / health.HEARTBEAT).unlink(missing_ok=True)
    try:
        with Supervisor(var / "log", say, changed=lambda ids: write_state(site, ids)) as supervisor:
            if site.server:
                supervisor.start(database(site.server))
            supervisor.start(*surroundings(site))
            for step in (one for one in steps(site) if one.needed()):
                say(f"{step.name}: running")
                supervisor.step(step.name, step.command, step.env)
                step.done()
            supervisor.start(*processes(site))
            say(f"\nTowpath is ready at {site.url}")
            say(welcome(ports))
            say(f"Ctrl-C stops it. Logs: {var / 'log'}. (Ready after {time.monotonic() - begun:.1f} s)")
            supervisor.watch()
    finally:
        state.unlink(missing_ok=True)


def prepare(ports: Ports, var: Path) -> Site:
    """Whose database: the one that the environment names, else our own, made at the first run."""
    if url := os.environ.get("DATABASE_URL"):
        owner = os.environ.get("DATABASE_OWNER_URL")
        if not owner:
            raise ValueError(
                "DATABASE_URL is set, DATABASE_OWNER_URL is not. Set both: the first with the application's role, "
                "which owns nothing, the second with the role that owns the tables (docs/running.md)."
            )
        _refuse_real_bodies(owner)
        return Site(ports, var, url, owner)
    folder = var / "postgres"
    if not folder.exists():
        say("database: making a new one")
    server = postgres.ensure(folder)
    if postgres.stop(server):
        say("database: was still running from before; stopped")
    return Site(ports, var, server.dsn("app"), server.dsn("owner"), server)


def _refuse_real_bodies(owner: str) -> None:
    """A real body must not meet the demonstration: its passwords, its sign-in for anybody, its e-mail to nowhere."""
    try:
        with psycopg.connect(owner, connect_timeout=5) as connection, connection.cursor() as cursor:
            made = cursor.execute("select to_regclass('foundation_tenant') is not null").fetchone()
            real = apart.codes(cursor, apart.REAL) if made == (True,) else ""
    except psycopg.Error as why:
        raise RunError(f"The database of DATABASE_OWNER_URL does not answer: {str(why).strip()}") from why
    if real:
        raise RunError(
            f"This database holds a real body ({real}), and `towpath run` is for the "
            "demonstration. Nothing was started. Start web, worker and intake each by itself (docs/running.md)."
        )


@contextmanager
def only_one(var: Path) -> Iterator[None]:
    """One Towpath in one folder. RunError when there is one already."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / LOCK).open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RunError(
                f"Towpath already runs from {var}. Stop that one first (Ctrl-C where it was started)."
            ) from None
        yield


def require_free(ports: Ports, patience: float) -> None:
    """RunError when a port is taken. `patience` (seconds) is for the last of a run that was killed."""
    deadline = time.monotonic() + patience
    while taken := ports.taken():
        if time.monotonic() >= deadline:
            told = ", ".join(f"{port} ({name})" for name, port in taken.items())
            free = free_base()
            way = f"Choose others: PORT={free} make run" if free else "Stop what uses them."
            raise RunError(f"Taken by another program: port {told}. Nothing was started.\n{way}")
        time.sleep(0.1)


def write_state(site: Site, ids: dict[str, int]) -> None:
    """What `towpath health` reads. It holds secrets: for our eyes only."""
    state = site.var / health.STATE
    found = {
        "pid": os.getpid(),
        "web": site.url,
        "register": site.ports.url(site.ports.register),
        "database": site.database,
        "processes": ids,
        "environment": {k: v for k, v in site.env().items() if k in TOLD or k.startswith("TOWPATH_")},
    }
    fresh = state.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(found, out, indent=2)
    fresh.replace(state)


def welcome(ports: Ports) -> str:
    """Addresses, demo accounts and what to try, as the demo tells them."""
    if str(CHECKOUT) not in sys.path:
        sys.path.append(str(CHECKOUT))  # `demo/` lies there, outside the product
    try:
        demo = importlib.import_module("demo")
        return str(demo.welcome(ports))
    except (ModuleNotFoundError, AttributeError):
        return "\n".join(f"  {name:<11} port {port}" for name, port in ports.all().items())


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
