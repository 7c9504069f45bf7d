"""Small logs to test with, and the same counted by hand."""

from __future__ import annotations

import csv
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median
from xml.sax.saxutils import quoteattr

START = datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 the log is in UTC, and so is what it answers
Row = tuple[str, str, datetime]  # case, activity, time


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def write_csv(path: Path, rows: Iterable[Sequence[object]], header: str = "case,activity,time") -> Path:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header.split(","))
        writer.writerows(rows)
    return path


def xes(traces: dict[str, list[dict[str, str]]], head: str = "") -> str:
    """Keys with "time" become dates."""
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1.0">\n{head}']
    for case, events in traces.items():
        parts.append(f'<trace>\n<string key="concept:name" value={quoteattr(case)}/>')
        for event in events:
            parts.append("<event>")
            parts += [
                f"<{'date' if 'time' in key else 'string'} key={quoteattr(key)} value={quoteattr(value)}/>"
                for key, value in event.items()
            ]
            parts.append("</event>")
        parts.append("</trace>")
    return "\n".join([*parts, "</log>"])


def write_xes(path: Path, text: str) -> Path:
    data = text.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def event(activity: str, minutes: float, **more: str) -> dict[str, str]:
    return {"concept:name": activity, "time:timestamp": f"{at(minutes).isoformat()}+00:00", **more}


def by_hand(rows: Sequence[Row]) -> dict[str, object]:
    """Edges, starts, ends, variants and durations of rows in the order of their file, counted the plain way."""
    cases: dict[str, list[tuple[datetime, int, str]]] = defaultdict(list)
    for seq, (case, activity, time) in enumerate(rows):
        cases[case].append((time, seq, activity))
    gaps: dict[tuple[str, str], list[float]] = defaultdict(list)
    starts, ends, variants, lengths = Counter(), Counter(), Counter(), []
    for events in cases.values():
        events.sort()
        names = tuple(name for _, _, name in events)
        variants[names] += 1
        starts[names[0]] += 1
        ends[names[-1]] += 1
        lengths.append((events[-1][0] - events[0][0]).total_seconds())
        for (before, _, one), (after, _, other) in pairwise(events):
            gaps[one, other].append((after - before).total_seconds())
    return {
        "edges": {
            edge: (len(them), round(mean(them), 6), round(median(them), 6)) for edge, them in gaps.items()
        },
        "starts": dict(starts),
        "ends": dict(ends),
        "variants": dict(variants),
        "durations": (len(lengths), round(mean(lengths), 6), round(median(lengths), 6))
        if lengths
        else (0, 0.0, 0.0),
    }


def counted(log) -> dict[str, object]:
    """The same of a log."""
    map_, times = log.map(), log.durations()
    return {
        "edges": {
            (one.source, one.target): (one.count, round(one.mean, 6), round(one.median, 6))
            for one in map_.edges
        },
        "starts": map_.starts,
        "ends": map_.ends,
        "variants": {one.activities: one.cases for one in log.variants()},
        "durations": (times.cases, round(times.mean, 6), round(times.median, 6)),
    }
