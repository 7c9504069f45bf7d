"""Functions on contexts (DMN 1.5, table 84)."""

from __future__ import annotations

from typing import Any

from towpath.engines.feel.functions import function
from towpath.engines.feel.values import kind

_Context = dict[str, Any]


@function("get value", "m|context: context", "key: string")
def _get_value(context: _Context, key: str) -> Any:
    return context.get(key)


@function("get entries", "m|context: context")
def _get_entries(context: _Context) -> list[_Context]:
    return [{"key": key, "value": value} for key, value in context.items()]


@function("context", "entries: list")
def _context(entries: list[Any]) -> _Context | None:
    made: _Context = {}
    for entry in entries:
        if kind(entry) != "context" or not {"key", "value"} <= entry.keys():
            return None
        if kind(entry["key"]) != "string" or entry["key"] in made:
            return None
        made[entry["key"]] = entry["value"]
    return made


@function("context put", "context: context", "key: string", "value")
def _context_put(context: _Context, key: str, value: Any) -> _Context:
    return {**context, key: value}


@function("context put", "context: context", "keys: list", "value")
def _context_put_inside(context: _Context, keys: list[Any], value: Any) -> _Context | None:
    if not keys or not all(kind(key) == "string" for key in keys):
        return None
    first, *rest = keys
    if not rest:
        return {**context, first: value}
    inside = context.get(first)
    if kind(inside) != "context":
        return None
    changed = _context_put_inside(inside, rest, value)
    return None if changed is None else {**context, first: changed}


@function("context merge", "contexts: list")
def _context_merge(contexts: list[Any]) -> _Context | None:
    if not all(kind(each) == "context" for each in contexts):
        return None
    merged: _Context = {}
    for each in contexts:
        merged.update(each)
    return merged
