"""What a resident's browser fetches: bytes, requests, and the first paint on a slow line, in a real Chromium."""

import statistics
from typing import TYPE_CHECKING, Any

from bench.results import Result

if TYPE_CHECKING:
    from bench.scene import Scene

SLOW = {"offline": False, "latency": 800, "downloadThroughput": 280_000 / 8, "uploadThroughput": 256_000 / 8}
PAINTS = 5
HOW = "Chromium, empty cache, 320 px wide; bytes as they came over the line, headers included."
PAGES = {
    "home": "/",
    "service page": "/services/resident-parking-permit/",
    "question page": "/drafts/{draft}/description/",
    "tracking form": "/track/",
}


def measure(scene: "Scene") -> list[Result]:
    from playwright.sync_api import sync_playwright
    from scripts.browser import find

    from bench import application

    program = find()
    if program is None:
        print("Page weight is left out: there is no Chromium (see scripts/browser.py).")
        return []
    session, draft = application.drafts(scene, 1)[
        0
    ].split()  # before Playwright's loop, in which Django won't work
    with sync_playwright() as playwright:
        options = ["--no-sandbox", f"--host-resolver-rules=MAP {scene.tenant.host} 127.0.0.1"]
        chromium = playwright.chromium.launch(executable_path=str(program), args=options)
        found = []
        try:
            for name, path in PAGES.items():
                address = f"http://{scene.tenant.host}:{scene.site.ports.web}{path.format(draft=draft)}"
                found += _page(chromium, name, address, session)
        finally:
            chromium.close()
    return found


def _page(chromium: Any, name: str, address: str, session: str) -> list[Result]:
    total, script, count = _fetched(chromium, address, session)
    paints = [_first_paint(chromium, address, session) for _ in range(PAINTS)]
    slow = f"{HOW} First contentful paint, median of {PAINTS}, at 280 kbit/s and 800 ms."
    return [
        Result(f"{name}: bytes, cold", round(total / 1000, 1), "kB", HOW),
        Result(f"{name}: script", round(script / 1000, 1), "kB", HOW),
        Result(f"{name}: requests", count, "", HOW),
        Result(f"{name}: first paint on 2G", round(statistics.median(paints)), "ms", slow),
    ]


def _open(chromium: Any, session: str, address: str) -> tuple[Any, Any, Any]:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    if session:
        context.add_cookies([{"name": "sessionid", "value": session, "url": address}])
    page = context.new_page()
    return context, page, context.new_cdp_session(page)


def _fetched(chromium: Any, address: str, session: str) -> tuple[float, float, int]:
    """(all bytes, those of script, requests)."""
    context, page, cdp = _open(chromium, session, address)
    sizes: dict[str, float] = {}
    kinds: dict[str, str] = {}
    cdp.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    cdp.on(
        "Network.loadingFinished",
        lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}),
    )
    cdp.send("Network.enable")
    page.goto(address, wait_until="networkidle")
    context.close()
    script = sum(size for request, size in sizes.items() if kinds.get(request) == "Script")
    return sum(sizes.values()), script, len(sizes)


def _first_paint(chromium: Any, address: str, session: str) -> float:
    context, page, cdp = _open(chromium, session, address)
    cdp.send("Network.enable")
    cdp.send("Network.emulateNetworkConditions", SLOW)
    page.goto(address, wait_until="load", timeout=60_000)
    asked = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
    page.wait_for_function(f"() => ({asked}) > 0", timeout=20_000)
    found = float(page.evaluate(f"() => {asked}"))
    context.close()
    return found
