"""A kept log as a folder of Parquet, and the engine that is an extra: what is told where it is missing."""

import json
import sys

import duckdb
import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import mining
from towpath.engines.mining.spark import session

MADE = [
    ("1", "open", at(0), "desk", "web"),
    ("1", "close", at(5), "", "web"),
    ("2", "open", at(1), "fire", ""),
]


@pytest.fixture
def store(tmp_path):
    made = write_csv(tmp_path / "log.csv", MADE, "case,activity,time,unit,case:channel")
    mining.read(made, engine="duckdb", store=tmp_path / "log.towpath").close()
    return tmp_path / "log.towpath"


def _rows(path, columns):
    return duckdb.execute(f"SELECT {columns} FROM read_parquet(?) ORDER BY ALL", [str(path)]).fetchall()


def test_a_store_is_spread_as_parquet(store, tmp_path):
    mining.spread(store, tmp_path / "log")
    assert sorted(one.name for one in (tmp_path / "log").iterdir()) == [
        "cases.parquet",
        "events.parquet",
        "log.json",
    ]
    minute, start = 60_000_000, 1_767_603_600_000_000  # 2026-01-05 09:00 UTC
    assert _rows(tmp_path / "log" / "events.parquet", "case_no, time, activity, next, gap, a0") == [
        (0, start, 0, 1, 5 * minute, "desk"),
        (0, start + 5 * minute, 1, None, None, None),
        (1, start + minute, 0, None, None, "fire"),
    ]
    assert _rows(tmp_path / "log" / "cases.parquet", "case_id, began, ended, variant, a1") == [
        ("1", start, start + 5 * minute, [0, 1], "web"),
        ("2", start + minute, start + minute, [0], None),
    ]
    told = json.loads((tmp_path / "log" / "log.json").read_text())
    assert (told["activities"], told["mapping"]["unit"]) == (["open", "close"], "unit")


def test_a_folder_that_is_there_is_left_alone(store, tmp_path):
    (tmp_path / "log").mkdir()
    with pytest.raises(mining.StoreError, match="written anew, never appended to"):
        mining.spread(store, tmp_path / "log")
    assert list((tmp_path / "log").iterdir()) == []


@pytest.mark.parametrize(
    "told", ["", "{", "[]", "{}", '{"version": 1}', '{"version": 1, "mapping": {"x": 1}}']
)
def test_a_folder_without_a_log_is_told(tmp_path, told):
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "log.json").write_text(told)
    with pytest.raises(mining.StoreError, match=r"no log in this folder \(log.json is missing or damaged\)"):
        mining.reopen(tmp_path / "log")


def test_a_folder_of_another_version_is_told(store, tmp_path):
    mining.spread(store, tmp_path / "log")
    about = tmp_path / "log" / "log.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"version": 7}))
    with pytest.raises(mining.StoreError, match="a log of version 7, this program reads 1"):
        mining.reopen(tmp_path / "log")


@pytest.mark.parametrize("missing", ["ibis", "pyspark.sql"])
def test_without_the_extra_it_is_said_what_to_install(store, tmp_path, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    monkeypatch.setattr(session, "connected", session.connected.__wrapped__)
    with pytest.raises(mining.StoreError, match=r"pip install -r requirements-spark\.lock"):
        mining.read(tmp_path / "log.csv", engine="spark")
    mining.spread(store, tmp_path / "log")
    with pytest.raises(mining.StoreError, match=r"pip install -r requirements-spark\.lock"):
        mining.reopen(tmp_path / "log")


def test_an_engine_that_is_not_known_is_told(tmp_path):
    with pytest.raises(mining.StoreError, match="there is no engine 'abacus'; there are duckdb, spark"):
        mining.read(tmp_path / "log.csv", engine="abacus")
