"""What comes back from a model: a value and how it came about, or the next question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from towpath.engines.dmn.problems import Problem


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A row of a table that held. `index` counts from 1; `annotations` by column, such as "Legal basis"."""

    id: str
    index: int
    annotations: dict[str, str]
    output: Any


@dataclass(frozen=True, slots=True)
class Step:
    """One decision, or one table inside of it or of a business knowledge model that it calls.

    `decision` is the name of what has the logic. `kind` is that of the logic: "decision table", "literal
    expression", "context", "invocation" …; `rules` are those that gave the output. `inputs` are the values
    that it saw: by input expression for a table, by name for what else reads them.
    """

    decision: str
    kind: str
    inputs: dict[str, Any]
    rules: tuple[MatchedRule, ...]
    output: Any


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`trace` has the required decisions before those that require them, the asked one last."""

    value: Any
    trace: tuple[Step, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """The next input worth asking. `allowed` is the text of its allowed values, or ""."""

    input: str
    type: str
    allowed: str
