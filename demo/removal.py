"""Removing the towns: every row of every table that is theirs, and their colleagues' accounts."""

from collections.abc import Sequence
from typing import Any

from psycopg import sql

from towpath.foundation.models import Tenant
from towpath.foundation.protection import tenant_models

ACCOUNTS = "select id from people_user where home_id = any(%s)"
OF_ACCOUNTS = [
    f"delete from mfa_authenticator where user_id in ({ACCOUNTS})",  # noqa: S608 (no value in it)
    f"delete from account_emailaddress where user_id in ({ACCOUNTS})",  # noqa: S608
    "delete from people_user where home_id = any(%s)",
    "delete from procrastinate_jobs where (args ->> 'tenant')::int = any(%s)",
    "delete from foundation_tenant where id = any(%s)",
]


def remove(owner: Any, towns: Sequence[Tenant]) -> None:
    """`owner` is a connection of the tables' owner. All at once: an account of one may work for the other."""
    for town in towns:
        if not town.is_demo:
            raise ValueError(f"{town.code} is no demonstration.")
    ids = [town.pk for town in towns]
    with owner.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("set constraints all deferred")
        for model in tenant_models():
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("delete from {} where tenant_id = any(%s)").format(table), [ids])
        for statement in OF_ACCOUNTS:
            cursor.execute(statement, [ids])
        cursor.execute("commit")
