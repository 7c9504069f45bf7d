"""The style pages in a real browser: nothing for axe to find, nothing cut off, everything by keyboard."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.chromium import faults, launched
from tests.surfaces.look.render import STATIC

pytestmark = pytest.mark.browser
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
SITE = "http://style.test"
SMALL, WIDE = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
BY_DAY, BY_NIGHT = {"viewport": SMALL, "color_scheme": "light"}, {"viewport": WIDE, "color_scheme": "dark"}
NAMES = ["styleguide-en", "styleguide-ar", "styleguide_panel-en", "styleguide_desk-en", "styleguide_desk-ar"]
LOOKS: list[tuple[str, dict[str, Any]]] = [
    *((name, look) for name in [*NAMES, "bodies", "error-expired"] for look in (BY_DAY, BY_NIGHT)),
    ("styleguide-en-mere", BY_DAY),
    ("styleguide-en-mere", BY_NIGHT),
    ("styleguide-en", {"viewport": WIDE, "color_scheme": "light", "contrast": "more"}),
    ("styleguide_desk-en", {"viewport": WIDE, "color_scheme": "light"}),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as running:
        yield running


def opened(context: BrowserContext, pages: dict[str, str], name: str) -> Page:
    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(SITE).partition("?")[0]
        if path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        elif path == f"/{name}":
            headers = {"content-security-policy": POLICY}
            route.fulfill(body=pages[name], content_type="text/html; charset=utf-8", headers=headers)
        else:
            route.fulfill(status=204)

    context.route("**/*", answer)
    page = context.new_page()
    page.goto(f"{SITE}/{name}")
    return page


@pytest.mark.parametrize(("name", "look"), LOOKS)
def test_nothing_for_axe_to_find_and_nothing_cut_off(
    browser: Browser, style_pages: dict[str, str], name: str, look: dict[str, Any]
) -> None:
    context = browser.new_context(**look)
    page = opened(context, style_pages, name)
    assert faults(page) == []
    context.close()


@pytest.mark.parametrize("name", ["styleguide-en", "styleguide-ar", "styleguide_desk-en"])
def test_pages_keep_to_the_content_security_policy(
    browser: Browser, style_pages: dict[str, str], name: str
) -> None:
    context = browser.new_context()
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    context.on("weberror", lambda error: said.append(str(error.error)))
    page = opened(context, style_pages, name)
    page.keyboard.press("?")
    context.close()
    assert [text for text in said if "favicon" not in text] == []


def test_colours_of_the_system_are_followed(browser: Browser, style_pages: dict[str, str]) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
        page = opened(context, style_pages, "styleguide-en")
        grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        context.close()
    assert grounds == ["rgb(255, 255, 255)", "rgb(15, 23, 22)"]


def test_skip_link_is_first_and_leads_to_the_content(browser: Browser, style_pages: dict[str, str]) -> None:
    context = browser.new_context()
    page = opened(context, style_pages, "bodies")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/bodies#main")  # told by the browser a moment after the key
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Millbrook Council"
    context.close()


def test_shortcuts_are_listed_work_and_can_be_switched_off(
    browser: Browser, style_pages: dict[str, str]
) -> None:
    context = browser.new_context()
    page = opened(context, style_pages, "styleguide_desk-en")
    page.keyboard.press("?")
    assert re.search(r"a\s*Ask the resident", page.inner_text("#shortcuts-list"))
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "search"
    page.keyboard.type("a/?")
    assert page.input_value("#search") == "a/?"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.uncheck("#shortcuts-on")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "search"
    context.close()
