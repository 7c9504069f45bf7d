"""The numbers of transactions, which order the ledgers, go on when the database moves to another cluster.

A ledger's `xid` is the cluster's transaction counter and an offset kept in the database, `ledger_offset()`. A dump
that is restored elsewhere meets a counter that may be far behind: what is written then would stand before every
cursor and seal, and nobody would be told of it. So the application's connections are refused until the owner has
raised the offset, which `towpath migrate` does (ADR 0005).
"""

from typing import Any

import psycopg
from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

AHEAD = "select ledger_ahead()"
TOLD = (
    "The journal is {:,} transactions ahead of the database's counter: it was restored from another cluster. "
    "What is written now would never be handed over or sealed, so nothing is written. "
    "Run `towpath migrate` with the owner's address, then start again (docs/running.md, Backups)."
)
# From the lowest number that may still be given, so that a transaction which began before counts from there too.
RAISED = """
select ledger_offset() + ledger_ahead()
    + pg_snapshot_xmax(pg_current_snapshot())::text::bigint - pg_snapshot_xmin(pg_current_snapshot())::text::bigint
"""
OFFSET = sql.SQL("create or replace function ledger_offset() returns bigint language sql stable as {}")


class Behind(OperationalError):
    """The ledgers hold numbers that the database's counter has yet to reach."""


def check(connection: BaseDatabaseWrapper) -> None:
    """Behind where the database was restored from another cluster and not migrated since."""
    with connection.cursor() as cursor:
        cursor.execute(AHEAD)
        (ahead,) = cursor.fetchone()
    if ahead:
        raise Behind(TOLD.format(ahead))


def admit(connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Each new connection of the application is checked and, where it must not write, closed."""
    if connection.alias != "default":
        return
    try:
        check(connection)
    except Exception as error:
        # Without the function the tables are not there either, or are older: `towpath migrate` has yet to come.
        if not isinstance(error.__cause__, psycopg.errors.UndefinedFunction):
            connection.close()
            raise


def go_on(using: str) -> int:
    """Raises the offset where the ledgers are ahead, as their owner; returns by how much, mostly 0."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if not _asked(cursor, AHEAD):
            return 0
        # Whoever has written under the old number has ended, and who comes waits for the new one.
        cursor.execute("lock table journal_event, access_log in share row exclusive mode")
        before, raised = _asked(cursor, "select ledger_offset()"), _asked(cursor, RAISED)
        cursor.execute(OFFSET.format(sql.Literal(f"select {raised}::bigint")))
        return raised - before


def _asked(cursor: Any, question: str) -> int:
    cursor.execute(question)
    (number,) = cursor.fetchone()
    return int(number)
