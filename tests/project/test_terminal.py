"""Nothing that stands in a file of somebody else's steers the terminal of who works with it."""

import psycopg
import pytest
from django.db import OperationalError

from tests.catalogue import parking
from tests.engines.bpmn import builder
from tests.engines.mining.made import at, write_csv
from tests.rehearsal import small
from towpath.foundation import counter
from towpath.project import cli, import_log, packages, rehearse, terminal

CLEAR, TITLE, TURNED = "\x1b[2J", "\x9b31m", "\u202e"
HOSTILE = f"soon{CLEAR}{TITLE}{TURNED}"
SHOWN = "soon�[2J�31m�"
HEADER = "case,activity,time"
ROWS = [(f"c{n}", step, at(10 * n + place)) for n in range(6) for place, step in enumerate(["Ask", "Decide"])]


@pytest.fixture
def hostile(tmp_path):
    """A log with one row that can't be taken, and says so in its own words."""
    return str(write_csv(tmp_path / "log.csv", [*ROWS, ("c9", "Ask", HOSTILE)], HEADER))


@pytest.fixture
def said(capsys):
    """All that was written, which has what the file said but for what steers."""

    def check():
        out, err = capsys.readouterr()
        assert SHOWN in out + err
        assert not {"\x1b", "\x9b", TURNED, "\r", "\x07"} & set(out + err)
        return out + err

    return check


def test_what_steers_is_shown_and_the_rest_stays_as_it_is():
    assert terminal.plain(HOSTILE) == SHOWN
    assert terminal.plain("a\r\x07\0\x7f\ud800b") == "a�����b"
    words = "Délai\u00a0: 3 jours\n\tمهلة\u200f 🐎"
    assert terminal.plain(words) == words


def test_convert_tells_rows_that_it_refuses_or_leaves_out(hostile, tmp_path, said):
    asked = ["convert", hostile, "-o", str(tmp_path / "o.xes")]
    assert cli.main(asked) == 2
    assert "is not a time" in said()
    assert cli.main([*asked, "--good-rows"]) == 0
    assert "Left out:" in said()


def test_assess_tells_why_a_log_is_no_use(tmp_path, said):
    log = write_csv(tmp_path / "log.csv", [("1", "Ask", "never")], f"case,activity,{HOSTILE}")
    assert cli.main(["assess", str(log), "-o", str(tmp_path / "o.html")]) == 2
    assert "no column was recognised as time" in said()


def test_what_if_tells_the_teams_that_a_log_has(tmp_path, said):
    rows = [
        (f"c{day}-{n}", "Decide", at(1440 * day + 60 * n), at(1440 * day + 60 * n + 60), HOSTILE)
        for day in range(20)
        for n in range(8)
    ]
    log = write_csv(tmp_path / "log.csv", rows, "case,activity,start,time,unit")
    model = tmp_path / "process.bpmn"
    model.write_text(builder.xml("start -> decide -> end"), encoding="utf-8")
    asked = ["what-if", str(log), "--process", str(model), "--cases", "5"]
    assert cli.main([*asked, "--people", "office=+1"]) == 2
    assert "there is no team 'office'" in said()
    assert cli.main(asked) == 0
    said()


def test_import_tells_rows_that_it_refuses_or_leaves_out(outside, hostile, said):
    assert import_log.main([hostile, "--body", outside.code]) == 1
    assert "Nothing was imported" in said()
    assert import_log.main([hostile, "--body", outside.code, "--good-rows"]) == 0
    assert "left out" in said()


def test_rehearse_tells_why_a_log_is_broken_and_what_parts_from_the_design(database, tmp_path, said):
    mapping, log = tmp_path / "m.yaml", tmp_path / "log.csv"
    mapping.write_text(small.MAPPING, encoding="utf-8")
    asked = [str(log), "--service", "environmental-permit", "--mapping", str(mapping)]
    log.write_text(f"case,activity,time\na,b,{HOSTILE}\n", encoding="utf-8")
    assert rehearse.main(asked) == 2
    said()
    case = [(HOSTILE, *rest) for _, *rest in small.TWICE]
    log.write_text(small.csv(case), encoding="utf-8")
    assert rehearse.main(asked) == 0
    assert "part from the design" in said()


def test_check_tells_what_is_wrong_with_a_package(tmp_path, said):
    for path in parking.FOLDER.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(parking.FOLDER)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    service = tmp_path / "service.yaml"
    written = '"soon\\e[2J\\x9b31m\\u202e": 1\n'
    service.write_text(service.read_text(encoding="utf-8") + written, encoding="utf-8")
    assert packages.main(["check", str(tmp_path)]) == 1
    assert "is not known here" in said()


def test_a_database_that_was_restored_says_what_to_do_and_one_that_is_away_too():
    behind = counter.Behind(counter.TOLD.format(7))
    assert "towpath migrate" in packages.no_database(behind)
    assert packages.no_database(OperationalError("connection refused")) == packages.NO_DATABASE
    full = OperationalError("could not extend file")
    full.__cause__ = psycopg.errors.DiskFull()
    assert "no room left" in packages.no_database(full)
