"""Two populations: what differs, and whether it is more than chance."""

import random

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.engines import mining
from towpath.engines.mining import chance


def _town(path, seed, slow=1.0, asked=0.3, cases=120):
    dice, made = random.Random(seed), []
    for number in range(cases):
        days = [("open", 0.0)] + ([("ask", 60.0)] if dice.random() < asked else [])
        days.append(("decide", 100 + slow * dice.expovariate(1 / 500)))
        made += [(f"c{number}", name, at(minutes)) for name, minutes in days]
    return mining.read(write_csv(path, made))


def test_a_slower_town_that_asks_more_is_found(tmp_path):
    here, there = _town(tmp_path / "a.csv", 1), _town(tmp_path / "b.csv", 2, slow=3.0, asked=0.8)
    found = {(one.measure, one.what): one for one in here.compare(there)}
    assert found["duration", ""].certain and found["duration", ""].here < found["duration", ""].there
    assert found["activity", "ask"].certain and found["activity", "ask"].test == "chi-squared"
    assert not found["activity", "open"].certain


def test_two_towns_alike_differ_by_chance_only(tmp_path):
    assert not any(one.certain for one in _town(tmp_path / "a.csv", 1).compare(_town(tmp_path / "b.csv", 2)))


def test_the_surest_come_first(tmp_path):
    found = _town(tmp_path / "a.csv", 1).compare(_town(tmp_path / "b.csv", 2, asked=0.9))
    assert [one.p for one in found] == sorted(one.p for one in found)


def test_mann_whitney_as_in_the_books():
    # Mann and Whitney's normal approximation with continuity, worked by hand: U = 4, n = m = 5.
    assert chance.mann_whitney([1, 2, 3, 4, 9], [5, 6, 7, 8, 10]) == pytest.approx(0.0946, abs=5e-4)
    assert chance.mann_whitney([1, 1], [1, 1]) == 1.0
    assert chance.mann_whitney([], [1]) == 1.0


def test_proportions_as_in_the_books():
    p, test = chance.proportions(3, 4, 1, 4)  # Fisher's lady tasting tea
    assert (p, test) == (pytest.approx(0.4857, abs=1e-4), "Fisher")
    p, test = chance.proportions(60, 100, 40, 100)  # chi-squared 7.22 with the correction
    assert (p, test) == (pytest.approx(0.00721, abs=1e-5), "chi-squared")
    assert chance.proportions(0, 10, 0, 10)[0] == 1.0


def test_fisher_is_the_same_for_large_tables():
    assert chance._fisher(1, 300, 9, 320) == pytest.approx(0.0217, abs=2e-3)


def test_holm_corrects_for_the_number_of_questions():
    assert chance.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
