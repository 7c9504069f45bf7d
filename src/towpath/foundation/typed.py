"""Values of forms and rules as JSON, and back without loss: numbers stay exact, dates stay dates."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel import YearsMonths

TYPE, VALUE = "$type", "$value"


def pack(value: Any) -> Any:
    """TypeError for a value that FEEL does not know."""
    if value is None or isinstance(value, bool | str | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): pack(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [pack(item) for item in value]
    return {TYPE: (kind := _kind(value)), VALUE: _written(kind, value)}


def _kind(value: Any) -> str:
    # A datetime is a date too, so it is asked first.
    kinds = [
        (Decimal, "number"),
        (datetime, "date and time"),
        (date, "date"),
        (time, "time"),
        (timedelta, "days"),
        (YearsMonths, "months"),
    ]
    for type_, kind in kinds:
        if isinstance(value, type_):
            return kind
    raise TypeError(f"A value of a case can't be a {type(value).__name__}.")


def _written(kind: str, value: Any) -> Any:
    if kind == "days":
        return value // timedelta(microseconds=1)
    if kind == "months":
        return value.months
    return str(value) if kind == "number" else value.isoformat()


_READ: dict[str, Callable[[Any], Any]] = {
    "number": Decimal,
    "date and time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "days": lambda micro: timedelta(microseconds=micro),
    "months": YearsMonths,
}


def unpack(value: Any) -> Any:
    if isinstance(value, list):
        return [unpack(item) for item in value]
    if isinstance(value, dict):
        if set(value) == {TYPE, VALUE} and value[TYPE] in _READ:
            return _READ[value[TYPE]](value[VALUE])
        return {key: unpack(item) for key, item in value.items()}
    return value
