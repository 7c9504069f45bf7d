"""`towpath what-if`: a change played through on a plan learned from a log."""

import pytest

from tests.engines.bpmn import builder
from tests.engines.mining.made import at, write_csv
from towpath.project import cli


@pytest.fixture
def files(tmp_path):
    """One clerk, who is asked for an hour's work every forty minutes."""
    rows = [
        (f"c{day}-{n}", "Decide", at(1440 * day + 60 * n), at(1440 * day + 60 * n + 60), "desk")
        for day in range(40)
        for n in range(8)
        if (day % 7) < 5
    ]
    log = write_csv(tmp_path / "log.csv", rows, "case,activity,start,time,unit")
    model = tmp_path / "process.bpmn"
    model.write_text(builder.xml("start -> decide -> end"), encoding="utf-8")
    return [str(log), "--process", str(model), "--cases", "60"]


def test_one_more_clerk_shortens_the_queue(files, capsys):
    assert cli.main(["what-if", *files, "--people", "desk=+1"]) == 0
    table, told = capsys.readouterr().out.split("\n\n", 1)
    assert any(
        line.startswith("A task waits in its queue: desk") and " -" in line for line in table.splitlines()
    )
    assert "desk: people: 1, from steps under way at the same time" in told
    assert "Assumed, or doubtful:" in told


def test_a_team_that_is_not_there_is_told(files, capsys):
    assert cli.main(["what-if", *files, "--people", "office=+1"]) == 2
    assert "there is no team 'office'; there are: desk" in capsys.readouterr().err


def test_a_step_that_is_not_there_is_told(files, capsys):
    assert cli.main(["what-if", *files, "--without", "coffee"]) == 2
    assert "the process has no such step; there are: decide" in capsys.readouterr().err
