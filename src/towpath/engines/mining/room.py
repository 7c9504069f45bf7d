"""Room on the disk and in the memory: what happens where there is none, in words; and files written whole or not at all."""

from __future__ import annotations

import errno
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from towpath.engines.mining.errors import RoomError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL = ("no space left", "file too large", "quota exceeded", "failed to offload")
_FILE = re.compile(r'file \\?"([^"\\]+)')
DISK = (
    "There is no room left in {}, and nothing was kept. Make room there and begin anew, or choose other folders: for the "
    "result, for TMPDIR (where rows wait on their way in), or to run in (where what the memory does not hold goes)."
)
MEMORY = (
    "The memory does not hold this log ({}), and nothing was kept. Take a machine with more of it, or the log in parts, "
    "by year or by town."
)
BROKEN = "A file can't be read or written, and nothing was kept: {}. See to the disk of {}."


def lacking(why: Exception) -> bool:
    """Whether it is the disk's or the memory's fault, and not that of what was read."""
    if isinstance(why, OSError):
        return why.errno in FULL
    return isinstance(why, duckdb.OutOfMemoryException) or any(one in str(why).lower() for one in _FULL)


@contextmanager
def told(folder: Path | None = None) -> Iterator[None]:
    """RoomError where the disk or the memory is full. `folder`: what is written to, where the error does not name it."""
    try:
        yield
    except (duckdb.Error, OSError) as why:
        if not lacking(why) and not isinstance(why, duckdb.IOException):
            raise
        raise RoomError(_in_words(why, folder or Path())) from why


def _in_words(why: Exception, folder: Path) -> str:
    text = str(why)
    named = why.filename if isinstance(why, OSError) else None
    if named is None and (found := _FILE.search(text)):
        named = found[1]
    where = (Path(named).parent if named else folder).resolve()
    ours = where.name.startswith(tempfile.gettempprefix()) and where.parent == Path(tempfile.gettempdir())
    if ours or where.suffix == ".part":  # gone when this is read
        where = where.parent
    if isinstance(why, OSError) or any(one in text.lower() for one in _FULL):
        return DISK.format(where)
    first = text.strip().splitlines()[0]
    if isinstance(why, duckdb.OutOfMemoryException):
        return MEMORY.format(first.removeprefix("Out of Memory Error: "))
    return BROKEN.format(first.removeprefix("IO Error: "), where)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write meanwhile. A file that is there is replaced when all is written, or else stays as it was."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        with told(path.parent):
            yield part
            part.replace(path)
    finally:
        for left in (part, path.with_name(f"{part.name}-journal")):  # the second is SQLite's
            left.unlink(missing_ok=True)
