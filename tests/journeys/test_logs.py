"""Logs of older systems: imported whole or not at all, seen by their body alone, removable."""

import pytest
from django.db import connection

from tests.foundation.transactions import aside
from towpath.engines import mining
from towpath.foundation import tenancy
from towpath.journeys import actions, queries
from towpath.journeys.models import ImportedLog
from towpath.project import import_log

ROWS = [
    "case,activity,time,unit",
    "1,Received,2024-03-01 09:00,Front desk",
    "1,Decided,2024-03-05 09:00,Permits",
    "2,Received,2024-03-02 09:00,Front desk",
    "2,Decided,2024-03-04 09:00,Permits",
]


@pytest.fixture
def legacy(tmp_path):
    def make(rows=ROWS):
        path = tmp_path / "legacy.csv"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        return path

    return make


def codes(tenant):
    with tenancy.inside(tenant):
        return [one.code for one in queries.logs()]


def test_an_imported_log_can_be_asked(tenant, legacy):
    with tenancy.inside(tenant):
        made = actions.import_log(legacy(), name="Old permits")
        with queries.opened(made) as log:
            assert [(e.source, e.target, e.count) for e in log.map().edges] == [("Received", "Decided", 2)]
    assert (made.code, made.cases, made.events, made.activities) == ("old-permits", 2, 4, 2)


def test_nothing_stays_of_a_log_with_a_bad_row(tenant, legacy):
    with tenancy.inside(tenant), pytest.raises(mining.LogError, match="time"):
        actions.import_log(legacy([*ROWS, "3,Received,the other day,Front desk"]))
    assert codes(tenant) == []


def test_the_good_rows_are_taken_with_a_list_of_the_rest(tenant, legacy):
    with tenancy.inside(tenant):
        made = actions.import_log(legacy([*ROWS, "3,Received,the other day,Front desk"]), good_rows=True)
    assert made.events == 4
    assert [one["where"] for one in made.problems if one["bad"]] != []


def test_a_name_is_taken_once(tenant, legacy):
    with tenancy.inside(tenant):
        actions.import_log(legacy())
        with pytest.raises(actions.NotImported, match="already"):
            actions.import_log(legacy())


def test_of_two_imports_of_one_name_at_once_one_is_told_and_the_other_is_whole(outside, legacy, monkeypatch):
    """The second one has found the name free, and reads, while the first one is imported and committed."""
    read, path = mining.read, legacy()

    def meanwhile(*given, **more):
        monkeypatch.setattr(mining, "read", read)
        with aside(outside) as first:
            first.do(lambda: actions.import_log(path))
        return read(*given, **more)

    monkeypatch.setattr(mining, "read", meanwhile)
    with tenancy.inside(outside):
        with pytest.raises(actions.NotImported, match="already"):
            actions.import_log(path)
        assert [one.events for one in queries.logs()] == [4]


def test_a_log_that_cannot_be_kept_is_told_in_words_and_nothing_stays(outside, legacy, monkeypatch, capsys):
    def full(*_, **__):
        raise mining.StoreError("log.towpath: no space left")

    monkeypatch.setattr(mining, "read", full)
    assert import_log.main([str(legacy()), "--body", outside.code]) == 2
    told = capsys.readouterr().err
    assert "nothing was imported" in told and "no space left" in told and "Traceback" not in told
    assert codes(outside) == []


def test_a_log_that_another_version_kept_is_told_in_words(outside, legacy):
    with tenancy.inside(outside):
        made = actions.import_log(legacy())
        ImportedLog.objects.update(content=b"no store", digest="another")
        made.refresh_from_db()
        with (
            pytest.raises(queries.NotReadable, match=r"legacycsv can't be opened \(it is not a store.*again"),
            queries.opened(made),
        ):
            pass


def test_another_body_neither_sees_nor_removes_it(tenant, outside, legacy):
    with tenancy.inside(tenant):
        made = actions.import_log(legacy())
        with queries.opened(made):
            pass
    with tenancy.inside(outside):
        assert queries.log(made.code) is None
        assert not actions.remove_log(made.code)
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from journeys_importedlog")
            assert cursor.fetchone() == (0,)
    assert codes(tenant) == ["legacycsv"]


def test_the_command_imports_lists_and_removes(outside, legacy, capsys):
    assert import_log.main([str(legacy()), "--body", outside.code, "--name", "Old"]) == 0
    assert "4 events of 2 cases as old: /insight/logs/old/" in capsys.readouterr().out
    assert import_log.main(["--list", "--body", outside.code]) == 0
    assert "old: Old, 2 cases" in capsys.readouterr().out
    assert import_log.main(["--remove", "old", "--body", outside.code]) == 0
    assert codes(outside) == []


def test_the_command_says_what_is_wrong(outside, legacy, capsys):
    bad = legacy([*ROWS, "3,,2024-03-01 09:00,Front desk"])
    assert import_log.main([str(bad), "--body", outside.code]) == 1
    assert "Nothing was imported" in capsys.readouterr().err
    assert import_log.main([str(bad), "--body", "nowhere"]) == 2
    assert "No body is called nowhere" in capsys.readouterr().err
    assert import_log.main(["--body", outside.code]) == 2
    assert import_log.main(["missing.csv", "--body", outside.code]) == 2
