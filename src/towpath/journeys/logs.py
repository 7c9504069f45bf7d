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

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from towpath.engines import mining
from towpath.foundation import clock, tenancy
from towpath.journeys import kept
from towpath.journeys.models import ImportedLog

MOST_BYTES: Final = 256 * 1024 * 1024  # of one log, as it is kept
TOLD: Final = 200  # rows left out that are told one by one


class NotImported(ValueError):
    """Why a log was not taken; nothing of it was kept."""


class NotReadable(ValueError):
    """A log that was imported can't be opened: another version of the program kept it, or it is damaged."""


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
        raise _taken(code)
    content, summary, problems = _read(path, mapping, good_rows)
    if len(content) > MOST_BYTES:
        raise NotImported(
            f"The log takes {len(content)} bytes; {MOST_BYTES} is the most. Import it in parts, by year or by town."
        )
    try:
        with transaction.atomic():
            return _kept(code, name, path.name, content, summary, problems)
    except IntegrityError:
        # Somebody else has imported one of that name while this one was read.
        if ImportedLog.objects.filter(code=code).exists():
            raise _taken(code) from None
        raise


def _taken(code: str) -> NotImported:
    return NotImported(
        f"There is a log {code} already. Give another name, or remove it by --remove {code} first."
    )


def _read(
    path: Path, mapping: Path | None, good_rows: bool
) -> tuple[bytes, mining.Summary, list[mining.Problem]]:
    """The log as it is kept, what it holds, and what is doubtful."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "log.towpath"
        try:
            log = mining.read(path, mapping, store=store, good_rows=good_rows)
        except mining.StoreError as why:
            raise NotImported(f"The log could not be kept, and nothing was imported: {why}") from why
        summary, problems = log.summary, [*log.left_out, *log.doubts]
        log.close()
        return store.read_bytes(), summary, problems


def _kept(
    code: str,
    name: str,
    file: str,
    content: bytes,
    summary: mining.Summary,
    problems: list[mining.Problem],
) -> ImportedLog:
    made: ImportedLog = ImportedLog.objects.create(
        code=code,
        name=name[:200],
        file=file[:200],
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
    """The log, to be asked; NotReadable where it must be imported again."""
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
        try:
            found = mining.reopen(store)
        except mining.StoreError as why:
            # Why, without the file that is gone already.
            told = str(why).removeprefix(f"{store}: ")
            raise NotReadable(f"The log {row.code} can't be opened ({told}). Import it again.") from why
        found.summary  # noqa: B018 (the file is open from here on)
        return found
