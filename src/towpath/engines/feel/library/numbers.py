"""Functions on numbers (DMN 1.5, table 78)."""

from __future__ import annotations

import decimal
from datetime import timedelta
from decimal import Decimal
from typing import Any

from towpath.engines.feel.functions import function
from towpath.engines.feel.limits import POWER_STEPS, Scope, budget_of
from towpath.engines.feel.times import YearsMonths
from towpath.engines.feel.values import NUMBERS, is_huge, whole

_MOST_PLACES, _LEAST_PLACES = 6176, -6111  # of a decimal128


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal | None:
    exact = Decimal(value)
    if scale is not None and not _LEAST_PLACES <= scale <= _MOST_PLACES:
        return None
    places = int(scale or 0)
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and exponent >= -places >= 0:
        return exact
    if isinstance(exponent, int) and -exponent <= places:
        return exact
    rounded = exact.quantize(Decimal(1).scaleb(-places, NUMBERS), rounding, NUMBERS)
    return rounded if rounded else rounded.copy_abs()  # no minus zero


for _name, _mode in (
    ("floor", decimal.ROUND_FLOOR),
    ("ceiling", decimal.ROUND_CEILING),
    ("round up", decimal.ROUND_UP),
    ("round down", decimal.ROUND_DOWN),
    ("round half up", decimal.ROUND_HALF_UP),
    ("round half down", decimal.ROUND_HALF_DOWN),
    ("decimal", decimal.ROUND_HALF_EVEN),
):
    if _name in ("floor", "ceiling"):
        function(_name, "n: number")(lambda value, mode=_mode: _rounded(value, None, mode))
    function(_name, "n: number", "scale: number")(
        lambda value, scale, mode=_mode: _rounded(value, scale, mode)
    )


@function("abs", "n: number or days and time duration or years and months duration")
def _abs(value: Decimal | timedelta | YearsMonths) -> Any:
    if isinstance(value, YearsMonths):
        return YearsMonths(abs(value.months))
    return value.copy_abs() if isinstance(value, Decimal) else abs(value)


@function("modulo", "dividend: number", "divisor: number")
def _modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    """`dividend - divisor * floor(dividend / divisor)`: with the sign of the divisor."""
    rest = NUMBERS.remainder(dividend, divisor)
    return NUMBERS.add(rest, divisor) if rest and (rest < 0) is not (divisor < 0) else rest


@function("sqrt", "number: number")
def _sqrt(value: Decimal) -> Decimal:
    return NUMBERS.sqrt(value)


@function("log", "number: number", scoped=True)
def _log(scope: Scope, value: Decimal) -> Decimal | None:
    budget_of(scope).spend(POWER_STEPS)
    return NUMBERS.ln(value) if value > 0 else None


@function("exp", "number: number", scoped=True)
def _exp(scope: Scope, value: Decimal) -> Decimal:
    budget_of(scope).spend(POWER_STEPS)
    return NUMBERS.exp(value)


@function("odd", "number: number")
def _odd(value: Decimal) -> bool:
    return not is_huge(value) and whole(value) % 2 == 1


@function("even", "number: number")
def _even(value: Decimal) -> bool:
    return is_huge(value) or whole(value) % 2 == 0
