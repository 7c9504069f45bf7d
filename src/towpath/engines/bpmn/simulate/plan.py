"""What a simulation is told besides the model: who comes when, how long things take, which way they go, who works."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from towpath.engines.bpmn.simulate.chance import Exponential, Fixed, Time
from towpath.engines.bpmn.simulate.hours import Hours

Decide = Callable[[str, int, int], str | Collection[str] | None]
"""`decide(gateway, case, visit)` -> the flow or flows to take, by id; None leaves it to the shares."""


@dataclass(frozen=True)
class Arrivals:
    """`gap`: the time between two requests, counted in `hours` only."""

    gap: Time = field(default_factory=lambda: Exponential(3_600.0))
    hours: Hours = field(default_factory=Hours)


@dataclass(frozen=True)
class Work:
    """Of a task: how long it takes somebody of the team, in working time; without a team, in plain time.

    Of an event: how long until it comes. `chance`: that a message comes at all, or that a task ends with an error.
    `times`: how many instances a multi-instance activity has.
    """

    takes: Time = field(default_factory=Fixed)
    team: str = ""
    chance: float = 1.0
    times: int = 1


@dataclass(frozen=True)
class Team:
    """Requests wait in one queue, first come, first served; each is done by one person from beginning to end."""

    people: int = 1
    hours: Hours = field(default_factory=Hours)
    cost_per_hour: float = 0.0


@dataclass(frozen=True)
class Plan:
    """`work`: by element. `branches`: gateway -> flow -> share. `begin`: the day of the first request.

    What has no figure takes no time, flows without a share have equal ones, and a message or error that may cut
    something short never comes; `assumed` tells all this of a plan and a process.
    """

    begin: date = date(2026, 1, 5)
    arrivals: Arrivals = field(default_factory=Arrivals)
    work: Mapping[str, Work] = field(default_factory=dict)
    branches: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()
    decide: Decide | None = None

    # What if

    def with_people(self, team: str, more: int) -> Plan:
        """More people in a team, or fewer; at least one stays."""
        changed = replace(self.teams[team], people=max(1, self.teams[team].people + more))
        return replace(self, teams={**self.teams, team: changed})

    def with_arrivals(self, factor: float) -> Plan:
        """`factor` 1.2: a fifth more requests come."""
        return replace(self, arrivals=replace(self.arrivals, gap=Scaled(self.arrivals.gap, 1 / factor)))

    def without_work_on(self, element: str) -> Plan:
        """A step is gone, or done by a machine: it takes no time and nobody's hand."""
        return replace(self, work={**self.work, element: Work()})


@dataclass(frozen=True, slots=True)
class Scaled(Time):
    time: Time
    factor: float

    def at(self, u: float) -> float:
        return self.time.at(u) * self.factor
