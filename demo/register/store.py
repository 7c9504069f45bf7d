"""The register's data in SQLite: residents, vehicles, and each request that was carried out, once for each key."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from demo.register.people import Resident, emissions, plain

TABLES = """
create table if not exists resident (
    number text primary key, given text, family text, birth_date text, street text, house_number text,
    postcode text, town text, moved_in text, moved_away text, place text);
create index if not exists resident_place on resident (place);
create table if not exists vehicle (plate text primary key, number text, kind text, emissions text);
create table if not exists request (
    key text primary key, digest text not null, operation text not null, status integer not null,
    reply blob not null, seen integer not null default 1, done_at text not null default current_timestamp);
"""


class OtherRequest(Exception):
    """The key was used before, for another request."""


@dataclass(frozen=True)
class Done:
    status: int
    reply: bytes


class Store:
    """One connection a thread would be faster; one a request is simpler, and this is a demonstration."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        with self._open() as database:
            database.execute("pragma journal_mode = wal")
            database.executescript(TABLES)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        database = sqlite3.connect(self.path, timeout=20, isolation_level=None)
        database.row_factory = sqlite3.Row
        try:
            yield database
        finally:
            database.close()

    def register(self, people: Iterable[Resident]) -> None:
        """Exactly these people are registered from now on."""
        with self._open() as database:
            database.execute("begin immediate")
            database.execute("delete from resident")
            database.execute("delete from vehicle")
            for one in people:
                values = (*[getattr(one, name) for name in _COLUMNS], place(one.postcode, one.house_number))
                database.execute(f"insert into resident values ({', '.join('?' * len(values))})", values)  # noqa: S608 (only question marks)
                for plate in one.plates:
                    row = (plate, one.number, "car", emissions(plate))
                    database.execute("insert or replace into vehicle values (?, ?, ?, ?)", row)
            database.execute("commit")

    def resident(self, number: str) -> sqlite3.Row | None:
        return self._one("select * from resident where number = ?", number)

    def at(self, postcode: str, house_number: str) -> list[sqlite3.Row]:
        query = "select family, given from resident where place = ? and moved_away is null order by number"
        with self._open() as database:
            return database.execute(query, [place(postcode, house_number)]).fetchall()

    def vehicle(self, plate: str) -> sqlite3.Row | None:
        return self._one("select * from vehicle where plate = ?", plain(plate))

    def _one(self, query: str, value: str) -> sqlite3.Row | None:
        with self._open() as database:
            row: sqlite3.Row | None = database.execute(query, [value]).fetchone()
            return row

    def once(self, key: str, operation: str, request: bytes, carry_out: Callable[[], Done]) -> Done:
        """Carries a request out the first time; later it gives the same reply again. `OtherRequest`: see there."""
        digest = hashlib.sha256(operation.encode() + b"\0" + request).hexdigest()
        with self._open() as database:
            database.execute("begin immediate")
            row = database.execute("select * from request where key = ?", [key]).fetchone()
            if row is None:
                done = carry_out()
                values = [key, digest, operation, done.status, done.reply]
                database.execute(
                    "insert into request (key, digest, operation, status, reply) values (?, ?, ?, ?, ?)",
                    values,
                )
            elif row["digest"] != digest:
                raise OtherRequest
            else:
                done = Done(row["status"], row["reply"])
                database.execute("update request set seen = seen + 1 where key = ?", [key])
            database.execute("commit")
        return done

    def effects(self, key: str) -> dict[str, int]:
        """How often a request was carried out (0 or 1), and how often it was sent."""
        row = self._one("select seen from request where key = ?", key)
        return {"effects": 1 if row else 0, "seen": row["seen"] if row else 0}


_COLUMNS = (
    "number given family birth_date street house_number postcode town moved_in moved_away".split()  # noqa: SIM905 (reads better)
)


def place(postcode: str, house_number: str) -> str:
    return f"{plain(postcode)} {plain(house_number)}"
