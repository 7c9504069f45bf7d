"""The report: made from an export in one command, whole in itself, and nothing in a log can break it."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.engines.mining.made import at, write_csv
from towpath.project import cli

HEADER = "case,activity,time,unit"
NASTY = '<script>alert("x")</script>'
BPMN = """<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">
<process id="p" isExecutable="false"><startEvent id="s"/><task id="a" name="Ask"/><task id="b" name="Decide"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="a"/><sequenceFlow id="f2" sourceRef="a" targetRef="b"/>
<sequenceFlow id="f3" sourceRef="b" targetRef="e"/></process></definitions>"""


def rows(cases: int, again: int, gap: float = 60) -> list[tuple[object, ...]]:
    """Ask, Decide; in `again` of the cases Ask comes twice, and everything takes ten times longer."""
    found: list[tuple[object, ...]] = []
    for case in range(cases):
        slow = 10 if case < again else 1
        steps = ["Ask", "Ask", "Decide"] if case < again else ["Ask", "Decide"]
        for number, step in enumerate(steps):
            minutes = case * 1_440 + number * gap * slow * (1 + case % 7 / 10)
            found.append((f"c{case}", step, at(minutes).isoformat(), ("Desk", "Office")[number % 2]))
    return found


def assess(folder: Path, *arguments: str | Path) -> tuple[int, str, dict]:
    out, data = folder / "report.html", folder / "report.json"
    code = cli.main(["assess", *map(str, arguments), "-o", str(out), "--json", str(data)])
    return (
        code,
        out.read_text() if out.exists() else "",
        json.loads(data.read_text()) if data.exists() else {},
    )


class Checker(HTMLParser):
    """Every element is closed, every id is there once."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.loaded += [
            value or "" for name, value in attrs if name == "src" or (name == "href" and tag != "a")
        ]
        if tag not in ("meta", "br", "hr"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert not checker.open and len(checker.ids) == len(set(checker.ids))
    return checker


def test_a_report_needs_nothing_but_itself(tmp_path):
    code, page, data = assess(tmp_path, write_csv(tmp_path / "town.csv", rows(80, 20), HEADER))
    seen = checked(page)
    assert code == 0 and not seen.loaded and "script" not in seen.tags and "url(http" not in page
    assert data["studies"][0]["summary"]["cases"] == 80 and "Town" in page


def test_rework_that_makes_cases_longer_is_found_with_its_days(tmp_path):
    _, page, data = assess(tmp_path, write_csv(tmp_path / "town.csv", rows(200, 80), HEADER))
    found = next(one for one in data["findings"] if one["kind"] == "again")
    assert "Ask" in found["title"] and found["cases"] == 80 and found["sure"] == "sure"
    again = data["studies"][0]["again"][0]
    assert found["days"] == pytest.approx(80 * (again["with_it"] - again["once"]) / 86_400)
    assert found["low"] <= found["days"] <= found["high"]
    assert "People are asked again 80 times" in page


def test_the_ways_to_all_steps_add_up_to_the_length_of_all_cases(tmp_path):
    _, _, data = assess(tmp_path, write_csv(tmp_path / "town.csv", rows(60, 10), HEADER))
    study = data["studies"][0]
    whole = study["durations"]["mean"] * study["durations"]["cases"]
    assert sum(one["seconds"] for one in study["steps"]) == pytest.approx(whole)
    assert sum(one["seconds"] for one in study["units"]) == pytest.approx(whole)


def test_towns_are_compared_and_the_quickest_is_named(tmp_path):
    quick = write_csv(tmp_path / "quick.csv", rows(60, 0), HEADER)
    slow = write_csv(tmp_path / "slow.csv", rows(60, 0, gap=6_000), HEADER)
    _, page, data = assess(tmp_path, slow, quick)
    checked(page)
    assert "Quick is quickest" in page and data["compared"][0]["there"] == "Slow"
    assert any(one["kind"] == "town" and one["title"].startswith("Slow") for one in data["findings"])


def test_cases_are_held_against_the_designed_process(tmp_path):
    design = tmp_path / "designed.bpmn"
    design.write_text(BPMN)
    log = write_csv(tmp_path / "town.csv", rows(60, 15), HEADER)
    _, page, data = assess(tmp_path, log, "--designed", design)
    judged = data["judged"][0]
    assert (judged["fitting"], judged["left"], judged["unjudged"]) == (45, 15, 0)
    assert judged["deviations"][0]["kind"] == "added" and judged["deviations"][0]["step"] == "Ask"
    assert "25 % of cases leave the process" in page


def test_money_is_told_where_costs_are_known(tmp_path):
    costs = tmp_path / "costs.yaml"
    costs.write_text("currency: EUR\nday-of-a-case: 2\nstep: 10\n")
    log = write_csv(tmp_path / "town.csv", rows(200, 80), HEADER)
    _, page, data = assess(tmp_path, log, "--costs", costs)
    again = next(one for one in data["findings"] if one["kind"] == "again")
    assert again["money"] == pytest.approx(2 * again["days"] + 10 * 80) and "EUR" in page


@pytest.mark.parametrize(
    "name", [NASTY, '=HYPERLINK("http://x")', "a\x07b\u202ec", "</title><b>", "' onload='x"]
)
def test_nothing_in_a_name_becomes_markup(tmp_path, name):
    made = [(case, name if step == "Ask" else step, time, name) for case, step, time, _ in rows(40, 10)]
    code, page, _ = assess(tmp_path, write_csv(tmp_path / "town.csv", made, HEADER))
    seen = checked(page)
    assert code == 0 and "script" not in seen.tags and "b" not in seen.tags
    assert not re.search("[\x00-\x08\u202a-\u202e]", page)


def test_a_date_of_1970_does_not_stretch_the_report(tmp_path):
    made = [*rows(40, 0), ("old", "Ask", "1970-01-01T00:00:00", "Desk")]
    _, page, data = assess(tmp_path, write_csv(tmp_path / "town.csv", made, HEADER))
    assert data["studies"][0]["summary"]["cases"] == 40 and "left out of everything below" in page


def test_bad_rows_are_left_out_and_told(tmp_path):
    made = [*rows(40, 0), ("c1", "Ask", "", "Desk")]
    _, page, data = assess(tmp_path, write_csv(tmp_path / "town.csv", made, HEADER))
    assert "1 row could not be read" in page and len(data["studies"][0]["left_out"]) == 1


@pytest.mark.parametrize("cases", [1, 2, 25])
def test_a_small_log_gets_a_report_too(tmp_path, cases):
    code, page, _ = assess(tmp_path, write_csv(tmp_path / "town.csv", rows(cases, 0), HEADER))
    assert code == 0 and checked(page)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("costs.yaml", "day-of-a-case: many", "should be an amount such as 4.50"),
        ("costs.yaml", "days: 3", "'days' is not known here"),
        ("designed.bpmn", "<nothing/>", "line 1"),
        ("mapping.yaml", "case: [1]", "'case' should be a text"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_words(tmp_path, capsys, file, text, told):
    (tmp_path / file).write_text(text)
    log = write_csv(tmp_path / "town.csv", rows(5, 0), HEADER)
    code, page, _ = assess(tmp_path, log, f"--{file.split('.')[0]}", tmp_path / file)
    assert code == 2 and not page and told in capsys.readouterr().err


def test_a_log_that_is_not_there_is_told(tmp_path, capsys):
    code, page, _ = assess(tmp_path, tmp_path / "none.csv")
    assert code == 2 and not page and "none.csv" in capsys.readouterr().err


def test_the_shipped_export_is_what_its_generator_makes(tmp_path):
    from importlib.util import module_from_spec, spec_from_file_location

    folder = Path(__file__).parents[2] / "demo" / "legacy-export"
    spec = spec_from_file_location("legacy_export", folder / "make.py")
    assert spec and spec.loader
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    for town in (made.millbrook, made.eastmere):
        made.write(town(), tmp_path)
        name = f"{town().name.lower()}.csv"
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
