"""A colleague of the demonstration sits down at the desk, in a browser: for the tests and for the README's pictures."""

import re

from demo.staff import PASSPHRASE
from playwright.sync_api import Page


def sign_in(page: Page, who: str) -> None:
    """With passphrase and second factor, which the demonstration's sign-in page shows."""
    page.goto("/desk/")
    page.fill("input[name=login]", f"{who}@millbrook.localhost")
    page.fill("input[name=password]", PASSPHRASE)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    shown = re.search(r"\b(\d{6})\b", page.inner_text("main"))
    assert shown is not None, "the demonstration shows the code of the second factor"
    page.fill("input[name=code]", shown[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/**")
