"""A view, case after case or row after row, for those who write files on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Any

from towpath.engines.mining.duck.export import START
from towpath.engines.mining.duck.schema import Attribute
from towpath.engines.mining.duck.view import Names
from towpath.engines.mining.mapping import Mapping
from towpath.engines.mining.results import Event
from towpath.engines.mining.room import whole
from towpath.engines.mining.spark.session import rows, stream
from towpath.engines.mining.spark.view import Part, Table, moment
from towpath.engines.mining.write import Written

PORTION = 100_000  # rows written at once
_CORE = ("case_id", "activity", "time", "start")


def _in_order(part: Part, names: Names) -> Table:
    """Events with what is said of their case; in the order of the store."""
    own = [one.place for one in names.attributes.values()]
    joined = part.events.inner_join(
        part.cases.drop("began", "ended", "events", "first", "last", "variant"), "case_no"
    )
    return joined.order_by("case_no", "time", "seq").select(*_CORE, *own)


def cases(part: Part, names: Names) -> Iterator[Written]:
    known = list(names.attributes.values())
    activities = list(names.codes)
    for case, of in groupby(stream(_in_order(part, names)), key=lambda row: row[0]):
        attributes, events = dict[str, str](), list[Event]()
        for _, activity, time, start, *told in of:
            said = dict(zip(known, told, strict=True))
            attributes = _of_level(said, "case")
            own = _of_level(said, "event")
            if start is not None:
                own[START] = f"{moment(start).isoformat()}Z"
            events.append(Event(activities[activity], moment(time), None, own))
        yield case, attributes, events


def _of_level(said: dict[Attribute, str | None], level: str) -> dict[str, str]:
    return {one.name: value for one, value in said.items() if one.level == level and value is not None}


def case(part: Part, names: Names, number: str) -> list[Event]:
    """All events of one case, with their own attributes."""
    known = [one for one in names.attributes.values() if one.level == "event"]
    activities = list(names.codes)
    chosen = part.cases.filter(part.cases.case_id == number).select("case_no")
    of = part.events.semi_join(chosen, "case_no").order_by("time", "seq")
    told = rows(of.select("activity", "time", *(one.place for one in known)))
    waits = [None, *((after[1] - before[1]) / 1e6 for before, after in pairwise(told))]
    return [
        Event(
            activities[activity],
            moment(time),
            waited,
            _of_level(dict(zip(known, said, strict=True)), "event"),
        )
        for (activity, time, *said), waited in zip(told, waits, strict=False)
    ]


def parquet(part: Part, names: Names, used: Mapping, path: Path) -> None:
    """Under the names of the columns that came in."""
    import pyarrow
    from pyarrow import parquet as files

    activities = list(names.codes)
    columns = [(used.case or "case", pyarrow.string()), (used.activity or "activity", pyarrow.string())]
    columns += [(used.time or "time", pyarrow.timestamp("us"))]
    columns += [(used.start, pyarrow.timestamp("us"))] if used.start else []
    columns += [(one.name, pyarrow.string()) for one in names.attributes.values()]
    told = stream(_in_order(part, names))
    with whole(path) as file, files.ParquetWriter(str(file), pyarrow.schema(columns)) as writer:
        while portion := list(islice(told, PORTION)):
            lines = [_line(row, activities, bool(used.start)) for row in portion]
            arrays = [
                pyarrow.array(values, kind)
                for values, (_, kind) in zip(zip(*lines, strict=True), columns, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=writer.schema))


def _line(row: Any, activities: list[str], starts: bool) -> list[Any]:
    case, activity, time, start, *told = row
    return [case, activities[activity], time, *([start] if starts else []), *told]
