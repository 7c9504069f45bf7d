"""`towpath journal` says of each body and ledger whether it is whole, and names what is not."""

import json

import pytest

from tests.foundation.transactions import settle
from towpath.foundation import journal, tenancy
from towpath.foundation.access import SYSTEM
from towpath.foundation.journal import Fact
from towpath.project import journal as command

NOTED = journal.event_type("test.noted", "Something was noted.", "n")


def _write(tenant):
    with tenancy.inside(tenant):
        journal.record(NOTED, SYSTEM, Fact(), n=1)
    settle()


@pytest.fixture
def exported(outside, tmp_path, capsys):
    """A body with one sealed event, and its exported heads."""
    _write(outside)
    assert command.main(["seal", "--body", outside.code]) == 0
    file = tmp_path / "heads"
    file.write_text(capsys.readouterr().out)
    return file


def _verify(file, *more):
    return command.main(["verify", "--head", str(file), *more])


def test_a_whole_journal_is_told_with_what_is_not_sealed_yet(outside, exported, capsys):
    _write(outside)
    assert _verify(exported, "--body", outside.code) == 0
    assert f"{outside.code} journal: whole (1 seals; 1 rows are not sealed yet)" in capsys.readouterr().out


def test_a_body_that_is_gone_is_found_by_its_exported_head(exported, capsys):
    head = {"tenant": "drowned", "ledger": "journal", "number": 3, "chain": "00"}
    exported.write_text(exported.read_text() + json.dumps(head) + "\n")
    assert _verify(exported) == 1
    assert "drowned: GONE" in capsys.readouterr().out
    assert _verify(exported, "--body", "drowned") == 1


def test_an_unknown_body_is_refused(database, capsys):
    assert command.main(["verify", "--body", "atlantis"]) == 2
    assert "atlantis" in capsys.readouterr().err


@pytest.mark.parametrize("line", ['{"tenant": "drow', '{"whose": "drowned"}', "[1, 2]", "\x00"])
def test_a_broken_file_of_heads_is_refused_with_its_line(exported, capsys, line):
    exported.write_text(exported.read_text() + line + "\n")
    lines = len(exported.read_text().splitlines())
    assert _verify(exported) == 2
    assert f"line {lines}: not an exported head" in capsys.readouterr().err


def test_a_missing_file_of_heads_is_told(exported, tmp_path, capsys):
    assert _verify(tmp_path / "elsewhere") == 2
    assert "elsewhere" in capsys.readouterr().err
