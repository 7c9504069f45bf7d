"""One caller can't flood a body: not with beginnings, not with requests."""

import pytest
from django.test import RequestFactory

from towpath.surfaces import limits


@pytest.fixture
def few(monkeypatch):
    counts = {}

    def count(request, what):
        counts[what] = counts.get(what, 58) + 1
        return counts[what]

    monkeypatch.setattr(limits, "_count", count)


def test_the_sixty_first_beginning_in_an_hour_is_put_off_with_a_page_that_says_so(few, browser):
    for _ in range(2):
        assert browser.post("/apply/resident-parking-permit/").status_code == 302
    answer = browser.post("/apply/resident-parking-permit/")
    assert answer.status_code == 429 and "in an hour" in answer.content.decode()


def test_callers_are_counted_apart_and_by_what_they_do(tenant):
    make = RequestFactory()
    one, other = make.post("/", REMOTE_ADDR="192.0.2.1"), make.post("/", REMOTE_ADDR="198.51.100.7")
    assert [limits._count(one, "begin") for _ in range(3)] == [1, 2, 3]
    assert limits._count(one, "send") == limits._count(other, "begin") == 1


def test_looking_is_never_counted(few, browser):
    assert all(browser.get("/services/resident-parking-permit/").status_code == 200 for _ in range(4))


def test_the_count_is_kept_for_each_caller(browser):
    begun = [browser.post("/apply/resident-parking-permit/").status_code for _ in range(2)]
    assert begun == [302, 302]
