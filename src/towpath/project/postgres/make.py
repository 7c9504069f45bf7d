"""Makes a data folder once, whole or not at all, and records which programs made it."""

import fcntl
import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from towpath.project.postgres.binaries import Binaries, Kind, describe, locate_binaries
from towpath.project.postgres.errors import DatabaseError
from towpath.project.postgres.place import (
    Account,
    account,
    make_home,
    private_folder,
    runnable,
    socket_folder,
)
from towpath.project.postgres.server import (
    APP,
    DATABASE,
    OWNER,
    ROLES,
    SUPERUSER,
    Role,
    Server,
    environment,
    lines,
)

RECORD = "cluster.json"
PASSWORDS = "passwords.json"


@dataclass
class Record:
    """What `cluster.json` says."""

    home: str  # holds data and socket; `folder` itself unless the account can't enter that
    binaries: str = ""
    kind: Kind = "wheel"
    version: int = 0  # 0: the data folder isn't finished
    socket: str = ""


def ensure(
    folder: Path, *, prefer: Kind | None = None, durable: bool = True, owner_creates_databases: bool = False
) -> Server:
    """The server whose record lies in `folder`, made when there is none. It is not started.

    `prefer` counts when it is made; later the programs that made it run it. DatabaseError where that can't be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder, who = folder.resolve(), account()
    with locked(folder):
        record = read_record(folder)
        if record is None:
            record = Record(home=str(make_home(folder, who)))
            write_record(folder, record)
        passwords = _passwords(folder)
        if not record.version:
            plan = _Plan(Path(record.home), who, passwords, durable, owner_creates_databases)
            _make(folder, record, plan, prefer)
        return _open(folder, record, who, passwords, durable)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops the server of this folder."""
    with (folder / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def read_record(folder: Path) -> Record | None:
    path = folder / RECORD
    try:
        return Record(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as why:
        raise DatabaseError(f"{path} can't be read ({why}). `make reset` starts over.") from why


def write_record(folder: Path, record: Record) -> None:
    _write(folder / RECORD, json.dumps(asdict(record), indent=2), mode=0o644)


def _open(folder: Path, record: Record, who: Account, passwords: dict[Role, str], durable: bool) -> Server:
    home = Path(record.home)
    _check_owner(home / "data", folder, who)
    programs = runnable(_programs(record, home / "data"), home, who)
    socket = socket_folder(home, who, Path(record.socket) if record.socket else None)
    if str(socket) != record.socket:
        record.socket = str(socket)
        write_record(folder, record)
    return Server(programs, folder, home / "data", socket, who, passwords, durable)


def _check_owner(data: Path, folder: Path, who: Account) -> None:
    try:
        owner = data.stat().st_uid
    except FileNotFoundError:
        raise DatabaseError(
            f"The data folder {data}, recorded in {folder / RECORD}, is gone.\n"
            "Bring it back from a backup, or start over with `make reset`."
        ) from None
    except PermissionError:
        owner = -1
    if owner != who.uid:
        raise DatabaseError(
            f"The data folder {data} was made by another account than the one that would run it now "
            f"(`{who.name}`).\nRun the command as the user who first ran it, or start over with `make reset`."
        )
    if not who.may_enter(data):
        raise DatabaseError(
            f"The account `{who.name}`, which runs PostgreSQL, can no longer enter {data}.\n"
            "A folder above it was closed: open that again, or start over with `make reset`."
        )


def _programs(record: Record, data: Path) -> Binaries:
    made = int((data / "PG_VERSION").read_text())
    recorded = describe(Path(record.binaries), record.kind)
    if recorded and recorded.version == made:
        return recorded
    try:
        return locate_binaries(record.kind, made)
    except DatabaseError as why:
        raise DatabaseError(_other_version(data, made, str(why))) from why


def _other_version(data: Path, made: int, why: str) -> str:
    return (
        f"The data folder {data} was made by PostgreSQL {made}; another major version can't read it.\n{why}\n"
        "To move the data to the version that is installed:\n"
        f"  1. install the programs of PostgreSQL {made} (Debian: apt install postgresql-{made})\n"
        "  2. .venv/bin/python -m towpath.project.postgres dump towpath.dump\n"
        "  3. .venv/bin/python -m towpath.project.postgres reset    (removes the old data folder)\n"
        "  4. .venv/bin/python -m towpath.project.postgres restore towpath.dump\n"
        "  5. make run"
    )


@dataclass(frozen=True)
class _Plan:
    """How a new data folder shall be."""

    home: Path
    who: Account
    passwords: dict[Role, str] = field(repr=False)
    durable: bool
    owner_creates_databases: bool


def _make(folder: Path, record: Record, plan: _Plan, prefer: Kind | None) -> None:
    data, source = plan.home / "data", locate_binaries(prefer)
    if not data.exists():
        programs = runnable(source, plan.home, plan.who)
        fresh = plan.home / "data.new"  # takes its name only when roles and database are in it
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh, plan.who)
        _initdb(fresh, programs, plan)
        _add_roles(fresh, programs, plan)
        fresh.rename(data)
    record.binaries, record.kind = str(source.folder), source.kind
    record.version = int((data / "PG_VERSION").read_text())
    write_record(folder, record)


def _initdb(fresh: Path, programs: Binaries, plan: _Plan) -> None:
    secret = plan.home / "initial-password"
    _write(secret, plan.passwords["superuser"], mode=0o600)
    plan.who.own(secret)
    options = ["-A", "scram-sha-256", "-k", "-E", "UTF8", *_locale(programs.version)]
    options += [] if plan.durable else ["--no-sync"]
    command = [str(programs.folder / "initdb"), "-D", str(fresh), "-U", SUPERUSER, f"--pwfile={secret}"]
    try:
        _run([*command, *options], plan.who)
    finally:
        secret.unlink()
    (fresh / "pg_hba.conf").write_text(
        "# our socket only, and never without a password\nlocal all all scram-sha-256\n"
    )


def _add_roles(fresh: Path, programs: Binaries, plan: _Plan) -> None:
    settings = {"exit_on_error": "on", "password_encryption": "scram-sha-256"}
    settings |= {} if plan.durable else {"fsync": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    single = [str(programs.folder / "postgres"), "--single", "-j", "-D", str(fresh), *options, "postgres"]
    _run(single, plan.who, _roles(plan.passwords, plan.owner_creates_databases))


def _locale(version: int) -> list[str]:
    # Sorting by code point everywhere; the builtin provider, which knows the case of all letters, came with 17.
    if version >= 17:
        return ["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--no-locale"] if not _has_c_utf8() else ["--locale=C.UTF-8", "--lc-messages=C"]


def _has_c_utf8() -> bool:
    told = subprocess.run(
        ["/usr/bin/env", "locale", "-a"], capture_output=True, text=True, check=False
    ).stdout
    return any(name.lower() in ("c.utf8", "c.utf-8") for name in told.split())


def _roles(passwords: dict[Role, str], creates: bool) -> str:
    """SQL for single-user mode, in which an empty line ends a statement."""
    limits = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION"
    quoted = {role: passwords[role].replace("'", "''") for role in ROLES}
    statements = [
        f"CREATE ROLE {OWNER} {limits} {'CREATEDB' if creates else 'NOCREATEDB'} PASSWORD '{quoted['owner']}'",
        f"CREATE ROLE {APP} {limits} NOCREATEDB PASSWORD '{quoted['app']}'",
        f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP}",
    ]
    return "".join(f"{statement};\n\n" for statement in statements)


def _run(command: list[str], who: Account, text: str = "") -> None:
    done = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        cwd="/",
        env=environment(),
        check=False,
        **who.options(),
    )
    if done.returncode:
        told = "\n".join(lines(done.stdout + done.stderr, last=12))
        raise DatabaseError(f"{Path(command[0]).name} failed as account `{who.name}`:\n{told}")


def _passwords(folder: Path) -> dict[Role, str]:
    path = folder / PASSWORDS
    if not path.exists():
        _write(path, json.dumps({role: secrets.token_urlsafe(24) for role in ROLES}), mode=0o600)
    found: dict[Role, str] = json.loads(path.read_text())
    return found


def _write(path: Path, text: str, mode: int) -> None:
    """All or nothing, and never readable by others in between."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as out:
        out.write(text)
    fresh.replace(path)
