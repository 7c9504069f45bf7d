"""The pictures of the README, taken of the demonstration that is running.

`make run` in one shell, then `python scripts/screenshots.py [--port 8000]`. Take them anew when a page that is shown
changes, and look at them: they go into the same commit.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from browser import HOW, find

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "images"
PHONE, SCREEN = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
PERMIT = "environmental-permit"
# Who looks (nobody: a resident who has not signed in), name of the picture, address.
PICTURES = [
    ("", "portal-home", "/"),
    ("", "portal-service", "/services/resident-parking-permit/"),
    ("ines", "desk-queue", "/desk/"),
    ("beatrix", "insight", "/insight/"),
    ("beatrix", "process-map", f"/insight/services/{PERMIT}/process/"),
]
WIDE, SMALLER = (
    {"width": 1900, "height": 1000},
    "map => map.style.zoom = 0.75",
)  # to have the process map whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python scripts/screenshots.py", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="where the demonstration answers")
    site = f"http://millbrook.localhost:{parser.parse_args().port}"
    program = find()
    if program is None:
        print(HOW, file=sys.stderr)
        return 1
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        people: dict[str, Page] = {}
        for who, name, path in PICTURES:
            page = people.setdefault(who, _seated(chromium, site, who))
            page.goto(path)
            if name == "process-map":
                page.set_viewport_size(WIDE)
                page.locator(".tp-map svg").first.evaluate(SMALLER)
                page.locator(".tp-map").first.screenshot(path=FOLDER / f"{name}.png")
            else:
                page.screenshot(path=FOLDER / f"{name}.png", full_page=not who)
        desk = people["ines"]
        desk.goto("/desk/")
        desk.locator(".tp-queue a").first.click()
        desk.wait_for_load_state()
        desk.screenshot(path=FOLDER / "desk-request.png")
        chromium.close()
    return 0


def _seated(chromium: Browser, site: str, who: str) -> Page:
    """A page on a phone for a resident, on a screen for a colleague who has signed in."""
    sys.path.insert(0, str(ROOT))  # the demonstration is no installed package
    from colleague import sign_in

    look: dict[str, Any] = {"viewport": SCREEN if who else PHONE, "base_url": site, "locale": "en"}
    page = chromium.new_context(**look).new_page()
    if who:
        sign_in(page, who)
    return page


if __name__ == "__main__":
    sys.exit(main())
