"""The portal in a real browser: a whole application at 320 pixels without script, and nothing for axe to find."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.chromium import faults, launched
from tests.portal.conftest import _site, come, town  # noqa: F401 (fixtures)
from tests.portal.live import served
from tests.portal.test_following import ask, grant
from tests.portal.town import PAGES, PARKING

pytestmark = pytest.mark.browser
SMALL, WIDE = {"width": 320, "height": 700}, {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as running:
        yield running


@pytest.fixture
def site(town: Any) -> Iterator[str]:  # noqa: F811
    from django.db import connections

    with served() as port:
        yield f"http://{town.host}:{port}"
    # This thread has other connections while Playwright's loop runs in it than after.
    connections.close_all()


def fill(page: Page) -> None:
    """Answers the page that is open, by name or by what it offers, and goes on."""
    here = page.url
    name = here.split("/")[5]
    for field, value in PAGES[name].items():
        control = page.locator(f"[name='{field}']")
        if control.first.get_attribute("type") == "radio":
            page.locator(f"[name='{field}'][value='{value}']").check()
        else:
            control.fill(value)
    page.get_by_role("button", name="Save and go on").click()
    page.wait_for_url(lambda now: now != here)


def test_a_whole_application_at_320_pixels_without_script(chromium: Browser, site: str) -> None:
    context = chromium.new_context(viewport=SMALL, java_script_enabled=False, locale="en")  # type: ignore[arg-type]
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}/")
    assert len(asked) <= 5
    page.get_by_role("link", name="Resident parking permit").click()
    page.get_by_role("button", name="Apply now").click()
    page.get_by_role("button", name="Save and go on").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_be_visible()
    while "/check-answers/" not in page.url:
        fill(page)
    page.get_by_role("link", name="Change What kind of vehicle is it?").click()
    page.get_by_label("Motorcycle").check()
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Motorcycle")).to_be_visible()
    page.get_by_role("button", name="Send your request").click()
    expect(page.get_by_role("heading", name="We have your request")).to_be_visible()
    page.get_by_role("link", name="See where your request is").click()
    expect(page.get_by_text("You sent your request")).to_be_visible()
    assert not [url for url in asked if not url.startswith(site) or url.endswith(".js")]
    context.close()


def form_pages(come: Any, town: Any) -> tuple[Any, list[str]]:  # noqa: F811
    visitor = come()
    draft = visitor.begin()
    pages = [f"/drafts/{draft}/{name}/" for name in (*PAGES, "come-back-later")]
    return visitor, pages


def request_pages(come: Any, town: Any) -> tuple[Any, list[str]]:  # noqa: F811
    resident = _resident(come, town)
    granted, asked = resident.apply(), resident.apply()
    grant(town, granted)
    question = ask(town, asked)
    pages = [f"/requests/{granted}/{more}" for more in ("", "receipt/", "rate/", "look-again/", "answers/")]
    pages += [f"/requests/{asked}/{more}" for more in ("", "withdraw/", f"questions/{question.pk}/")]
    return resident, [*pages, "/me/", "/me/messages/", "/me/papers/", "/me/who-looked/"]


def site_pages(come: Any, town: Any) -> tuple[Any, list[str]]:  # noqa: F811
    visitor = come()
    visitor.begin()
    about = ["/contact/", "/accessibility/", "/privacy/"]
    service = [f"/services/{PARKING}/", f"/services/{PARKING}/check/lives_here/"]
    return visitor, ["/", "/search/?q=zzz", *service, "/track/", "/continue/", *about]


def _resident(come: Any, town: Any) -> Any:  # noqa: F811
    from towpath.foundation import tenancy
    from towpath.foundation.access import SYSTEM
    from towpath.people import actions as people

    with tenancy.inside(town):
        ada = people.register_person(SYSTEM, given_name="Ada", family_name="Lovelace")
    resident = come()
    resident.sign_in(town, ada)
    return resident


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("pages", [form_pages, request_pages, site_pages])
def test_nothing_for_axe_to_find_and_nothing_cut_off(
    chromium: Browser,
    site: str,
    town: Any,  # noqa: F811
    come: Any,  # noqa: F811
    pages: Callable[[Any, Any], tuple[Any, list[str]]],
    language: str,
) -> None:
    client, paths = pages(come, town)
    context = _of(chromium, client, site, language)
    page = context.new_page()
    for path in paths:
        answer = page.goto(f"{site}{path}")
        assert answer and answer.status == 200, path
        assert (path, faults(page)) == (path, [])
    context.close()


def _of(chromium: Browser, client: Any, site: str, language: str) -> BrowserContext:
    size = SMALL if language == "en" else WIDE
    context = chromium.new_context(viewport=size)  # type: ignore[arg-type]
    kept = {"sessionid": client.cookies["sessionid"].value, "language": language}
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in kept.items()])
    return context


def test_the_keyboard_alone_answers_and_goes_on(chromium: Browser, site: str, come: Any) -> None:  # noqa: F811
    visitor = come()
    draft = visitor.begin()
    context = _of(chromium, visitor, site, "en")
    page = context.new_page()
    page.goto(f"{site}/drafts/{draft}/vehicle_kind/")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "vehicle_kind":
            break
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/vehicle_keeper/")
    context.close()
