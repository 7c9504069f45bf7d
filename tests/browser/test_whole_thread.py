"""The whole thread through the real processes of `towpath run`: a resident asks once, and everybody sees the same.

A resident at 320 pixels without script, the register, two departments, a decision, an e-mail at a real SMTP server,
the status, a rating, and the figures that moved. axe looks at every page on the way; then the same ways by keyboard
alone and in Arabic.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from scripts.colleague import sign_in

from tests.chromium import faults, launched
from towpath.project import postgres
from towpath.project.ports import Ports, free_base

pytestmark = [pytest.mark.browser, pytest.mark.system, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
SMALL, WIDE = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
PARKING = "resident-parking-permit"
LEFT_OUT = ("DATABASE_URL", "DATABASE_OWNER_URL", "TOWPATH_REGISTER_URL", "TOWPATH_URL", "DATABASE_HOST")
SOON = 30_000  # milliseconds that two processes may take to hand something over on a busy machine

# Of demo/people.yaml: the register knows him under this number at this address.
TOMASZ = "tomasz.nowak@mail.millbrook.localhost"
TYPED = {
    "full_name": "Tomasz Nowak",
    "typed_address-line_1": "4 Mill Lane",
    "typed_address-town": "Millbrook",
    "typed_address-postcode": "MB1 1ML",
    "resident_number": "117395024",
    "email": TOMASZ,
    "vehicle_registration": "MB-208-T",
    "vehicle_kind": "car",
    "vehicle_keeper": "me",
    "emission_class": "low",
    "permits_at_address": "3",  # so many that a person must decide
    "off_street_space": "no",
    "blue_badge": "no",
    "start_date-day": "1",
    "start_date-month": "3",
    "start_date-year": "2099",
}


@dataclass
class Town:
    """Millbrook, running."""

    ports: Ports
    chromium: Browser
    wrong: list[Any] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    scriptless: dict[BrowserContext, Page | None] = field(default_factory=dict)  # and their twins with script

    @property
    def url(self) -> str:
        return f"http://millbrook.localhost:{self.ports.web}"

    def person(self, path: str = "/", **look: Any) -> Page:
        """A browser of their own. What it complains of is kept."""
        context = self.chromium.new_context(
            **{"viewport": WIDE, "locale": "en", "base_url": self.url, **look}
        )
        self.contexts.append(context)
        page = context.new_page()
        if not look.get("java_script_enabled", True):
            self.scriptless[context] = None
        page.on("pageerror", lambda error: self.wrong.append((page.url, str(error))))
        page.goto(path)
        return page

    def colleague(self, name: str, path: str = "/desk/") -> Page:
        """At work, with passphrase and second factor, which the demonstration's sign-in page shows."""
        page = self.person("/desk/")
        sign_in(page, name)
        page.goto(path)
        return page

    def look(self, page: Page) -> None:
        """axe, and whether something is cut off. A page without script is looked at in a twin that has script."""
        if page.context in self.scriptless:
            page = self.twin(page)
        self.wrong += [(page.url, *fault) for fault in faults(page)]

    def twin(self, page: Page) -> Page:
        """The same page to the same person, with script."""
        twin = self.scriptless[page.context]
        if twin is None:
            kept = page.context.storage_state()
            twin = self.person(page.url, viewport=page.viewport_size, storage_state=kept)
            self.scriptless[page.context] = twin
        else:
            twin.context.add_cookies(page.context.cookies())  # type: ignore[arg-type]
            twin.goto(page.url)
        return twin


@pytest.fixture(scope="module")
def town(tmp_path_factory: Any) -> Iterator[Town]:
    var = tmp_path_factory.mktemp("thread") / "var"
    base = free_base()
    assert base is not None
    env = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    env |= {"TOWPATH_VAR": str(var), "PORT": str(base), "PYTHONUNBUFFERED": "1"}
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    with launched() as chromium, running(env):
        yield Town(Ports(base), chromium)
    postgres.reset(var / "postgres")


class running:  # noqa: N801 (used as a context)
    """`towpath run`, from its first line until all of it has ended."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env

    def __enter__(self) -> None:
        command = [str(Path(sys.executable).parent / "towpath"), "run"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        told = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            told.append(line)
            if line.startswith("Ctrl-C stops it"):
                return
        raise AssertionError("".join(told))

    def __exit__(self, *_: object) -> None:
        self.process.send_signal(signal.SIGINT)
        told, _none = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, told


@pytest.fixture
def visit(town: Town) -> Iterator[Callable[..., Page]]:
    yield town.person
    for context in town.contexts:
        context.close()
    town.contexts.clear()
    town.scriptless.clear()
    found, town.wrong = town.wrong, []
    assert found == []


def follow(what: Locator) -> None:
    """Clicks, and waits for the page that comes."""
    with what.page.expect_navigation():
        what.click()


def answer(page: Page) -> None:
    """Fills in what the page asks and goes on."""
    for control in page.locator("main form [name]").all():
        name, kind = control.get_attribute("name") or "", control.get_attribute("type")
        if name not in TYPED:
            continue
        if kind == "radio":
            if control.get_attribute("value") == TYPED[name]:
                control.check()
        else:
            control.fill(TYPED[name])
    follow(page.locator("main form button:not([formaction])").last)


def apply(town: Town, page: Page) -> str:
    """From the first page of the portal to the receipt; gives the reference."""
    town.look(page)
    follow(page.get_by_role("link", name="Resident parking permit").first)
    town.look(page)
    follow(page.get_by_role("button", name="Apply now"))
    while "/check-answers/" not in page.url:
        town.look(page)
        answer(page)
    town.look(page)
    follow(page.get_by_role("button", name="Send your request"))
    expect(page.get_by_role("heading", name="We have your request")).to_be_visible()
    town.look(page)
    found = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", page.inner_text("main"))
    assert found is not None
    return found[0]


def figures(page: Page, look: Callable[[Page], None] = lambda _: None) -> tuple[int, int]:
    """Requests sent for the parking permit in a year, and ratings."""
    page.goto("/insight/")
    look(page)
    ratings = re.search(r"from ([\d,]+) answers", page.inner_text("main"))
    page.goto(f"/insight/services/{PARKING}/")
    look(page)
    sent = re.search(r"([\d,]+) requests", page.inner_text("h1 + p, h1 ~ p, main"))
    assert ratings is not None and sent is not None
    return int(sent[1].replace(",", "")), int(ratings[1].replace(",", ""))


def task_of(page: Page, reference: str) -> Locator:
    """Its line in the queue, once it has got there."""
    line = page.locator(".tp-queue a", has_text=reference)
    for _ in range(20):
        if line.count():
            break
        page.wait_for_timeout(500)
        page.goto("/desk/")
    return line.first


def mail_of(town: Town, page: Page, subject: str) -> Page:
    """The resident's mailbox at the post office, opened at the message whose subject fits."""
    for _ in range(SOON // 500):
        page.goto(f"http://127.0.0.1:{town.ports.postoffice}/")
        if (box := page.get_by_role("link", name=TOMASZ)).count():
            follow(box.first)
            if (found := page.get_by_role("link", name=re.compile(subject, re.IGNORECASE))).count():
                follow(found.first)
                return page
        page.wait_for_timeout(500)
    raise AssertionError(f"no e-mail “{subject}” in the mailbox: {page.inner_text('main')}")


def test_a_resident_asks_once_and_everybody_sees_the_same_journey(town: Town, visit: Any) -> None:
    manager = town.colleague("beatrix", "/insight/")
    sent, rated = figures(manager, town.look)

    resident = visit("/", viewport=SMALL, java_script_enabled=False)
    reference = apply(town, resident)
    follow(resident.get_by_role("link", name="See where your request is"))
    expect(resident.locator("main")).to_contain_text("You sent your request")

    parking = town.colleague("peter")
    town.look(parking)
    follow(task_of(parking, reference))
    expect(parking.locator("#happenings")).to_contain_text("Ask the register for the address")
    follow(parking.get_by_role("button", name="Start work"))
    town.look(parking)
    refer(parking, "Permits", "The household has three permits. Is that allowed here?")

    permits = town.colleague("ines")
    follow(task_of(permits, reference))
    expect(permits.locator("main")).to_contain_text("The household has three permits.")
    follow(permits.get_by_role("button", name="Start work"))
    town.look(permits)
    decide(permits)
    town.look(permits)

    letter = mail_of(town, resident.context.new_page(), rf"Your parking permit \({reference}\)")
    expect(letter.locator("main")).to_contain_text("The parking plan leaves room in this street.")
    follow(letter.locator("main a[href*='/track/']").first)
    expect(letter.locator("main")).to_contain_text("Permit given")
    town.look(letter)

    rate(town, letter)
    expect_soon(lambda: figures(manager), (sent + 1, rated + 1), manager)
    for desk in (parking, permits):
        desk.goto(f"/desk/search?q={reference}")
        expect(desk.locator("main")).to_contain_text(reference)


def refer(page: Page, team: str, why: str) -> None:
    page.get_by_text("Refer to another team").first.click()
    form = page.locator("form[action$='/do/refer']")
    form.locator("[name=team]").select_option(label=team)
    form.locator("[name=text]").fill(why)
    follow(form.get_by_role("button"))


def decide(page: Page) -> None:
    page.get_by_label("I decide now").check()
    page.get_by_label("Permit given").check()
    page.get_by_label("Reason", exact=True).fill("The parking plan leaves room in this street.")
    page.get_by_label("Legal basis").select_option(label="Parking Bylaw, article 5 (giving a permit)")
    follow(page.get_by_role("button", name="Decide", exact=True))
    expect(page.locator("#said")).to_contain_text("Done: Decide on the permit")


def rate(town: Town, page: Page) -> None:
    follow(page.locator("main a[href$='/rate/']"))
    town.look(page)
    page.get_by_role("radio", name="Good", exact=True).check()
    follow(page.locator("main form button").last)
    expect(page.locator("body")).to_contain_text("Thank you. We read what you write.")


def expect_soon(read: Callable[[], object], wanted: object, page: Page) -> None:
    """What other processes bring about is there within a while."""
    for _ in range(SOON // 1000):
        if (found := read()) == wanted:
            return
        page.wait_for_timeout(1000)
    assert found == wanted


def test_in_arabic_from_right_to_left_a_whole_request(town: Town, visit: Any) -> None:
    resident = visit("/", viewport=SMALL, locale="ar", java_script_enabled=False)
    assert resident.locator("html").get_attribute("dir") == "rtl"
    town.look(resident)
    follow(resident.locator(f"main a[href='/services/{PARKING}/']").first)
    town.look(resident)
    follow(resident.locator(f"form[action='/apply/{PARKING}/'] button").first)
    while "/check-answers/" not in resident.url:
        town.look(resident)
        answer(resident)
    town.look(resident)
    follow(resident.locator("main form button").last)
    resident.wait_for_url("**/receipt/")
    town.look(resident)
    follow(resident.locator("main a[href*='/requests/']").first)
    town.look(resident)
    assert resident.locator("html").get_attribute("lang") == "ar"


def test_the_keyboard_alone_carries_a_request_to_its_receipt(town: Town, visit: Any) -> None:
    """Tab, space, arrows, enter and typing; nothing is clicked."""
    page = visit(f"/services/{PARKING}/", viewport=SMALL)
    press_on(page, page.get_by_role("button", name="Apply now"))
    page.wait_for_url("**/drafts/**")
    while "/check-answers/" not in page.url:
        here = page.url
        for control in page.locator("main form [name]:visible").all():
            name, value = control.get_attribute("name") or "", control.get_attribute("value")
            if name not in TYPED or (control.get_attribute("type") == "radio" and value != TYPED[name]):
                continue
            reach(page, control)
            page.keyboard.press("Space") if value == TYPED[name] else page.keyboard.type(TYPED[name])
        press_on(page, page.get_by_role("button", name="Save and go on"))
        page.wait_for_url(lambda now, before=here: now != before)
    press_on(page, page.get_by_role("button", name="Send your request"))
    expect(page.get_by_role("heading", name="We have your request")).to_be_visible()


def press_on(page: Page, button: Locator) -> None:
    reach(page, button)
    page.keyboard.press("Enter")


def reach(page: Page, wanted: Locator) -> None:
    """By tab, and within a group of radios by arrow, as a person would."""
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        among = "element => element.type === 'radio' && element.name === document.activeElement.name"
        page.keyboard.press("ArrowDown" if wanted.evaluate(among) else "Tab")
    raise AssertionError(f"{wanted} is not reached by keyboard on {page.url}")
