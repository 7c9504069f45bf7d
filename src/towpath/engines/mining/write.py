"""Logs as XES (IEEE 1849) and as OCEL 2.0 (JSON), case after case; what is written is never held as a whole in XES."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO, cast
from xml.sax.saxutils import quoteattr

from towpath.engines.mining.results import Event

CASE_ATTRIBUTE = "case:"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
"""
Written = tuple[str, Mapping[str, str], list[Event]]  # case, its attributes, its events


def xes(cases: Iterable[Written], path: Path) -> None:
    """Values are texts; times are dates in UTC. Characters that XML can't hold are left out."""
    with _opened(path) as stream:
        stream.write(_HEAD)
        for case, attributes, events in cases:
            own = {name.removeprefix(CASE_ATTRIBUTE): value for name, value in attributes.items()}
            stream.write("<trace>\n")
            _texts(stream, {"concept:name": case} | {k: v for k, v in own.items() if k != "concept:name"})
            for event in events:
                stream.write("<event>\n")
                _texts(stream, {"concept:name": event.activity})
                stream.write(f'<date key="time:timestamp" value="{_instant(event.time)}"/>\n')
                skipped = ("concept:name", "time:timestamp")
                _texts(stream, {k: v for k, v in event.attributes.items() if k not in skipped})
                stream.write("</event>\n")
            stream.write("</trace>\n")
        stream.write("</log>\n")


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return cast("TextIO", gzip.open(path, "wt", encoding="utf-8"))
    return path.open("w", encoding="utf-8")


def _texts(stream: TextIO, values: Mapping[str, str]) -> None:
    for key, value in values.items():
        stream.write(f"<string key={_quoted(key)} value={_quoted(value)}/>\n")


def _quoted(text: str) -> str:
    clean = "".join(one for one in text if one in "\t\n\r" or (one >= " " and one not in "\ufffe\uffff"))
    return quoteattr(clean)


def _instant(time: datetime) -> str:
    return f"{time.isoformat(timespec='microseconds')}Z"


def ocel(cases: Iterable[Written], path: Path) -> None:
    """Each case is an object of the type "case"; each event is linked to its own."""
    objects: list[dict[str, Any]] = []
    events: list[dict[str, Any]] = []
    for case, attributes, steps in cases:
        first = _instant(steps[0].time) if steps else "1970-01-01T00:00:00Z"
        told = [
            {"name": name.removeprefix(CASE_ATTRIBUTE), "time": first, "value": value}
            for name, value in attributes.items()
        ]
        objects.append({"id": case, "type": "case", "attributes": told})
        for step in steps:
            events.append(
                {
                    "id": f"e{len(events) + 1}",
                    "type": step.activity,
                    "time": _instant(step.time),
                    "attributes": [{"name": name, "value": value} for name, value in step.attributes.items()],
                    "relationships": [{"objectId": case, "qualifier": "case"}],
                }
            )
    kinds: dict[str, list[dict[str, Any]]] = {}
    for event in events:
        kinds.setdefault(event["type"], []).append(event)
    document = {
        "objectTypes": [{"name": "case", "attributes": _declared(objects)}],
        "eventTypes": [{"name": name, "attributes": _declared(of)} for name, of in kinds.items()],
        "objects": objects,
        "events": events,
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def _declared(entries: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    names = dict.fromkeys(value["name"] for entry in entries for value in entry["attributes"])
    return [{"name": name, "type": "string"} for name in names]
