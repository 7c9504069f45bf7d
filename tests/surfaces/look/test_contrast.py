"""Every pair of colours that meets on a page can be read, by the measure of WCAG 2.2 (1.4.3, 1.4.6, 1.4.11)."""

import re

import pytest

from tests.surfaces.look.render import STATIC

TEXT, LARGE_OR_MARK = 7.0, 3.0
READABLE = [
    ("text", "page"),
    ("text", "surface"),
    ("text", "accent-soft"),
    ("text", "warn-soft"),
    ("quiet", "page"),
    ("quiet", "surface"),
    ("accent", "page"),
    ("accent", "surface"),
    ("accent-strong", "page"),
    ("accent-strong", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("warn", "page"),
    ("warn-strong", "page"),
    ("on-warn", "warn"),
    ("on-warn", "warn-strong"),
    ("on-focus", "focus"),
    ("visited", "page"),
]
READABLE_AT_AA = [
    ("quiet", "accent-soft"),
    ("accent", "accent-soft"),
    ("warn", "warn-soft"),
    ("visited", "surface"),
]
TELLABLE = [("control", "page"), ("control", "surface"), ("on-focus", "focus"), ("accent", "surface")]
DARK = re.compile(r"@media screen and \(prefers-color-scheme: ?dark\)\{((?:[^{}]*\{[^{}]*\})*)\}")
HEX = re.compile(r"--([a-z-]+): ?(#[0-9a-fA-F]{6})")


def ratio(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def rules(css: str, selector: str) -> dict[str, str]:
    found = re.search(re.escape(selector) + r"\{([^{}]*)\}", css)
    assert found, f"no rule for {selector}"
    return dict(HEX.findall(found[1]))


def schemes() -> dict[str, dict[str, str]]:
    """The colours of each scheme and theme, read from the sheet that is shipped."""
    css = (STATIC / "towpath/portal.css").read_text(encoding="utf-8")
    dark = DARK.search(css)
    assert dark
    mere = "[data-theme=mere]" if "[data-theme=mere]" in css else '[data-theme="mere"]'
    light_root, dark_root = rules(css, ":root"), rules(dark[1], ":root")
    return {
        "light canal": light_root,
        "light mere": light_root | rules(css, mere),
        "dark canal": light_root | dark_root,
        "dark mere": light_root | dark_root | rules(dark[1], mere),
    }


SCHEMES = schemes()
CASES = [
    (pair, least)
    for pairs, least in ((READABLE, TEXT), (READABLE_AT_AA, 4.5), (TELLABLE, LARGE_OR_MARK))
    for pair in pairs
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("pair", "least"), CASES)
def test_pair_has_enough_contrast(scheme: str, pair: tuple[str, str], least: float) -> None:
    colours = SCHEMES[scheme]
    assert ratio(colours[pair[0]], colours[pair[1]]) >= least


def test_measure_agrees_with_the_standard() -> None:
    assert ratio("#ffffff", "#000000") == pytest.approx(21)
    assert ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_no_colour_differs_between_the_sheets() -> None:
    staff = (STATIC / "towpath/staff.css").read_text(encoding="utf-8")
    assert rules(staff, ":root") == SCHEMES["light canal"]
