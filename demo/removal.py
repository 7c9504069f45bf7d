"""Removing a town of the demonstration: every row of every table that is its own, and its colleagues' accounts."""

from typing import Any

from psycopg import sql

from demo.staff import STAFF
from towpath.foundation.models import Tenant
from towpath.foundation.protection import tenant_models


def remove(owner: Any, tenant: Tenant) -> None:
    """`owner` is a connection of the tables' owner. References are checked at the end, so any order will do."""
    if not tenant.is_demo:
        raise ValueError(f"{tenant.code} is no demonstration.")
    emails = [one.email for one in STAFF[tenant.code]]
    with owner.cursor() as cursor:
        cursor.execute("begin")
        cursor.execute("set constraints all deferred")
        for model in tenant_models():
            table = sql.Identifier(model._meta.db_table)
            cursor.execute(sql.SQL("delete from {} where tenant_id = %s").format(table), [tenant.pk])
        for table, column in (
            ("mfa_authenticator", "user_id"),
            ("account_emailaddress", "user_id"),
            ("people_user", "id"),
        ):
            of = sql.SQL("{} in (select id from people_user where email = any(%s))").format(
                sql.Identifier(column)
            )
            cursor.execute(sql.SQL("delete from {} where {}").format(sql.Identifier(table), of), [emails])
        cursor.execute("delete from foundation_tenant where id = %s", [tenant.pk])
        cursor.execute("commit")
