"""What is predicted: with cases that are still open counted as open, and no better than it did on the log's past."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import mining
from towpath.engines.mining import closing, survival
from towpath.engines.mining.results import Path, Period

DAY = 86_400.0


def path(begin: float, *steps: tuple[str, float]) -> Path:
    """Steps with the days since the beginning."""
    return Path(tuple(step for step, _ in steps), tuple((begin + days) * DAY for _, days in steps))


def drawn(cases: int, seed: int = 1, slower: float = 1.0) -> list[Path]:
    """A goes on for about 10 days, after which B and, a day later, the end. `slower` at the end of the log."""
    chance, found = random.Random(seed), []
    for number in range(cases):
        drift = 1 + (slower - 1) * number / cases
        first = chance.lognormvariate(0, 0.7) * 10 * drift
        found.append(path(number, ("A", 0), ("B", first), ("End", first + chance.uniform(0.5, 1.5))))
    return found


# Survival


def test_without_open_cases_the_curve_is_the_plain_share():
    curve = survival.Curve([(value, True) for value in (1.0, 2.0, 2.0, 4.0)])
    assert [curve.upto(value) for value in (0, 1, 2, 3, 4)] == pytest.approx([0, 0.25, 0.75, 0.75, 1])
    assert curve.below(2) == pytest.approx(0.25)
    assert [curve.at(share) for share in (0.25, 0.5, 0.8, 1)] == [1, 2, 4, 4]


def test_open_cases_count_until_they_were_last_seen():
    """By hand after Kaplan and Meier: 3/4 of what is left at 1, then of two at 3 one ends."""
    curve = survival.Curve([(1.0, True), (2.0, False), (3.0, True), (5.0, False)])
    assert curve.upto(1) == pytest.approx(1 / 4)
    assert curve.upto(3) == pytest.approx(1 - 3 / 4 * 1 / 2)
    assert curve.at(0.9) == 5.0


def test_who_has_waited_is_compared_with_those_who_waited_as_long():
    curve = survival.Curve([(float(value), True) for value in range(1, 101)])
    assert curve.at(0.5) == 50 and curve.at(0.5, after=80) == 90


# Which cases are over


def test_a_case_is_over_at_an_ending_or_after_a_long_silence():
    paths = [path(number, ("A", 0), ("B", 1 + number % 5), ("End", 6)) for number in range(60)]
    rule = closing.learn(paths)
    assert rule.ending == {"End"} and rule.is_over("End", 0)
    assert not rule.is_over("A", 3 * DAY) and rule.is_over("A", 30 * DAY)


# Remaining time


@pytest.mark.parametrize("slower", [1.0, 2.0])
def test_four_of_five_outcomes_lie_in_their_range_even_when_things_get_slower(slower):
    tried = mining.Forecast(drawn(1_500, slower=slower)).backtest
    assert tried is not None and tried.judged > 500
    assert 0.75 <= tried.covered <= 0.85
    assert tried.error <= tried.baseline


def test_a_way_is_used_only_if_it_beats_the_plain_one():
    """What came before B tells how long B takes; the plain median does not look at it."""
    chance, found = random.Random(3), []
    for number in range(600):
        way, length = (("Short", 2), ("Long", 60))[number % 2]
        end = 1 + length * chance.uniform(0.8, 1.2)
        found.append(path(number, ("A", 0), (way, 0.5), ("B", 1), ("End", end)))
    forecast = mining.Forecast(found)
    # At A, a third of the moments, nobody can know: off by 29 days; after that by 12 % of 31 days at most, not by 29.
    assert forecast.backtest is not None and forecast.backtest.error < 0.6 * forecast.backtest.baseline
    assert "last two steps" in forecast.method
    begun = 700 * DAY
    times = (begun, begun + 0.5 * DAY, begun + DAY)
    short = forecast.remaining(("A", "Short", "B"), times, begun + DAY)
    long = forecast.remaining(("A", "Long", "B"), times, begun + DAY)
    assert short and long and short.high < 4 * DAY < 40 * DAY < long.low <= long.middle <= long.high


def test_without_a_better_way_the_plain_median_is_used_and_said():
    forecast = mining.Forecast(drawn(400))
    if forecast.method == "median by last step":
        assert forecast.backtest is not None and forecast.backtest.error == forecast.backtest.baseline
    else:
        assert forecast.backtest is not None and forecast.backtest.error < forecast.backtest.baseline


def test_little_is_known_of_few_cases_and_that_is_said():
    forecast = mining.Forecast(drawn(8))
    assert forecast.backtest is None
    assert forecast.remaining(("A",), (0.0,), 0.0) is None
    assert mining.Forecast([]).backtest is None


# Weeks


def weeks(counts: list[int]) -> list[Period]:
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    return [Period(begin + timedelta(weeks=number), count, 0, None) for number, count in enumerate(counts)]


def test_volumes_use_the_plain_way_unless_another_did_better():
    chance = random.Random(5)
    steady = mining.weekly_volumes(weeks([chance.randrange(15, 26) for _ in range(120)]))
    assert (
        steady is not None and steady.method != "the same week a year ago" and steady.error < steady.baseline
    )
    assert 0.7 <= steady.covered <= 0.9
    assert all(one.low <= one.middle <= one.high for one in steady.weeks)
    yearly = mining.weekly_volumes(weeks([90 if number % 52 in (10, 30) else 10 for number in range(160)]))
    assert (
        yearly is not None and yearly.method == "the same week a year ago" and yearly.error == yearly.baseline
    )


def test_a_few_weeks_are_too_few():
    assert mining.weekly_volumes(weeks([3] * 15)) is None


# Next step


def test_the_next_step_is_told_only_by_enough_precedents():
    known = mining.Precedents([path(0, ("A", 0), ("B", 1))] * 19)
    assert known.next(["A"]) is None
    known = mining.Precedents([path(0, ("A", 0), ("B", 1))] * 16 + [path(0, ("A", 0), ("C", 1))] * 4)
    told = known.next(["A"])
    assert told is not None and (told.step, told.cases, told.of, told.share) == ("B", 16, 20, 0.8)
    known = mining.Precedents([path(0, ("A", 0), ("B", 1))] * 15 + [path(0, ("A", 0))] * 5)
    assert known.next(["A"]) is None


def test_what_came_before_decides_where_enough_cases_share_it():
    known = mining.Precedents(
        [path(0, ("X", 0), ("A", 1), ("B", 2))] * 30 + [path(0, ("Y", 0), ("A", 1), ("C", 2))] * 30
    )
    told = known.next(["Y", "A"])
    assert told is not None and told.step == "C" and told.after == ("Y", "A")
    assert known.next(["A"]) is None


# What the report counts


def test_time_on_the_way_to_steps_and_units_is_counted(tmp_path):
    rows = [("1", "A", at(0).isoformat(), "x"), ("1", "B", at(10).isoformat(), "y"), ("1", "C", at(40).isoformat(), "x"),
            ("2", "A", at(0).isoformat(), "x"), ("2", "B", at(20).isoformat(), "y")]  # fmt: skip
    log = mining.read(write_csv(tmp_path / "log.csv", rows, "case,activity,time,unit"))
    assert [(one.name, one.visits, one.cases, one.seconds) for one in log.spent()] == [
        ("B", 2, 2, 1_800),
        ("C", 1, 1, 1_800),
    ]
    assert {one.name: one.seconds for one in log.spent("unit")} == {"x": 1_800, "y": 1_800}
    assert sum(one.beyond for one in log.spent()) == pytest.approx(150)
    assert [one.activities for one in log.paths()] == [("A", "B", "C"), ("A", "B")]
    assert [(one.came, one.went) for one in log.volumes("day")] == [(2, 2)]
    assert log.weekdays() == [5, 0, 0, 0, 0, 0, 0]
    with pytest.raises(mining.QuestionError):
        log.volumes("fortnight")


def test_the_same_of_a_part_of_a_log(tmp_path):
    rows = [
        (case, step, at(minutes).isoformat(), "x") for case in "12" for step, minutes in (("A", 0), ("B", 30))
    ]
    log = mining.read(write_csv(tmp_path / "log.csv", rows, "case,activity,time,unit")).named("1")
    assert [(one.name, one.visits) for one in log.spent()] == [("B", 1)]
    assert len(log.paths()) == 1 and log.volumes("day")[0].came == 1


def test_midnights_written_for_a_day_count_for_that_day(tmp_path):
    rows = [(str(day), "A", f"2026-06-0{day}T00:00:00+02:00") for day in (1, 2, 3)]
    log = mining.read(write_csv(tmp_path / "log.csv", rows))
    assert log.weekdays() == [1, 1, 1, 0, 0, 0, 0]
