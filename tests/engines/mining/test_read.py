"""Every kind of file, columns guessed, shown and corrected."""

import json
import re
import sqlite3
from datetime import datetime

import pytest

from tests.engines.mining.made import at, counted, event, write_csv, write_xes, xes
from towpath.engines import mining

TRACES = {"1": [event("open", 0, **{"org:group": "desk"}), event("close", 5)], "2": [event("open", 1)]}


@pytest.mark.parametrize("name", ["log.xes", "log.xes.gz"])
def test_xes(tmp_path, name):
    log = mining.read(write_xes(tmp_path / name, xes(TRACES)))
    assert {one.activities: one.cases for one in log.variants()} == {("open", "close"): 1, ("open",): 1}
    assert log.case("1")[0].attributes == {"org:group": "desk"}
    assert log.mapping.unit == "org:group"


def test_xes_has_events_before_the_name_of_their_trace_and_attributes_of_traces(tmp_path):
    text = (
        '<log><global scope="event"><string key="concept:name" value="none"/></global>'
        '<string key="creator" value="us"><int key="inner" value="1"/></string><trace>'
        '<event><string key="concept:name" value="a &amp; b"/><date key="time:timestamp" value="2026-01-05T10:00:00+02:00"/>'
        '<list key="more"><values><string key="x" value="y"/></values></list></event>'
        '<string key="channel" value="phone"><string key="inner" value="left out"/></string>'
        '<string key="concept:name" value="7"/></trace></log>'
    )
    log = mining.read(write_xes(tmp_path / "log.xes", text))
    assert log.cases()[0].id == "7" and log.cases()[0].began == datetime(2026, 1, 5, 8)  # noqa: DTZ001
    assert log.starts() == {"a & b": 1} and log.values("channel") == {"phone": 1}
    assert [one.kind for one in log.doubts] == ["nested"]


def test_xes_with_a_prefix_and_traces_without_a_name_or_events(tmp_path):
    inner = '<x:trace><x:event><x:string key="concept:name" value="a"/><x:date key="time:timestamp" value="2026-01-05"/></x:event></x:trace>'
    text = f'<x:log xmlns:x="http://www.xes-standard.org/">{inner}<x:trace/></x:log>'
    log = mining.read(write_xes(tmp_path / "log.xes", text))
    assert log.summary.cases == 1 and log.imports[0].facts == {"traces": 2, "empty_traces": 1}
    assert {one.kind for one in log.doubts} == {"unnamed-trace", "empty-trace", "no-zone"}


def test_the_columns_of_a_table_are_guessed_and_shown(tmp_path):
    made = [("A-1", "Received", "2026-01-05 09:00", "Desk", "Ann", "web")]
    log = mining.read(
        write_csv(tmp_path / "log.csv", made, "Case number,Step,Finished at,Department,Clerk,Channel")
    )
    shown = "case: Case number\nactivity: Step\ntime: Finished at\nunit: Department\nresource: Clerk\nchannel: Channel\n"
    assert log.mapping.yaml().startswith(shown)


def test_a_mapping_file_corrects_them(tmp_path):
    made = [("x", "A-1", "05/01/2026 14:30", "Received")]
    path = write_csv(tmp_path / "log.csv", made, "who,what,when,then")
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(
        "case: what\nactivity: then\ntime: when\nresource: who\nzone: Europe/Amsterdam\ntime-format: '%d/%m/%Y %H:%M'"
    )
    log = mining.read(path, mapping)
    assert log.cases()[0].began == datetime(2026, 1, 5, 13, 30)  # noqa: DTZ001 in UTC
    assert log.values("resource") == {"x": 1}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("case: [1]", "'case' should be a text"),
        ("kase: Number", "'kase' is not known here; one of case, activity"),
        ("zone: Mars/Olympus", "'Mars/Olympus' is not a time zone"),
        ("steps: Received", "'steps' should be columns and their activities"),
        ("- case", "a mapping has lines such as"),
        ("case: {", "the mapping can't be read"),
    ],
)
def test_a_mapping_that_is_wrong_is_told(tmp_path, text, told):
    (tmp_path / "mapping.yaml").write_text(text)
    with pytest.raises(mining.LogError, match=told):
        mining.read(tmp_path / "log.csv", tmp_path / "mapping.yaml")


def test_a_mapping_of_a_column_that_is_missing_is_told(tmp_path):
    path = write_csv(tmp_path / "log.csv", [("1", "a", at(0))])
    with pytest.raises(
        mining.LogError, match="names the column 'number'; the file has 'case', 'activity', 'time'"
    ):
        mining.read(path, mining.Mapping(case="number"))


def test_one_row_a_case_becomes_its_steps(tmp_path):
    made = [
        ("1", "01/05/2026 09:00:00 AM", "01/17/2026 05:00:00 PM", "Roads"),
        ("2", "01/06/2026 09:00:00 AM", "", "Parks"),
    ]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "Unique Key,Created Date,Closed Date,Agency"))
    assert log.mapping.steps == {"Created Date": "opened", "Closed Date": "closed"}
    assert {one.activities: one.cases for one in log.variants()} == {("opened", "closed"): 1, ("opened",): 1}
    assert log.durations().maximum == 12 * 86400 + 8 * 3600
    assert log.values("unit") == {"Roads": 2, "Parks": 1}


def test_cases_of_one_step_each_keep_it(tmp_path):
    made = [("A", "", "01/17/2026 05:00:00 PM"), ("B", "01/05/2026 09:00:00 AM", "")]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "Unique Key,Created Date,Closed Date"))
    assert [[one.activity for one in log.case(case)] for case in "AB"] == [["closed"], ["opened"]]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1"])
def test_separators_and_encodings_are_seen(tmp_path, separator, encoding):
    rows = [
        ["case", "activity", "time"],
        ["1", '"Prüfung, façade;|"' if separator != "\t" else "Prüfung, façade;|", "2026-01-05T09:00:00Z"],
    ]
    path = tmp_path / "log.csv"
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    log = mining.read(path)
    assert log.starts() == {"Prüfung, façade;|": 1}
    assert [one.kind for one in log.doubts] == (["encoding"] if encoding == "latin-1" else [])


def test_parquet_is_read_as_it_was_written(tmp_path):
    made = [
        ("1", "a", at(0), "desk", "web"),
        ("1", "b", at(3), "permits", "web"),
        ("2", "a", at(1), "desk", "phone"),
    ]
    log = mining.read(write_csv(tmp_path / "log.csv", made, "case,activity,time,unit,case:channel"))
    log.save(tmp_path / "log.parquet")
    again = mining.read(tmp_path / "log.parquet")
    assert counted(again) == counted(log)
    assert again.values("channel") == {"web": 1, "phone": 1} and again.mapping.roles() == log.mapping.roles()


OBJECTS = {"p1": "permit", "p2": "permit", "d1": "document"}
EVENTS = [("e1", "apply", 0, ["p1", "d1"]), ("e2", "apply", 1, ["p2"]), ("e3", "decide", 2, ["p1", "p2"])]


def _ocel_json(path):
    document = {
        "objectTypes": [], "eventTypes": [],
        "objects": [{"id": one, "type": kind, "attributes": [{"name": "zone", "time": "1970-01-01T00:00:00Z", "value": 4}]} for one, kind in OBJECTS.items()],
        "events": [
            {"id": one, "type": kind, "time": f"{at(when).isoformat()}Z", "attributes": [{"name": "clerk", "value": "Ann"}],
             "relationships": [{"objectId": to, "qualifier": "of"} for to in linked]}
            for one, kind, when, linked in EVENTS
        ],
    }  # fmt: skip
    path.write_text(json.dumps(document))
    return path


def _ocel_sqlite(path):
    with sqlite3.connect(path) as database:
        database.executescript("""
            CREATE TABLE object (ocel_id, ocel_type); CREATE TABLE event (ocel_id, ocel_type);
            CREATE TABLE event_object (ocel_event_id, ocel_object_id, ocel_qualifier);
            CREATE TABLE event_map_type (ocel_type, ocel_type_map); CREATE TABLE object_map_type (ocel_type, ocel_type_map);
            CREATE TABLE event_apply (ocel_id, ocel_time, clerk); CREATE TABLE event_decide (ocel_id, ocel_time, clerk);
            CREATE TABLE object_permit (ocel_id, ocel_time, ocel_changed_field, zone);
            INSERT INTO event_map_type VALUES ('apply', 'apply'), ('decide', 'decide');
            INSERT INTO object_map_type VALUES ('permit', 'permit');""")
        database.executemany("INSERT INTO object VALUES (?, ?)", OBJECTS.items())
        database.executemany(
            "INSERT INTO object_permit VALUES (?, '1970-01-01', NULL, 4)", [("p1",), ("p2",)]
        )
        for one, kind, when, linked in EVENTS:
            database.execute("INSERT INTO event VALUES (?, ?)", (one, kind))
            database.execute(
                f"INSERT INTO event_{kind} VALUES (?, ?, 'Ann')", (one, f"{at(when).isoformat()}Z")
            )
            database.executemany("INSERT INTO event_object VALUES (?, ?, 'of')", [(one, to) for to in linked])
    database.close()
    return path


@pytest.mark.parametrize("make", [_ocel_json, _ocel_sqlite])
def test_object_centric_logs_are_flattened_to_one_type(tmp_path, make):
    path = make(tmp_path / ("log.json" if make is _ocel_json else "log.sqlite"))
    log = mining.read(path)
    assert log.mapping.objects == "permit"
    assert {one.activities: one.cases for one in log.variants()} == {("apply", "decide"): 2}
    assert {one.kind for one in log.doubts} == {"objects", "shared-event"}
    assert log.case("p1")[0].attributes == {"clerk": "Ann", "qualifier": "of"}
    assert log.values("case:zone") == {"4": 2}
    assert mining.read(path, mining.Mapping(objects="document")).summary.events == 1
    with pytest.raises(mining.LogError, match="no type of object 'tree'; there are document, permit"):
        mining.read(path, mining.Mapping(objects="tree"))


ODD = {
    "a comment": '<!-- <trace><event><string key="concept:name" value="no"/></event></trace> -->',
    "a comment left by a closed trace": "</trace ><!-- </trace>\n<trace></trace> --><trace>",
    "an entity": '<string key="note" value="a &lt; b"/>',
    "single quotes": "<string key='note' value='\"'/>",
    "a line break": '<string key="note" value="a\nb"/>',
    "another order": '<string value="v" key="note"/>',
    "nesting": '<string key="note" value="v"><string key="inner" value="w"/></string>',
    "character data": "<![CDATA[ <event> ]]>",
    "a hard space": '<string key="note" value="a\u00a0b"/>',
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize(("chunk", "before"), [(1 << 20, 1), (900, 5)])
def test_traces_that_are_not_plain_are_read_as_the_parser_reads_them(
    tmp_path, monkeypatch, odd, chunk, before
):
    """Plain traces need no parser; the answer, or the fault, must be the same with one, wherever the odd piece stands,
    and whether a trace comes alone or in a block with others."""
    plain = xes({str(n): [event("a", n), event("b", n + 1)] for n in range(7)})
    monkeypatch.setattr("towpath.engines.mining.xes.CHUNK", chunk)
    for place in ("</trace>", "<event>", "</event>"):
        parts = plain.split(place)
        head, tail = place.join(parts[:before]), place.join(parts[before:])
        path = write_xes(tmp_path / "log.xes", f"{head}{place}{ODD[odd]}{tail}")
        with monkeypatch.context() as without:
            without.setattr("towpath.engines.mining.plain._UTF8", re.compile(b"never"))
            by_the_parser = _all_of(path)
        assert _all_of(path) == by_the_parser


@pytest.mark.parametrize("chunk", [1 << 20, 700])
def test_a_block_of_plain_traces_may_hold_some_without_events_and_tells_lines(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr("towpath.engines.mining.xes.CHUNK", chunk)
    wrong = {"concept:name": "c", "time:timestamp": "soon"}
    traces = {
        "1": [event("a", 0)],
        "2": [],
        "3": [],
        "4": [event("b", 1), event("a", 2)],
        "5": [],
        "6": [wrong],
    }
    text = xes({f"{number}{again}": made for again in "xyz" for number, made in traces.items()})
    log = mining.read(write_xes(tmp_path / "log.xes", text), good_rows=True)
    assert log.starts() == {"a": 3, "b": 3} and log.ends() == {"a": 6}
    assert log.imports[0].facts == {"traces": 18, "empty_traces": 9}
    events = [number for number, line in enumerate(text.splitlines(), 1) if line == "<event>"]
    assert [one.where for one in log.left_out] == [f"line {events[at]}" for at in (3, 7, 11)]


def test_values_keep_their_line_ends_and_what_is_missing_stays_missing(tmp_path):
    rows = [event("a", 0, note="one&#10;two&#13;\ttabbed"), event("b", 1), event("c", 2, note="", other="x")]
    text = xes({"1": rows}).replace("&amp;#", "&#")
    log = mining.read(write_xes(tmp_path / "log.xes", text))
    attributes = [one.attributes for one in log.case("1")]
    assert attributes == [{"note": "one\ntwo\r\ttabbed"}, {}, {"note": "", "other": "x"}]


def _all_of(path):
    try:
        log = mining.read(path, good_rows=True)
    except mining.LogError as why:
        return str(why)
    return [(one.id, log.case(one.id)) for one in log.cases(order="first")], log.doubts, log.left_out


@pytest.mark.parametrize("name", ["log[1].csv", "log*.csv", "log?.csv", "log{1}.csv", "it's.csv"])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_file_with_brackets_or_stars_in_its_name_is_read_and_no_other(tmp_path, name, kind):
    def written(file, case):
        made = write_csv(tmp_path / "made.csv", [(case, "a", at(0))], "case,activity,time")
        if kind == "csv":
            made.rename(file)
        else:
            mining.read(made).save(file)

    file = tmp_path / name.replace("csv", kind)
    written(tmp_path / f"log1.{kind}", "another")
    written(file, "its own")
    assert [case.id for case in mining.read(file).cases()] == ["its own"]
