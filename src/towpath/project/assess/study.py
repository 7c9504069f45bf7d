"""What is found in one log: counted once, then told as text, charts and JSON."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median

from towpath.engines import mining
from towpath.engines.mining import chance, closing

SAMPLE = 20_000  # cases looked at one by one; beyond that they are chosen evenly
MOMENTS = 2_500  # at which the forecast is tried on the past
SHOWN = 8
PICTURED = 12  # steps in the map
_NAMES = re.compile(r"(activity|step|task|event)[ _]?(name|label|description)", re.IGNORECASE)
_ENGLISH = re.compile(r"[ _-]?en(glish)?$", re.IGNORECASE)
# Steps in which somebody is asked for something; as such words stand in the logs of offices.
ASKING = re.compile(
    r"\b(ask|asked|asking|missing|incomplete|resubmit\w*|remind\w*|chas(e|ing)|supplement\w*|supply|"
    r"(additional|further|more|outstanding) (information|documents?|data|evidence|papers?)|"
    r"request(ed|ing)? (for )?(documents?|papers?|evidence|information|data)|aanvullende|nachforder\w*|nachgereicht)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Again:
    """A step that is done again. Medians in seconds of the cases that do it again and of those that do it once."""

    step: str
    cases: int
    share: float
    times: int
    with_it: float
    once: float
    p: float
    low: float
    high: float
    asks: bool

    @property
    def longer(self) -> float:
        return self.with_it - self.once


@dataclass(frozen=True, slots=True)
class Standing:
    """Open cases after one step. `silent`: the longest since then; `left`: what a middle one of them may still take."""

    step: str
    cases: int
    silent: float
    left: mining.Remaining | None


@dataclass(frozen=True, slots=True)
class Now:
    """Where cases stand at the last event of the log. Lengths in seconds.

    `ending`: steps after which, mostly, nothing comes. `quiet`: no such step, but longer without an event than is usual.
    `backtest` of the method by which `standing` is predicted; None if too little is known.
    """

    at: datetime
    ending: tuple[str, ...]
    open: tuple[mining.Case, ...]
    quiet: tuple[mining.Case, ...]
    closed: int
    standing: tuple[Standing, ...]
    method: str
    backtest: mining.Backtest | None


@dataclass(frozen=True, slots=True)
class Picture:
    """The map of the most frequent steps: what lies between them is passed over, so its times go from one to the next.

    `place`: how far along its cases a step stands on average, 0 to 1.
    """

    flow: mining.Map
    place: dict[str, float]


@dataclass(frozen=True, slots=True)
class Pace:
    """Cases that ended in the later part of the log beside those of the part before; medians in seconds."""

    since: datetime
    before: datetime
    later: float
    earlier: float
    p: float
    cases: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Study:
    """One log."""

    name: str
    file: str
    summary: mining.Summary
    durations: mining.Durations
    mapping: mining.Mapping
    doubts: tuple[mining.Problem, ...]
    left_out: tuple[mining.Problem, ...]
    names: dict[str, str]
    picture: Picture
    variants: tuple[mining.Variant, ...]
    steps: tuple[mining.Spent, ...]
    whose: str  # "unit", "resource" or "": by whom the log can be told apart
    units: tuple[mining.Spent, ...]
    again: tuple[Again, ...]
    returns: tuple[mining.PingPong, ...]
    volumes: tuple[mining.Period, ...]
    step: str  # of the volumes: week, month, quarter or year
    months: tuple[mining.Period, ...]
    weekdays: tuple[int, ...]
    pace: Pace | None
    coming: mining.Volumes | None
    now: Now

    @property
    def seconds(self) -> float:
        """All cases together."""
        return sum(one.seconds for one in self.steps)

    @property
    def tells_work(self) -> bool:
        return any(one.worked is not None for one in self.steps)

    def named(self, step: str) -> str:
        return self.names.get(step, step)


def study(log: mining.Log, name: str, file: str, said: Callable[[str], None] = lambda _: None) -> Study:
    """Everything that is asked of one log. `said` is told what is being done."""
    said("counting steps and times")
    whose = next((role for role in ("unit", "resource") if _told_by_event(log, role)), "")
    steps, paths = log.spent(), log.paths(SAMPLE)
    names = _names(log)
    said("looking for rework and cases that are open")
    cases, step = log.cases(10**9, "last"), _step(log.summary)
    return Study(
        name=name,
        file=file,
        summary=log.summary,
        durations=log.durations(),
        mapping=log.mapping,
        doubts=tuple(log.doubts),
        left_out=tuple(log.left_out),
        names=names,
        picture=_picture(log),
        variants=tuple(log.variants(SHOWN)),
        steps=tuple(steps),
        whose=whose,
        units=tuple(one for one in log.spent(whose) if not _nobody(one.name)) if whose else (),
        again=tuple(_again(log, paths, names)),
        returns=tuple(_returns(log, whose)) if whose else (),
        volumes=tuple(log.volumes(step)),
        step=step,
        months=tuple(log.volumes("month")),
        weekdays=tuple(log.weekdays()),
        pace=_pace(cases),
        coming=mining.weekly_volumes(log.volumes("week")),
        now=_now(cases, paths),
    )


def _nobody(name: str) -> bool:
    """What old systems write where there is no name."""
    return name.strip().lower() in ("", "-", "empty", "missing", "none", "null", "n/a", "unknown")


def _returns(log: mining.Log, whose: str) -> list[mining.PingPong]:
    return [one for one in log.pingpong(whose) if not _nobody(one.one) and not _nobody(one.other)][:SHOWN]


def _told_by_event(log: mining.Log, role: str) -> bool:
    column = log.mapping.roles().get(role, "")
    return log.columns.get(column) == "event" and len(log.values(column, 2)) > 1


def _names(log: mining.Log) -> dict[str, str]:
    """Names for steps that are codes, if the log has a column of them; a name that two steps share keeps its code."""
    taken = log.mapping.roles().get("activity", "")
    offered = [
        column
        for column, level in log.columns.items()
        if level == "event" and column != taken and _NAMES.search(column)
    ]
    offered.sort(key=lambda column: not _ENGLISH.search(column))
    for column in offered:
        told = log.labels(column)
        if told and median(share for _, share in told.values()) >= 0.95:
            counts = Counter(label for label, _ in told.values())
            return {
                step: label if counts[label] == 1 else f"{label} ({step})"
                for step, (label, _) in told.items()
                if label.strip() and label != step
            }
    return {}


def _picture(log: mining.Log) -> Picture:
    steps = [
        one.name for one in sorted(log.engine.activities(log.view), key=lambda one: (-one.cases, one.name))
    ]
    shown = log.where(keep="events", activity=steps[:PICTURED])
    places: dict[str, list[float]] = {}
    for path in shown.paths(2_000):
        for number, step in enumerate(path.activities):
            places.setdefault(step, []).append(number / max(1, len(path.activities) - 1))
    return Picture(shown.map(), {step: sum(found) / len(found) for step, found in places.items()})


def _step(summary: mining.Summary) -> str:
    assert summary.first is not None and summary.last is not None
    days = (summary.last - summary.first).days
    return next(
        step
        for step, most in (("week", 120), ("month", 1_900), ("quarter", 6_000), ("year", 10**9))
        if days <= most
    )


def _pace(cases: Sequence[mining.Case]) -> Pace | None:
    """The last year beside the one before, or the halves of a shorter log. `cases`: the latest ended first."""
    end, start = cases[0].ended, min(case.began for case in cases)
    part = min(timedelta(days=365), (end - start) / 2)
    later = [case.seconds for case in cases if end - case.ended < part]
    earlier = [case.seconds for case in cases if part <= end - case.ended < 2 * part]
    if min(len(later), len(earlier)) < 20:
        return None
    p = chance.mann_whitney(later, earlier)
    return Pace(end - part, end - 2 * part, median(later), median(earlier), p, (len(later), len(earlier)))


# Again


def _again(log: mining.Log, paths: Sequence[mining.CasePath], names: dict[str, str]) -> Iterable[Again]:
    counts = [(Counter(path.activities), path.times[-1] - path.times[0]) for path in paths]
    found = sorted(log.rework(), key=lambda one: -one.cases)
    asking = [one for one in found if ASKING.search(names.get(one.activity, one.activity))][:SHOWN]
    for one in dict.fromkeys([*found[:SHOWN], *asking]):
        folds: list[tuple[list[float], list[float]]] = [([], []) for _ in range(10)]
        for number, (count, seconds) in enumerate(counts):
            times = count[one.activity]
            if times:
                folds[number % 10][times == 1].append(seconds)
        often, once = ([value for fold in folds for value in fold[side]] for side in (0, 1))
        if not often or not once:
            continue
        low, high = _spread(folds, median(often) - median(once))
        yield Again(
            one.activity, one.cases, one.share, one.again, median(often), median(once),
            chance.mann_whitney(often, once), low, high, one in asking,
        )  # fmt: skip


def _spread(folds: list[tuple[list[float], list[float]]], whole: float) -> tuple[float, float]:
    """An 80 % range of a difference of medians: each tenth of the cases left out once (grouped jackknife)."""
    parts = []
    for left_out in range(len(folds)):
        often, once = (
            [value for number, fold in enumerate(folds) if number != left_out for value in fold[side]]
            for side in (0, 1)
        )
        if often and once:
            parts.append(median(often) - median(once))
    if len(parts) < 2:
        return 0.0, 2 * whole
    middle = sum(parts) / len(parts)
    error = ((len(parts) - 1) / len(parts) * sum((one - middle) ** 2 for one in parts)) ** 0.5
    return whole - 1.28 * error, whole + 1.28 * error


# Now


def _now(cases: Sequence[mining.Case], paths: Sequence[mining.CasePath]) -> Now:
    at, rule, forecast = cases[0].ended, closing.learn(paths), mining.Forecast(paths, MOMENTS)
    going = [case for case in cases if case.last not in rule.ending]
    opened = [case for case in going if not rule.is_over(case.last, (at - case.ended).total_seconds())]
    return Now(
        at=at,
        ending=tuple(sorted(rule.ending)),
        open=tuple(opened),
        quiet=tuple(case for case in going if rule.is_over(case.last, (at - case.ended).total_seconds())),
        closed=len(cases) - len(going),
        standing=tuple(_standing(opened, paths, rule, forecast)),
        method=forecast.method,
        backtest=forecast.backtest,
    )


def _standing(
    opened: Sequence[mining.Case],
    paths: Sequence[mining.CasePath],
    rule: closing.Closing,
    forecast: mining.Forecast,
) -> Iterable[Standing]:
    """After which step open cases stand, most first."""
    now, left = forecast.now, defaultdict(list)
    for path in paths:
        if not rule.is_over(path.activities[-1], now - path.times[-1]):
            known = forecast.remaining(path.activities, path.times, now)
            if known:
                left[path.activities[-1]].append(known)
    for step, count in Counter(case.last for case in opened).most_common():
        silent = now - min(case.ended.replace(tzinfo=UTC).timestamp() for case in opened if case.last == step)
        yield Standing(step, count, silent, _middle(left[step]))


def _middle(left: Sequence[mining.Remaining]) -> mining.Remaining | None:
    if not left:
        return None
    low, middle, high = (median(getattr(one, name) for one in left) for name in ("low", "middle", "high"))
    return mining.Remaining(low, middle, high, min(one.like for one in left))
