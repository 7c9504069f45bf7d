"""What must be done before the processes start, and how we know that it was done already."""

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from towpath.project.folders import CHECKOUT
from towpath.project.processes import CLI, Site

SOURCES = CHECKOUT / "src" / "towpath"
LOCK = CHECKOUT / "requirements.lock"


@dataclass(frozen=True)
class Step:
    """One command that must end well. It is left out when `mark` says that it did, with `depends` as it is now."""

    name: str
    command: list[str]
    env: Mapping[str, str] = field(repr=False)
    mark: Path | None = None
    depends: str = ""

    def needed(self) -> bool:
        return self.mark is None or not self.mark.exists() or self.mark.read_text() != self.depends

    def done(self) -> None:
        if self.mark:
            self.mark.parent.mkdir(parents=True, exist_ok=True)
            self.mark.write_text(self.depends)


def steps(site: Site) -> list[Step]:
    """All may be repeated at any time; leaving them out saves seconds of a warm start."""
    # Their lines are shown, so only what matters.
    quiet = {"TOWPATH_LOG_LEVEL": os.environ.get("TOWPATH_LOG_LEVEL", "WARNING")}
    owner, app = site.owner_env() | quiet, site.env() | quiet
    # What was done to a database of our own is remembered beside it, and forgotten with it.
    beside = site.server.folder / "done" if site.server else None
    code = digest([LOCK, *SOURCES.rglob("*.py"), *SOURCES.rglob("*.sql")])
    towns = digest(path for name in ("demo", "services") for path in (CHECKOUT / name).rglob("*"))
    today = datetime.now(UTC).date()  # migrating also makes the journal's partitions for the time ahead
    return [
        Step("migrate", [*CLI, "migrate"], owner, beside and beside / "migrate", f"{code} {today}"),
        Step(
            "assets",
            [*CLI, "manage", "collectstatic", "--noinput"],
            app,
            site.var / "static" / ".collected",
            digest([LOCK, *SOURCES.glob("**/static/**/*")]),
        ),
        Step("demo", [*CLI, "demo", "load"], app, beside and beside / "demo", f"{code} {towns}"),
    ]


def digest(paths: Iterable[Path]) -> str:
    """Of names and contents; folders and compiled files don't count."""
    found = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file() and "__pycache__" not in path.parts:
            found.update(f"{path}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return found.hexdigest()
