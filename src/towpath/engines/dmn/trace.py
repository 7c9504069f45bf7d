"""What comes back from a model: a value and how it came about, or the next question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final

from towpath.engines.dmn.explain import sentences
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
    that it saw: by input expression for a table, by name for what else reads them. `either`: not all was known,
    so that one of the `rules` holds, and each of them gives this output. `labels` are the model's own for inputs
    and outputs.
    """

    decision: str
    kind: str
    inputs: dict[str, Any]
    rules: tuple[MatchedRule, ...]
    output: Any
    either: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`trace` has the required decisions before those that require them, the asked one last."""

    value: Any
    trace: tuple[Step, ...]
    problems: tuple[Problem, ...]

    def explain(
        self, locale: str, labels: Mapping[str, str] | None = None, *, brief: bool = False
    ) -> tuple[str, ...]:
        """What was decided by which rules, in sentences of that language: see `explain.sentences`."""
        return sentences(self.trace, locale, labels, brief)


@dataclass(frozen=True, slots=True)
class Question:
    """The next input worth asking. `allowed` is the text of its allowed values, or ""."""

    input: str
    type: str
    allowed: str


class DontKnow(Enum):
    """An answer: the person doesn't know, and need not be asked again. The input has a value all the same."""

    ANSWER = "don't know"


DONT_KNOW: Final = DontKnow.ANSWER


@dataclass(frozen=True, slots=True)
class Undecided:
    """Nothing more can be asked: `values` are those still possible, the likeliest first.

    `settled_by` are the inputs that weren't known and on which it hangs, the most telling first. `complete`
    is false where other values are possible too, which can't be listed.
    """

    values: tuple[Any, ...]
    settled_by: tuple[str, ...]
    complete: bool = True
