"""Problems gathered while a model is read, so that the author sees them all at once."""

from __future__ import annotations

from typing import Protocol

from towpath.engines.bpmn.errors import Problem
from towpath.engines.xmltree import Node


class Placed(Protocol):
    """Anything of the model that knows where it was written."""

    @property
    def id(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def name(self) -> str: ...


class Findings:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def wrong(self, where: Node | Placed, what: str, right: str = "") -> None:
        self.problems.append(_problem(where, what, right))

    def doubtful(self, where: Node | Placed, what: str, right: str = "") -> None:
        self.warnings.append(_problem(where, what, right))


def _problem(where: Node | Placed, what: str, right: str) -> Problem:
    if isinstance(where, Node):
        return Problem(where.attrs.get("id", ""), where.attrs.get("name", ""), where.line, what, right)
    return Problem(where.id, where.name, where.line, what, right)
