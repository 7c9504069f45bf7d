"""Clusters of their own for the tests that stop, kill or break one."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from towpath.project import postgres


@pytest.fixture(scope="package")
def open_folder() -> Iterator[Path]:
    """A folder that every account may enter; pytest's own are private."""
    folder = Path(tempfile.mkdtemp(prefix="towpath-running-"))
    folder.chmod(0o755)
    yield folder
    postgres.reset(folder / "postgres")
    shutil.rmtree(folder)


@pytest.fixture(scope="package")
def server(open_folder: Path) -> postgres.Server:
    """A running server; a test that stops it starts it again."""
    made = postgres.ensure(open_folder / "postgres")
    postgres.start(made)
    return made


@pytest.fixture
def cluster() -> Iterator[Callable[[Path], Path]]:
    """Names a folder for a cluster that is removed afterwards, wherever its data went."""
    used: list[Path] = []

    def use(folder: Path) -> Path:
        used.append(folder)
        return folder

    yield use
    for folder in used:
        if folder.exists():
            postgres.reset(folder)


def command_of(pid: int) -> str:
    """Empty when the process has ended, reaped or not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def processes_naming(text: str) -> list[int]:
    """Every living process with this text in its command line, ourselves excepted."""
    found = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in found if pid != os.getpid() and text in command_of(pid)]


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.rstrip("\n")
