"""Functions that models name by their Java signature (DMN 1.5, section 10.3.2.13.3), worked out here.

There is no Java. What is known are pure functions of `java.lang`: mathematics, and conversion of numbers and
texts; any other is refused by its name. Arguments must be what the signature's types hold, else it is null.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from towpath.engines.feel.texts import number_text
from towpath.engines.feel.values import FAILURES, NUMBERS, kind, whole

_SIGNATURE = re.compile(r"\s*([A-Za-z_]\w{0,60})\s*\(([^()]{0,300})\)\s*")
_WHOLE = {"byte": 8, "short": 16, "int": 32, "long": 64}  # bits
_REAL = ("double", "float")
_BOXES = {
    "Byte": "byte",
    "Short": "short",
    "Integer": "int",
    "Long": "long",
    "Double": "double",
    "Float": "float",
}
_PLACE = re.compile(r"%([sd%])")

Function = Callable[..., Any]


def _real(work: Callable[..., float]) -> Function:
    """A function of floating-point numbers."""
    return lambda *values: NUMBERS.create_decimal(repr(work(*map(float, values))))


_MATH: dict[str, tuple[int, Function]] = {  # how many arguments, and what it does
    "abs": (1, abs),
    "max": (2, max),
    "min": (2, min),
    "ceil": (1, lambda value: Decimal(math.ceil(value))),
    "floor": (1, lambda value: Decimal(math.floor(value))),
    "rint": (1, lambda value: value.to_integral_value()),
    "round": (1, lambda value: Decimal(math.floor(value + Decimal("0.5")))),
    "signum": (1, lambda value: Decimal((value > 0) - (value < 0))),
    "floorDiv": (2, lambda a, b: Decimal(whole(a) // whole(b))),
    "floorMod": (2, lambda a, b: Decimal(whole(a) % whole(b))),
    "pow": (2, _real(math.pow)),
    "hypot": (2, _real(math.hypot)),
    "atan2": (2, _real(math.atan2)),
    "cbrt": (1, _real(math.cbrt)),
    "toRadians": (1, _real(math.radians)),
    "toDegrees": (1, _real(math.degrees)),
    **{
        name: (1, _real(getattr(math, name))) for name in ("sqrt", "exp", "log", "log10", "sin", "cos", "tan")
    },
    **{name: (1, _real(getattr(math, name))) for name in ("asin", "acos", "atan", "sinh", "cosh", "tanh")},
}


def function(class_name: str, signature: str) -> Function | None:
    """A function of a list of values; None where the signature is none that is known."""
    found = _SIGNATURE.fullmatch(signature)
    if not found or not class_name.startswith("java.lang."):
        return None
    name, types = found[1], [each.strip() for each in found[2].split(",") if each.strip()]
    work = _known(class_name.removeprefix("java.lang."), name, types)
    if work is None:
        return None
    return lambda values: _called(work, types, values)


def _known(class_name: str, name: str, types: Sequence[str]) -> Function | None:
    if class_name in ("Math", "StrictMath") and name in _MATH:
        count, work = _MATH[name]
        return (
            work if len(types) == count and all(each in _WHOLE or each in _REAL for each in types) else None
        )
    if (
        class_name in _BOXES
        and len(types) == 1
        and name in ("valueOf", f"parse{class_name.removesuffix('eger')}")
    ):
        own = _BOXES[class_name]
        return (
            _number(own)
            if types[0] == "java.lang.String"
            else (lambda value: value)
            if types[0] == own
            else None
        )
    if class_name != "String":
        return None
    if name == "format" and types == ["java.lang.String", "[Ljava.lang.Object;"]:
        return _formatted
    return _text if name == "valueOf" and len(types) == 1 else None


def _number(type_: str) -> Function:
    return lambda text: _taken(type_, NUMBERS.create_decimal(text.strip()))


def _called(work: Function, types: Sequence[str], values: list[Any]) -> Any:
    """With the values as Java would take them; null where it wouldn't."""
    varied = bool(types) and types[-1].startswith("[L")
    if len(values) != len(types) and not (varied and len(values) >= len(types) - 1):
        return None
    try:
        return work(*map(_taken, [*types, *[types[-1]] * len(values)] if varied else types, values))
    except FAILURES:
        return None


def _taken(type_: str, value: Any) -> Any:
    what = kind(value)
    if type_ in _WHOLE and what == "number":
        number = whole(value)
        if -(2 ** (_WHOLE[type_] - 1)) <= number < 2 ** (_WHOLE[type_] - 1):
            return Decimal(number)
    elif type_ in _REAL and what == "number":
        return Decimal(value)
    elif (
        (type_ == "boolean" and what == "boolean")
        or (type_ == "java.lang.String" and what == "string")
        or (type_ == "char" and what == "string" and len(value) == 1)
        or type_ in ("java.lang.Object", "[Ljava.lang.Object;")
    ):
        return value
    raise ValueError(f"a {what} is no {type_}")


def _text(value: Any) -> str:
    return (
        number_text(value)
        if kind(value) == "number"
        else str(value).lower()
        if kind(value) == "boolean"
        else str(value)
    )


def _formatted(pattern: str, *values: Any) -> str:
    """Only %s, %d and %%; ValueError where there are not enough values, or another kind of place."""
    left = iter(values)
    if "%" in _PLACE.sub("", pattern):
        raise ValueError(pattern)

    def filled(place: re.Match[str]) -> str:
        if place[1] == "%":
            return "%"
        value = next(left, None)
        if value is None or (place[1] == "d" and kind(value) != "number"):
            raise ValueError(pattern)
        return _text(value)

    return _PLACE.sub(filled, pattern)
