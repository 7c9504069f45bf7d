"""Partitions by month, made ahead of time by the owner (`towpath migrate`, and a nightly timer in production)."""

from datetime import date
from itertools import pairwise

from django.db import connections
from psycopg import sql

AHEAD = 24  # months


def months(start: date, count: int) -> list[tuple[date, date]]:
    """(first day, first day of the next month) for `count` months from the month of `start`."""
    firsts = [
        date(start.year + (start.month - 1 + i) // 12, (start.month - 1 + i) % 12 + 1, 1)
        for i in range(count + 1)
    ]
    return list(pairwise(firsts))


def make(using: str, today: date) -> None:
    """Makes the partitions of the next two years where they are missing."""
    with connections[using].cursor() as cursor:
        for table in ("journal_event", "access_log"):
            for first, end in months(today, AHEAD):
                cursor.execute(
                    sql.SQL(
                        "create table if not exists {} partition of {} for values from ({}) to ({})"
                    ).format(
                        sql.Identifier(f"{table}_{first:%Y_%m}"),
                        sql.Identifier(table),
                        sql.Literal(first.isoformat()),
                        sql.Literal(end.isoformat()),
                    )
                )
