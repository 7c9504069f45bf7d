"""The assessment in a real browser: from the file, small and wide, dark and in print, and nothing for axe to find."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import faults, launched
from towpath.project import cli

pytestmark = pytest.mark.browser
EXPORT = Path(__file__).parents[2] / "demo" / "legacy-export"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with launched() as running:
        yield running


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("assessment") / "report.html"
    logs = [str(EXPORT / name) for name in ("millbrook.csv", "eastmere.csv")]
    assert cli.main(["assess", *logs, "--costs", str(EXPORT / "costs.yaml"), "-o", str(path)]) == 0
    return path


def opened(chromium: Browser, report: Path, width: int, scheme: str = "light") -> Page:
    # axe is put into the page, which allows no script of its own.
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, bypass_csp=True, color_scheme=scheme
    )  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(report.as_uri())
    return page


@pytest.mark.parametrize(("width", "scheme"), [(1200, "light"), (320, "light"), (1200, "dark")])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    chromium: Browser, report: Path, width: int, scheme: str
) -> None:
    page = opened(chromium, report, width, scheme)
    for details in page.locator("details").all():
        details.evaluate("one => one.open = true")
    assert faults(page) == []
    page.context.close()


def test_every_chart_has_a_heading_with_a_finding_and_a_table(chromium: Browser, report: Path) -> None:
    page = opened(chromium, report, 1200)
    assert page.locator("h1").count() == 1
    for drawing in page.locator("main svg[role=img]").all():
        assert drawing.locator("title").first.text_content()
        chapter = drawing.locator("xpath=ancestor::*[self::section or contains(@class, 'one')][1]")
        assert chapter.locator("h3").count() and chapter.locator("table").count()
    for bars in page.locator("table.bars").all():
        assert bars.locator("caption").text_content()
    page.context.close()


def test_nothing_is_fetched_and_the_page_can_be_walked_by_keyboard(chromium: Browser, report: Path) -> None:
    page = opened(chromium, report, 1200)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert asked == [report.as_uri()]
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the report"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#mend")
    page.context.close()


def test_print_shows_what_is_folded_on_a_screen(chromium: Browser, report: Path) -> None:
    page = opened(chromium, report, 1000)
    table = page.get_by_role("table", name="Ways in the map", include_hidden=True).first
    assert not table.is_visible()
    page.emulate_media(media="print")
    assert table.evaluate("one => one.checkVisibility() && one.getBoundingClientRect().height > 20")
    page.context.close()
