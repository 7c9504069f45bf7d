"""What is wrong is told in words, with its line; the good rows can be taken with a list of the rest."""

import gzip

import pytest

from tests.engines.mining.made import at, event, write_csv, write_xes, xes
from towpath.engines import mining
from towpath.engines.mining import xes as reader
from towpath.engines.mining.duck import schema

GOOD = xes({"1": [event("a", 0), event("b", 1)], "2": [event("a", 2)]})


def _told(path, **more):
    with pytest.raises(mining.LogError) as caught:
        mining.read(path, **more)
    return str(caught.value)


def test_bad_rows_are_told_with_their_lines_and_the_good_ones_can_be_taken(tmp_path):
    path = tmp_path / "log.csv"
    path.write_text(
        'case,activity,time\n1,"over\ntwo lines",2026-01-05T09:00:00Z\n2,b,soon\n,c,2026-01-05T09:00:00Z\n'
        "3,,2026-01-05T09:00:00Z\n4,d,\n5,e,2026-01-05T09:00:00Z,more\n6,f\n7,g,2026-01-05T09:00:00Z\n8,h,2026-02-30T09:00:00Z\n"
    )
    told = _told(path).splitlines()
    assert sorted(told) == sorted(
        f"log.csv: line {line}"
        for line in (
            "4: 'soon' is not a time that can be read",
            "5: no case (column 'case' is empty)",
            "6: no activity (column 'activity' is empty)",
            "7: no time (column 'time' is empty)",
            "8: this row has more than the 3 columns of the header; a text with the separator needs quotes",
            "9: this row has fewer than the 3 columns of the header",
            "11: '2026-02-30T09:00:00Z' is not a time that can be read",
        )
    )
    log = mining.read(path, good_rows=True)
    assert log.starts() == {"over\ntwo lines": 1, "g": 1}
    assert len(log.left_out) == 7 and not {one.kind for one in log.left_out} & {
        one.kind for one in log.doubts
    }


@pytest.mark.parametrize(
    "column", ["case {id}", "case {}", "case {0.__class__}", "case {:>3000000000}", "case }{"]
)
def test_the_name_of_a_column_is_told_as_it_stands(tmp_path, column):
    path = write_csv(
        tmp_path / "log.csv",
        [("", "a", at(0)), ("1", "a", "{soon}"), ("2", "a", at(1))],
        f"{column},activity,time",
    )
    mapping = mining.Mapping(column, "activity", "time")
    assert _told(path, mapping=mapping).splitlines() == [
        f"log.csv: line 2: no case (column '{column}' is empty)",
        "log.csv: line 3: '{soon}' is not a time that can be read",
    ]
    write_csv(path, [("", "a", at(0))] * 300 + [("1", "a", at(0))], f"{column},activity,time")
    told = mining.read(path, mapping, good_rows=True).left_out[-1]
    assert told.what.endswith(f"more rows: no case (column '{column}' is empty)")


def test_a_problem_is_one_line_whatever_stands_in_the_file(tmp_path):
    path = write_csv(tmp_path / "log.csv", [("1", "a", at(0)), ("2", "a", "soon\n\x1b[2Jall is well\x9b")])
    (problem,) = mining.read(path, mining.Mapping("case", "activity", "time"), good_rows=True).left_out
    assert str(problem) == "line 3: 'soon��[2Jall is well�' is not a time that can be read"


def test_bad_events_of_xes_are_told_with_their_lines(tmp_path):
    text = xes(
        {"1": [event("a", 0), {"concept:name": "b", "time:timestamp": "yesterday"}, {"concept:name": "c"}]}
    )
    path = write_xes(tmp_path / "log.xes", text)
    told = _told(path)
    lines = text.splitlines()
    second, third = [number for number, line in enumerate(lines, 1) if line == "<event>"][1:]
    assert f"line {second}: 'yesterday' is not a time" in told and f"line {third}: no time" in told
    assert mining.read(path, good_rows=True).summary.events == 1


def test_thousands_of_bad_rows_are_counted_not_listed(tmp_path):
    path = write_csv(tmp_path / "log.csv", [("1", "a", at(0)), *((n, "a", "soon") for n in range(500))])
    log = mining.read(path, mining.Mapping("case", "activity", "time"), good_rows=True)
    assert len(log.left_out) == 101 and log.left_out[-1].times == 400


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: not well-formed XML: no element found"),
        ("<log><trace>", "line 1: not well-formed XML"),
        ("<log>\n<trace></log>", "line 2: not well-formed XML: mismatched tag"),
        ("<html></html>", "line 1: this is not XES: its first element is <html>"),
        ('<?xml version="1.0" encoding="martian"?><log/>', "the declared encoding is not known|unknown encoding"),
        ('<!DOCTYPE log [<!ENTITY a "b">]>\n<log>&a;</log>', "line 1: a DOCTYPE is not accepted, nor are entities"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd">\n<log/>', "a DOCTYPE is not accepted"),
        ("<log>" + "<list>" * 200 + "</list>" * 200 + "</log>", "elements are nested deeper than 60"),
        ("<log/>", "there is no event in it"),
        ('<log><trace><event><string key="a" value="b"/></event></trace></log>', "no event has the attribute concept:name"),
    ],
)  # fmt: skip
def test_broken_and_hostile_xml_is_refused(tmp_path, text, told):
    with pytest.raises(mining.LogError, match=told):
        mining.read(write_xes(tmp_path / "log.xes", text))


def test_a_file_that_breaks_off_gives_what_came_before_when_asked(tmp_path):
    path = write_xes(
        tmp_path / "log.xes", GOOD[: GOOD.index('<trace>\n<string key="concept:name" value="2"') + 30]
    )
    assert "not well-formed" in _told(path)
    log = mining.read(path, good_rows=True)
    assert log.summary.events == 2 and [one.kind for one in log.left_out] == ["broken-xml"]


def test_a_zip_bomb_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "FREE", 1_000_000)
    path = tmp_path / "log.xes.gz"
    path.write_bytes(gzip.compress(GOOD.encode() + b" " * 20_000_000))
    assert "grows to more than 250 times its size" in _told(path)


def test_one_endless_element_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_ELEMENT", 2_000_000)
    path = write_xes(
        tmp_path / "log.xes", '<log><trace><string key="a" value="' + "x" * 12_000_000 + '"/></trace></log>'
    )
    assert "one element is larger than" in _told(path)


def test_too_many_names_of_attributes_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_KEYS", 5)
    path = write_xes(tmp_path / "log.xes", xes({"1": [event("a", 0, **{f"k{n}": "v" for n in range(9)})]}))
    assert "more than 5 different attributes" in _told(path)


@pytest.mark.parametrize("name", ["log.xes.gz", "log.parquet", "log.sqlite", "log.json"])
def test_damaged_files_are_told(tmp_path, name):
    heads = {
        "log.xes.gz": b"\x1f\x8b\x08\x00",
        "log.parquet": b"PAR1",
        "log.sqlite": b"SQLite format 3\x00",
        "log.json": b"{",
    }
    (tmp_path / name).write_bytes(heads[name] + b"and then something else")
    assert name in _told(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("log.csv", "", "the file is empty"),
        ("log.csv", "only one column\n1\n", "only one column was found"),
        ("log.csv", "case,activity,time\n", "there is no event in it"),
        (
            "log.csv",
            "name,amount\nx,1\n",
            "no column was recognised as case or activity or time. The file has 'name', 'amount'",
        ),
        ("log.docx", "PK", "the kind of this file is not known; it can be .xes"),
        ("log.json", '{"events": []}', "this is not OCEL 2.0"),
        ("log.json", "[" * 100_000, "nested too deeply|not JSON"),
    ],
)
def test_files_that_are_no_logs(tmp_path, name, content, told):
    (tmp_path / name).write_text(content)
    with pytest.raises(mining.LogError, match=told):
        mining.read(tmp_path / name)


def test_a_file_that_is_missing(tmp_path):
    assert "there is no such file" in _told(tmp_path / "log.xes")


def _doubts(path, **more):
    return {one.kind: str(one) for one in mining.read(path, **more).doubts}


def test_doubtful_times_are_told(tmp_path):
    made = [
        ("1", "a", "1970-01-01T00:00:00Z"),
        ("1", "b", "2026-01-05T09:00:00"),
        ("2", "a", "2999-01-01T00:00:00Z"),
    ]
    doubts = _doubts(write_csv(tmp_path / "log.csv", made))
    assert doubts["epoch"].startswith("line 2: dated 1970-01-01")
    assert doubts["far-future"].startswith("line 4: ")
    assert (
        doubts["mixed-zones"]
        == "1 of 3 times in 'time' have no time zone, the others do; those were read as UTC"
    )


def test_days_that_may_be_months_are_told(tmp_path):
    doubts = _doubts(write_csv(tmp_path / "log.csv", [("1", "a", "03/04/2026 10:00")]))
    assert "were read as day, month" in doubts["day-or-month"]


def test_ends_before_starts_and_events_twice(tmp_path):
    made = [("1", "a", at(9), at(3)), ("1", "b", at(1), at(4)), ("1", "b", at(1), at(4))]
    doubts = _doubts(write_csv(tmp_path / "log.csv", made, "case,activity,start,end"))
    assert doubts["end-before-start"].startswith("line 2: ended at 2026-01-05 09:03:00, before it began")
    assert (
        doubts["duplicate"]
        == "case 1: 'b' stands there twice with the same time and attributes; both are counted"
    )


def test_formulas_are_text_and_told(tmp_path):
    made = [("1", "a", at(0), "-5"), ("1", "=cmd|' /C calc'!A0", at(1), "+3")]
    path = write_csv(tmp_path / "log.csv", made, "case,activity,time,balance")
    assert _doubts(path)["formula"].startswith("line 3: ")
    assert "=cmd|' /C calc'!A0" in mining.read(path).ends()


def test_a_huge_case_and_ten_thousand_activities(tmp_path):
    made = [("1", f"step {n}", at(n)) for n in range(10_001)]
    log = mining.read(write_csv(tmp_path / "log.csv", made))
    doubts = {one.kind for one in log.doubts}
    assert {"huge-case", "many-activities"} <= doubts
    assert len(log.map().edges) == 10_000 and len(log.variants()[0].activities) == 10_001


@pytest.mark.parametrize(
    ("content", "separator"), [("case,activity,time\n" + "x" * 200_000, ""), ("a,b\n1,2\n", "long")]
)
def test_a_table_that_no_reader_takes(tmp_path, content, separator):
    (tmp_path / "log.csv").write_text(content)
    assert "the table can't be read" in _told(
        tmp_path / "log.csv", mapping=mining.Mapping(delimiter=separator)
    )


def test_more_activities_than_can_be_told_apart_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(schema, "MAX_ACTIVITIES", 3)
    log = write_csv(tmp_path / "log.csv", [("c", f"a{n}", at(n)) for n in range(4)], "case,activity,time")
    with pytest.raises(mining.LogError, match="4 different activities: the wrong column"):
        mining.read(log)
