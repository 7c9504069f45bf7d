"""What can go wrong, and who has to act on it.

BpmnError   the author: the model is refused when it is loaded, with every problem at once
Refused     the host: this event does not fit the state; the state is as it was (`already`: it came before)
Incident    a person: the event fits, but the case cannot go on as the model stands; the state is as it was
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a model. `right` says what would be right; `element` is "" for the file itself."""

    element: str
    name: str
    line: int
    what: str
    right: str = ""

    def __str__(self) -> str:
        label = f"'{self.name}' ({self.element})" if self.name else self.element
        where = f"line {self.line}: {label}" if label else f"line {self.line}"
        return f"{where}: {self.what}" + (f"; {self.right}" if self.right else "")


class BpmnError(ValueError):
    """The model is refused. `problems` lists everything that is wrong with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Refused(ValueError):
    """The event does not fit the state. `already`: what it tells was done or withdrawn before."""

    def __init__(self, why: str, *, already: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.already = already


class Incident(RuntimeError):
    """The case cannot go on at this element: no condition holds, a value is missing, it runs in circles."""

    def __init__(self, element: str, name: str, why: str) -> None:
        super().__init__(f"'{name}' ({element}): {why}" if name else f"{element}: {why}")
        self.element = element
        self.name = name
        self.why = why
