"""Chance that can be repeated: each question has its own answer, whatever was asked before.

A number depends on the seed, the case, the element and how often the case came there, on nothing else. So a change
of design leaves all other luck as it was, and two designs are compared on the very same cases.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import exp, log, log1p
from statistics import NormalDist
from zlib import crc32

_MASK = (1 << 64) - 1
_NORMAL = NormalDist()
_P90 = _NORMAL.inv_cdf(0.9)


def seeded(seed: int, case: int) -> int:
    return _mixed(_mixed(seed & _MASK) ^ case)


def key(name: str) -> int:
    """An element as a number that is the same in every run."""
    return crc32(name.encode()) << 20


def uniform(seed: int, key: int, visit: int) -> float:
    """Between 0 and 1, both excluded: a hash after Steele, Lea and Flood, SplitMix (2014)."""
    x = (seed ^ (key + visit)) * 0x9E3779B97F4A7C15 & _MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & _MASK
    return ((x >> 12) + 0.5) * 2.220446049250313e-16


def _mixed(x: int) -> int:
    x = (x + 0x9E3779B97F4A7C15) & _MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & _MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & _MASK
    return x ^ x >> 31


class Time:
    """How long something takes, in seconds: `at(u)` is the time that a share u of all is below."""

    __slots__ = ()

    def at(self, u: float) -> float:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Fixed(Time):
    seconds: float = 0.0

    def at(self, u: float) -> float:
        return self.seconds


@dataclass(frozen=True, slots=True)
class Uniform(Time):
    low: float
    high: float

    def at(self, u: float) -> float:
        return self.low + (self.high - self.low) * u


@dataclass(frozen=True, slots=True)
class Exponential(Time):
    """Many short ones, few long ones: what comes by itself, at any time as likely."""

    mean: float

    def at(self, u: float) -> float:
        return -self.mean * log1p(-u)


@dataclass(frozen=True, slots=True)
class Triangular(Time):
    low: float
    mode: float
    high: float

    def at(self, u: float) -> float:
        width = self.high - self.low
        if not width:
            return self.low
        turn = (self.mode - self.low) / width
        if u < turn:
            return float(self.low + (u * width * (self.mode - self.low)) ** 0.5)
        return float(self.high - ((1 - u) * width * (self.high - self.mode)) ** 0.5)


@dataclass(frozen=True, slots=True)
class LogNormal(Time):
    """As people's work is: half is done in `median`, nine in ten in `p90`."""

    median: float
    p90: float

    def at(self, u: float) -> float:
        if not self.median:
            return 0.0
        return exp(log(self.median) + log(self.p90 / self.median) / _P90 * _NORMAL.inv_cdf(u))


@dataclass(frozen=True, slots=True)
class Sample(Time):
    """As it was: one of these, each as likely."""

    values: tuple[float, ...]

    def at(self, u: float) -> float:
        return self.values[int(u * len(self.values))]


def pick(shares: tuple[float, ...], u: float) -> int:
    """Which of several, by cumulated shares."""
    return min(bisect_right(shares, u), len(shares) - 1)
