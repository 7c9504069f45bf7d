"""The plan that `bpmn.simulate` takes, from a log and the process that it should follow.

    learned = mining.learn(log, process)
    bpmn.simulate(process, learned.plan, n=1_000, seed=1)
    learned.known, learned.doubts                   # what the log says, and what it doesn't; to be shown with any result

Variants are aligned with the process at the least cost, each one once. So a gateway's shares count what cases did, a
step waits for what the model makes it wait for, and what happens side by side isn't taken for waiting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import NamedTuple

from towpath.engines import bpmn
from towpath.engines.bpmn.model import CHOOSING, Element, Fixed
from towpath.engines.bpmn.simulate import Arrivals, Exponential, Hours, Plan, Team, Work, is_told
from towpath.engines.bpmn.simulate import Fixed as Exactly
from towpath.engines.bpmn.simulate.hours import DAY, Clock
from towpath.engines.mining.errors import MiningError
from towpath.engines.mining.learning import hours, staff
from towpath.engines.mining.learning.done import came, cases
from towpath.engines.mining.learning.steps import Learnt, Visits, collected, sample
from towpath.engines.mining.learning.ways import Ways
from towpath.engines.mining.log import Log

_TRIED, _PLAYED = 5, 500  # cases
_CLOSE = 0.25  # of the median: as near as a plan must come to its log
_ASSUMED = {
    "at once": "the log has nothing of it: it takes no time",
    "equal shares": "no case of the log says which way is taken here: all are as likely",
    "never": "it never comes in this log, and so never in the plan",
    "called": "it calls another process, of which only the time counts",
}


class Note(NamedTuple):
    """`element`: of the process, a team's name, or "" for the plan as a whole."""

    element: str
    text: str


@dataclass(frozen=True, slots=True)
class Learned:
    """`known`: what comes from the log, and how. `doubts`: what was assumed, or may mislead."""

    plan: Plan
    known: tuple[Note, ...]
    doubts: tuple[Note, ...]


def learn(log: Log, process: bpmn.Process) -> Learned:
    """MiningError if the log is empty, or has none of the steps of the process."""
    return _Learning(log, process).learned()


class _Learning:
    def __init__(self, log: Log, process: bpmn.Process) -> None:
        self.process = process
        self.known: list[Note] = []
        self.doubts: list[Note] = []
        self.cases = cases(log)
        self.steps = [one for case in self.cases for one in case]
        names = frozenset(one.activity for one in self.steps)
        if names.isdisjoint(element.name or element.id for element in process.elements.values()):
            steps = ", ".join(f"'{name}'" for name in sorted(names)[:5]) or "no steps"
            raise MiningError(
                f"the log has {steps}; none is a step of the process '{process.name or process.id}'"
            )
        self.learnt: Learnt = collected(Ways(process, names), self.cases)

    def learned(self) -> Learned:
        begun = [came(case) for case in self.cases]
        self.origin = begun[0] // DAY * DAY
        self.begin = datetime.fromtimestamp(self.origin, UTC).date()
        self.office = self._hours("the work of people", self._moments())
        clock = Clock(self.office, self.begin)
        people = self._people()
        work = {
            element: self._work(self.process.elements[element], visits, people, clock)
            for element, visits in sorted(self.learnt.visits.items())
        }
        plan = Plan(
            begin=self.begin,
            arrivals=self._arrivals(begun),
            work={**self._events(), **work},
            branches=self._branches(),
            teams={name: Team(count, self.office) for name, count in sorted(people.items())},
        )
        self._doubt_fit()
        self._doubt_open(plan)
        self._doubt_play(plan)
        return Learned(plan, tuple(self.known), tuple(self.doubts))

    # Time

    def _moments(self) -> list[float]:
        """When people do things: what has a unit; else what the model gives to people; else everything."""
        human = [
            one
            for element, visits in self.learnt.visits.items()
            if self.process.elements[element].kind in ("user", "manual")
            for _, one in visits.done
        ]
        steps = [one for one in self.steps if one.unit] or human or self.steps
        return [moment for one in steps for moment in (one.start, one.end) if moment is not None]

    def _hours(self, what: str, moments: Sequence[float]) -> Hours:
        found = hours.learned(moments)
        if found is None:
            self.doubts.append(
                Note("", f"{what}: the log has too few times of day; Monday to Friday, 9 to 17, is assumed")
            )
            return hours.OFFICE
        self.known.append(Note("", f"{what}: hours from {len(moments):,} times of day"))
        return found

    def _arrivals(self, begun: Sequence[float]) -> Arrivals:
        when = self._hours("requests", begun)
        clock = Clock(when, self.begin)
        length = clock.between(begun[0] - self.origin, begun[-1] - self.origin)
        if len(begun) < 2 or not length:
            self.doubts.append(
                Note("", "requests: too few to see how often they come; one an hour is assumed")
            )
            return Arrivals(hours=when)
        self.known.append(Note("", f"requests: {len(begun):,} cases came, at random within those hours"))
        return Arrivals(Exponential(length / (len(begun) - 1)), when)

    # Work

    def _people(self) -> dict[str, int]:
        """Of the teams whose work the log can tell from waiting, or whose people it names."""
        named = staff.by_names(self.steps)
        spans: dict[str, list[tuple[float, float]]] = {}
        for element, visits in sorted(self.learnt.visits.items()):
            team = self._team(element, visits)
            if team and visits.tells_work:
                spans.setdefault(team, []).extend((start, one.end) for start, one in visits.starts)
        found = {team: named.get(team) or staff.at_once(times) for team, times in spans.items()} | named
        for team, count in sorted(found.items()):
            source = "named on a busy day" if team in named else "steps under way at the same time"
            self.known.append(Note(team, f"people: {count}, from {source}"))
            if team not in spans:
                self.doubts.append(
                    Note(
                        team,
                        "the log doesn't say when work begins: more or fewer people change nothing in the plan",
                    )
                )
        return found

    def _team(self, element: str, visits: Visits) -> str:
        """The unit that mostly did it, else the group that the model offers it to."""
        groups = self.process.elements[element].task.groups
        offered = groups.text.split(",")[0].strip() if isinstance(groups, Fixed) else ""
        return visits.unit or offered

    def _work(self, element: Element, visits: Visits, people: Mapping[str, int], clock: Clock) -> Work:
        team = self._team(element.id, visits)
        if team in people and visits.tells_work:
            return self._measured(element, visits, team, clock)
        gaps = visits.gaps()
        if not gaps:
            self.doubts.append(
                Note(element.id, "it is the first of its cases: how long it took the log can't say")
            )
            return Work()
        self.known.append(
            Note(element.id, f"time: {len(gaps):,} gaps since it could begin, waiting and work together")
        )
        if median(gaps) and not element.asked:
            self.doubts.append(
                Note(element.id, f"the model does it at once; in the log it takes {_told(median(gaps))}")
            )
        return Work(sample(gaps))

    def _measured(self, element: Element, visits: Visits, team: str, clock: Clock) -> Work:
        self.known.append(
            Note(element.id, f"time: {len(visits.starts):,} times from start to end, in working hours")
        )
        waited = visits.waited()
        if waited and (middle := median(waited)) > 0:
            self.doubts.append(
                Note(
                    element.id,
                    f"half waited {_told(middle)} or more before it began; the plan has only the queue of '{team}' for that",
                )
            )
        return Work(sample(visits.worked(clock, self.origin)), team)

    # Ways

    def _branches(self) -> dict[str, dict[str, float]]:
        found: dict[str, dict[str, float]] = {}
        for element in self.process.elements.values():
            if element.kind not in CHOOSING or len(element.outgoing) < 2:
                continue
            counts = {flow.id: self.learnt.taken[element.id, flow.id] for flow in element.outgoing}
            visits = sum(counts.values()) if element.kind == "exclusive" else self.learnt.passed[element.id]
            if visits:
                found[element.id] = {flow: count / visits for flow, count in counts.items()}
                self.known.append(Note(element.id, f"shares: {visits:,} times that cases came by"))
        return found

    def _events(self) -> dict[str, Work]:
        """Messages, errors and timers that leave no mark: how often they came is seen from what followed."""
        found: dict[str, Work] = {}
        for element in self.process.elements.values():
            rivals = [flow.target for flow in element.outgoing] if element.kind == "event" else []
            left = sum(self.learnt.passed[name] for name in rivals)
            for name in rivals:
                count = self.learnt.passed[name]
                self._event(found, self.process.elements[name], count / left if left else 0.0)
                left -= count
        for element in self.process.elements.values():
            if element.kind == "boundary" and not element.compensation and element.condition is None:
                fired = self.learnt.passed[element.id]
                came_by = max(self._entered(element.attached, fired), fired)
                self._event(found, element, fired / came_by if came_by else 0.0)
            elif element.kind == "catch" and element.id not in found and element.condition is None:
                self._event(found, element, 1.0)
        return found

    def _event(self, found: dict[str, Work], element: Element, chance: float) -> None:
        """A timer keeps the time of the model, if it has one."""
        if element.timer is not None and is_told(element.timer):
            return
        if chance or element.timer is not None or element.kind == "catch":
            found[element.id] = Work(Exactly(), chance=chance)
            share = f"it came in {chance:.0%}" if chance < 1 else "it comes"
            self.doubts.append(Note(element.id, f"{share}; when is not in the log: at once is assumed"))

    def _entered(self, activity: str, fired: int) -> int:
        starts = self.process.starts(activity)
        if starts:
            return self.learnt.passed[starts[0].id]
        return self.learnt.passed[activity] + fired

    # How well the two agree

    def _doubt_fit(self) -> None:
        learnt, total = self.learnt, len(self.cases)
        for count, what in (
            (learnt.left, "could not be laid along the process and say nothing of its ways and times"),
            (learnt.unfinished, "did not reach an end of the process: they count as far as they came"),
        ):
            if count:
                self.doubts.append(Note("", f"{count:,} of {total:,} cases {what}"))
        for counts, text in (
            (learnt.strange, "of the log has no place in the process, or not there"),
            (learnt.missed, "of the process is missing in the log"),
        ):
            for name, count in sorted(counts.items()):
                self.doubts.append(Note("", f"'{name}' {text}: {count:,} of {total:,} cases"))

    def _doubt_open(self, plan: Plan) -> None:
        nobodys = 0
        for why, element, _ in bpmn.assumed(self.process, plan):
            nobodys += why == "nobody"
            if why in _ASSUMED:
                self.doubts.append(Note(element, _ASSUMED[why]))
        if nobodys:
            text = f"{nobodys} steps of people take as long as in the log, however many people there are"
            self.doubts.append(Note("", f"{text}: it does not say when work began, or in which unit"))

    def _doubt_play(self, plan: Plan) -> None:
        """The plan is played once: whether it lasts as long as the log did is the first thing to know of it."""
        if len(self.cases) < hours.LEAST:
            return
        if any(one[-1] == "stuck" for one in bpmn.simulate(self.process, plan, _TRIED, 1)):
            self.doubts.insert(
                0, Note("", "cases come to no end when the plan is played, trust nothing of it")
            )
            return
        lasted = median(case[-1].end - came(case) for case in self.cases)
        events = bpmn.simulate(self.process, plan, _PLAYED, 1)
        played = median(one[4] - one[2] for one in events if one[1] == self.process.id)
        if abs(played - lasted) > _CLOSE * lasted:
            text = f"half of the cases last {_told(played)} or less when the plan is played, but {_told(lasted)} in the log"
            self.doubts.insert(
                0, Note("", f"{text}: what makes the difference is not in the plan, trust no change on it")
            )


def _told(seconds: float) -> str:
    for length, unit in ((DAY, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} seconds"


__all__ = ["Learned", "Note", "learn"]
