"""A plan written down: plain data, as a YAML file gives them. What is wrong is told with its place in the plan.

    begin: 2026-01-05
    calendars:
      office: {mon-fri: ["09:00-12:30", "13:30-17:00"], holidays: [2026-05-01]}
    arrivals: {per-day: 12, hours: office}
    teams:
      parking: {people: 3, hours: office, cost-per-hour: 42}
    work:
      check_address: {takes: {median: PT15M, p90: PT1H}, team: parking}
      resident_replied: {takes: {mean: P5D}, chance: 0.8}
    branches:
      simple_case_: {grant_automatically: 0.6}

A time is one duration, or {low, high}, {low, mode, high}, {mean}, {median, p90} or {sample: [...]} of durations.
A branch is named by its flow, or by the element that it leads to; those without a share divide the rest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from towpath.engines.bpmn import timers
from towpath.engines.bpmn.simulate.chance import (
    Exponential,
    Fixed,
    LogNormal,
    Sample,
    Time,
    Triangular,
    Uniform,
)
from towpath.engines.bpmn.simulate.errors import PlanError
from towpath.engines.bpmn.simulate.hours import DAY, Hours
from towpath.engines.bpmn.simulate.plan import Arrivals, Plan, Team, Work

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_INTERVAL = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")
_TIMES: Mapping[frozenset[str], Callable[..., Time]] = {
    frozenset({"low", "high"}): Uniform,
    frozenset({"low", "mode", "high"}): Triangular,
    frozenset({"mean"}): Exponential,
    frozenset({"median", "p90"}): LogNormal,
}
_A_TIME = "write a duration like PT20M, or {mean: PT20M}, {median: PT20M, p90: PT1H}, {low: ..., high: ...}"


def plan_from(data: Mapping[str, Any]) -> Plan:
    """The plan in plain data. PlanError lists everything that is wrong: where, what, and what would be right.

    Whether the elements and flows that it names exist is seen when it meets a process (`simulate`).
    """
    reading = _Reading()
    plan = reading.plan(data)
    if reading.problems:
        raise PlanError(reading.problems)
    return plan


class _Reading:
    def __init__(self) -> None:
        self.problems: list[str] = []
        self.calendars: dict[str, Hours] = {}

    def plan(self, data: Mapping[str, Any]) -> Plan:
        known = {"begin", "calendars", "arrivals", "teams", "work", "branches", "holidays"}
        data = self._mapping("the plan", data, known)
        for name, one in self._mapping("calendars", data.get("calendars")).items():
            self.calendars[str(name)] = self._calendar(f"calendars.{name}", one)
        return Plan(
            begin=self._date("begin", data.get("begin", Plan().begin)),
            arrivals=self._arrivals(data.get("arrivals")),
            work={
                str(n): self._work(f"work.{n}", w) for n, w in self._mapping("work", data.get("work")).items()
            },
            branches={
                str(n): self._shares(f"branches.{n}", s)
                for n, s in self._mapping("branches", data.get("branches")).items()
            },
            teams={
                str(n): self._team(f"teams.{n}", t)
                for n, t in self._mapping("teams", data.get("teams")).items()
            },
            holidays=self._dates("holidays", data.get("holidays", [])),
        )

    def _wrong(self, where: str, value: Any, right: str) -> None:
        self.problems.append(f"{where}: {value!r} is not right; {right}")

    def _mapping(self, where: str, data: Any, known: set[str] | None = None) -> Mapping[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, Mapping):
            self._wrong(where, data, "write names with values")
            return {}
        for name in data.keys() - (known if known is not None else data.keys()):
            self.problems.append(
                f"{where}: '{name}' is not known; there are: {', '.join(sorted(known or ()))}"
            )
        return data

    # Parts

    def _arrivals(self, data: Any) -> Arrivals:
        data = self._mapping("arrivals", data, {"per-day", "every", "hours"})
        hours = self._hours("arrivals.hours", data.get("hours"))
        if "every" in data:
            return Arrivals(self._time("arrivals.every", data["every"]), hours)
        per_day = self._number("arrivals.per-day", data.get("per-day", 24), least=0.001)
        return Arrivals(Exponential((hours.per_day if hours.week else DAY) / per_day), hours)

    def _work(self, where: str, data: Any) -> Work:
        data = self._mapping(where, data, {"takes", "team", "chance", "times"})
        return Work(
            self._time(f"{where}.takes", data.get("takes", "PT0S")),
            str(data.get("team") or ""),
            self._number(f"{where}.chance", data.get("chance", 1.0), most=1),
            int(self._number(f"{where}.times", data.get("times", 1), whole=True, most=1_000)),
        )

    def _team(self, where: str, data: Any) -> Team:
        data = self._mapping(where, data, {"people", "hours", "cost-per-hour"})
        return Team(
            int(self._number(f"{where}.people", data.get("people", 1), whole=True, least=1)),
            self._hours(f"{where}.hours", data.get("hours")),
            self._number(f"{where}.cost-per-hour", data.get("cost-per-hour", 0)),
        )

    def _shares(self, where: str, data: Any) -> dict[str, float]:
        shares = self._mapping(where, data).items()
        return {str(name): self._number(f"{where}.{name}", share, most=1) for name, share in shares}

    def _hours(self, where: str, data: Any) -> Hours:
        """By the name of a calendar, or written out in its place; none is day and night."""
        if data is None:
            return Hours()
        if isinstance(data, str):
            if data not in self.calendars:
                known = ", ".join(sorted(self.calendars)) or "none"
                self.problems.append(f"{where}: there is no calendar '{data}'; there are: {known}")
            return self.calendars.get(data, Hours())
        return self._calendar(where, data)

    def _calendar(self, where: str, data: Any) -> Hours:
        week: dict[int, tuple[tuple[int, int], ...]] = {}
        holidays: frozenset[date] = frozenset()
        for name, value in self._mapping(where, data).items():
            if name == "holidays":
                holidays = self._dates(f"{where}.holidays", value)
                continue
            first, _, last = str(name).partition("-")
            if first not in _DAYS or (last or first) not in _DAYS:
                right = "name days mon, tue, wed, thu, fri, sat, sun, or mon-fri, or holidays"
                self.problems.append(f"{where}: '{name}' is not a day; {right}")
                continue
            intervals = self._intervals(f"{where}.{name}", value)
            week |= dict.fromkeys(range(_DAYS.index(first), _DAYS.index(last or first) + 1), intervals)
        return Hours(week, holidays)

    def _intervals(self, where: str, data: Any) -> tuple[tuple[int, int], ...]:
        found: list[tuple[int, int]] = []
        for text in data if isinstance(data, list) else [data]:
            match = _INTERVAL.fullmatch(str(text).strip())
            parts = [int(part) for part in match.groups()] if match else [0, 0, 0, 0]
            start, end = parts[0] * 60 + parts[1], parts[2] * 60 + parts[3]
            if start >= end or end > 24 * 60 or (found and start < found[-1][1]):
                self._wrong(where, text, "write intervals in order, like 09:00-12:30")
            else:
                found.append((start, end))
        return tuple(found)

    # Values

    def _time(self, where: str, data: Any) -> Time:
        if not isinstance(data, Mapping):
            return Fixed(self._seconds(where, data))
        if set(data) == {"sample"} and isinstance(data["sample"], list) and data["sample"]:
            return Sample(tuple(self._seconds(f"{where}.sample", value) for value in data["sample"]))
        kind = _TIMES.get(frozenset(data))
        if kind is None:
            self._wrong(where, dict(data), _A_TIME)
            return Fixed()
        values = {name: self._seconds(f"{where}.{name}", value) for name, value in data.items()}
        order = [values[name] for name in ("low", "mode", "median", "high", "p90") if name in values]
        if order != sorted(order) or ("p90" in values and not 0 < values["median"] < values["p90"]):
            self._wrong(where, dict(data), "the first must be the smaller one")
            return Fixed()
        return kind(**values)

    def _seconds(self, where: str, data: Any) -> float:
        if isinstance(data, int | float) and not isinstance(data, bool) and data >= 0:
            return float(data)
        try:
            duration = timers.read_duration(data if isinstance(data, str) else "")
        except timers.TimerError:
            self._wrong(where, data, _A_TIME)
            return 0.0
        if duration.months:
            self._wrong(where, data, "months are not equally long; count in days")
        return duration.days * DAY + duration.exact.total_seconds()

    def _number(
        self, where: str, data: Any, *, least: float = 0, most: float = 1e9, whole: bool = False
    ) -> float:
        right = not isinstance(data, bool) and isinstance(data, int if whole else int | float)
        if right and least <= data <= most:
            return float(data)
        self._wrong(where, data, f"write a {'whole ' if whole else ''}number from {least:g} to {most:g}")
        return least

    def _date(self, where: str, data: Any) -> date:
        if isinstance(data, date) and not isinstance(data, datetime):
            return data
        try:
            return date.fromisoformat(str(data))
        except ValueError:
            self._wrong(where, data, "write a date like 2026-01-05")
            return Plan().begin

    def _dates(self, where: str, data: Any) -> frozenset[date]:
        if not isinstance(data, list):
            self._wrong(where, data, "write a list of dates")
            return frozenset()
        return frozenset(self._date(where, day) for day in data)
