"""What the questions answer with. Times are in UTC, lengths of time in seconds, shares between 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from towpath.engines import bpmn


@dataclass(frozen=True, slots=True)
class Summary:
    """What a log holds."""

    events: int
    cases: int
    activities: int
    variants: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Activity:
    """How often an activity happened, and in how many cases."""

    name: str
    events: int
    cases: int


@dataclass(frozen=True, slots=True)
class Edge:
    """`target` came directly after `source` in the same case, `count` times.

    `mean`, `median`, `p90`: seconds between the two. `waiting` and `working` share the mean: how much of it nobody or
    somebody worked on the case; None where the log does not tell (it has neither starts nor a life cycle).
    """

    source: str
    target: str
    count: int
    mean: float
    median: float
    p90: float
    waiting: float | None = None
    working: float | None = None


@dataclass(frozen=True, slots=True)
class Map:
    """The directly-follows map. `starts` and `ends`: how many cases begin and end with an activity; most first."""

    activities: tuple[Activity, ...]
    edges: tuple[Edge, ...]
    starts: dict[str, int]
    ends: dict[str, int]


class Variant(NamedTuple):
    """One order of activities and the cases that took it. `mean` and `median` seconds from first to last event.

    A tuple, since there may be hundreds of thousands, and it is made in a fifth of the time.
    """

    activities: tuple[str, ...]
    cases: int
    share: float
    mean: float
    median: float


@dataclass(frozen=True, slots=True)
class Durations:
    """Of whole cases, first to last event, in seconds."""

    cases: int
    mean: float
    median: float
    p90: float
    minimum: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Case:
    """One case and its summary; `seconds` from first to last event."""

    id: str
    began: datetime
    ended: datetime
    seconds: float
    events: int
    last: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a case, with all its attributes; `waited` seconds since the one before."""

    activity: str
    time: datetime
    waited: float | None
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Rework:
    """An activity that comes again in a case. `again`: times beyond the first; `directly`: of those right after itself.

    `seconds`: between the first and the last time in those cases, on average.
    """

    activity: str
    cases: int
    share: float
    again: int
    directly: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Handover:
    """Work passed from one unit (or clerk) to another: how often, in how many cases, and after how long."""

    source: str
    target: str
    count: int
    cases: int
    mean: float
    median: float


@dataclass(frozen=True, slots=True)
class PingPong:
    """A case went from `one` to `other` and straight back. `seconds`: away, on average."""

    one: str
    other: str
    count: int
    cases: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many cases of a group reached each of the steps, one after the other."""

    group: str
    steps: tuple[str, ...]
    reached: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which two populations differ.

    `measure`: "duration", "activity", "rework" or "edge"; `what`: of which activity or edge. `here` and `there` are
    medians in seconds, or shares of cases. `p`: how likely chance alone gives such a difference (corrected for the
    number of questions asked, after Holm); `test` names the test. `sizes`: how many values were compared.
    """

    measure: str
    what: str
    here: float
    there: float
    p: float
    test: str
    sizes: tuple[int, int]

    @property
    def certain(self) -> bool:
        """More than chance, at one in twenty."""
        return self.p < 0.05


@dataclass(frozen=True, slots=True)
class Judged:
    """A variant beside a model: `moves` is a cheapest alignment, `cost` its events and activities on one side only.

    `fitness`: 1 fits, 0 has nothing in common with the model (1 - cost / cost of sharing nothing).
    """

    variant: Variant
    fits: bool
    cost: int
    fitness: float
    moves: tuple[bpmn.Move, ...]


@dataclass(frozen=True, slots=True)
class Deviation:
    """`kind`: an activity of the model was "skipped", or an "extra" one was done, `after` another ("": at the start).

    `times` in all, in so many `cases`. `days`: how much longer these cases took in all than as many of the others, on
    average; less than 0 if they were faster. It goes with the deviation, it need not come from it.
    """

    kind: str
    activity: str
    after: str
    cases: int
    times: int
    days: float


@dataclass(frozen=True, slots=True)
class Conformance:
    """What was done beside a model. `cases` were judged, `unjudged` were not (too long, or out of the budget).

    `fitness` and `cost` are means over the judged cases; `unknown`: activities of the log that the model lacks.
    `deviations` by cases, most first; `by_days` has those that go with the most time first.
    """

    cases: int
    fitting: int
    unjudged: int
    fitness: float
    cost: float
    unknown: tuple[str, ...]
    deviations: tuple[Deviation, ...]
    variants: tuple[Judged, ...]

    @property
    def by_days(self) -> tuple[Deviation, ...]:
        return tuple(sorted(self.deviations, key=lambda one: -one.days))


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was read: `facts` as the format has them (traces), `problems` left out or doubtful."""

    file: str
    facts: dict[str, int]


FOLDS = 10  # groups of cases, by their number: how much a sum hangs on single cases


@dataclass(frozen=True, slots=True)
class Spent:
    """Time between the event before and an activity (or unit, or clerk): the way of cases to it, all `visits` together.

    `seconds`: the sum; over all activities it is the sum of all cases' lengths. `worked`: the part somebody worked;
    None where the log does not tell. `median` and `p90`: of one visit. `folds`: seconds beyond the third
    quartile, that is what would be saved if none took longer than three in four do now; in ten groups of cases.
    """

    name: str
    visits: int
    cases: int
    seconds: float
    worked: float | None
    median: float
    p90: float
    folds: tuple[float, ...]

    @property
    def beyond(self) -> float:
        return sum(self.folds)


@dataclass(frozen=True, slots=True)
class Period:
    """A day, week, month or year: cases that began and ended in it; `median` length in seconds of those that ended."""

    start: datetime
    came: int
    went: int
    median: float | None


@dataclass(frozen=True, slots=True)
class Path:
    """One case: its activities and their times, in seconds since 1970 (UTC)."""

    activities: tuple[str, ...]
    times: tuple[float, ...]
