"""What a day and a step cost, as a body knows it:

currency: EUR
day-of-a-case: 4.50          what it costs that a case is open for one day longer
step: 18.00                  what it costs to do any step once more
steps: {Site visit: 140}     some cost more
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_KEYS = ("currency", "day-of-a-case", "step", "steps")


class CostsError(ValueError):
    """The file can't be used; the text says which line of it and what would be right."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Money per day that a case is open, and per step done once more; None: not known."""

    currency: str = ""
    day: float | None = None
    step: float | None = None
    steps: dict[str, float] = field(default_factory=dict)

    def again(self, step: str, times: int) -> float | None:
        """What it costs to do a step so many times more."""
        price = self.steps.get(step, self.step)
        return None if price is None else price * times


def load(path: Path) -> Costs:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as why:
        raise CostsError(f"{path.name}: the costs can't be read: {why}") from None
    if not isinstance(given, dict):
        raise CostsError(f"{path.name}: costs have lines such as 'day-of-a-case: 4.50'")
    for key in given:
        if key not in _KEYS:
            raise CostsError(f"{path.name}: '{key}' is not known here; one of {', '.join(_KEYS)}")
    steps = given.get("steps") or {}
    if not isinstance(steps, dict):
        raise CostsError(f"{path.name}: 'steps' should be names of steps and their prices")
    return Costs(
        currency=str(given.get("currency", "")),
        day=_price(path, "day-of-a-case", given.get("day-of-a-case")),
        step=_price(path, "step", given.get("step")),
        steps={str(name): _price(path, f"steps: {name}", value) or 0.0 for name, value in steps.items()},
    )


def _price(path: Path, key: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise CostsError(f"{path.name}: '{key}' should be an amount such as 4.50, not {value!r}")
    return float(value)
