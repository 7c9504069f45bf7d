"""`towpath convert`: a log in another form, or the process that is found in it."""

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import bpmn, mining
from towpath.project import cli

ROWS = [
    (f"c{n}", step, at(100 * n + place))
    for n in range(6)
    for place, step in enumerate(["Receive", "Check", "Decide"])
]


@pytest.fixture
def log(tmp_path):
    return str(write_csv(tmp_path / "log.csv", ROWS, "case,activity,time"))


@pytest.mark.parametrize("name", ["o.xes", "o.xes.gz", "o.parquet", "o.json", "o.sqlite"])
def test_a_log_in_another_form_says_the_same(log, tmp_path, name):
    assert cli.main(["convert", log, "-o", str(tmp_path / name)]) == 0
    assert mining.read(tmp_path / name).map().edges == mining.read(log).map().edges


def test_a_store_takes_more_and_is_written_from(log, tmp_path):
    store, more = (
        tmp_path / "o.towpath",
        write_csv(tmp_path / "more.csv", [("d", "Receive", at(5))], "case,activity,time"),
    )
    assert cli.main(["convert", log, "-o", str(store)]) == 0
    assert cli.main(["convert", str(more), "-o", str(store)]) == 0
    assert cli.main(["convert", str(store), "-o", str(tmp_path / "all.xes")]) == 0
    assert mining.read(tmp_path / "all.xes").summary.cases == 7


def test_the_process_that_is_found_is_a_model_with_its_steps(log, tmp_path):
    assert cli.main(["convert", log, "-o", str(tmp_path / "o.bpmn")]) == 0
    text = (tmp_path / "o.bpmn").read_text(encoding="utf-8")
    (process,) = bpmn.load(text, drawn=True).processes.values()
    assert {"Receive", "Check", "Decide"} <= {one.name for one in process.elements.values()}


def test_without_an_ending_it_becomes_a_folder_for_many_machines(log, tmp_path):
    assert cli.main(["convert", log, "-o", str(tmp_path / "folder")]) == 0
    assert list((tmp_path / "folder").rglob("*.parquet"))


def test_what_cannot_be_read_or_written_is_told(log, tmp_path, capsys):
    assert cli.main(["convert", str(tmp_path / "nothing.csv"), "-o", str(tmp_path / "o.xes")]) == 2
    assert "nothing.csv" in capsys.readouterr().err
    assert cli.main(["convert", log, "-o", str(tmp_path / "o.pdf")]) == 2
    assert "pdf" in capsys.readouterr().err


def test_good_rows_are_taken_when_asked_for_and_the_rest_is_listed(tmp_path, capsys):
    log = write_csv(tmp_path / "log.csv", [*ROWS, ("c9", "Receive", "no day")], "case,activity,time")
    asked = ["convert", str(log), "-o", str(tmp_path / "o.xes")]
    assert cli.main(asked) == 2
    assert "--good-rows" in capsys.readouterr().err and not (tmp_path / "o.xes").exists()
    assert cli.main([*asked, "--good-rows"]) == 0
    assert "Left out:" in capsys.readouterr().err
    assert mining.read(tmp_path / "o.xes").summary.cases == 6
