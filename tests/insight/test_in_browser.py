"""Insight in a real browser: nothing for axe to find, nothing cut off at 320 px, right to left and on paper too."""

import gzip
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.chromium import faults
from tests.insight.test_pages import ADDRESSES, DAY, NOW, happened
from tests.journeys.history import Request, any_request
from towpath.foundation import clock

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
STATIC = ROOT / "src/towpath/surfaces/static"
SITE = "http://insight.test"
LOOKS: list[dict[str, Any]] = [
    {"viewport": {"width": 320, "height": 700}, "color_scheme": "light"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
]
BUDGET = 100_000  # bytes of a page with its sheet, as sent


def in_turn(addresses: Sequence[str], language: str) -> Iterator[tuple[str, int]]:
    """Each page narrow and light in one language, wide and dark in the other."""
    for number, address in enumerate(addresses):
        yield address, (number + (language == "ar")) % 2


@pytest.fixture(params=["en", "ar"])
def pages(request: pytest.FixtureRequest, outside: Any, manager: Any) -> dict[str, bytes]:
    """Each page in one language, as it was sent."""
    random = Random(7)
    outside.settings = {"costs": {"portal": 0.4, "phone": 6.2}, "currency": "£"}
    outside.save()
    manager.cookies["language"] = request.param
    with clock.running(clock.VirtualClock(NOW)):
        waiting = Request(start=NOW - 3 * DAY).begun().sent().at_step("check")
        happened(outside, waiting, *[any_request(random) for _ in range(15)])
        return {address: manager.get(address).content for address in ADDRESSES}


@pytest.mark.parametrize("look", range(len(LOOKS)), ids=["narrow", "wide-dark"])
def test_nothing_for_axe_to_find_and_nothing_cut_off(
    chromium: Browser, pages: dict[str, bytes], look: int
) -> None:
    assert wrong(chromium, pages, ((address, look) for address in pages)) == {}


def wrong(
    browser: Browser, pages: dict[str, bytes], looks: Iterable[tuple[str, int]]
) -> dict[str, list[tuple[Any, ...]]]:
    """What is wrong with pages in their looks, which are places in LOOKS; by address, where there is anything."""
    opened: dict[int, Page] = {}
    found = {}
    for address, look in looks:
        page = opened.get(look) or opened.setdefault(look, _answering(browser, pages, LOOKS[look]))
        page.goto(SITE + address)
        if bad := faults(page):
            found[address] = bad
    for page in opened.values():
        page.context.close()
    return found


def _answering(browser: Browser, pages: dict[str, bytes], look: dict[str, Any]) -> Page:
    """A page to which these are the site."""
    context = browser.new_context(**look)

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path in pages:
            route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=204)

    context.route("**/*", answer)
    return context.new_page()


def test_a_page_with_its_sheet_keeps_to_its_weight(pages: dict[str, bytes]) -> None:
    """The sheet goes compressed, and once; pages are made anew each time and count as they are."""
    sheet = gzip.compress((STATIC / "towpath" / "staff.css").read_bytes())
    assert max(len(page) for page in pages.values()) + len(sheet) < BUDGET
