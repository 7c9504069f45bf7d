"""A log as a folder of Parquet: what DuckDB has read, checked and put in order, for others to count.

log.json        version, activities in the order of their codes, attributes, mapping, what was told of each file
events.parquet  as in the store (duck.schema), times in microseconds since 1970 (UTC)
cases.parquet   likewise; `variant` is the list of the activities' codes

Times are whole numbers, so that no zone of a machine or session can move them. log.json is written last: a folder
without it holds no log.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from towpath.engines.mining.duck import schema
from towpath.engines.mining.duck.schema import BASE, Attribute
from towpath.engines.mining.duck.store import DuckStore
from towpath.engines.mining.duck.view import Names
from towpath.engines.mining.errors import Problem, StoreError
from towpath.engines.mining.mapping import Mapping
from towpath.engines.mining.results import Import

VERSION = 1
ABOUT, EVENTS, CASES = "log.json", "events.parquet", "cases.parquet"


@dataclass(frozen=True, slots=True)
class About:
    """What log.json says."""

    names: Names
    mapping: Mapping
    problems: list[Problem]
    imports: list[Import]


def new(folder: Path) -> None:
    """StoreError if something of that name is there."""
    if folder.exists():
        raise StoreError(
            f"{folder}: it is there already; a folder of Parquet is written anew, never appended to"
        )


def keep(store: DuckStore, folder: Path) -> None:
    """Writes a new folder, whole or not at all."""
    new(folder)
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        _tables(store, part)
        (part / ABOUT).write_text(json.dumps(_told(store), ensure_ascii=False), encoding="utf-8")
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _tables(store: DuckStore, folder: Path) -> None:
    known = schema.attributes(store.connection)
    own = {
        level: "".join(f", {one.place}" for one in known if one.level == level) for level in ("event", "case")
    }
    events = store.connection.sql(f"""
        SELECT case_no::BIGINT AS case_no, epoch_us(time) AS time, seq, activity::INTEGER AS activity,
               epoch_us(start) AS start, next::INTEGER AS next, gap, worked{own["event"]}
        FROM events ORDER BY case_no, time, seq""")
    events.write_parquet(str(folder / EVENTS))
    codes = f"list_transform(string_split(variant, ''), lambda one: (ord(one) - {BASE})::INTEGER)"
    cases = store.connection.sql(f"""
        SELECT case_no::BIGINT AS case_no, case_id, epoch_us(began) AS began, epoch_us(ended) AS ended,
               events::INTEGER AS events, first::INTEGER AS first, last::INTEGER AS last, {codes} AS variant{own["case"]}
        FROM cases ORDER BY case_no""")
    cases.write_parquet(str(folder / CASES))


def _told(store: DuckStore) -> dict[str, Any]:
    return {
        "version": VERSION,
        "activities": list(store.names.codes),
        "attributes": [asdict(one) for one in store.names.attributes.values()],
        "mapping": asdict(store.mapping()),
        "problems": [asdict(one) for one in store.problems()],
        "imports": [asdict(one) for one in store.imports()],
    }


def about(folder: Path) -> About:
    """StoreError if the folder holds no log, or one of another version."""
    try:
        told = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        if told["version"] == VERSION:
            return _read(told)
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreError(
            f"{folder}: there is no log in this folder ({ABOUT} is missing or damaged)"
        ) from None
    raise StoreError(
        f"{folder}: a log of version {told['version']}, this program reads {VERSION}; write it again"
    )


def _read(told: dict[str, Any]) -> About:
    mapping = Mapping(**told["mapping"])
    attributes = {one["name"]: Attribute(**one) for one in told["attributes"]}
    codes = {name: code for code, name in enumerate(told["activities"])}
    return About(
        Names(codes, attributes, mapping.roles()),
        mapping,
        [Problem(**one) for one in told["problems"]],
        [Import(**one) for one in told["imports"]],
    )
