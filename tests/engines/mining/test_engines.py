"""Every question of the port, put to DuckDB and to Spark: the answers are the same, not nearly the same.

Only `make test-spark` runs this: without Spark there is nothing to compare with. Only what a p90 lies between is joined in
another order of operations, which shows in the last place of a float: there six decimals of a second are compared.
"""

import os
import random
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.mining.made import at, event, write_csv, write_xes, xes
from towpath.engines import mining

HEADER = "case,activity,time,unit,resource,case:channel"
BY_DUCKDB = partial(mining.read, engine="duckdb")
BY_SPARK = partial(mining.read, engine="spark")

QUESTIONS = {
    "summary": lambda log: log.summary,
    "map": lambda log: log.map(),
    "variants": lambda log: log.variants(),
    "durations": lambda log: log.durations(),
    "rework": lambda log: log.rework(),
    "handovers between units": lambda log: log.handovers(),
    "ping-pong between clerks": lambda log: log.pingpong("resource"),
    "funnel by unit": lambda log: log.funnel("open", "decide", by="unit"),
    "spent by unit": lambda log: log.spent("unit"),
    "weeks": lambda log: log.volumes("week"),
    "longest cases": lambda log: log.cases(),
    "paths": lambda log: log.paths(),
}
MORE = {
    "most frequent variants": lambda log: log.variants(3),
    "handovers between clerks": lambda log: log.handovers("resource"),
    "ping-pong between units": lambda log: log.pingpong(),
    "funnel by channel": lambda log: log.funnel("open", "ask", "decide"),
    "funnel of all": lambda log: log.funnel("ask", "ask", by=""),
    "spent": lambda log: log.spent(),
    "days": lambda log: log.volumes("day"),
    "months": lambda log: log.volumes("month"),
    "quarters": lambda log: log.volumes("quarter"),
    "years": lambda log: log.volumes("year"),
    "weekdays": lambda log: log.weekdays(),
    "shares of labels": lambda log: {name: share for name, (_, share) in log.labels("unit").items()},
    "all cases, the last first": lambda log: log.cases(10**9, "last"),
    "some paths": lambda log: log.paths(7),
    "shortest cases": lambda log: log.cases(5, "shortest"),
    "first cases": lambda log: log.cases(5, "first"),
    "last cases": lambda log: log.cases(5, "last"),
    "units": lambda log: log.values("unit"),
    "channels": lambda log: log.values("channel", 1),
    "activities": lambda log: log.values("activity", 2),
    "lengths": lambda log: sorted(log.engine.lengths(log.view)),
    "gaps": lambda log: sorted(log.engine.gaps(log.view, "open", "ask")),
}
VIEWS = {
    "everything": lambda log: log,
    "events of a time": lambda log: log.between(at(300), at(900)),
    "cases within a time": lambda log: log.between(at(100), at(1100), "contained"),
    "cases that touch a time": lambda log: log.between(at(300), at(320), "touching"),
    "cases begun in a time": lambda log: log.between(at(0), at(200), "started"),
    "cases ended in a time": lambda log: log.between(at(700), at(1000), "ended"),
    "cases of a unit": lambda log: log.where(unit="desk"),
    "events of a unit": lambda log: log.where(keep="events", unit=["desk", "fire"]),
    "cases of a channel": lambda log: log.where(channel="web"),
    "cases of other channels": lambda log: log.where_column("channel", "web", without=True),
    "cases without a unit's events": lambda log: log.where_column("unit", "fire", without=True),
    "events but those of a unit": lambda log: log.where_column("unit", "fire", "events", without=True),
    "cases with an activity": lambda log: log.where(activity=["ask", "é &"]),
    "cases with an edge": lambda log: log.passing("open", "ask"),
    "cases of a variant": lambda log: log.taking(log.variants(1)[0]),
    "cases that last": lambda log: log.lasting(3600, 36000),
    "named cases": lambda log: log.named("c1", "c7", "nobody"),
    "no values at all": lambda log: log.where(unit=[]),
    "a cut, then a cut, then cases": lambda log: (
        log.between(at(200), at(1000))
        .where(keep="events", unit=["desk", "permits"])
        .lasting(60)
        .where(channel="web")
    ),
    "nothing": lambda log: log.between(at(90_000), at(90_001)),
}


def drawn(seed, count=400, cases=40):
    """Whole minutes, many of them equal; some events without a unit or clerk, some cases without a channel."""
    dice = random.Random(seed)
    channels = [dice.choice(["web", "phone", ""]) for _ in range(cases)]
    for _ in range(count):
        case = dice.randrange(cases)
        named = dice.choice(["open", "ask", "decide", "é &", "close"])
        unit, clerk = dice.choice(["desk", "permits", "fire", ""]), dice.choice(["Ann", "Bo", ""])
        yield f"c{case}", named, at(dice.randrange(1200)), unit, clerk, channels[case]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    path = write_csv(tmp_path_factory.mktemp("both") / "log.csv", drawn(1), HEADER)
    logs = BY_DUCKDB(path), BY_SPARK(path)
    yield logs
    for log in logs:
        log.close()


def plain(answer):
    """An answer with its p90s rounded; all else as it is."""
    if isinstance(answer, list | tuple) and not hasattr(answer, "_fields"):
        return [plain(one) for one in answer]
    if is_dataclass(answer):
        names = {one.name for one in fields(answer)}
        answer = replace(answer, p90=round(answer.p90, 6)) if "p90" in names else answer
        return [(name, plain(getattr(answer, name))) for name in sorted(names)]
    return answer


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_one_answer_in_every_view(both, question, view):
    duckdb, spark = (QUESTIONS[question](VIEWS[view](log)) for log in both)
    assert plain(spark) == plain(duckdb)


@pytest.mark.parametrize("view", ["everything", "events of a time", "nothing"])
@pytest.mark.parametrize("question", MORE)
def test_a_question_has_one_answer(both, question, view):
    duckdb, spark = (MORE[question](VIEWS[view](log)) for log in both)
    assert plain(spark) == plain(duckdb)


rows = st.lists(
    st.tuples(
        st.sampled_from("pqrs"), st.sampled_from(["open", "ask", "decide"]), st.integers(0, 30).map(at),
        st.sampled_from(["desk", "permits", ""]), st.sampled_from(["Ann", ""]), st.sampled_from(["web", ""]),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


@settings(max_examples=3, deadline=None)
@given(rows, st.sampled_from(sorted(set(VIEWS) - {"cases with an edge", "cases with an activity"})))
def test_random_logs_have_the_same_answers(tmp_path_factory, made, view):
    every = [(name, name, at(0), "desk", "Ann", "web") for name in ("open", "ask", "decide")]
    path = write_csv(tmp_path_factory.mktemp("log") / "log.csv", [*every, *made], HEADER)
    duckdb, spark = (VIEWS[view](read(path)) for read in (BY_DUCKDB, BY_SPARK))
    for question, ask in (QUESTIONS | MORE).items():
        assert plain(ask(spark)) == plain(ask(duckdb)), question


def test_working_and_waiting_by_the_life_cycle(tmp_path):
    dice = random.Random(3)
    traces = {
        f"c{case}": [
            event(dice.choice("abc"), minutes, **{"lifecycle:transition": dice.choice(["start", "complete"])})
            for minutes in sorted(dice.choices(range(100), k=12))
        ]
        for case in range(12)
    }
    path = write_xes(tmp_path / "log.xes", xes(traces))
    duckdb, spark = BY_DUCKDB(path), BY_SPARK(path)
    for cut in (lambda log: log, lambda log: log.between(at(20), at(70)), lambda log: log.passing("a", "b")):
        assert any(edge.working for edge in cut(duckdb).map().edges)
        assert plain(cut(spark).map()) == plain(cut(duckdb).map())
        assert plain(cut(spark).spent()) == plain(cut(duckdb).spent())


def test_working_and_waiting_by_starts(tmp_path):
    made = [
        ("1", "a", at(0), at(5)),
        ("1", "b", at(15), at(25)),
        ("1", "c", at(20), at(30)),
        ("2", "a", at(1), ""),
    ]
    path = write_csv(tmp_path / "log.csv", made, "case,activity,start,end")
    duckdb, spark = (read(path, good_rows=True) for read in (BY_DUCKDB, BY_SPARK))
    assert plain(spark.map()) == plain(duckdb.map())
    assert (spark.doubts, spark.left_out, spark.imports) == (duckdb.doubts, duckdb.left_out, duckdb.imports)


def test_microseconds_and_times_of_long_ago(tmp_path):
    times = ["1003-02-28 23:59:59.999999", "1899-12-31 00:00:00.000001", "1969-12-31 23:59:59.999999", "2026-03-29 01:30:00",
             "2262-04-12 00:00:00", "9998-12-31 23:59:59.999999"]  # fmt: skip
    path = write_csv(tmp_path / "log.csv", [(f"{n % 2}", "a", time) for n, time in enumerate(times)])
    duckdb, spark = BY_DUCKDB(path), BY_SPARK(path)
    assert spark.summary == duckdb.summary and spark.summary.first.year == 1003
    for question in ("longest cases", "paths", "weekdays", "years"):
        assert (QUESTIONS | MORE)[question](spark) == (QUESTIONS | MORE)[question](duckdb)
    for case in ("0", "1"):
        assert spark.case(case) == duckdb.case(case)


def test_the_label_that_most_events_have(tmp_path):
    units = {"open": ["desk", "desk", "fire"], "ask": ["fire"], "close": ["", ""]}
    made = [("1", name, at(0), unit, "", "") for name, of in units.items() for unit in of]
    log = BY_SPARK(write_csv(tmp_path / "log.csv", made, HEADER))
    assert log.labels("unit") == {"open": ("desk", pytest.approx(2 / 3)), "ask": ("fire", 1.0)}


@pytest.mark.parametrize("ending", ["parquet", "xes", "json", "sqlite"])
def test_what_is_written_is_the_same(both, tmp_path, ending):
    written = []
    for number, log in enumerate(both):
        log.between(at(200), at(800)).save(tmp_path / f"{number}.{ending}")
        written.append(BY_DUCKDB(tmp_path / f"{number}.{ending}"))
    here, there = written
    assert here.columns == there.columns and here.summary == there.summary
    assert [there.case(one.id) for one in there.cases(100)] == [here.case(one.id) for one in here.cases(100)]


def _kept(folder):
    path = write_csv(folder / "log.csv", drawn(1), HEADER)
    BY_DUCKDB(path, store=folder / "log.towpath").close()
    return folder / "log.towpath"


def test_a_kept_log_is_spread_and_counted_by_spark(both, tmp_path):
    mining.spread(_kept(tmp_path), tmp_path / "log")
    spread = mining.reopen(tmp_path / "log")
    assert plain(spread.map()) == plain(both[0].map())
    assert spread.mapping == both[0].mapping
    spread.close()
    assert (tmp_path / "log").is_dir()


def test_a_log_in_a_folder_is_not_appended_to(tmp_path):
    path = write_csv(tmp_path / "log.csv", [("1", "a", at(0))])
    BY_SPARK(path, store=tmp_path / "log").close()
    with pytest.raises(mining.StoreError, match="written anew, never appended to"):
        BY_SPARK(path, store=tmp_path / "log")
    assert mining.reopen(tmp_path / "log").summary == mining.Summary(1, 1, 1, 1, at(0), at(0))


def test_a_log_that_is_refused_leaves_nothing(tmp_path):
    path = write_csv(tmp_path / "log.csv", [("1", "a", at(0)), ("1", "b", "soon")])
    with pytest.raises(mining.LogError, match="'soon' is not a time"):
        BY_SPARK(path, store=tmp_path / "log")
    assert [one.name for one in tmp_path.iterdir()] == ["log.csv"]


def test_what_fails_in_spark_is_told_in_a_line(tmp_path):
    mining.spread(_kept(tmp_path), tmp_path / "log")
    log = mining.reopen(tmp_path / "log")
    (tmp_path / "log" / "events.parquet").write_bytes(b"not Parquet at all")
    with pytest.raises(mining.StoreError, match=r"Spark could not answer: .*events\.parquet"):
        log.map()


def test_without_java_it_is_said_what_to_install(tmp_path):
    command = [
        sys.executable,
        "-c",
        "from towpath.engines import mining; mining.read('log.csv', engine='spark')",
    ]
    done = subprocess.run(
        command, env=os.environ | {"JAVA_HOME": str(tmp_path)}, capture_output=True, text=True
    )
    assert "StoreError: Spark did not start. It needs Java 17 or newer: on Debian apt install" in done.stderr
