"""The components say the same to a screen reader as to an eye, and nothing that a person typed becomes markup."""

from collections import Counter
from datetime import date
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import Context, Template
from django.utils import translation

from towpath.surfaces.look import Bar, Chart, Choice, Column, Field, FieldKind, Pages, Row, Table

pytestmark = pytest.mark.usefixtures("plain_static")
LETTERS = [Choice("a", "A"), Choice("b", "B")]
Attributes = dict[str, str]


class Elements(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, Attributes]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def __call__(self, *tags: str) -> list[Attributes]:
        return [attributes for tag, attributes in self.found if not tags or tag in tags]


def shown(template: str, **values: Any) -> str:
    return Template("{% load towpath %}" + template).render(Context(values))


def control(field: Field) -> Attributes:
    return Elements(shown("{% field f %}", f=field))("input", "textarea", "select")[0]


def test_style_pages_refer_only_to_what_is_there(style_pages: dict[str, str]) -> None:
    for name, page in style_pages.items():
        elements = Elements(page)
        ids = Counter(attributes["id"] for attributes in elements() if "id" in attributes)
        assert [ident for ident, times in ids.items() if times > 1] == [], name
        for attributes in elements():
            named = [attributes.get(a, "") for a in ("for", "aria-describedby", "aria-labelledby")]
            missing = set(" ".join(named).split()) - set(ids)
            assert not missing, f"{name}: {missing}"


def test_style_pages_need_no_inline_style_or_script(style_pages: dict[str, str]) -> None:
    for name, page in style_pages.items():
        elements = Elements(page)
        assert "<style" not in page
        assert not any(a == "style" or a.startswith("on") for found in elements() for a in found), name
        assert all("src" in script for script in elements("script"))


def test_portal_pages_load_no_script(style_pages: dict[str, str]) -> None:
    portal = [page for name, page in style_pages.items() if "desk" not in name]
    assert portal
    assert not any(Elements(page)("script") for page in portal)


def test_page_is_in_its_language_and_direction(style_pages: dict[str, str]) -> None:
    for language, direction, sheet in (("en", "ltr", "portal.css"), ("ar", "rtl", "portal.rtl.css")):
        elements = Elements(style_pages[f"styleguide-{language}"])
        (root,) = elements("html")
        assert (root["lang"], root["dir"]) == (language, direction)
        assert [link["href"] for link in elements("link")] == [f"/static/towpath/{sheet}"]


def test_theme_is_an_attribute_of_the_page(style_pages: dict[str, str]) -> None:
    assert Elements(style_pages["styleguide-en-mere"])("html")[0]["data-theme"] == "mere"
    assert "data-theme" not in Elements(style_pages["styleguide-en"])("html")[0]


@pytest.mark.parametrize("kind", ["forbidden", "not-found", "expired", "failed"])
def test_error_page_stands_without_any_context(style_pages: dict[str, str], kind: str) -> None:
    page = style_pages[f"error-{kind}"]
    assert page.count("<h1>") == 1
    assert "Go to the start page" in page


@pytest.mark.parametrize("kind", ["text", "textarea", "select", "file"])
def test_control_is_described_by_hint_and_error(kind: FieldKind) -> None:
    field = Field(kind, "plate", "Plate", hint="As on the car", error="Enter the plate", choices=LETTERS)
    found = control(field)
    assert found["aria-describedby"] == "plate-hint plate-error"
    assert found["aria-invalid"] == "true"


@pytest.mark.parametrize("kind", ["radios", "checkboxes", "date"])
def test_group_is_described_by_hint_and_error(kind: FieldKind) -> None:
    field = Field(kind, "when", "When", hint="Any day", error="Choose", choices=LETTERS)
    page = shown("{% field f %}", f=field)
    assert Elements(page)("fieldset")[0]["aria-describedby"] == "when-hint when-error"
    assert "<legend" in page


@pytest.mark.parametrize("kind", ["text", "textarea", "select", "file", "radios", "checkboxes", "date"])
def test_error_summary_leads_to_the_control(kind: FieldKind) -> None:
    field = Field(kind, "when", "When", error="Choose", choices=LETTERS)
    summary, page = shown("{% error_summary f %}", f=[field]), shown("{% field f %}", f=field)
    target = Elements(summary)("a")[0]["href"].removeprefix("#")
    assert target in [c.get("id") for c in Elements(page)("input", "textarea", "select")]


def test_error_summary_takes_pairs_and_is_absent_without_errors() -> None:
    page = shown("{% error_summary e %}", e=[("plate", "Enter it"), ("", "Nobody answered")])
    assert 'href="#plate"' in page
    assert "Nobody answered" in page
    assert shown("{% error_summary e %}", e=[Field("text", "a", "A")]).strip() == ""


def test_what_was_chosen_stays_chosen() -> None:
    page = shown("{% field f %}", f=Field("checkboxes", "c", "C", value=["b"], choices=LETTERS))
    assert ["checked" in box for box in Elements(page)("input")] == [False, True]
    page = shown("{% field f %}", f=Field("radios", "c", "C", value="ab", choices=LETTERS))
    assert not any("checked" in box for box in Elements(page)("input"))


def test_wrong_date_comes_back_as_typed_and_marks_only_the_wrong_part() -> None:
    typed = {"day": "31", "month": "xx", "year": ""}
    page = shown("{% field f %}", f=Field("date", "d", "D", error="No", value=typed, wrong=["month"]))
    boxes = Elements(page)("input")
    assert [(box["name"], box["value"]) for box in boxes] == [
        ("d-day", "31"),
        ("d-month", "xx"),
        ("d-year", ""),
    ]
    assert ["aria-invalid" in box for box in boxes] == [False, True, False]


def test_date_is_split_into_its_parts() -> None:
    assert [part.value for part in Field("date", "d", "D", value=date(2026, 3, 9)).parts] == [
        "9",
        "3",
        "2026",
    ]


def test_birthday_is_filled_in_by_the_browser() -> None:
    page = shown("{% field f %}", f=Field("date", "born", "Born", autocomplete="bday"))
    assert [box["autocomplete"] for box in Elements(page)("input")] == ["bday-day", "bday-month", "bday-year"]


@pytest.mark.parametrize("kind", ["text", "textarea", "select", "radios", "checkboxes", "file", "date"])
def test_words_never_become_markup(kind: FieldKind) -> None:
    bad = '"><script>alert(1)</script>'
    typed = {"day": bad} if kind == "date" else bad
    field = Field(kind, "n", bad, bad, bad, typed, [Choice(bad, bad, bad)], heading=True)
    page = shown("{% field f %}{% error_summary e %}{% button b %}", f=field, e=[field], b=bad)
    assert not Elements(page)("script")


def test_blocks_keep_markup_of_the_template_and_escape_values() -> None:
    page = shown("{% notice t %}<p>{{ x }}</p>{% endnotice %}", t="<b>", x="<i>")
    assert "<p>&lt;i&gt;</p>" in page
    assert "&lt;b&gt;" in page


def test_any_object_with_the_attributes_is_a_field() -> None:
    bound = SimpleNamespace(kind="text", name="n", label="Name", value="Ada")
    assert 'value="Ada"' in shown("{% field f %}", f=bound)


def test_answers_keep_their_lines_and_say_what_they_change() -> None:
    page = shown(
        "{% summary_list r %}", r=[Row.said("Address", "1 Lane\nTown", "/a", "address"), Row("Reason")]
    )
    assert "1 Lane</bdi><br><bdi>Town" in page
    assert "Not answered" in page
    assert Elements(page)("a") == [{"href": "/a"}]


def test_bars_are_hundredths_of_the_longest() -> None:
    bars = [Bar("a", 5, "5"), Bar("b", 10, "10"), Bar("c", -1, "-1")]
    chart = Chart("b is longest", "days", bars, "Letter", "Days")
    assert [width for _, width in chart.widths] == ["50.00", "100.00", "0.00"]
    assert [width for _, width in Chart("none", "days", [Bar("a", 0, "0")], "L", "D").widths] == ["0.00"]
    assert [width for _, width in Chart("less", "days", [Bar("a", -3, "-3")], "L", "D").widths] == ["0.00"]


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_lengths_of_bars_are_written_for_svg_in_every_language(language: str) -> None:
    chart = Chart("half", "days", [Bar("a", 1, "1"), Bar("b", 3, "3")], "L", "D")
    with translation.override(language):
        page = shown("{% bar_chart c %}", c=chart)
    lengths = [rect["width"] for rect in Elements(page)("rect") if rect["class"].endswith("length")]
    assert lengths == ["33.33", "100.00"]


def test_chart_has_the_same_numbers_as_a_table() -> None:
    page = shown("{% bar_chart c %}", c=Chart("A is slow", "days", [Bar("a", 3, "3 days")], "L", "D"))
    assert page.count("3 days") == 2
    assert "<details" in page


def test_row_of_a_table_has_as_many_cells_as_there_are_columns() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = Table("t", [Column("one"), Column("two")], [["only one"]]).lines


def test_nought_is_shown_in_a_table() -> None:
    assert Table("t", [Column("n")], [[0], [None]]).lines[0][0][1].text == "0"


def test_pagination_is_absent_when_there_is_one_page() -> None:
    assert shown("{% pagination p %}", p=Pages()).strip() == ""
