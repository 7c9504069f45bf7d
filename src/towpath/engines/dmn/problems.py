"""What is wrong with a model, or with one evaluation of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from towpath.engines.xmltree import Node

if TYPE_CHECKING:
    from towpath.engines.dmn.table import Table


@dataclass(frozen=True, slots=True)
class Problem:
    """`element` is the id in the model ("" if it has none), `line` 0 where no line is to blame."""

    element: str
    name: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"line {self.line}, " if self.line else ""
        who = f"'{self.name}'" if self.name else "the model"
        return f"{where}{who}{f' ({self.element})' if self.element else ''}: {self.message}"


class DmnError(ValueError):
    """A model that is refused. `problems` has everything that is wrong with it, in document order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class Report:
    """Collects problems while a model is read, so that all are told at once."""

    def __init__(self) -> None:
        self.errors: list[Problem] = []
        self.clashes: list[Problem] = []  # errors too, but what has them can be evaluated all the same
        self.warnings: list[Problem] = []
        self.tables: list[Table] = []  # all that were read, for those who look for gaps

    def error(self, node: Node, name: str, message: str) -> None:
        self.errors.append(Problem(node.attrs.get("id", ""), name, node.line, message))

    def clash(self, node: Node, name: str, message: str) -> None:
        self.clashes.append(Problem(node.attrs.get("id", ""), name, node.line, message))

    def warn(self, node: Node, name: str, message: str) -> None:
        self.warnings.append(Problem(node.attrs.get("id", ""), name, node.line, message))
