"""`towpath health`: does everything that a resident's request needs answer?"""

import http.client
import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from towpath.foundation import counter
from towpath.project.folders import var_folder

HEARTBEAT = "worker.heartbeat"  # touched by the worker at least every 5 s
FRESH = 15.0  # seconds
STATE = "run.json"  # written by `towpath run`; the database's address is secret, so 0600


@dataclass(frozen=True)
class Answer:
    part: str
    ok: bool
    told: str


@dataclass(frozen=True)
class Addresses:
    web: str
    register: str
    database: str
    heartbeat: Path


def main(argv: Sequence[str] = ()) -> int:
    """Prints a line for each part; 0 only when all answer."""
    what = "Says for web, worker, database and register whether they answer."
    ArgumentParser("towpath health", description=what).parse_args(argv)
    try:
        addresses = find(var_folder())
    except LookupError as why:
        print(why, file=sys.stderr)
        return 1
    found = check(addresses)
    for one in found:
        print(f"{one.part:<9} {'ok  ' if one.ok else 'FAIL'} {one.told}")
    return 0 if all(one.ok for one in found) else 1


def find(var: Path) -> Addresses:
    """From the environment where DATABASE_URL is set, else from what `towpath run` wrote down."""
    heartbeat = var / HEARTBEAT
    if database := os.environ.get("DATABASE_URL"):
        port = int(os.environ.get("PORT") or 8000)
        web = os.environ.get("TOWPATH_URL") or f"http://127.0.0.1:{port}"
        register = os.environ.get("TOWPATH_REGISTER_URL") or f"http://127.0.0.1:{port + 2}"
        return Addresses(web, register, database, heartbeat)
    try:
        state = json.loads((var / STATE).read_text())
    except (OSError, ValueError):
        raise LookupError(
            f"Towpath does not run here: there is no {var / STATE}. Start it with `make run`."
        ) from None
    return Addresses(state["web"], state["register"], state["database"], heartbeat)


def check(addresses: Addresses) -> list[Answer]:
    return [
        _try("web", lambda: get(f"{addresses.web}/health")),
        _try("worker", lambda: beat(addresses.heartbeat)),
        _try("database", lambda: query(addresses.database)),
        _try("register", lambda: get(f"{addresses.register}/health")),
    ]


def get(url: str, patience: float = 5) -> str:
    """Raises OSError unless the answer is 200. Goes straight there: a proxy has no say on this machine."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=patience)
    try:
        connection.request("GET", parts.path)
        status = connection.getresponse().status
    except http.client.HTTPException as why:
        raise OSError(f"{url} gave no proper answer ({type(why).__name__})") from why
    finally:
        connection.close()
    if status != 200:
        raise OSError(f"{url} answered {status} instead of 200")
    return url


def beat(heartbeat: Path) -> str:
    """Raises OSError unless the worker gave a sign lately."""
    if not heartbeat.exists():
        raise OSError(f"no sign of life: {heartbeat} is not there")
    age = time.time() - heartbeat.stat().st_mtime
    if age > FRESH:
        raise OSError(f"last sign of life {age:.0f} s ago")
    return f"last sign of life {max(age, 0):.0f} s ago"


def query(url: str) -> str:
    """Raises OSError unless the database answers, and what is written to it now has its place in the journal."""
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            version = connection.info.server_version // 10000
            row = connection.execute(counter.AHEAD).fetchone()
    except psycopg.errors.UndefinedFunction:  # it answers; `towpath migrate` has yet to come
        return f"PostgreSQL {version}"
    except psycopg.Error as why:
        raise OSError(str(why).strip()) from why
    if row and row[0]:
        raise OSError(counter.TOLD.format(row[0]))
    return f"PostgreSQL {version}"


def is_well(question: Callable[[], str]) -> bool:
    return _try("", question).ok


def _try(part: str, question: Callable[[], str]) -> Answer:
    try:
        return Answer(part, ok=True, told=question())
    except OSError as why:
        return Answer(part, ok=False, told=str(why) or type(why).__name__)
