"""What headings say, and what they don't claim."""

from datetime import timedelta

import pytest

from towpath.journeys import sums
from towpath.journeys.figures import Figures
from towpath.surfaces.insight import findings, words

DAY = timedelta(days=1)


def ended(count, days):
    figures = Figures()
    figures.add("resolved", 0, count)
    figures.add("resolution", sums.bucket(days * 86400), count)
    return figures


@pytest.mark.parametrize(
    ("months", "said"),
    [
        (
            {"May": ended(9, 10), "June": ended(9, 5)},
            "Resolution time fell to 5 days in June, from 10 days in May",
        ),
        (
            {"May": ended(9, 5), "June": ended(9, 10)},
            "Resolution time rose to 10 days in June, from 5 days in May",
        ),
        ({"May": ended(9, 10), "June": ended(9, 10)}, "Half were over within 10 days in June, as in May"),
        ({"May": ended(9, 10), "June": ended(2, 50)}, "Too few requests ended to compare months"),
        (
            {"May": ended(9, 10), "June": ended(2, 50), "July": ended(9, 5)},
            "Resolution time fell to 5 days in July, from 10 days in May",
        ),
    ],
)
def test_months_are_compared_where_enough_ended(months, said):
    assert findings.trend(months) == said


def test_a_service_is_called_slowest_only_by_enough_requests():
    total = ended(20, 3)
    assert findings.resolution(total, {"A": ended(18, 2), "B": ended(2, 90)}) == (
        "Half of all requests are over within 3 days"
    )
    assert findings.resolution(total, {"A": ended(18, 2), "B": ended(8, 90)}).endswith("; B takes longest")


@pytest.mark.parametrize(
    ("share", "shown"),
    [(None, "–"), (0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %")],
)
def test_all_and_none_are_said_of_all_and_none_only(share, shown):
    assert words.percent(share) == shown


@pytest.mark.parametrize(
    ("took", "shown"),
    [
        (timedelta(seconds=20), "1 minute"),
        (timedelta(minutes=89), "89 minutes"),
        (timedelta(minutes=90), "2 hours"),
        (timedelta(hours=35), "35 hours"),
        (timedelta(hours=36), "2 days"),
        (60 * DAY, "60 days"),
        (None, "–"),
    ],
)
def test_lengths_are_said_as_people_say_them(took, shown):
    assert words.length(took) == shown
