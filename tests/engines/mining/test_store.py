"""What is kept in a file: appended to, opened again, and never half an import."""

from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, by_hand, counted, event, write_csv, write_xes, xes
from tests.engines.mining.test_map import LIES, long_log, rows
from towpath.engines import mining
from towpath.engines.mining.duck import build, parts
from towpath.engines.mining.duck.schema import BASE
from towpath.engines.mining.duck.store import DuckStore


def _all_of(log):
    """Everything in the store, in its order."""
    connection = log.engine.connection
    order = {"events": "case_no, time, seq", "cases": "case_no", "activities": "code", "attributes": "place"}
    return {
        name: connection.execute(f"SELECT * FROM {name} ORDER BY {by}").fetchall()
        for name, by in order.items()
    }


@settings(max_examples=8)
@given(rows, st.lists(st.integers(1, 39), max_size=3))
def test_any_split_into_parts_gives_the_same_store(tmp_path_factory, drawn, cuts):
    folder = tmp_path_factory.mktemp("log")
    made = [(case, activity, at(minutes), case + activity, minutes) for case, activity, minutes in drawn]
    header = "case,activity,time,unit,case:weight"
    whole = mining.read(write_csv(folder / "whole.csv", made, header), store=folder / "whole.towpath")
    edges = [0, *sorted({cut for cut in cuts if cut < len(made)}), len(made)]
    for number, (begin, end) in enumerate(pairwise(edges)):
        part = write_csv(folder / f"{number}.csv", made[begin:end], header)
        mining.read(part, store=folder / "parts.towpath").close()
    parts = mining.reopen(folder / "parts.towpath")
    assert _all_of(parts) == _all_of(whole)
    assert counted(parts) == by_hand([row[:3] for row in made])
    parts.close()
    whole.close()


def cut(patch, rows, cores, turned=False):
    """Logs are cut into parts of so many rows, for so many cores; `turned`: the last part comes first."""
    together = parts.together
    order = reversed if turned else list
    patch.setattr(parts, "ROWS", rows)
    patch.setattr(parts, "_cores", lambda _: cores)
    patch.setattr(parts, "together", lambda to, text, sources: together(to, text, list(order(sources))))


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("lies", LIES)
def test_a_long_log_cut_for_several_cores_is_the_same_however_it_lies(tmp_path, monkeypatch, lies, turned):
    cut(monkeypatch, 40_000, 3, turned)
    made, wanted = long_log(lies)
    assert counted(mining.read(write_csv(tmp_path / "log.csv", made))) == wanted


@settings(max_examples=10)
@given(rows, st.booleans(), st.integers(0, 30))
def test_a_log_cut_for_several_cores_is_the_same(tmp_path_factory, drawn, by_case, first):
    folder = tmp_path_factory.mktemp("log")
    if by_case:
        drawn.sort(key=lambda row: (row[0], row[2]))
    made = [(case, activity, at(minutes), case + activity) for case, activity, minutes in drawn]
    files = [
        write_csv(folder / f"{number}.csv", part, "case,activity,time,unit")
        for number, part in enumerate((made[:first], made[first:]))
        if part
    ]
    found = []
    for cores, turned in ((1, False), (4, False), (4, True)):
        with pytest.MonkeyPatch.context() as patch:
            cut(patch, 1, cores, turned)
            log = None
            for file in files:
                if log:
                    log.close()
                log = mining.read(file, store=folder / f"{cores}{turned}.towpath")
            found.append(_all_of(log))
            log.close()
    assert found[1:] == [found[0]] * 2


@pytest.mark.parametrize("order", ["i", "hash(i)"])
def test_summaries_follow_the_order_of_events_with_more_cores_than_two(tmp_path, order):
    """DuckDB empties its tables now and then if it has more; a case of that moment has two states."""
    path = tmp_path / "log.parquet"
    duckdb.execute(f"""
        COPY (SELECT 'c' || (i // 10) AS "case:concept:name", chr((97 + i % 10)::INTEGER) AS "concept:name",
                     TIMESTAMP '2026-01-01' + to_minutes(i) AS "time:timestamp" FROM range(300000) t(i) ORDER BY {order})
        TO '{path}' (FORMAT parquet)""")
    log = mining.Log(DuckStore())
    log.engine.connection.execute("SET threads = 4")
    log.engine.take(path, mining.Mapping(), False)
    names = "".join(chr(BASE + code) for code in sorted(range(10), key=_by_name(log)))
    wrong = log.engine.connection.execute(
        f"SELECT count(*) FROM cases WHERE variant <> ? OR first <> unicode(?[1]) - {BASE} OR last <> unicode(?[-1]) - {BASE}",
        [names] * 3,
    ).fetchall()
    assert (wrong, log.summary.cases) == ([(0,)], 30_000)
    log.close()


def _by_name(log):
    rows = log.engine.connection.execute("SELECT code, name FROM activities").fetchall()
    return dict(rows).__getitem__


def test_an_error_while_parts_go_through_is_told_as_itself_and_changes_nothing(tmp_path, monkeypatch):
    file = write_csv(tmp_path / "log.csv", [(case, "a", at(0)) for case in "12345"])
    log = mining.read(file)
    before = _all_of(log)
    with pytest.MonkeyPatch.context() as patch:
        cut(patch, 1, 2)
        patch.setattr(build, "BITS", "error('something is wrong here')")
        with pytest.raises(duckdb.Error, match="something is wrong here"):
            log.renewed(file)
    kept = log.engine.connection.execute("SELECT current_setting('preserve_insertion_order')").fetchall()
    assert (kept, _all_of(log)) == ([(True,)], before)
    assert log.renewed(file).summary.events == 5


def test_cases_that_do_not_have_all_events_are_not_kept(tmp_path, monkeypatch):
    together = parts.together
    monkeypatch.setattr(
        parts, "together", lambda to, text, sources: together(to, text.replace("count(*)", "1"), sources)
    )
    file = write_csv(tmp_path / "log.csv", [("1", "a", at(0)), ("1", "b", at(1))])
    with pytest.raises(mining.StoreError, match="do not have all events"):
        mining.read(file, store=tmp_path / "log.towpath")
    assert [one.name for one in tmp_path.iterdir()] == ["log.csv"]


def test_working_times_are_the_same_when_a_case_comes_in_parts(tmp_path):
    steps = [
        event("a", 0, **{"lifecycle:transition": "start"}),
        event("a", 7, **{"lifecycle:transition": "complete"}),
    ]
    for number, step in enumerate(steps):
        text = xes({"1": [step]})
        log = mining.read(write_xes(tmp_path / f"{number}.xes", text), store=tmp_path / "log.towpath")
        last = log.map()
        log.close()
    assert last.edges[0].working == 420.0


def test_a_log_is_the_same_after_opening_it_again(tmp_path):
    made = [("1", "a", at(0)), ("1", "b", at(3)), ("2", "a", at(1))]
    log = mining.read(write_csv(tmp_path / "log.csv", made), store=tmp_path / "log.towpath")
    before = counted(log)
    log.close()
    assert counted(mining.reopen(tmp_path / "log.towpath")) == before


def test_a_part_with_a_bad_row_leaves_the_store_as_it_was(tmp_path):
    store = tmp_path / "log.towpath"
    mining.read(write_csv(tmp_path / "1.csv", [("1", "a", at(0)), ("1", "b", at(3))]), store=store).close()
    bad = write_csv(tmp_path / "2.csv", [("1", "c", at(4)), ("2", "d", "soon")])
    with pytest.raises(mining.LogError, match="'soon' is not a time"):
        mining.read(bad, store=store)
    log = mining.reopen(store)
    assert log.summary.events == 2 and log.variants()[0].activities == ("a", "b")


def test_a_new_store_is_not_left_behind_by_a_file_that_is_refused(tmp_path):
    with pytest.raises(mining.LogError):
        mining.read(write_csv(tmp_path / "2.csv", [("1", "c", "soon")]), store=tmp_path / "log.towpath")
    assert [path.name for path in tmp_path.iterdir()] == ["2.csv"]


def test_a_part_without_the_times_of_beginning_that_the_first_one_had_is_refused_in_words(tmp_path):
    store = tmp_path / "log.towpath"
    first = xes({"1": [event("a", 2, start_timestamp=f"{at(0).isoformat()}+00:00")]})
    mining.read(write_xes(tmp_path / "1.xes", first), store=store).close()
    with pytest.raises(mining.LogError, match="there is no 'start_timestamp'; there are concept:name"):
        mining.read(write_xes(tmp_path / "2.xes", xes({"2": [event("a", 2)]})), store=store)
    assert mining.reopen(store).summary.events == 1


def test_columns_that_come_later_are_empty_before(tmp_path):
    store = tmp_path / "log.towpath"
    mining.read(write_csv(tmp_path / "1.csv", [("1", "a", at(0))]), store=store).close()
    more = write_csv(tmp_path / "2.csv", [("1", "b", at(1), "Permits")], "case,activity,time,room")
    log = mining.read(more, store=store)
    assert [one.attributes for one in log.case("1")] == [{}, {"room": "Permits"}]


@pytest.mark.parametrize("content", [b"", b"not a database at all, but longer than a page header is"])
def test_another_file_is_not_taken_for_a_store(tmp_path, content):
    path = tmp_path / "log.towpath"
    path.write_bytes(content)
    with pytest.raises(mining.StoreError, match=r"log\.towpath"):
        mining.reopen(path)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE attributes SET place = '(SELECT content FROM read_text(''/etc/hostname''))'",
        "DROP TABLE cases; CREATE VIEW cases AS SELECT * FROM read_text('/etc/hostname')",
        "CREATE MACRO epoch_us(x) AS (SELECT content FROM read_text('/etc/hostname'))",
        "DROP TABLE events",
        "CREATE TABLE more (n INTEGER)",
    ],
)
def test_a_store_that_somebody_else_made_is_not_asked(tmp_path, change):
    made = [("1", "a", at(0), "north"), ("1", "b", at(3), "south")]
    mining.read(
        write_csv(tmp_path / "log.csv", made, "case,activity,time,unit"), store=tmp_path / "log.towpath"
    ).close()
    with duckdb.connect(tmp_path / "log.towpath") as connection:
        connection.execute(change)
    with pytest.raises(mining.StoreError):
        mining.reopen(tmp_path / "log.towpath").values("unit")


def test_a_store_that_is_missing_is_told(tmp_path):
    with pytest.raises(mining.StoreError, match="no such store"):
        mining.reopen(tmp_path / "log.towpath")


def test_a_case_that_is_renewed_is_what_the_new_file_says(tmp_path):
    made = [("1", "a", at(0)), ("1", "b", at(3)), ("2", "a", at(1)), ("3", "c", at(2))]
    log = mining.read(write_csv(tmp_path / "log.csv", made))
    changed = [("2", "a", at(1)), ("2", "d", at(9)), ("4", "a", at(8)), ("1", "b", at(3))]
    again = log.renewed(write_csv(tmp_path / "changed.csv", changed))
    now = [("3", "c", at(2)), *changed]
    assert counted(again) == by_hand(now) and again.summary.cases == 4
    assert [one.cases for one in again.map().activities] == [2, 1, 1, 1]


def test_a_bad_row_renews_nothing(tmp_path):
    made = [("1", "a", at(0)), ("1", "b", at(3))]
    log = mining.read(write_csv(tmp_path / "log.csv", made))
    with pytest.raises(mining.LogError):
        log.renewed(write_csv(tmp_path / "changed.csv", [("1", "a", at(0)), ("1", "", at(1))]))
    assert counted(log) == by_hand(made)


def test_a_store_of_a_parquet_file_holds_the_log_alone(tmp_path):
    made = [("1", "a", at(0)), ("1", "b", at(3))]
    mining.read(write_csv(tmp_path / "log.csv", made)).save(tmp_path / "it's.parquet")
    mining.read(tmp_path / "it's.parquet", store=tmp_path / "log.towpath").close()
    assert counted(mining.reopen(tmp_path / "log.towpath")) == by_hand(made)
