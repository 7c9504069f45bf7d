"""One whole application, over HTTP against the real web server: five pages and submit."""

import random
import re
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from bench import answers, cpu
from bench.browser import Browser
from bench.results import Result, percentile

if TYPE_CHECKING:
    from bench.scene import Scene

ASKED = ("full_name", "contact", "postal_address", "description", "start_date")  # the five pages
APPLICATIONS, CLIENTS = 60, 4
RATE, SECONDS = 25, 20  # questions a second; each is two requests
# One `POST /zaken`, application and database, on a machine like this one.
OPEN_ZAAK = ("Open Zaak 1.20.0, create one case by API", 64.0)
HOW = (
    "Environmental permit over HTTP: 5 pages opened and answered, check your answers, sent, receipt (13 requests); "
    "gunicorn, 2 processes x 4 threads; CPU of all its processes, and of PostgreSQL's."
)


def drafts(scene: "Scene", count: int) -> list[str]:
    """Sessions with a draft each, in which all other pages are filled in."""
    return list(_drafts(scene, count))


def _drafts(scene: "Scene", count: int) -> Iterator[str]:
    from django.contrib.sessions.backends.db import SessionStore

    from bench.templates import ENVIRONMENT, SHED
    from towpath.casework import actions as casework
    from towpath.foundation import tenancy
    from towpath.foundation.access import Actor
    from towpath.surfaces.portal import visitors

    rest: Mapping[str, Any] = {
        k: v for k, v in SHED.items() if k not in ("full_name", "email", "postal_address", "description")
    }
    for _ in range(count):
        with tenancy.inside(scene.tenant):
            draft = casework.start_draft(Actor("visitor", "draft:new", "portal"), ENVIRONMENT, "en")
            me = Actor("visitor", f"draft:{draft.pk}", "portal")
            for question in ("site_plan", "drawings"):
                file = casework.Upload(f"{question}.txt", "text/plain", b"Here it stands.")
                casework.attach_to_draft(me, draft.pk, question, file)
            files = {q: [f"{q}.txt"] for q in ("site_plan", "drawings")}
            casework.save_answers(me, draft.pk, {**rest, **files}, page="all")
        session = SessionStore()
        session[visitors.DRAFTS] = [str(draft.pk)]
        session.create()
        yield f"{session.session_key} {draft.pk}"


def browser(scene: "Scene", known: str) -> tuple[Browser, str]:
    session, draft = known.split()
    return Browser(scene.site.ports.web, scene.tenant.host, cookies={"sessionid": session}), draft


def apply(scene: "Scene", known: str, number: int = 0) -> tuple[str, float]:
    """Fills in and sends; the reference, and when the receipt's address came back (seconds since 1970)."""
    one, draft = browser(scene, known)
    fields = answers.environment(f"Ada Lovelace {number}", f"ada{number}@example.org")
    for page in ASKED:
        here = f"/drafts/{draft}/{page}/"
        _right(one.get(here).status == 200, here)
        _right(one.post(here, fields[page]).status == 302, here)
    here = f"/drafts/{draft}/check-answers/"
    _right(one.get(here).status == 200, here)
    sent, at = one.post(here, {}), time.time()
    _right(sent.location.endswith("/receipt/"), here)
    receipt = one.get(sent.location).text
    one.close()
    found = re.search(r"\b[A-Z][0-9A-Z]{3}-[0-9A-Z]{4}\b", receipt)
    _right(found is not None, sent.location)
    return found[0] if found else "", at


def _right(true: bool, where: str) -> None:
    if not true:
        raise RuntimeError(f"{where} did not go as it should")


def _warm(scene: "Scene") -> None:
    """Packages compiled and templates read, in both processes."""
    for number, known in enumerate(drafts(scene, 6)):
        apply(scene, known, number)


def measure(scene: "Scene") -> list[Result]:
    _warm(scene)
    known = drafts(scene, APPLICATIONS)
    web, database, worker = scene.pid("web"), scene.pid("database"), scene.pid("worker")
    before = [cpu.milliseconds(pid) for pid in (web, database, worker)]
    for number, one in enumerate(known):
        apply(scene, one, number)
    spent = [
        (cpu.milliseconds(pid) - b) / APPLICATIONS
        for pid, b in zip((web, database, worker), before, strict=True)
    ]
    known, begun = drafts(scene, 2 * APPLICATIONS), time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda one: apply(scene, one), known))
    rate = len(known) * 13 / (time.perf_counter() - begun)
    peer, value = OPEN_ZAAK
    return [
        Result("one whole application: CPU of web", round(spent[0], 1), "ms", HOW),
        Result("one whole application: CPU of database", round(spent[1], 1), "ms", f"{HOW} Worker's part included."),
        Result("one whole application: CPU of web and database", round(spent[0] + spent[1], 1), "ms", HOW, peer, value),
        Result("one whole application: CPU of worker", round(spent[2], 1), "ms", "What follows: receipt and journal."),
        Result("requests on 2 cores", round(rate, 1), "/s", f"{HOW} {CLIENTS} clients, which use the same two cores."),
    ]  # fmt: skip


def next_question(scene: "Scene") -> list[Result]:
    """From pressing the button to the next question, at a steady 50 requests a second, whatever comes back when."""
    _warm(scene)
    known = drafts(scene, 16)
    fields = answers.environment("Ada Lovelace", "ada@example.org")
    waits: list[float] = []
    lock, chance = threading.Lock(), random.Random(1)
    begun = time.perf_counter() + 0.5
    jobs = iter(range(RATE * SECONDS))

    def person(one: str) -> None:
        browser_, draft = browser(scene, one)
        browser_.get(f"/drafts/{draft}/{ASKED[0]}/")
        while True:
            with lock:
                number = next(jobs, None)
            if number is None:
                return browser_.close()
            due, page = begun + number / RATE, chance.choice(ASKED[:4])
            time.sleep(max(0.0, due - time.perf_counter()))
            shown = browser_.get(browser_.post(f"/drafts/{draft}/{page}/", fields[page]).location)
            _right(shown.status == 200, page)
            with lock:
                waits.append((time.perf_counter() - due) * 1000)

    with ThreadPoolExecutor(len(known)) as pool:
        list(pool.map(person, known))
    how = (
        f"Button to next question (POST and GET) on {RATE} questions a second for {SECONDS} s, counted from when each "
        "was due; 16 browsers in one process on the same two cores."
    )
    return [
        Result("next question at 50 requests/s: p50", round(percentile(waits, 0.5), 1), "ms", how),
        Result("next question at 50 requests/s: p95", round(percentile(waits, 0.95), 1), "ms", how),
    ]
