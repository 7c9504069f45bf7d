"""What to mend first: what each finding costs in days, how far that hangs on single cases, and how sure it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from towpath.project.assess import words
from towpath.project.assess.costs import Costs
from towpath.project.assess.designed import Judged
from towpath.project.assess.study import Again, Study
from towpath.project.assess.words import DAY

MOST = 10
WAITS = 5
_RANGE = 1.28  # standard errors on each side of an 80 % range
_YEAR = 365.25 * DAY


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend. Days are those of cases, over the time of the logs; `low` to `high` is an 80 % range.

    `kind`: wait, again, returns, town or design. `sure`: "sure", "likely" or "a hint"; `because` says why.
    """

    kind: str
    title: str
    why: str
    first: str
    days: float
    low: float
    high: float
    a_year: float
    cases: int
    sure: str
    because: str
    money: float | None = None

    @property
    def weight(self) -> float:
        """What can be counted on: the low end, less where it is only a hint."""
        return max(self.low, 0.05 * self.days) * {"sure": 1.0, "likely": 0.6, "a hint": 0.25}[self.sure]


def ranked(studies: Sequence[Study], judged: Sequence[Judged], costs: Costs) -> list[Finding]:
    """The weightiest first."""
    found = [
        *_waits(studies),
        *_again(studies, costs),
        *_returns(studies),
        *_towns(studies),
        *_design(judged),
    ]
    years = sum(_years(study) for study in studies) / max(1, len(studies))
    priced = [
        replace(one, a_year=one.days / years, money=_money(one, costs)) for one in found if one.days >= 1
    ]
    return sorted(priced, key=lambda one: (-one.weight, one.title))[:MOST]


def _years(study: Study) -> float:
    first, last = study.summary.first, study.summary.last
    return max((last - first).total_seconds() / _YEAR, 1 / 12) if first and last else 1.0


def _money(one: Finding, costs: Costs) -> float | None:
    parts = [
        part for part in (one.money, None if costs.day is None else one.days * costs.day) if part is not None
    ]
    return sum(parts) if parts else None


def _where(studies: Sequence[Study], towns: Sequence[str]) -> str:
    return "" if len(studies) == 1 else f" ({words.listed(list(towns))})"


# Waiting


def _waits(studies: Sequence[Study]) -> Iterator[Finding]:
    folds: dict[str, list[float]] = defaultdict(list)
    cases: dict[str, int] = defaultdict(int)
    visits: dict[str, int] = defaultdict(int)
    towns: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for study in studies:
        for step in study.steps:
            name = study.named(step.name)
            folds[name] += step.folds
            cases[name] += step.cases
            visits[name] += step.visits
            towns[name].append((step.beyond, study.name))
    for name in sorted(folds, key=lambda one: -sum(folds[one]))[:WAITS]:
        total, error = _sum(folds[name])
        sure, because = _sureness(visits[name], error / total if total else 1.0)
        most = [town for beyond, town in sorted(towns[name], reverse=True) if beyond > 0.2 * total]
        yield Finding(
            kind="wait",
            title=f"The wait for “{name}”{_where(studies, most)}",
            why=f"{_slow(studies, name)} If the slowest quarter took no longer than the other three quarters, these days would be gone.",
            first="Look at ten of the slowest cases: what were they waiting for, and was it a period set by law?",
            days=total / DAY, low=max(0.0, total - _RANGE * error) / DAY, high=(total + _RANGE * error) / DAY,
            a_year=0.0, cases=cases[name], sure=sure, because=because,
        )  # fmt: skip


def _slow(studies: Sequence[Study], name: str) -> str:
    """How long it takes, in the town where it costs most."""
    known = [(step, study) for study in studies for step in study.steps if study.named(step.name) == name]
    step, study = max(known, key=lambda one: one[0].beyond)
    where = f" in {study.name}" if len(studies) > 1 else ""
    return (
        f"{words.many(step.visits, 'time')} a case was on its way to this step{where}: half of the time in under "
        f"{words.length(max(step.median, 60))}, 1 in 10 times more than {words.length(step.p90)}."
    )


def _sum(folds: Sequence[float]) -> tuple[float, float]:
    """The sum of equal groups, and its standard error."""
    middle = sum(folds) / len(folds)
    spread = sum((one - middle) ** 2 for one in folds) / max(1, len(folds) - 1)
    return sum(folds), (len(folds) * spread) ** 0.5


def _sureness(count: int, error: float) -> tuple[str, str]:
    told = f"{words.many(count, 'time')} in the log; another draw of cases would move it by about {words.percent(error)}"
    if count >= 100 and error < 0.2:
        return "sure", told
    if count >= 30 and error < 0.45:
        return "likely", told
    return "a hint", told


# Again


def _again(studies: Sequence[Study], costs: Costs) -> Iterator[Finding]:
    """One finding for a step, whichever towns repeat it. Where cases don't take longer for it, no days are to win."""
    found: dict[str, list[tuple[Study, Again]]] = defaultdict(list)
    for study in studies:
        for one in study.again:
            if one.longer > 0 and one.p < 0.2:
                found[study.named(one.step)].append((study, one))
    for name, known in found.items():
        known.sort(key=lambda one: -one[1].cases * one[1].longer)
        yield _repeated(name, known, _where(studies, [study.name for study, _ in known]), costs)


def _repeated(name: str, known: Sequence[tuple[Study, Again]], where: str, costs: Costs) -> Finding:
    (study, most), parts = known[0], [one for _, one in known]
    p, cases = max(one.p for one in parts), sum(one.cases for one in parts)
    sure = (
        "sure"
        if p < 0.001 and cases >= 50 and all(one.low > 0 for one in parts)
        else "likely"
        if p < 0.05
        else "a hint"
    )
    asked = " asks people for something and" if most.asks else ""
    there = f" In {study.name} half" if len(known) > 1 else " Half"
    money = [costs.again(one.step, one.times) for one in parts]
    return Finding(
        kind="again",
        title=f"“{name}” is done more than once{where}",
        why=f"This step{asked} comes again in {words.many(cases, 'case')}.{there} of those take longer than "
        f"{words.length(most.with_it)}; where it comes once, half take longer than {words.length(most.once)}.",
        first="Read what was missing the first time, and ask for it at the start."
        if most.asks
        else "Find out what sends cases back here, and check for it before.",
        days=sum(one.cases * one.longer for one in parts) / DAY,
        low=sum(max(0.0, one.cases * one.low) for one in parts) / DAY,
        high=sum(one.cases * one.high for one in parts) / DAY,
        a_year=0.0,
        cases=cases,
        sure=sure,
        because=f"{words.chance(p)} (Mann-Whitney); cases that come back may also be harder from the start",
        money=sum(one for one in money if one is not None) if any(one is not None for one in money) else None,
    )


# There and back


def _returns(studies: Sequence[Study]) -> Iterator[Finding]:
    for study in studies:
        for one in study.returns[:2]:
            days = one.count * one.seconds / DAY
            yield Finding(
                kind="returns",
                title=f"Cases go from {one.one} to {one.other} and straight back{_where(studies, [study.name])}",
                why=f"{words.many(one.count, 'time')} in {words.many(one.cases, 'case')}; each time "
                f"{words.length(one.seconds)} pass on average until they are back.",
                first="Let both sides say what they need from each other, and settle it in one step.",
                days=days, low=days * (1 - 1.28 / one.cases**0.5), high=days * (1 + 1.28 / one.cases**0.5),
                a_year=0.0, cases=one.cases,
                sure="likely" if one.cases >= 30 else "a hint",
                because="the detour is counted exactly; how much of it could be saved is not known",
            )  # fmt: skip


# Towns and the designed process


def _towns(studies: Sequence[Study]) -> Iterator[Finding]:
    known = [study for study in studies if study.durations.cases >= 30]
    if len(known) < 2:
        return
    best = min(known, key=lambda study: study.durations.median)
    for study in known:
        longer = (study.durations.median - best.durations.median) / DAY
        if study is best or longer <= 0:
            continue
        days = longer * study.summary.cases
        yield Finding(
            kind="town",
            title=f"{study.name} takes longer than {best.name}",
            why=f"Half of the cases take longer than {words.length(study.durations.median)}, in {best.name} than "
            f"{words.length(best.durations.median)}.",
            first=f"Visit {best.name} and compare the first steps; the chapter on towns says where they differ.",
            days=days, low=0.5 * days, high=days, a_year=0.0, cases=study.summary.cases, sure="a hint",
            because="the towns may have different cases; half of the difference is taken as the low end",
        )  # fmt: skip


def _design(judged: Sequence[Judged]) -> Iterator[Finding]:
    for one in judged:
        if one.left and one.fitting and one.median_left > one.median_fitting:
            days = one.left * (one.median_left - one.median_fitting) / DAY
            yield Finding(
                kind="design",
                title=f"Cases leave the designed process ({one.name})",
                why=f"{words.many(one.left, 'case')} do; half of them take longer than "
                f"{words.length(one.median_left)}, those that keep to it {words.length(one.median_fitting)}.",
                first="Take the most frequent deviation below: is the design wrong there, or the work?",
                days=days, low=0.0, high=days, a_year=0.0, cases=one.left,
                sure="likely" if one.p < 0.01 else "a hint",
                because=f"{words.chance(one.p)} (Mann-Whitney); leaving may be the effect of a hard case, not its cause",
            )  # fmt: skip
