"""Pages are small, need no script, cost few queries, and speak the reader's language."""

import gzip
import re

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.portal.town import PARKING, words
from towpath.foundation import tenancy
from towpath.foundation.access import SYSTEM
from towpath.people import actions as people

LIMIT = 40_000  # bytes, compressed, with nothing in the cache


@pytest.fixture
def everywhere(browser, town):
    """Addresses of pages of each kind, for a browser that may open them."""
    with tenancy.inside(town):
        ada = people.register_person(SYSTEM, given_name="Ada", family_name="Lovelace")
    browser.sign_in(town, ada)
    case, draft = browser.apply(), browser.begin()
    check = f"/drafts/{browser.begin()}/check-answers/"
    browser.fill(check.split("/")[2])
    return [
        *("/", "/search/?q=parking", f"/services/{PARKING}/", f"/services/{PARKING}/check/lives_here/"),
        *(f"/drafts/{draft}/full_name/", f"/drafts/{draft}/come-back-later/", check, "/continue/", "/track/"),
        *(f"/requests/{case}/", f"/requests/{case}/receipt/", f"/requests/{case}/withdraw/"),
        *("/me/", "/me/messages/", "/me/papers/", "/me/who-looked/"),
        *("/contact/", "/accessibility/", "/privacy/"),
    ]


def test_each_page_is_small_needs_no_script_and_nothing_from_elsewhere(browser, everywhere):
    for path in everywhere:
        text = browser.get(path).content.decode()
        assert "<script" not in text and "<style" not in text and " onclick" not in text, path
        assert "<img" not in text and not re.search(r'(?:src|href)="https?://(?!t[0-9a-f]+\.)', text), path
        sheets = re.findall(r'<link rel="stylesheet" href="/static/([^"]+)"', text)
        weight = len(gzip.compress(text.encode())) + sum(_weight(sheet) for sheet in sheets)
        assert 1 + len(sheets) <= 5 and weight <= LIMIT, (path, weight)


def _weight(sheet):
    from pathlib import Path

    return len(gzip.compress(Path(finders.find(sheet)).read_bytes()))


def test_every_page_has_one_heading_and_a_title_of_its_own(browser, everywhere):
    titles = {}
    for path in everywhere:
        text = browser.get(path).content.decode()
        assert text.count("<h1") == 1, path
        titles[path] = re.search(r"<title>([^<]+)</title>", text)[1]
    assert len(set(titles.values())) == len(titles), titles


def test_pages_cost_few_queries(browser, come, town, everywhere):
    visitor = come()
    visitor.get("/")
    assert _queries(visitor, "/") <= 6
    draft = visitor.begin()
    assert _queries(visitor, f"/drafts/{draft}/vehicle_kind/") <= 9
    once = _queries(browser, "/me/")
    assert once <= 16
    for _ in range(2):
        browser.apply()
    assert _queries(browser, "/me/") == once
    assert _queries(browser, "/me/messages/") <= 14 and _queries(browser, "/me/papers/") <= 12


def _queries(browser, path):
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(path).status_code == 200
    return len(seen)


def test_arabic_pages_run_from_right_to_left(browser):
    assert browser.get("/?lang=ar").status_code == 302
    draft = browser.begin()
    for path in ("/", f"/services/{PARKING}/", f"/drafts/{draft}/full_name/"):
        text = browser.get(path).content.decode()
        assert '<html class="govuk-template" lang="ar" dir="rtl"' in text
        assert "portal.rtl.css" in text
        heading = re.search("<h1.*?</h1>", text, re.DOTALL)
        assert heading and re.search("[\u0600-\u06ff]", heading[0])


def test_what_is_not_there_is_told_as_such_in_the_bodys_name(browser, town):
    page = browser.get("/services/no-such-service/")
    assert page.status_code == 404 and "We can’t find this page" in words(page)
    assert town.name in words(page)


def test_sign_in_leads_back_to_the_page_but_never_elsewhere(browser):
    page = browser.get("/search/?q=tree").content.decode()
    assert "/sign-in?next=%2Fsearch%2F%3Fq%3Dtree" in page
