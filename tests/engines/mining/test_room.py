"""A full disk and a full memory are told in words, and nothing is left half-made."""

import os
import resource
import subprocess
import sys

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import mining
from towpath.engines.mining import write
from towpath.engines.mining.duck import schema

MOST = 600_000  # bytes of any one file, for the process that meets its limit
HEADER = "case,activity,time,note"


def rows(cases, start=0):
    return [
        (f"c{n}", step, at(100 * n + place), f"{hash((n, place)):032x}"[-32:])
        for n in range(start, start + cases)
        for place, step in enumerate(["Receive", "Check", "Decide"])
    ]


@pytest.fixture
def large(tmp_path):
    return write_csv(tmp_path / "large.csv", rows(20_000), HEADER)


def command(*arguments, most=MOST, **environment):
    """What a command says where no file may grow beyond `most`, as on a disk that is full."""

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = subprocess.run(
        [sys.executable, "-m", "towpath.project.cli", *map(str, arguments)],
        env={**os.environ, **environment},
        preexec_fn=limited,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["o.xes", "o.xes.gz", "o.parquet", "o.json", "o.towpath", "o"])
def test_a_full_disk_is_told_with_its_folder_and_leaves_what_was_there(large, tmp_path, name):
    there = tmp_path / "there"
    there.mkdir()
    output = there / name
    before = {}
    if output.suffix not in ("", ".towpath"):
        output.write_bytes(b"before")
        before = {name: b"before"}
    source = large
    if name == "o":
        source = tmp_path / "kept.towpath"
        mining.read(large, store=source).close()
    code, told = command("convert", source, "-o", output)
    assert code == 2, told
    assert f"There is no room left in {there}" in told and "TMPDIR" in told
    assert "Traceback" not in told and "Errno" not in told
    assert {one.name: one.read_bytes() for one in there.iterdir()} == before


def test_a_full_disk_is_told_of_sqlite_too(large, tmp_path, monkeypatch):
    monkeypatch.setattr(write, "_SCHEMA", f"PRAGMA max_page_count = 30; {write._SCHEMA}")
    there = tmp_path / "there"
    there.mkdir()
    with pytest.raises(mining.RoomError, match=f"There is no room left in {there}"):
        mining.read(large).save(there / "log.sqlite")
    assert not list(there.iterdir())


def test_a_store_that_can_take_no_more_stays_as_it_was(large, tmp_path):
    store = tmp_path / "there" / "log.towpath"
    store.parent.mkdir()
    mining.read(write_csv(tmp_path / "few.csv", rows(3, start=90_000), HEADER), store=store).close()
    code, told = command("convert", large, "-o", store)
    assert (code, "There is no room left in" in told) == (2, True), told
    kept = mining.reopen(store)
    assert kept.summary.cases == 3
    kept.close()


def test_what_is_said_to_be_kept_is_and_what_is_not_is_not(large, tmp_path):
    """However little room there is: else somebody imports twice what is there already."""
    made = tmp_path / "made.towpath"
    mining.read(large, store=made).close()
    more = write_csv(tmp_path / "more.csv", rows(60, start=90_000), HEADER)
    size = made.stat().st_size
    for number, most in enumerate((4_000, size - 200_000, size + 2_000_000)):
        store = tmp_path / str(number) / "log.towpath"
        store.parent.mkdir()
        store.write_bytes(made.read_bytes())
        code, told = command("convert", more, "-o", store, most=most)
        kept = mining.reopen(store)
        assert kept.summary.cases == 20_000 + (60 if code == 0 else 0), told
        kept.close()


def test_rows_on_their_way_in_name_the_folder_of_passing_files(large, tmp_path):
    passing = tmp_path / "passing"
    passing.mkdir()
    mining.read(large).save(tmp_path / "log.xes")
    code, told = command("assess", tmp_path / "log.xes", "-o", tmp_path / "r.html", TMPDIR=str(passing))
    assert code == 2, told
    assert f"There is no room left in {passing}, and nothing was kept" in told
    assert not (tmp_path / "r.html").exists() and not list(passing.iterdir())


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ("SET memory_limit = '20MB'; SET max_temp_directory_size = '1MB'", "There is no room left in"),
        ("SET temp_directory = ''; SET memory_limit = '20MB'", "The memory does not hold this log"),
    ],
)
def test_a_memory_that_is_too_small_is_told(large, tmp_path, monkeypatch, limits, words):
    whole = schema.connect

    def small(*arguments):
        connection = whole(*arguments)
        connection.execute(limits)
        return connection

    monkeypatch.setattr(schema, "connect", small)
    with pytest.raises(mining.RoomError, match=words):
        mining.read(large)


def test_a_store_in_a_folder_that_is_not_there_says_that_it_cannot_be_made(large, tmp_path):
    with pytest.raises(mining.StoreError, match=r"it can't be made: .*No such file or directory"):
        mining.read(large, store=tmp_path / "nowhere" / "log.towpath")
