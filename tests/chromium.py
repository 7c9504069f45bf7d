"""The browser of the tests, and what every page is looked over for."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from scripts.browser import HOW, find, required

AXE = (Path(__file__).parent / "browser" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is right is only counted: to gather and hand over each element of it takes longer than the looking.
LOOK = """rules => axe.run({runOnly: rules, resultTypes: ["violations"]}).then(found => [
    found.violations.map(each => [each.id, each.nodes.map(node => node.html)]), found.passes.length])"""
WIDER = "document.documentElement.scrollWidth - innerWidth"


@contextmanager
def launched() -> Iterator[Browser]:
    """Chromium, running. Where there is none the test is left out; where CI=true it fails."""
    program = find()
    if not program:
        (pytest.fail if required() else pytest.skip)(HOW)
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        running = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


def faults(page: Page) -> list[tuple[Any, ...]]:
    """What axe finds on the page, and by how many pixels it is wider than its screen."""
    page.evaluate(AXE)
    found, passes = page.evaluate(LOOK, RULES)
    assert passes, "axe looked at nothing"
    wrong: list[tuple[Any, ...]] = [(id_, [html[:200] for html in nodes]) for id_, nodes in found]
    wider = page.evaluate(WIDER)
    return [*wrong, ("too wide", wider)] if wider > 0 else wrong
