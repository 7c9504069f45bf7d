"""What is written can be read again, and is the same."""

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, by_hand, counted, write_csv
from tests.engines.mining.test_map import rows
from towpath.engines import mining
from towpath.engines.mining import write

KINDS = ("parquet", "xes", "xes.gz", "json", "sqlite")


def _told(log):
    """Every case with its events."""
    return {
        case.id: [(one.activity, one.time, one.attributes.get("unit")) for one in log.case(case.id)]
        for case in log.cases(1_000)
    }


@settings(max_examples=8)
@given(rows, st.sampled_from(KINDS))
def test_a_log_written_and_read_again_is_the_same(tmp_path_factory, drawn, kind):
    folder = tmp_path_factory.mktemp("log")
    made = [(case, activity, at(minutes), f"unit {activity}") for case, activity, minutes in drawn]
    log = mining.read(write_csv(folder / "log.csv", made, "case,activity,time,unit"))
    log.save(folder / f"again.{kind}")
    again = mining.read(folder / f"again.{kind}")
    assert counted(again) == by_hand([row[:3] for row in made])
    assert _told(again) == _told(log)


@pytest.mark.parametrize("kind", KINDS)
def test_signs_that_a_format_has_for_itself_stay_what_they_are(tmp_path, kind):
    made = [("<1>", 'a "b" & <c>', at(0), 'line\tone & "two"'), ("<1>", "é ü 😀", at(1), "=1+1")]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "case,activity,time,unit"))
    log.save(tmp_path / f"again.{kind}")
    assert _told(mining.read(tmp_path / f"again.{kind}")) == _told(log)


@pytest.mark.parametrize("kind", ["xes", "json", "sqlite"])
def test_what_is_said_of_the_case_stays_with_it(tmp_path, kind):
    made = [("1", "a", at(0), "web"), ("2", "a", at(1), "post")]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "case,activity,time,case:channel"))
    log.save(tmp_path / f"again.{kind}")
    again = mining.read(tmp_path / f"again.{kind}")
    assert again.columns["case:channel"] == "case"
    assert again.values("case:channel") == {"post": 1, "web": 1}


def test_only_the_view_is_written(tmp_path):
    log = mining.read(write_csv(tmp_path / "log.csv", [("1", "a", at(0)), ("2", "b", at(1))]))
    log.named("2").save(tmp_path / "part.xes")
    assert mining.read(tmp_path / "part.xes").starts() == {"b": 1}


def test_sqlite_is_laid_out_as_ocel_has_it(tmp_path):
    made = [("1", "Open it", at(0), "web", "desk"), ("1", "object", at(1), "web", "")]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "case,activity,time,case:channel,unit"))
    log.save(tmp_path / "log.sqlite")
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        events = database.execute("SELECT * FROM event ORDER BY ocel_id").fetchall()
        types = database.execute("SELECT * FROM event_map_type").fetchall()
        linked = database.execute("SELECT * FROM event_object").fetchall()
        opened = database.execute("SELECT ocel_id, ocel_time, unit FROM event_Openit").fetchall()
        case = database.execute("SELECT ocel_id, ocel_changed_field, channel FROM object_case").fetchall()
    assert tables >= {"event", "object", "event_object", "object_object", "event_map_type", "object_map_type"}
    assert events == [("e1", "Open it"), ("e2", "object")]
    assert types == [("Open it", "Openit"), ("object", "object (2)")]  # event_object is a table of OCEL's own
    assert linked == [("e1", "1", "case"), ("e2", "1", "case")]
    assert opened == [("e1", "2026-01-05T09:00:00.000000Z", "desk")]
    assert case == [("1", None, "web")]


def test_names_that_sqlite_takes_for_one_stay_two(tmp_path):
    made = [("1", "open!", at(0), "a", "b", "c"), ("1", "OPEN", at(1), "d", "e", "f")]
    header = "case,activity,time,room,Room,ocel_id"
    log = mining.read(write_csv(tmp_path / "log.csv", made, header))
    log.save(tmp_path / "log.sqlite")
    again = mining.read(tmp_path / "log.sqlite")
    assert [one.activity for one in again.case("1")] == ["open!", "OPEN"]
    assert [sorted(one.attributes.values()) for one in again.case("1")] == [
        ["a", "b", "c", "case"],
        ["case", "d", "e", "f"],
    ]


@pytest.mark.parametrize("kind", ["xes", "xes.gz", "json", "sqlite"])
def test_what_was_there_is_replaced_only_when_all_is_written(tmp_path, kind):
    log, file = mining.read(write_csv(tmp_path / "log.csv", [("1", "a", at(0))])), tmp_path / f"log.{kind}"
    log.save(file)
    before = file.read_bytes()

    def broken():
        yield "1", {}, log.case("1")
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        write.log(broken(), file)
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["log.csv", file.name]


def test_a_kind_that_is_not_written_is_told(tmp_path):
    log = mining.read(write_csv(tmp_path / "log.csv", [("1", "a", at(0))]))
    with pytest.raises(mining.StoreError, match=r"\.xes"):
        log.save(tmp_path / "log.docx")
