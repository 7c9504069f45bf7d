"""Filters as data. A view of a log is a series of them, each on what the one before left over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Keep = Literal["events", "cases"]
Within = Literal["events", "contained", "touching", "started", "ended"]


@dataclass(frozen=True, slots=True)
class Between:
    """Times from `start` (included) to `end` (excluded), both in UTC.

    events      the events of that time, whatever happened before and after in their cases
    contained   whole cases that lie in it; touching: whole cases with an event in it
    started     whole cases whose first event lies in it; ended: whose last does
    """

    start: datetime
    end: datetime
    keep: Within = "events"


@dataclass(frozen=True, slots=True)
class Where:
    """Cases (or only events) with one of these values of a column; a case has what one of its events has."""

    column: str
    values: tuple[str, ...]
    keep: Keep = "cases"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Passing:
    """Cases in which `target` directly follows `source`."""

    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Taking:
    """Cases of this variant."""

    activities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lasting:
    """Cases that took from `least` (included) to `most` (excluded) seconds."""

    least: float = 0.0
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Named:
    """Cases with these numbers."""

    ids: tuple[str, ...]


Filter = Between | Where | Passing | Taking | Lasting | Named
View = tuple[Filter, ...]
EVERYTHING: View = ()
