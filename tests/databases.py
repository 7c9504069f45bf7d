"""A database for each test process, copied from one that is migrated once."""

import fcntl
import os
import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from tests.cluster import FOLDER
from towpath.project import postgres


def fresh_database(server: postgres.Server, fingerprint: str) -> str:
    """Makes a database of the current migrations and leads Django's connections to it; returns its name."""
    template = f"template_{fingerprint}"
    with (FOLDER.parent / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(server, template):
            _migrated(server, template)
        name = f"test_{os.getpid()}_{secrets.token_hex(3)}"
        create(server, name, template)
    lead_to(server, name)
    return name


def _exists(server: postgres.Server, name: str) -> bool:
    with psycopg.connect(server.dsn("owner")) as connection:
        return bool(connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone())


def create(server: postgres.Server, name: str, template: str) -> None:
    with psycopg.connect(server.dsn("owner"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template))
        )


def _migrated(server: postgres.Server, template: str) -> None:
    """Migrated under a passing name, so that a broken-off migration is never taken for a template."""
    from django.db import connections

    from towpath.project import migrate

    raw = f"making_{secrets.token_hex(4)}"
    create(server, raw, "template0")
    lead_to(server, raw)
    migrate.migrate("owner")
    connections.close_all()
    with psycopg.connect(server.dsn("owner"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("alter database {} rename to {}").format(sql.Identifier(raw), sql.Identifier(template))
        )


def lead_to(server: postgres.Server, name: str) -> None:
    """Django's `default` and `owner` connections, and what child processes are told, lead to this database."""
    from django.conf import settings
    from django.db import connections

    from towpath.project import env

    for alias, role in (("default", "app"), ("owner", "owner")):
        url = server.dsn(role, name)  # type: ignore[arg-type]
        os.environ["DATABASE_URL" if alias == "default" else "DATABASE_OWNER_URL"] = url
        connections[alias].close()
        settings.DATABASES[alias].update(env.database(url))
        connections[alias].settings_dict.update(env.database(url))
        if alias in connections:
            del connections[alias]


def end_our_connection() -> None:
    """Ended by the server while nobody looks, as when it is started anew between two requests."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as another:
        ended = another.execute("select pg_terminate_backend(%s, 5000)", [pid]).fetchone()
    assert ended == (True,)


def folder() -> Path:
    return FOLDER
