"""A log in DuckDB, in memory or in a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from towpath.engines.mining import room, write
from towpath.engines.mining.duck import export, intake, schema, spent, staging, work
from towpath.engines.mining.duck.questions import Asker
from towpath.engines.mining.duck.view import ACTIVITY, Names, relation
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

_ORDERS = {
    "longest": "ended - began DESC",
    "shortest": "ended - began",
    "first": "began",
    "last": "ended DESC",
}
_STEPS = ("day", "week", "month", "quarter", "year")


class DuckStore:
    """The engine port on DuckDB. Without a path the log lives in memory and goes with it."""

    def __init__(self, path: Path | None = None, read_only: bool = False) -> None:
        self.path, self._new = path, path is not None and not path.exists()
        self.connection = schema.connect(path, read_only)
        try:
            schema.prepare(self.connection, path)
        except BaseException:
            self.connection.close()
            raise
        self._names: Names | None = None
        self._asked: tuple[View, Asker] | None = None

    def take(self, path: Path, mapping: Mapping, good_rows: bool, renew: bool = False) -> None:
        self._names = self._asked = None
        intake.take(self.connection, path, mapping, good_rows, renew)
        if self.path:
            try:
                self.connection.execute("CHECKPOINT")
            except duckdb.Error:
                if self._new:
                    raise
                # What came to a store that was there is kept in the .wal beside it, and goes into it once there is room.
                self.connection.close()
                self.connection = schema.connect(self.path, read_only=True)

    def close(self) -> None:
        self.connection.close()

    def mapping(self) -> Mapping:
        return intake.kept_mapping(self.connection) or Mapping()

    def problems(self) -> list[Problem]:
        return [Problem(**one) for told in self._imports() for one in told["problems"]]

    def imports(self) -> list[Import]:
        return [Import(told["file"], told["facts"]) for told in self._imports()]

    def _imports(self) -> list[dict[str, Any]]:
        rows = self.connection.execute(
            "SELECT value FROM meta WHERE key = 'import' ORDER BY rowid"
        ).fetchall()
        return [json.loads(row[0]) for row in rows]

    def columns(self) -> dict[str, str]:
        return {one.name: one.level for one in schema.attributes(self.connection)}

    def values(self, view: View, column: str, limit: int) -> dict[str, int]:
        """Cases by value; by event for columns of events."""
        if column == ACTIVITY:
            return {one.name: one.events for one in self.activities(view)[:limit]}
        attribute = self.names.attribute(column)
        rows = self._ask(view).rows(
            f"SELECT {attribute.place}, count(*) AS times FROM {{{attribute.level}s}} WHERE {attribute.place} IS NOT NULL "
            f"GROUP BY 1 ORDER BY times DESC, 1 LIMIT {int(limit)}"
        )
        return dict(rows)

    @property
    def names(self) -> Names:
        if self._names is None:
            rows = self.connection.execute("SELECT name, code FROM activities ORDER BY code").fetchall()
            known = {one.name: one for one in schema.attributes(self.connection)}
            self._names = Names(dict(rows), known, self.mapping().roles())
        return self._names

    def _ask(self, view: View) -> Asker:
        """The one of the last view stays, with what it has counted: a map is several questions."""
        if self._asked is None or self._asked[0] != view:
            self._asked = (
                view,
                Asker(
                    self.connection,
                    relation(view, self.names),
                    list(self.names.codes),
                    held=self.path is None,
                ),
            )
        return self._asked[1]

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
        return self._ask(view).cases(limit, _ORDERS[order])

    def events(self, case: str) -> list[Event]:
        known = [one for one in schema.attributes(self.connection) if one.level == "event"]
        columns = "".join(f", {one.place}" for one in known)
        rows = self.connection.execute(
            f"SELECT a.name, e.time, (epoch_us(e.time) - epoch_us(lag(e.time) OVER (ORDER BY e.time, e.seq))) / 1e6{columns} "
            "FROM events e JOIN activities a ON a.code = e.activity "
            "WHERE case_no = (SELECT case_no FROM cases WHERE case_id = ?) ORDER BY e.time, e.seq",
            [case],
        ).fetchall()
        return [
            Event(
                row[0],
                row[1],
                row[2],
                {one.name: v for one, v in zip(known, row[3:], strict=True) if v is not None},
            )
            for row in rows
        ]

    def lengths(self, view: View) -> list[float]:
        return self._ask(view).lengths()

    def gaps(self, view: View, source: str, target: str) -> list[float]:
        return self._ask(view).gaps(self.names.code(source), self.names.code(target))

    def spent(self, view: View, by: str) -> list[Spent]:
        return spent.spent(self._ask(view), None if by == ACTIVITY else self.names.event_attribute(by))

    def volumes(self, view: View, step: str) -> list[Period]:
        if step not in _STEPS:
            raise QuestionError(f"volumes are counted by {', '.join(_STEPS)}; not by '{step}'")
        return spent.volumes(self._ask(view), step)

    def weekdays(self, view: View) -> list[int]:
        return spent.weekdays(self._ask(view))

    def labels(self, view: View, by: str) -> dict[str, tuple[str, float]]:
        return spent.labels(self._ask(view), self.names.event_attribute(by))

    def paths(self, view: View, most: int) -> list[CasePath]:
        return spent.paths(self._ask(view), most)

    def save(self, view: View, path: Path) -> None:
        """What the view leaves over; StoreError if the kind of file is not one that is written."""
        if path.name.lower().endswith(".parquet"):
            self._parquet(view, path)
        else:
            write.log(export.cases(self.connection, self.names, relation(view, self.names)), path)

    def _parquet(self, view: View, path: Path) -> None:
        """Under the names of the columns that came in."""
        used, made = self.mapping(), relation(view, self.names)
        core = {
            "case_id": used.case or "case",
            "name": used.activity or "activity",
            "time": used.time or "time",
        }
        shown = [f"{source} AS {staging.quoted(name)}" for source, name in core.items()]
        if used.start:
            shown.append(f"start AS {staging.quoted(used.start)}")
        shown += [
            f"{'e' if one.level == 'event' else 'c'}.{one.place} AS {staging.quoted(one.name)}"
            for one in self.names.attributes.values()
        ]
        listed = ", ".join(shown).replace("{", "{{").replace("}", "}}")
        text, values = made.ask(
            f"SELECT {listed} FROM {{events}} e JOIN cases c USING (case_no) JOIN activities a ON a.code = e.activity "
            "ORDER BY e.case_no, e.time, e.seq"
        )
        with room.whole(path) as part:
            self.connection.sql(text, params=values).write_parquet(str(part))
