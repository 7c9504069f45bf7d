"""A log and its doors. A filtered log is a log again; nothing is computed until it is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from towpath.engines import bpmn
from towpath.engines.mining import bpmn_text, compare, conformance, discover, mapping, room, spark
from towpath.engines.mining.duck.store import DuckStore
from towpath.engines.mining.errors import LogError, Problem, QuestionError, StoreError
from towpath.engines.mining.filters import (
    EVERYTHING,
    Between,
    Keep,
    Lasting,
    Named,
    Passing,
    Taking,
    View,
    Where,
    Within,
)
from towpath.engines.mining.mapping import Mapping
from towpath.engines.mining.port import Engine
from towpath.engines.mining.results import (
    Case,
    Conformance,
    Difference,
    Durations,
    Event,
    Funnel,
    Handover,
    Import,
    Map,
    Period,
    PingPong,
    Rework,
    Spent,
    Summary,
    Variant,
)
from towpath.engines.mining.results import Path as CasePath
from towpath.engines.mining.spark.keep import about, keep

MOST = 300  # activities of a model that is found
ENGINES = DUCKDB, SPARK = "duckdb", "spark"


@dataclass(frozen=True)
class Log:
    """Events of cases, as an engine keeps them, seen through filters. Make one with `read` or `reopen`."""

    engine: Engine
    view: View = EVERYTHING

    # What was read

    @property
    def mapping(self) -> Mapping:
        """Which column was taken for what; `.yaml()` shows it as a file that can be corrected."""
        return self.engine.mapping()

    @property
    def doubts(self) -> list[Problem]:
        """What was taken although it is doubtful."""
        return [one for one in self.engine.problems() if not one.bad]

    @property
    def left_out(self) -> list[Problem]:
        """Rows that were not taken, when only good rows were asked for."""
        return [one for one in self.engine.problems() if one.bad]

    @property
    def imports(self) -> list[Import]:
        """The files that went in, in their order."""
        return self.engine.imports()

    @property
    def columns(self) -> dict[str, str]:
        """Attributes that can be filtered by, and whether each belongs to an "event" or a "case"."""
        return self.engine.columns()

    def values(self, column: str, limit: int = 100) -> dict[str, int]:
        """The values of a column (or role, or "activity") in this view, most frequent first."""
        return self.engine.values(self.view, column, limit)

    # Questions

    @cached_property
    def summary(self) -> Summary:
        return self.engine.summary(self.view)

    def map(self) -> Map:
        """The directly-follows map: activities, edges with frequency and times, starts and ends."""
        starts, ends = self.starts(), self.ends()
        return Map(
            tuple(self.engine.activities(self.view)), tuple(self.engine.edges(self.view)), starts, ends
        )

    def starts(self) -> dict[str, int]:
        """Cases by their first activity, most first."""
        return self.engine.ends(self.view, "first")

    def ends(self) -> dict[str, int]:
        """Cases by their last activity, most first."""
        return self.engine.ends(self.view, "last")

    def variants(self, limit: int | None = None) -> list[Variant]:
        """The orders of activities, most cases first."""
        return self.engine.variants(self.view, limit)

    def durations(self) -> Durations:
        """First to last event of each case."""
        return self.engine.durations(self.view)

    def rework(self) -> list[Rework]:
        """Activities that come again in a case, most repetitions first."""
        return self.engine.rework(self.view)

    def handovers(self, by: str = "unit") -> list[Handover]:
        """Work passed on between units, or by="resource" between clerks, or any column of events."""
        return self.engine.handovers(self.view, by)

    def pingpong(self, by: str = "unit") -> list[PingPong]:
        """There and back again: A, B, A."""
        return self.engine.pingpong(self.view, by)

    def funnel(self, *steps: str, by: str = "channel") -> list[Funnel]:
        """How many cases of each channel (or value of another column; "" for all together) reached step after step."""
        return self.engine.funnel(self.view, steps, by)

    def spent(self, by: str = "activity") -> list[Spent]:
        """Where the time goes: by the activity (or the unit, or another column of events) that cases were on their way to."""
        return self.engine.spent(self.view, by)

    def volumes(self, step: str = "week") -> list[Period]:
        """How many cases began and ended in each day, week, month, quarter or year."""
        return self.engine.volumes(self.view, step)

    def weekdays(self) -> list[int]:
        """Events by day of the week (UTC), Monday first."""
        return self.engine.weekdays(self.view)

    def labels(self, column: str) -> dict[str, tuple[str, float]]:
        """What a column mostly says of each activity, and the share of its events that agree: names for codes."""
        return self.engine.labels(self.view, column)

    def paths(self, most: int = 1_000_000) -> list[CasePath]:
        """The activities and times of at most so many cases, chosen evenly; the earliest begun first."""
        return self.engine.paths(self.view, most)

    def cases(self, limit: int = 100, order: str = "longest") -> list[Case]:
        """The cases behind a number. `order`: longest, shortest, first or last."""
        return self.engine.cases(self.view, limit, order)

    def case(self, number: str) -> list[Event]:
        """All events of one case, in order; empty if there is none."""
        return self.engine.events(number)

    def compare(self, other: Log) -> list[Difference]:
        """What differs between this population and another, the surest first. See `compare`."""
        return compare.compare(self, other)

    def conformance(
        self, process: bpmn.Process, *, silent: Collection[str] = (), seconds: float = 30.0
    ) -> Conformance:
        """This population beside a designed process, the deviations ranked. See `conformance`.

        `silent` names activities of the model that leave no mark in the log. What is not judged within `seconds` is
        told as such; the most frequent variants come first.
        """
        return conformance.judge(self.variants(), process, silent, seconds)

    def discover(self, noise: float = 0.2) -> str:
        """A model of this population as BPMN with its diagram. See `discover`; with noise 0 every case fits it.

        QuestionError if there are more activities than a model can show: filter first.
        """
        variants = self.variants()
        names = {name for one in variants for name in one.activities}
        if len(names) > MOST:
            raise QuestionError(f"{len(names):,} activities are too many for a model, which has up to {MOST}")
        return bpmn_text.text(discover.tree({one.activities: one.cases for one in variants}, noise))

    # Filters

    def between(self, start: datetime, end: datetime, keep: Within = "events") -> Log:
        """From `start` (included) to `end` (excluded); times without a zone are UTC. See filters.Between for `keep`."""
        return self._with(Between(_utc(start), _utc(end), keep))

    def where(self, keep: Keep = "cases", **columns: str | Iterable[str]) -> Log:
        """Cases (or keep="events": only events) with one of these values: where(unit="Permits", channel=["web", "app"]).

        A name is a role, "activity" or a column's own name; `where_column` takes names that Python can't write.
        """
        log = self
        for column, value in columns.items():
            log = log.where_column(column, value, keep)
        return log

    def where_column(
        self, column: str, value: str | Iterable[str], keep: Keep = "cases", without: bool = False
    ) -> Log:
        """As `where`; `without` keeps the others."""
        values = (value,) if isinstance(value, str) else tuple(value)
        return self._with(Where(column, values, keep, without))

    def passing(self, source: str, target: str) -> Log:
        """The cases behind an edge of the map."""
        return self._with(Passing(source, target))

    def taking(self, variant: Variant | Iterable[str]) -> Log:
        """The cases of a variant."""
        return self._with(Taking(variant.activities if isinstance(variant, Variant) else tuple(variant)))

    def lasting(self, least: float = 0.0, most: float = float("inf")) -> Log:
        """The cases that took so many seconds, `most` excluded."""
        return self._with(Lasting(least, most))

    def named(self, *numbers: str) -> Log:
        """These cases."""
        return self._with(Named(numbers))

    def _with(self, one: Between | Where | Passing | Taking | Lasting | Named) -> Log:
        return replace(self, view=(*self.view, one))

    # Keeping

    def save(self, path: str | Path) -> None:
        """Write what this view leaves over: .parquet (the columns that came in), .xes(.gz), OCEL 2.0 as .json or .sqlite."""
        self.engine.save(self.view, Path(path))

    def renewed(self, path: str | Path) -> Log:
        """With the cases of this file, read like what is there, in the place of those that have their numbers.

        All of them or, with a LogError, none. This log and what was filtered from it change, too; ask the new one.
        """
        self.engine.take(Path(path), self.mapping, False, renew=True)
        return Log(self.engine)

    def close(self) -> None:
        self.engine.close()


def read(
    path: str | Path,
    mapping: Mapping | str | Path | None = None,
    *,
    store: str | Path | None = None,
    good_rows: bool = False,
    engine: str = DUCKDB,
) -> Log:
    """Read an event log: XES(.gz), CSV, Parquet, or OCEL 2.0 as SQLite or JSON.

    `mapping` corrects what is guessed of the columns (a Mapping or a YAML file). `store`: a file that keeps the log and
    can be opened again; a log that is there gets the new events appended, all of them or none. Without it the log
    lives in memory. LogError tells each bad row; with `good_rows` those are left out and told in `left_out`.

    `engine`: who counts, "duckdb" or "spark". On Spark a store is a new folder, and nothing is appended to it.
    StoreError if Spark is not installed, and how it is.
    """
    given = mapping if isinstance(mapping, Mapping) else _load(mapping) if mapping else Mapping()
    kept = Path(store) if store else None
    new = kept is not None and not kept.exists()
    holds = None
    try:
        with room.told(kept.parent if kept else None):
            holds = _engine(engine, kept)
            holds.take(Path(path), given, good_rows)
    except BaseException:
        if holds:
            holds.close()
        if new and kept is not None:
            for left in (kept, kept.with_name(f"{kept.name}.wal")):
                left.unlink(missing_ok=True)
        raise
    return Log(holds)


def _engine(name: str, kept: Path | None) -> Engine:
    if name not in ENGINES:
        raise StoreError(f"there is no engine '{name}'; there are {', '.join(ENGINES)}")
    return spark.opened(kept) if name == SPARK else DuckStore(kept)


def spread(store: str | Path, folder: str | Path) -> None:
    """Write a kept log as a new folder of Parquet, which Spark's machines read; `reopen(folder)` counts with Spark.

    Neither Spark nor Java is needed for this.
    """
    kept = reopen(store)
    try:
        if not isinstance(kept.engine, DuckStore):
            raise StoreError(f"{store}: it is a folder of Parquet already")
        with room.told(Path(folder).parent):
            keep(kept.engine, Path(folder))
    finally:
        kept.close()


def reopen(store: str | Path) -> Log:
    """A log that was kept, as a file or as a folder. StoreError if there is none, or it is not ours."""
    path = Path(store)
    if path.is_dir():
        about(path)
        return Log(spark.opened(path))
    if not path.is_file():
        raise StoreError(f"{path}: there is no such store")
    return Log(DuckStore(path, read_only=True))


def _load(path: str | Path) -> Mapping:
    return mapping.load(path)


def _utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


__all__ = ["Log", "LogError", "read", "reopen"]
