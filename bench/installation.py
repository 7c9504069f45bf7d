"""A throw-away installation: our own PostgreSQL, the demonstration's register, a mail sink, web and worker."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from towpath.project import postgres
from towpath.project.folders import CHECKOUT
from towpath.project.ports import Ports, answers, free_base
from towpath.project.processes import CLI, PYTHON, Site, database
from towpath.project.supervise import Child

ADMIN = "faults-are-set-here"  # the register's token for setting faults; it reaches nobody outside


def make(folder: Path, *, durable: bool, careful: bool = False) -> Site:
    """`careful`: the server waits for the disk, as it does in earnest."""
    base = free_base()
    if base is None:
        raise SystemExit("No free range of ports was found between 9000 and 20000.")
    server = postgres.ensure(folder / "postgres", durable=durable)
    if durable and not careful:
        # What a process that is killed had written stays with the kernel; only a machine that fails would lose it.
        # Commits are still written before they are acknowledged, and restarts don't wait for the disk.
        with (server.data / "postgresql.conf").open("a") as conf:
            conf.write("\nfsync = off\n")
    return Site(Ports(base), folder / "var", server.dsn("app"), server.dsn("owner"), server)


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that every account may enter, for PostgreSQL does not run as root. Gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="towpath-bench-"))
    made.chmod(0o755)
    try:
        yield made
    finally:
        if (made / "postgres").exists():
            postgres.reset(made / "postgres")
        shutil.rmtree(made, ignore_errors=True)


def environment(site: Site) -> dict[str, str]:
    """Of all processes; quiet."""
    more = {"TOWPATH_LIMITS": "0", "TOWPATH_LOG_LEVEL": "ERROR", "TOWPATH_REGISTER_ADMIN_TOKEN": ADMIN}
    return site.env() | more


def settle_in(site: Site) -> None:
    """Django of this process, as the owner of the tables, who sets everything up and checks it afterwards."""
    os.environ |= environment(site) | {"DATABASE_OWNER_URL": site.owner}
    import django

    django.setup()


def migrate(site: Site) -> None:
    from towpath.project.migrate import migrate as bring_up

    bring_up("owner")


def collect(site: Site) -> None:
    command = [*CLI, "manage", "collectstatic", "--noinput", "-v", "0"]
    subprocess.run(command, env=environment(site), cwd=CHECKOUT, check=True, stdout=subprocess.DEVNULL)


def database_child(site: Site) -> Child:
    if site.server is None:
        raise ValueError("A bench runs its own database server.")
    return database(site.server)


def register_child(site: Site) -> Child:
    return _child(site, "register", [PYTHON, "-m", "demo.register", "--faults"], site.ports.register)


def nursery_child(site: Site, name: str) -> Child:
    """`web` or `worker`, forked anew within milliseconds when it is killed."""
    note = site.var / f"{name}.pid"
    return Child(
        f"{name}-nursery",
        [sys.executable, "-m", "bench.nursery", name],
        environment(site),
        note.exists,
        cwd=CHECKOUT,
    )


def _child(site: Site, name: str, command: list[str], port: int) -> Child:
    return Child(name, command, environment(site), lambda: answers(port), cwd=CHECKOUT)


def until(true: Callable[[], bool], patience: float, what: str) -> None:
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not within {patience:g} s: {what}")
        time.sleep(0.05)
