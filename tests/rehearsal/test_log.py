"""Reading logs, also broken and hostile ones."""

import gzip

import pytest

from tests.rehearsal import small
from towpath.casework.rehearsal import BrokenLog, read


def written(folder, name, text):
    path = folder / name
    data = text if isinstance(text, bytes) else text.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


@pytest.mark.parametrize(
    ("name", "form"), [("a.xes", small.xes), ("a.xes.gz", small.xes), ("a.csv", small.csv)]
)
def test_each_form_of_a_log_gives_the_same_cases(tmp_path, name, form):
    cases = read(written(tmp_path, name, form(small.OPEN, small.CARRIED)), team="department")
    assert sorted(case.id for case in cases) == ["a", "b"]
    whole = next(case for case in cases if case.id == "a")
    assert [event.activity for event in whole.events] == [what for _, _, what, _ in small.CARRIED]
    assert whole.events[2].team == "Desk"
    assert whole.events[2].at.isoformat() == "2026-03-03T00:00:00+00:00"


def test_events_are_put_in_the_order_of_their_times_and_equal_times_stay(tmp_path):
    text = "case,activity,time\nx,late,2026-03-02T10:00+01:00\nx,early,2026-03-02T08:00Z\nx,same,2026-03-02T09:00\n"
    (case,) = read(written(tmp_path, "a.csv", text))
    assert [event.activity for event in case.events] == ["early", "late", "same"]


def test_only_the_end_of_an_activity_counts(tmp_path):
    start = '<string key="lifecycle:transition" value="start"/></event>'
    text = small.xes(small.OPEN).replace("</event>", start, 1)
    (case,) = read(written(tmp_path, "a.xes", text))
    assert [event.activity for event in case.events] == ["Checked"]


BOMB = '<!DOCTYPE log [<!ENTITY a "aaaa">]><log>&a;</log>'


@pytest.mark.parametrize(
    ("name", "text", "line", "what"),
    [
        ("a.xes", "<log><trace>\n</log>", 2, "not well-formed"),
        ("a.xes", "<html/>", 1, "the root is <html>"),
        ("a.xes", BOMB, 1, "DOCTYPE"),
        ("a.xes", "<log>" + "<list>" * 40, 1, "nested deeper"),
        ("a.xes", "<log>\n<trace><event></event></trace></log>", 2, "no concept:name"),
        ("a.xes", small.xes(small.OPEN).replace("2026-03-02T05", "2026-13-02T05"), 5, "is no moment"),
        ("a.xes", "<log></log>", 0, "has no cases"),
        ("a.xes.gz", None, 0, "not whole"),
        ("a.csv", "case,what,time\n", 1, "no column 'activity'"),
        ("a.csv", "case,activity,time\na,b,yesterday\n", 2, "'yesterday' is no moment"),
        ("a.csv", "case,activity,time\n,b,2026-01-01\n", 2, "no case"),
        ("a.csv", b"case,activity,time\n\xff,b,2026-01-01\n", 1, "not a table"),
        ("a.csv", "", 1, "no column"),
    ],
)
def test_a_broken_log_is_refused_with_its_line(tmp_path, name, text, line, what):
    path = written(tmp_path, name, small.xes(small.OPEN) if text is None else text)
    if text is None:
        path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BrokenLog) as broken:
        read(path)
    assert what in str(broken.value)
    assert broken.value.line == line


def test_a_log_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BrokenLog, match="can't be opened"):
        read(tmp_path / "none.xes")
