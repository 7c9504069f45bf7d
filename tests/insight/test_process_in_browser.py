"""The process map in a real browser: nothing for axe to find, nothing cut off, in both directions."""

from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.insight.test_in_browser import in_turn, wrong
from tests.insight.test_pages import DAY, NOW, happened
from tests.insight.test_process import ADDRESS, legacy  # noqa: F401 (fixtures)
from tests.insight.ways import PARKING, any_way

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("now")]
ADDRESSES = [
    ADDRESS,
    f"{ADDRESS}?time=slow&ways=all",
    f"{ADDRESS}?period=2020",
    f"/insight/requests/?which=process&service={PARKING}&done=Check+the+address",
    "/insight/logs/",
    "/insight/logs/old-permits/",
    "/insight/logs/old-permits/cases/?from=Received&to=Checked",
]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_nothing_for_axe_to_find_and_nothing_cut_off(
    chromium: Browser,
    parking: Any,
    legacy: Any,  # noqa: F811
    manager: Any,
    language: str,
) -> None:
    random = Random(11)
    happened(parking, *[any_way(random, NOW - n * DAY) for n in range(3, 60)])
    manager.cookies["language"] = language
    pages = {address: manager.get(address).content for address in ADDRESSES}
    assert wrong(chromium, pages, in_turn(ADDRESSES, language)) == {}
