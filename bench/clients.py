"""People at their browsers: applicants who fill in and send, caseworkers who complete. Each writes down what was
acknowledged to them, and does a thing again as long as nothing comes back."""

import random
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import answers
from bench.browser import Browser, Stopped

AMIRA = ("Amira Haddad", "104820317")  # of demo/people.yaml
DRAFT = re.compile(r"^/drafts/([0-9a-f-]{36})/(?:([a-z_-]+)/)?")
RECEIPT = re.compile(r"^/requests/([0-9a-f-]{36})/receipt/")
TASK = re.compile(r"/desk/cases/([0-9a-f-]{36})/tasks/([0-9a-f-]{36})/")


@dataclass
class Ledger:
    """What the clients were told. Once it is here it must be true for ever."""

    submitted: dict[str, str] = field(default_factory=dict)  # draft -> case
    completed: dict[str, str] = field(default_factory=dict)  # task -> case
    repeated: int = 0
    odd: list[str] = field(default_factory=list)
    answers: int = 0  # of the server, of whatever kind
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answered(self) -> None:
        with self.lock:
            self.answers += 1


class Unexpected(Exception):
    """The product answered what no rule of the form explains."""


def run(work: Callable[[], None], ledger: Ledger, stop: threading.Event) -> None:
    """Again and again until told to stop."""
    while not stop.is_set():
        try:
            work()
        except Stopped:
            return
        except Unexpected as why:
            ledger.odd.append(str(why))
            stop.wait(0.5)


def applicant(port: int, ledger: Ledger, stop: threading.Event, chance: random.Random) -> Callable[[], None]:
    def apply() -> None:
        browser = Browser(port, "millbrook.localhost", stop, answered=ledger.answered)
        name, number = AMIRA if chance.random() < 0.7 else ("Bea Stone", "")
        fill_in(browser, answers.parking(name, f"a{chance.getrandbits(40):x}@example.org", number), ledger)
        ledger.repeated += browser.repeated
        browser.close()

    return apply


def begin(browser: Browser, service: str) -> str:
    """The address of the first question of a new draft."""
    browser.get(f"/services/{service}/")  # its form brings the cookie that guards against forgery
    return browser.post(f"/apply/{service}/", {}).location


def fill_in(browser: Browser, pages: dict[str, answers.Fields], ledger: Ledger) -> None:
    here = begin(browser, "resident-parking-permit")
    for _ in range(3 * len(pages)):
        found = DRAFT.match(here)
        if not found:
            raise Unexpected(f"led to {here or 'nowhere'} instead of a page of the form")
        if found[2] == "check-answers":
            return _send(browser, here.partition("?")[0], found[1], ledger)
        if found[2] not in pages:
            page = browser.get(here)
            if not page.location:
                raise Unexpected(f"{here} asks what nobody prepared ({page.status})")
            here = page.location
            continue
        sent = browser.post(here, pages[found[2]])
        if not sent.location:
            raise Unexpected(f"{here} did not take its answers ({sent.status})")
        here = sent.location
    raise Unexpected("the form does not come to an end")


def _send(browser: Browser, path: str, draft: str, ledger: Ledger) -> None:
    sent = browser.post(path, {})
    receipt = RECEIPT.match(sent.location)
    if not receipt:
        raise Unexpected(f"sending {draft} led to {sent.status} {sent.location}")
    with ledger.lock:
        ledger.submitted[draft] = receipt[1]


def caseworker(
    port: int, session: str, ledger: Ledger, stop: threading.Event, chance: random.Random
) -> Callable[[], None]:
    browser = Browser(
        port, "millbrook.localhost", stop, cookies={"sessionid": session}, answered=ledger.answered
    )

    def work() -> None:
        found = sorted(set(TASK.findall(browser.get("/desk/").text)))
        if not found:
            stop.wait(0.2)
            return
        case, task = chance.choice(found)
        here = f"/desk/cases/{case}/tasks/{task}/"
        browser.post(f"{here}start", {})
        done = browser.post(here, {"lives_here": "yes", "address_note": "", "do": "complete"})
        if done.status == 302:
            with ledger.lock:
                ledger.completed[task] = case

    return work
