"""A view, case after case, for those who write files."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from towpath.engines.mining.duck.view import Names, Relation
from towpath.engines.mining.results import Event
from towpath.engines.mining.write import Written

PORTION = 10_000
START = "start_timestamp"  # as XES readers know it


def cases(connection: duckdb.DuckDBPyConnection, names: Names, relation: Relation) -> Iterator[Written]:
    """In the order of the store. The connection is free meanwhile."""
    own = [one for one in names.attributes.values() if one.level == "event"]
    whole = [one for one in names.attributes.values() if one.level == "case"]
    places = [f"e.{one.place}" for one in own] + [f"c.{one.place}" for one in whole]
    text, values = relation.ask(
        f"SELECT c.case_id, a.name, e.time, e.start{''.join(f', {place}' for place in places)} FROM {{events}} e "
        "JOIN cases c USING (case_no) JOIN activities a ON a.code = e.activity ORDER BY e.case_no, e.time, e.seq"
    )
    cursor = connection.cursor()
    cursor.execute(text, values)
    case, attributes, events = None, dict[str, str](), list[Event]()
    while rows := cursor.fetchmany(PORTION):
        for name, activity, time, start, *told in rows:
            if name != case:
                if case is not None:
                    yield case, attributes, events
                said = zip(whole, told[len(own) :], strict=True)
                case, events = name, []
                attributes = {one.name: value for one, value in said if value is not None}
            given = {one.name: v for one, v in zip(own, told[: len(own)], strict=True) if v is not None}
            if start is not None:
                given[START] = f"{start.isoformat()}Z"
            events.append(Event(activity, time, None, given))
    if case is not None:
        yield case, attributes, events
    cursor.close()
