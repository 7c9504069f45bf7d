"""The file that says what a body is: read, and held against its schema, the calendar and what is installed."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings

from towpath.catalogue.queries import Document, Problem, nearest, read_yaml, shape_problems
from towpath.exchange.connectors import operations
from towpath.people import queries as people

SCHEMAS = Path(__file__).parent
YEARS = range(1900, 2200)  # beyond, a day has no midnight that every zone and computer can tell


def read(path: Path) -> tuple[Document | None, list[Problem]]:
    """The file's value, and everything that can be seen to be wrong without asking the database. OSError if unreadable."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return None, [Problem(str(path), line, "", "holds a byte that is not UTF-8", "save it as UTF-8")]
    document, problems = read_yaml(str(path), text)
    if document is None:
        return None, problems
    document = replace(document, value=plain(document.value))
    return document, [*problems, *shape_problems(document, "body", SCHEMAS), *_compared(document)]


def plain(value: Any) -> Any:
    """As JSON keeps it: dates as texts, amounts as numbers."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def roles(colleague: Mapping[str, Any]) -> set[tuple[str | None, str]]:
    return {(one.get("team"), one["role"]) for one in colleague["roles"]}


def _compared(document: Document) -> Iterator[Problem]:
    yield from _place(document)
    yield from _dates(document)
    yield from _hours(document)
    yield from _people(document)
    yield from _registers(document)


def _place(document: Document) -> Iterator[Problem]:
    zone = document.at("zone")
    if isinstance(zone, str) and zone and zone not in available_timezones():
        right = nearest(zone, available_timezones(), "write it as Europe/Amsterdam")
        yield document.problem(("zone",), f"there is no time zone '{zone}'", right)
    spoken = dict(settings.LANGUAGES)
    for path, language in document.texts("languages"):
        if language not in spoken:
            yield document.problem(path, f"'{language}' is not spoken here", f"there is: {', '.join(spoken)}")


def _dates(document: Document) -> Iterator[Problem]:
    written = [*document.texts("settings", "holidays")]
    for key in ("valid-from", "valid-until"):
        written += [
            ((*path, key), entry[key]) for path, entry in document.entries("agreements") if key in entry
        ]
    for path, day in written:
        if not isinstance(day, str) or not _like_a_date(day):
            continue
        if (found := _day(day)) is None:
            yield document.problem(path, f"there is no day {day}", "look at the calendar")
        elif found.year not in YEARS:
            right = f"name a day of the years {YEARS[0]} to {YEARS[-1]}"
            yield document.problem(path, f"{day} is too far away", right)
    for path, entry in document.entries("agreements"):
        first, last = _day(entry.get("valid-from")), _day(entry.get("valid-until"))
        if first and last and last < first:
            yield document.problem((*path, "valid-until"), "lies before valid-from", "name a later day")


def _like_a_date(text: str) -> bool:
    """Others are told by the schema."""
    return len(text) == 10 and text.replace("-", "").isdigit()


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(text)
    except (ValueError, TypeError):
        return None


def _hours(document: Document) -> Iterator[Problem]:
    given = document.at("settings", "working-hours")
    for day, intervals in given.items() if isinstance(given, dict) else ():
        for number, interval in enumerate(intervals if isinstance(intervals, list) else ()):
            right = (
                isinstance(interval, list)
                and len(interval) == 2
                and all(isinstance(t, str) for t in interval)
            )
            if right and interval[0] >= interval[1]:
                place = ("settings", "working-hours", day, number)
                yield document.problem(place, "ends before it begins", "write the earlier time first")


def _people(document: Document) -> Iterator[Problem]:
    known, seen = people.role_names(), set()
    for path, entry in document.entries("staff"):
        email = str(entry.get("email", "")).lower()
        if email in seen:
            yield document.problem((*path, "email"), f"{email} stands here a second time", "keep one of them")
        seen |= {email} if email else set()
        for place, one in document.entries(*path, "roles"):
            role = one.get("role")
            if isinstance(role, str) and role not in known:
                what = f"there is no role '{role}'"
                yield document.problem((*place, "role"), what, nearest(role, known))


def _registers(document: Document) -> Iterator[Problem]:
    declared = operations()
    for path, entry in document.entries("agreements"):
        name = entry.get("operation")
        if not isinstance(name, str):
            continue
        if name not in declared:
            what = f"there is no operation '{name}'"
            yield document.problem((*path, "operation"), what, nearest(name, declared))
            continue
        for place, field in document.texts(*path, "fields"):
            if field not in declared[name].fields:
                right = nearest(field, declared[name].fields)
                yield document.problem(place, f"{name} does not answer '{field}'", right)
    named = document.at("settings", "registers")
    connectors = {one.connector for one in declared.values()}
    for name in named if isinstance(named, dict) else ():
        if name not in connectors:
            place = ("settings", "registers", name)
            yield document.problem(place, f"there is no register '{name}'", nearest(name, connectors))
