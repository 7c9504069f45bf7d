"""The engine port on Spark."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from shutil import rmtree
from weakref import finalize

from towpath.engines.mining import write
from towpath.engines.mining.duck.store import DuckStore
from towpath.engines.mining.duck.view import ACTIVITY, Names
from towpath.engines.mining.errors import Problem, QuestionError
from towpath.engines.mining.filters import View
from towpath.engines.mining.mapping import Mapping
from towpath.engines.mining.results import (
    Activity,
    Case,
    Durations,
    Edge,
    Event,
    Funnel,
    Handover,
    Import,
    Period,
    PingPong,
    Rework,
    Spent,
    Summary,
    Variant,
)
from towpath.engines.mining.results import Path as CasePath
from towpath.engines.mining.spark import export, spent, work
from towpath.engines.mining.spark.keep import CASES, EVENTS, About, about, keep, new
from towpath.engines.mining.spark.questions import Asker
from towpath.engines.mining.spark.session import table
from towpath.engines.mining.spark.view import Part, part


class SparkStore:
    """A log in a folder of Parquet, counted by Spark. Without a folder it lies in a throw-away one until it is closed."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or Path(tempfile.mkdtemp(prefix="towpath-")) / "log"
        self._clean = (
            finalize(self, rmtree, self.folder.parent, ignore_errors=True) if folder is None else None
        )
        self._about: About | None = None
        self._whole: Part | None = None

    def take(self, path: Path, mapping: Mapping, good_rows: bool, renew: bool = False) -> None:
        """DuckDB reads, checks and orders on this machine, with what does not fit into memory on disk.

        Nothing is appended to a folder: StoreError if there is one.
        """
        new(self.folder)
        with tempfile.TemporaryDirectory(prefix="towpath-") as made:
            store = DuckStore(Path(made) / "log.towpath")
            try:
                store.take(path, mapping, good_rows)
                keep(store, self.folder)
            finally:
                store.close()

    def close(self) -> None:
        """The session stays: other logs of this process use it."""
        if self._clean:
            self._clean()

    @property
    def about(self) -> About:
        if self._about is None:
            self._about = about(self.folder)
        return self._about

    @property
    def names(self) -> Names:
        return self.about.names

    def _part(self, view: View) -> Part:
        if self._whole is None:
            self._whole = Part(table(self.folder / EVENTS), table(self.folder / CASES))
        return part(self._whole, view, self.names)

    def _ask(self, view: View) -> Asker:
        return Asker(self._part(view), self.names)

    def save(self, view: View, path: Path) -> None:
        """As DuckDB does; the file is written on this machine."""
        if path.name.lower().endswith(".parquet"):
            export.parquet(self._part(view), self.names, self.mapping(), path)
        else:
            write.log(export.cases(self._part(view), self.names), path)

    def mapping(self) -> Mapping:
        return self.about.mapping

    def problems(self) -> list[Problem]:
        return list(self.about.problems)

    def imports(self) -> list[Import]:
        return list(self.about.imports)

    def columns(self) -> dict[str, str]:
        return {one.name: one.level for one in self.names.attributes.values()}

    def values(self, view: View, column: str, limit: int) -> dict[str, int]:
        """Cases by value; by event for columns of events."""
        if column == ACTIVITY:
            return {one.name: one.events for one in self.activities(view)[:limit]}
        return self._ask(view).values(self.names.attribute(column), limit)

    def summary(self, view: View) -> Summary:
        return self._ask(view).summary()

    def activities(self, view: View) -> list[Activity]:
        return self._ask(view).activities()

    def edges(self, view: View) -> list[Edge]:
        return self._ask(view).edges()

    def ends(self, view: View, which: str) -> dict[str, int]:
        return self._ask(view).ends(which)

    def variants(self, view: View, limit: int | None) -> list[Variant]:
        return self._ask(view).variants(limit)

    def durations(self, view: View) -> Durations:
        return self._ask(view).durations()

    def rework(self, view: View) -> list[Rework]:
        return work.rework(self._ask(view))

    def handovers(self, view: View, by: str) -> list[Handover]:
        return work.handovers(self._ask(view), self.names.event_attribute(by))

    def pingpong(self, view: View, by: str) -> list[PingPong]:
        return work.pingpong(self._ask(view), self.names.event_attribute(by))

    def funnel(self, view: View, steps: Sequence[str], by: str) -> list[Funnel]:
        codes = [self.names.code(step) for step in steps]
        return work.funnel(self._ask(view), codes, steps, self.names.attribute(by) if by else None)

    def cases(self, view: View, limit: int, order: str) -> list[Case]:
        return self._ask(view).shown(limit, order)

    def events(self, case: str) -> list[Event]:
        return export.case(self._part(()), self.names, case)

    def lengths(self, view: View) -> list[float]:
        return self._ask(view).lengths()

    def gaps(self, view: View, source: str, target: str) -> list[float]:
        return self._ask(view).gaps(self.names.code(source), self.names.code(target))

    def spent(self, view: View, by: str) -> list[Spent]:
        return spent.spent(self._ask(view), None if by == ACTIVITY else self.names.event_attribute(by))

    def volumes(self, view: View, step: str) -> list[Period]:
        if step not in spent.UNITS:
            raise QuestionError(f"volumes are counted by {', '.join(spent.UNITS)}; not by '{step}'")
        return spent.volumes(self._ask(view), step)

    def weekdays(self, view: View) -> list[int]:
        return spent.weekdays(self._ask(view))

    def labels(self, view: View, by: str) -> dict[str, tuple[str, float]]:
        return spent.labels(self._ask(view), self.names.event_attribute(by))

    def paths(self, view: View, most: int) -> list[CasePath]:
        return spent.paths(self._ask(view), most)
