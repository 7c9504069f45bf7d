"""The what-if page in a real browser: nothing for axe to find, nothing cut off, in both directions."""

from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.insight.test_in_browser import in_turn, wrong
from tests.insight.test_what_if import ADDRESS, TODAY

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("now")]
TRIED = [ADDRESS, f"{ADDRESS}?{TODAY}&extra-parking=1", f"{ADDRESS}?{TODAY}&more=no-number"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_for_axe_to_find_and_nothing_cut_off(
    chromium: Browser, parking: Any, manager: Any, language: str
) -> None:
    manager.cookies["language"] = language
    pages = {address: _opened(manager.get(address).content) for address in TRIED}
    assert wrong(chromium, pages, in_turn(TRIED, language)) == {}


def _opened(page: bytes) -> bytes:
    """With all that is folded shown."""
    return page.replace(b"<details class", b"<details open class")
