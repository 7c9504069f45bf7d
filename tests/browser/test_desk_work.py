"""The desk in a real browser: nothing for axe to find, news without jumps, everything by keyboard."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.chromium import faults, launched
from tests.desk.conftest import _site  # noqa: F401 (a fixture)
from tests.desk.scene import at_work
from tests.desk.town import actor, begun, enter, open_task, proven, submitted, task_path
from tests.portal.live import served
from towpath.casework import actions as casework
from towpath.foundation import tenancy

pytestmark = pytest.mark.browser
LOOKS = [("en", 1440, "light"), ("en", 320, "dark"), ("ar", 768, "light")]
SOON = 5_000  # milliseconds: the page looks every second and a half


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    from django.db import connections

    with launched() as running:
        yield running
        # Connections that were opened beside Playwright's loop are seen only while it runs.
        connections.close_all()


@pytest.fixture
def work(outside: Any) -> dict[str, Any]:
    return at_work(outside)


@pytest.fixture
def seat(chromium: Browser, outside: Any) -> Iterator[Callable[..., Page]]:
    """A page at somebody's desk; what the browser complains of is an error."""
    from django.conf import settings
    from django.test import Client

    said: list[str] = []
    contexts = []
    with served() as port:
        site = f"http://{outside.host}:{port}"

        def sit(staff: Any, path: str = "", language: str = "en", width: int = 1440, **look: Any) -> Page:
            client = proven(enter(Client(HTTP_HOST=outside.host), staff), staff)
            kept = client.cookies[settings.SESSION_COOKIE_NAME].value
            look = {"viewport": {"width": width, "height": 900}, "base_url": site, **look}
            context = chromium.new_context(**look)
            contexts.append(context)
            cookies = {settings.SESSION_COOKIE_NAME: kept, "language": language}
            context.add_cookies(
                [{"name": name, "value": value, "url": site} for name, value in cookies.items()]
            )
            page = context.new_page()
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: said.append(str(error)))
            if path:
                page.goto(path)
            return page

        yield sit
        for context in contexts:
            context.close()
    assert [text for text in said if "favicon" not in text and "422" not in text and "404" not in text] == []


@pytest.fixture
def deciding(outside: Any, work: dict[str, Any]) -> str:
    """The address of a task that decides, in Ana's hands."""
    return task_of(outside, work["doubtful"])


def task_of(body: Any, case: Any) -> str:
    with tenancy.inside(body):
        return task_path(open_task(case))


def addresses(body: Any, work: dict[str, Any]) -> list[str]:
    case = f"/desk/cases/{work['granted'].pk}/"
    tasks = [task_of(body, work[name]) for name in ("doubtful", "held", "asked")]
    person = [f"/desk/new?person={work['person']}", f"/desk/people/{work['person']}/"]
    lists = ["/desk/", "/desk/?queue=mine", "/desk/search?q=ada", "/desk/mail", "/desk/troubles", "/desk/new"]
    lists += ["/desk/versions", "/desk/versions/resident-parking-permit"]
    return [*lists, "/desk/bodies", f"/desk/conversations/{work['conversation']}/", case, *tasks, *person]


@pytest.mark.timeout(500)
@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_nothing_for_axe_to_find_and_nothing_cut_off(
    seat: Any, outside: Any, work: dict[str, Any], language: str, width: int, scheme: str
) -> None:
    wrong = []
    audit = ["/desk/staff", "/desk/audit", f"/desk/cases/{work['granted'].pk}/reads"]
    for staff, paths in ((work["ana"], addresses(outside, work)), (work["admin"], audit)):
        page = seat(staff, language=language, width=width, color_scheme=scheme)
        for path in paths:
            page.goto(path)
            page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
            wrong += [(path, found) for found in faults(page)]
    page.goto(f"/desk/staff/{work['ana'].pk}/renew")
    wrong += [("renew", found) for found in faults(page)]
    page.locator("[name=reason]").first.check()
    page.locator("main form .tp-button").click()
    expect(page.locator("#passphrase")).to_be_visible()
    wrong += [("renewed", found) for found in faults(page)]
    assert wrong == []


def test_a_new_task_is_told_soon_and_nothing_moves(seat: Any, outside: Any, work: dict[str, Any]) -> None:
    page = seat(work["ana"], "/desk/")
    first = page.locator(".tp-queue a").first
    first.focus()
    before = first.bounding_box()
    with tenancy.inside(outside):
        case = submitted(full_name="Hedy Lamarr")
        begun(work["bo"], work["late"])
    expect(page.locator("#arrived")).to_contain_text("1 new task", timeout=SOON)
    expect(page.locator("#arrived")).to_contain_text(case.reference)
    expect(first).to_contain_text("Bo Li works on it")
    assert first.bounding_box() == before
    assert page.evaluate("document.activeElement.pathname") == first.get_attribute("href")
    page.keyboard.press("u")
    expect(page.get_by_text("Hedy Lamarr")).to_be_visible()


def test_news_of_a_case_leave_alone_what_is_being_typed(
    seat: Any, outside: Any, work: dict[str, Any], deciding: str
) -> None:
    page = seat(work["ana"], deciding)
    reason = page.get_by_label("Reason", exact=True)
    reason.fill("It is too")
    before = reason.bounding_box()
    with tenancy.inside(outside):
        casework.note(actor(work["bo"]), work["doubtful"].pk, "The weight is right, I looked.")
    expect(page.locator("#happenings")).to_contain_text("The weight is right", timeout=SOON)
    page.keyboard.type(" heavy.")
    assert reason.input_value() == "It is too heavy."
    assert reason.bounding_box() == before


def test_a_queues_key_does_not_look_like_a_count(seat: Any, work: dict[str, Any]) -> None:
    page = seat(work["ana"], "/desk/")
    tab, menu = page.locator(".tp-tabs a[data-key='1']"), page.locator(".tp-bar__nav a[data-key]").first
    drawn = "each => getComputedStyle(each, '::after').content"
    assert tab.evaluate(drawn) == "none"
    assert menu.evaluate(drawn) != "none"
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-list")).to_contain_text(tab.inner_text())


def test_a_task_is_found_taken_and_done_by_keyboard_alone(seat: Any, work: dict[str, Any]) -> None:
    page = seat(work["ana"], "/desk/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    page.keyboard.press("s")
    expect(page.get_by_label("How do you know?")).to_be_visible()
    page.keyboard.press("o")
    page.keyboard.type("I called the neighbour.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#happenings")).to_contain_text("I called the neighbour.")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts-list")).to_contain_text("Write a note")
    page.keyboard.press("Escape")
    page.locator("#lives_here").focus()
    page.keyboard.press("Space")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("Done: Check the address")


def test_what_is_asked_follows_at_once_from_what_is_chosen(
    seat: Any, work: dict[str, Any], deciding: str
) -> None:
    page = seat(work["ana"], deciding)
    page.get_by_label("Reason", exact=True).fill("Because.")
    page.get_by_label("I ask the resident").check()
    expect(page.get_by_label("What do we need, and why?")).to_be_visible()
    expect(page.get_by_label("Reason", exact=True)).to_have_count(0)
    assert page.evaluate("document.activeElement.value") == "ask"


def test_without_a_script_a_task_is_done_as_well(seat: Any, work: dict[str, Any]) -> None:
    page = seat(work["ana"], "/desk/", java_script_enabled=False)
    page.get_by_role("link", name="Ada Lovelace").click()
    page.get_by_role("button", name="Start work").click()
    page.get_by_role("button", name="Complete the task").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("There is a problem")
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Complete the task").click()
    expect(page.locator("#said")).to_contain_text("Done: Check the address")


def test_the_opened_map_shows_where_the_request_stands(
    seat: Any, work: dict[str, Any], deciding: str
) -> None:
    page = seat(work["ana"], deciding)
    page.locator("summary", has_text="Process map").click()
    frame, now = (
        page.locator(".tp-map").bounding_box(),
        page.locator(".tp-map .is-current").first.bounding_box(),
    )
    assert frame is not None and now is not None
    assert frame["x"] <= now["x"] and now["x"] + now["width"] <= frame["x"] + frame["width"]
    assert frame["y"] <= now["y"] and now["y"] + now["height"] <= frame["y"] + frame["height"]
