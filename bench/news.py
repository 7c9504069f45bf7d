"""How soon others hear of it: acknowledged to first seen on the desk, and to the e-mail that the mail server took."""

import re
import threading
import time
from typing import TYPE_CHECKING

from bench import application
from bench.browser import Browser
from bench.results import Result, percentile

if TYPE_CHECKING:
    from bench.scene import Scene

SENT, POLL = 30, 1.5  # requests; seconds between two looks, as the desk's pages have it
QUEUE = "/desk/?queue=team%3Apermits&service=environmental-permit"
REFERENCE = re.compile(r"\b[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}\b")
NEWS = re.compile(r'hx-get="(/desk/news[^"]*)"')


def measure(scene: "Scene") -> list[Result]:
    seen: dict[str, float] = {}
    stop = threading.Event()
    desk = threading.Thread(target=_watch, args=[scene, seen, stop])
    desk.start()
    acknowledged: dict[str, float] = {}
    mails = []
    try:
        for number, known in enumerate(application.drafts(scene, SENT)):
            before = set(scene.mails.first)
            reference, at = application.apply(scene, known, number)
            acknowledged[reference] = at
            mails.append(_first_mail(scene, before) - at)
        time.sleep(2 * POLL)
    finally:
        stop.set()
        desk.join()
    waits = [seen[reference] - at for reference, at in acknowledged.items() if reference in seen]
    if len(waits) < SENT:
        raise RuntimeError(f"{SENT - len(waits)} requests never appeared on the desk")
    desk_how = f"{SENT} requests; a page of the desk looks every {POLL} s, as it does in the browser."
    mail_how = f"{SENT} requests; from the acknowledgement to the receipt that the mail server has taken."
    return [
        Result(
            "acknowledged to first seen on the desk: p95", round(percentile(waits, 0.95), 2), "s", desk_how
        ),
        Result("action to e-mail accepted: p95", round(percentile(mails, 0.95), 2), "s", mail_how),
    ]


def _first_mail(scene: "Scene", before: set[str], patience: float = 30) -> float:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if fresh := set(scene.mails.first) - before:
            return min(scene.mails.first[name] for name in fresh)
        time.sleep(0.005)
    raise RuntimeError(f"No e-mail within {patience:g} s")


def _watch(scene: "Scene", seen: dict[str, float], stop: threading.Event) -> None:
    """The queue of one team, as a browser keeps it fresh for somebody who opens it anew when tasks have arrived."""
    browser = Browser(scene.site.ports.web, scene.tenant.host, cookies={"sessionid": scene.session})
    page = browser.get(QUEUE).text
    while not stop.is_set():
        known = ",".join(re.findall(r'id="line-([0-9a-f-]{36})"', page))
        stop.wait(POLL)
        answer = browser.get(f"{_news(page)}&known={known}")
        _note(seen, answer.text)  # names the first three that arrived; the rest is on the page
        if answer.status == 200:
            page = browser.get(QUEUE).text
            _note(seen, page)
    browser.close()


def _note(seen: dict[str, float], text: str) -> None:
    for reference in REFERENCE.findall(text):
        seen.setdefault(reference, time.time())


def _news(page: str) -> str:
    found = NEWS.search(page)
    return found[1].replace("&amp;", "&") if found else ""
