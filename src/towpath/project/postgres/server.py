"""A server of our own as a value: where it lies, how it is run and how it is reached."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from towpath.project.postgres.binaries import Binaries
from towpath.project.postgres.place import Account

Role = Literal["owner", "app", "superuser"]
OWNER = "towpath_owner"  # owns the database and its tables; migrates
APP = "towpath_app"  # reads and writes rows under row-level security; owns nothing
SUPERUSER = "towpath_superuser"  # made by initdb; for dump and restore only
DATABASE = "towpath"
ROLES: dict[Role, str] = {"owner": OWNER, "app": APP, "superuser": SUPERUSER}
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Server:
    programs: Binaries  # as the account can run them
    folder: Path  # ours: record, passwords, log
    data: Path
    socket: Path  # a folder that only the account may enter
    account: Account
    passwords: dict[Role, str] = field(repr=False)
    durable: bool = True  # False: faster, and a crash of the machine may break it; for tests

    @property
    def binaries(self) -> Path:
        return self.programs.folder

    @property
    def version(self) -> int:
        return self.programs.version

    @property
    def owner_password(self) -> str:
        return self.passwords["owner"]

    @property
    def app_password(self) -> str:
        return self.passwords["app"]

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def dsn(self, role: Role = "app", database: str = DATABASE) -> str:
        """A URL for libpq and psycopg; read its parts with `psycopg.conninfo.conninfo_to_dict`."""
        # The port too, or PGPORT would have a say.
        where = f"host={quote(str(self.socket), safe='')}&port=5432"
        name, password = ROLES[role], quote(self.passwords[role], safe="")
        return f"postgresql://{name}:{password}@/{quote(database, safe='')}?{where}"

    def command(self) -> list[str]:
        """Runs the server in the foreground; to be started with `account.options()` and `environment()`."""
        settings = {**self._reach(), **_size(), **({} if self.durable else _CARELESS)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *options]

    def environment(self) -> dict[str, str]:
        """Nothing of ours: no PGPORT, no secrets."""
        return environment()

    def _reach(self) -> dict[str, str]:
        quoted = str(self.socket).replace('"', '""')
        return {
            "listen_addresses": "",
            "unix_socket_directories": f'"{quoted}"',
            "unix_socket_permissions": "0700",
            "port": "5432",  # the socket's file name only; nothing listens on TCP
            "password_encryption": "scram-sha-256",
        }


def environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LANG": "C", "LC_ALL": "C"}


_CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _size() -> dict[str, str]:
    """Modest by the machine's memory: the server shares it with web and worker."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEBIBYTE
    return {
        "shared_buffers": f"{min(max(memory // 16, 64), 512)}MB",
        "effective_cache_size": f"{max(memory // 2, 256)}MB",
        "work_mem": "8MB",
        "maintenance_work_mem": "64MB",
        "max_connections": "100",
        "max_wal_size": "1GB",
        "random_page_cost": "1.1",
        "jit": "off",  # our queries are short; compiling them costs more than it gives
        "log_min_messages": "warning",
        "log_line_prefix": "%m [%p] %q%u@%d ",
    }


def lines(text: str, last: int) -> Iterator[str]:
    yield from (f"  {line}" for line in text.strip().splitlines()[-last:])
