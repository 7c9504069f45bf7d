"""Writing a snapshot: one line for each row, tables in turn, ids of what every installation makes itself by name."""

import hashlib
import json
import lzma
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg import sql

from demo.snapshot import own
from demo.snapshot.tables import EVENTS, Table, tables
from demo.town import OFFERED, SERVICES
from demo.year.live import Lived
from towpath.catalogue.models import ServiceVersion
from towpath.exchange.models import Agreement
from towpath.foundation import tenancy
from towpath.foundation.models import TenantKey
from towpath.people.models import Staff

BEFORE = timedelta(days=40)  # dates of the year begin this long before it
BEYOND = timedelta(days=6 * 365)  # the last date that a letter of the year may name


class Leak(Exception):
    """Something that only the installation where the year was made can read, or should know."""


def written(lived: Lived) -> bytes:
    """The year as compressed lines. Runs where the year was lived, before that is rolled back."""
    with tenancy.inside(lived.tenant):
        lines = [json.dumps(_head(lived), ensure_ascii=False)]
        for table in tables().values():
            lines += _lines(table, lived)
        text = "\n".join(lines)
        _refuse_leaks(text)
        for id_, name in names().items():
            text = text.replace(id_, name)
    return lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME)


def _head(lived: Lived) -> dict[str, Any]:
    return {
        "town": lived.tenant.settings["demo-code"],
        "from": (lived.began - BEFORE).isoformat(),
        "until": lived.until.isoformat(),
        "processes": {code: process_digest(code) for code in OFFERED},
    }


def process_digest(code: str) -> str:
    """Cases under way stand at places of this process: with another one the year must be made anew."""
    return hashlib.sha256((Path(SERVICES) / code / "process.bpmn").read_bytes()).hexdigest()


def _lines(table: Table, lived: Lived) -> Iterator[str]:
    rows = list(_rows(table, lived))
    if not rows:
        return
    yield json.dumps({"table": table.name, "columns": table.columns})
    for row in rows:
        yield json.dumps([row[column] for column in table.columns], ensure_ascii=False, separators=(",", ":"))


def _rows(table: Table, lived: Lived) -> Iterator[dict[str, Any]]:
    letters = None
    if table.name == "contact_entrytext":
        letters = own.letters_between(lived.began - BEFORE, lived.until.date() + BEYOND)
    since = lived.first_event if table.name == EVENTS else -1
    for found in _read(table, since):
        row = own.opened(table.name, found)
        yield letters.marked(row) if letters else row


def _read(table: Table, since: int) -> Iterator[dict[str, Any]]:
    """Rows as PostgreSQL writes them in JSON, which is how it reads them again."""
    query = sql.SQL("select to_jsonb(t) from {} t where tenant_id = %s {} order by {}").format(
        sql.Identifier(table.name),
        sql.SQL("and seq > %s" if since >= 0 else ""),
        sql.Identifier(table.order),
    )
    values = [tenancy.current_id(), *([since] if since >= 0 else [])]
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        for (row,) in cursor.fetchall():
            yield json.loads(row) if isinstance(row, str) else row


def _refuse_leaks(text: str) -> None:
    for key in TenantKey.objects.values_list("key_id", flat=True):
        if (place := text.find(f'"{key}:')) >= 0:
            raise Leak(
                f"A sealed value was not opened: add its column to SEALED_TEXTS. Near: {text[place - 200 : place]}"
            )


def names() -> dict[str, str]:
    """Ids of the current town that each installation makes itself -> the name that stands for them."""
    staff = Staff.objects.select_related("user")
    versions = ServiceVersion.objects.select_related("service").order_by("number")
    return {
        **{str(one.pk): f"⟨staff {one.user.email}⟩" for one in staff},
        **{str(one.pk): f"⟨version {one.service.code}⟩" for one in versions},
        **{str(one.pk): f"⟨agreement {one.operation}⟩" for one in Agreement.objects.all()},
    }
