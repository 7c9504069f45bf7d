"""A secret is made once and whole, for its owner's eyes; a broken one is refused before anything is done with it."""

import os
import threading

import pytest
from django.conf import settings

from towpath.foundation import crypto


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "SECRETS", tmp_path / "secrets")
    return tmp_path / "secrets"


def test_a_secret_is_made_once_for_its_owner_alone(folder):
    made = crypto.secret_file("a.key")
    assert len(made) == 32 and crypto.secret_file("a.key") == made
    assert (folder / "a.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [path.name for path in folder.iterdir()] == ["a.key"]


def test_of_several_who_make_it_the_first_one_wins(folder):
    ready, got = threading.Barrier(4), []

    def make():
        ready.wait()
        got.append(crypto.secret_file("a.key"))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 4 and len(set(got)) == 1


def test_what_stops_half_way_leaves_no_secret(folder, monkeypatch):
    def stopped(*_):
        raise OSError("no room left")

    monkeypatch.setattr(os, "fsync", stopped)
    with pytest.raises(OSError, match="no room"):
        crypto.secret_file("a.key")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_file_of_another_length_is_refused_by_name(folder, length):
    folder.mkdir()
    (folder / "a.key").write_bytes(b"x" * length)
    with pytest.raises(crypto.WrongSecret, match=rf"a\.key holds {length} bytes; a key has 32"):
        crypto.secret_file("a.key")
