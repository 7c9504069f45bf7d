"""What a plan can have wrong."""

from __future__ import annotations

from collections.abc import Iterable


class PlanError(ValueError):
    """The plan is refused. `problems` lists everything that is wrong with it, each with the place in the plan."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))
