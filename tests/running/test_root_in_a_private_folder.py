"""Root works in a folder that nobody else may enter; the server's account gets a place of its own."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from towpath.project import postgres
from towpath.project.postgres import binaries, place

pytestmark = [pytest.mark.system, pytest.mark.skipif(os.geteuid() != 0, reason="not root")]


@pytest.fixture(scope="module")
def private(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("root") / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def wheel(private) -> Iterator[Path]:
    """The wheel as it lies in a .venv that only root may enter."""
    real = next(binaries._wheel()).parent.parent
    for part in (real, real.with_name(f"{real.name}.libs")):
        shutil.copytree(part, private / "packages" / part.name, symlinks=True)
    folder = private / "packages" / real.name / "pginstall" / "bin"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(binaries, "_wheel", lambda: iter([folder]))
        yield folder


@pytest.fixture(scope="module")
def hidden(private, wheel) -> Iterator[postgres.Server]:
    server = postgres.ensure(private / "var" / "postgres", durable=False)
    yield server
    postgres.reset(server.folder)


def test_data_and_programs_go_where_the_account_can_work(private, wheel, request):
    before, accounts = modes_above(private), Path("/etc/passwd").read_text()
    server: postgres.Server = request.getfixturevalue("hidden")
    postgres.start(server)
    with psycopg.connect(server.dsn("app")) as connection:
        assert connection.info.server_version // 10000 == 18
    home = server.data.parent
    assert not home.is_relative_to(private)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert server.binaries.is_relative_to(home)
    assert modes_above(private) == before, "no folder of others is opened up"
    assert Path("/etc/passwd").read_text() == accounts, "no account is made"


def test_the_copied_programs_are_renewed_with_the_wheel(hidden, wheel):
    copy = hidden.binaries / "postgres"
    kept = copy.stat().st_ino
    postgres.ensure(hidden.folder)
    assert copy.stat().st_ino == kept
    os.utime(wheel / "postgres", (1, 1))
    postgres.ensure(hidden.folder)
    assert copy.stat().st_mtime == 1


def test_a_place_that_belongs_to_another_folder_is_left_alone(hidden):
    home = hidden.data.parent
    place.remove_home(home, hidden.folder.with_name("another"))
    assert hidden.data.is_dir()


def test_reset_stops_the_server_and_removes_its_place_too(hidden):
    postgres.start(hidden)
    postgres.reset(hidden.folder)
    assert postgres.running(hidden.data) is None
    assert not hidden.data.parent.exists()
    assert not hidden.folder.exists()


def test_a_folder_that_was_closed_later_is_told(server, open_folder):
    assert server.data.parent == server.folder, "where the account can enter, the data stays with us"
    open_folder.chmod(0o700)
    try:
        with pytest.raises(postgres.DatabaseError, match="can no longer enter"):
            postgres.ensure(server.folder)
    finally:
        open_folder.chmod(0o755)


def test_an_ordinary_user_is_told_that_another_account_made_the_data(server, monkeypatch):
    stranger = place.Account(65534, 65534, "65534", foreign=False)
    monkeypatch.setattr("towpath.project.postgres.make.account", lambda: stranger)
    with pytest.raises(postgres.DatabaseError, match="another account"):
        postgres.ensure(server.folder)


def modes_above(folder: Path) -> list[tuple[int, int]]:
    return [(parent.stat().st_mode, parent.stat().st_uid) for parent in (folder, *folder.parents)]
