"""What is written can be read again, and is the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, by_hand, counted, write_csv
from tests.engines.mining.test_map import rows
from towpath.engines import mining

KINDS = ("parquet", "xes", "xes.gz", "json")


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


@pytest.mark.parametrize("kind", ["xes", "json"])
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


def test_a_kind_that_is_not_written_is_told(tmp_path):
    log = mining.read(write_csv(tmp_path / "log.csv", [("1", "a", at(0))]))
    with pytest.raises(mining.StoreError, match=r"\.xes"):
        log.save(tmp_path / "log.docx")
