"""Logs of older systems, imported for a body: what they hold, and the logs themselves.

A log lies in PostgreSQL as one row, under row-level security like all that a body has (ADR 0026).
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.utils.text import slugify

from towpath.engines import mining
from towpath.foundation import clock, tenancy
from towpath.journeys import kept
from towpath.journeys.models import ImportedLog

MOST_BYTES: Final = 256 * 1024 * 1024  # of one log, as it is kept
TOLD: Final = 200  # rows left out that are told one by one


class NotImported(ValueError):
    """Why a log was not taken; nothing of it was kept."""


def import_log(
    path: Path, mapping: Path | None = None, *, name: str = "", good_rows: bool = False
) -> ImportedLog:
    """A file becomes a log of the current body, all of it or nothing. `mining.LogError` tells each bad row."""
    name = name or path.name
    code = slugify(name)[:80]
    if not code:
        raise NotImported(
            f"The name {name!r} has no letter that an address can show. Give another by --name."
        )
    if ImportedLog.objects.filter(code=code).exists():
        raise NotImported(
            f"There is a log {code} already. Give another name, or remove it by --remove {code} first."
        )
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "log.towpath"
        log = mining.read(path, mapping, store=store, good_rows=good_rows)
        summary, problems = log.summary, [*log.left_out, *log.doubts]
        log.close()
        content = store.read_bytes()
    if len(content) > MOST_BYTES:
        raise NotImported(
            f"The log takes {len(content)} bytes; {MOST_BYTES} is the most. Import it in parts, by year or by town."
        )
    made: ImportedLog = ImportedLog.objects.create(
        code=code,
        name=name[:200],
        file=path.name[:200],
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        imported_at=clock.now(),
        events=summary.events,
        cases=summary.cases,
        activities=summary.activities,
        first=_aware(summary.first),
        last=_aware(summary.last),
        problems=[_kept_problem(one) for one in problems[:TOLD]],
    )
    return made


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


def _kept_problem(one: mining.Problem) -> dict[str, object]:
    """PostgreSQL takes no zero bytes, which a broken row may hold."""
    return asdict(replace(one, what=one.what.replace("\0", "")[:300], where=one.where.replace("\0", "")))


def remove_log(code: str) -> bool:
    """Whether there was one to remove."""
    rows = ImportedLog.objects.filter(code=code)
    for pk in rows.values_list("pk", flat=True):
        kept.forget(_key(pk))
    return bool(rows.delete()[0])


def logs() -> list[ImportedLog]:
    """All of the body, without their content, by name."""
    return list(ImportedLog.objects.defer("content").order_by("name"))


def log(code: str) -> ImportedLog | None:
    return ImportedLog.objects.defer("content").filter(code=code).first()


@contextmanager
def opened(row: ImportedLog) -> Iterator[mining.Log]:
    with kept.log(_key(row.pk), row.digest, lambda: _open(row)) as found:
        assert found is not None
        yield found


def _key(pk: int) -> tuple[int, str, int]:
    return tenancy.current_id(), "imported", pk


def _open(row: ImportedLog) -> mining.Log:
    """The engine reads files only: this one has lost its name before anybody could look for it."""
    content = ImportedLog.objects.values_list("content", flat=True).get(pk=row.pk)
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "log.towpath"
        store.write_bytes(content)
        found = mining.reopen(store)
        found.summary  # noqa: B018 (the file is open from here on)
        return found
