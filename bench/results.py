"""What was measured: printed as a table, kept as a list in bench/results/latest.json."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

LATEST = Path(__file__).parent / "results" / "latest.json"
MACHINE = "2 cores, 24 GB"


@dataclass(frozen=True)
class Result:
    """One figure. `peer_value` is somebody else's in the same unit; `how` says how both were measured."""

    name: str
    value: float
    unit: str
    how: str
    peer: str = ""
    peer_value: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours divided by theirs. More is better where the unit is `/s`, less is better elsewhere."""
        return round(self.value / self.peer_value, 3) if self.peer_value else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]


def show(results: Sequence[Result]) -> None:
    width = max((len(one.name) for one in results), default=0)
    for one in results:
        beside = f"{one.peer} {one.peer_value:g}, x {one.ratio:g}" if one.peer_value else one.peer
        print(f"{one.name:<{width}}  {one.value:>10.6g} {one.unit:<10} {beside}")


def keep(results: Sequence[Result], *, part: bool) -> None:
    """Replaces what is kept; of a part of the benchmarks only what it measured."""
    fresh = {one.name: one.as_json() for one in results}
    kept = json.loads(LATEST.read_text()) if part and LATEST.exists() else []
    merged = [fresh.pop(old["name"], old) for old in kept] + list(fresh.values())
    LATEST.parent.mkdir(exist_ok=True)
    LATEST.write_text(json.dumps(merged, indent=1, ensure_ascii=False) + "\n")
