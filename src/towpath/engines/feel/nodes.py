"""What the parser makes of a text and `closures` compiles: a small tree of one kind of node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """`kind` says which construct, `value` is what the kind needs besides its children.

    literal: the value. name, path: the name. arithmetic, compare, test: the sign. range: which ends are
    included. call: (function, argument names or ()). invoke: the argument names. for, some, every: the
    variables. context: the keys. function: (names, types) of its parameters. instance of: the type.
    `question` tells whether `?`, the tested value, is read.
    """

    kind: str
    position: int
    children: tuple[Node, ...] = ()
    value: Any = None
    height: int = field(init=False)
    question: bool = field(init=False)

    def __post_init__(self) -> None:
        height = 1 + max((child.height for child in self.children), default=0)
        question = self.kind == "name" and self.value == "?"
        object.__setattr__(self, "height", height)
        object.__setattr__(self, "question", question or any(child.question for child in self.children))

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.children:
            yield from child.walk()
