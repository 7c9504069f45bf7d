"""How likely is such a difference by chance alone? Tests of two samples, without a library.

Mann and Whitney 1947 with the correction for ties (normal approximation); Fisher's exact test for small counts of a
two by two table, else Pearson's chi-squared with Yates' correction; Holm 1979 for many questions at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from math import comb, erfc, exp, lgamma, sqrt

SMALL = 5  # an expected count below this calls for the exact test


def mann_whitney(here: Sequence[float], there: Sequence[float]) -> float:
    """Two-sided p that values of one sample tend to be larger; 1 if a sample is empty or all values are equal."""
    n, m = len(here), len(there)
    if not n or not m:
        return 1.0
    ranked = sorted([(value, True) for value in here] + [(value, False) for value in there])
    total, below, ties = 0.0, 0, 0.0
    for _, group in groupby(ranked, key=lambda one: one[0]):
        owners = [owner for _, owner in group]
        size = len(owners)
        total += sum(owners) * (below + (size + 1) / 2)
        ties += size**3 - size
        below += size
    count = n + m
    variance = n * m / 12 * (count + 1 - ties / (count * (count - 1)))
    if variance <= 0:
        return 1.0
    distance = abs(total - n * (count + 1) / 2) - 0.5
    return erfc(max(distance, 0.0) / sqrt(2 * variance))


def proportions(here: int, of_here: int, there: int, of_there: int) -> tuple[float, str]:
    """Two-sided p that the shares here/of_here and there/of_there are the same, and the test that was taken."""
    count, hits = of_here + of_there, here + there
    if not of_here or not of_there or hits in (0, count):
        return 1.0, "chi-squared"
    rows, columns = (of_here, of_there), (hits, count - hits)
    if min(row * column / count for row in rows for column in columns) < SMALL:
        return _fisher(here, of_here, there, of_there), "Fisher"
    expected = of_here * hits / count
    distance = max(abs(here - expected) - 0.5, 0.0)
    statistic = distance**2 * sum(count / (row * column) for row in rows for column in columns)
    return erfc(sqrt(statistic / 2)), "chi-squared"


def _fisher(here: int, of_here: int, there: int, of_there: int) -> float:
    """The tables with the same sums that are no likelier than this one."""
    hits, count = here + there, of_here + of_there
    lowest, highest = max(0, hits - of_there), min(hits, of_here)
    if count <= 500:
        every = comb(count, hits)
        chances = [
            comb(of_here, one) * comb(of_there, hits - one) / every for one in range(lowest, highest + 1)
        ]
    else:
        all_ways = _ways(count, hits)
        chances = [
            exp(_ways(of_here, one) + _ways(of_there, hits - one) - all_ways)
            for one in range(lowest, highest + 1)
        ]
    own = chances[here - lowest]
    return min(1.0, sum(one for one in chances if one <= own * (1 + 1e-9)))


def _ways(count: int, chosen: int) -> float:
    return lgamma(count + 1) - lgamma(chosen + 1) - lgamma(count - chosen + 1)


def holm(chances: Sequence[float]) -> list[float]:
    """Each p corrected for all that were asked, in the order given."""
    order = sorted(range(len(chances)), key=lambda one: chances[one])
    corrected, largest = [1.0] * len(chances), 0.0
    for rank, index in enumerate(order):
        largest = max(largest, min(1.0, chances[index] * (len(chances) - rank)))
        corrected[index] = largest
    return corrected
