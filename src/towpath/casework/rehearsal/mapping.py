"""What a log's activities are in the design, and which answers follow from the log. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from towpath.casework.rehearsal.log import Event, LogCase, activities
from towpath.catalogue import queries as catalogue


@dataclass(frozen=True)
class Plan:
    """A mapping that was found right. `steps`: log activity -> what it is (task, automatic or ignore)."""

    arrival: str
    steps: Mapping[str, Mapping[str, Any]]
    answers: Mapping[str, Any]
    teams: Mapping[str, str]
    channels: Mapping[str, str]
    decides: Mapping[str, Mapping[str, str]]
    team_column: str = ""
    channel_column: str = ""


def plan(document: catalogue.Document) -> Plan:
    told = document.value
    columns = told.get("columns", {})
    return Plan(
        arrival=told["arrival"],
        steps=told["steps"],
        answers=told.get("answers", {}),
        teams=told.get("teams", {}),
        channels=told.get("channels", {}),
        decides=told.get("decides", {}),
        team_column=columns.get("team", ""),
        channel_column=columns.get("channel", ""),
    )


def unnamed(document: catalogue.Document, cases: Sequence[LogCase]) -> Iterator[catalogue.Problem]:
    """Activities of the log of which the mapping does not say what they are."""
    told = document.value
    names = list(activities(cases))
    if told["arrival"] not in names:
        what = f"no case of the log does '{told['arrival']}'"
        yield document.problem(("arrival",), what, catalogue.nearest(told["arrival"], names))
    for activity in names:
        if activity not in told["steps"] and activity != told["arrival"]:
            what = f"the log's activity '{activity}' is not named"
            yield document.problem(
                ("steps",), what, "say which task it is, that it is automatic, or why to ignore it"
            )


def answers(step: Mapping[str, Any], coming: Sequence[Event]) -> dict[str, Any]:
    """The answers of a task, as what comes after it in the log decides."""
    return {field: _answer(rule, coming) for field, rule in step.get("answers", {}).items()}


def _answer(rule: Mapping[str, Any], coming: Sequence[Event]) -> Any:
    if "always" in rule:
        return rule["always"]
    if "next-of" in rule:
        wanted = rule["next-of"]
        found = next((event.activity for event in coming if event.activity in wanted), None)
        return wanted[found] if found is not None else rule["otherwise"]
    items = []
    for event in coming:
        if event.activity in rule["all-until"]:
            break
        if event.activity in rule["each-of"]:
            items.append(rule["each-of"][event.activity])
    return list(dict.fromkeys(items)) or rule["otherwise"]
