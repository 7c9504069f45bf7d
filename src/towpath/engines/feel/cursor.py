"""A place in a FEEL text, and what the parser does with the tokens there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from towpath.engines.feel.lexer import Token, tokens
from towpath.engines.feel.limits import MAX_DEPTH, FeelError
from towpath.engines.feel.nodes import Node

Part = TypeVar("Part")


class Cursor:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.texts = [token.text for token in self.tokens]
        self.at = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def error(self, why: str, position: int | None = None) -> FeelError:
        return FeelError(self.text, self.token.position if position is None else position, why)

    def sees(self, *texts: str) -> bool:
        return self.texts[self.at] in texts

    def take(self) -> Token:
        token = self.token
        self.at += 1
        return token

    def accept(self, text: str) -> bool:
        if self.sees(text):
            self.at += 1
            return True
        return False

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise self.error(f"expected '{text}' but found {self.found()}")

    def found(self) -> str:
        return f"'{self.token.text[:40]}'" if self.token.kind != "end" else "the end"

    def end(self) -> None:
        if self.token.kind != "end":
            raise self.error(f"unexpected {self.found()}")

    def node(self, kind: str, position: int, children: Sequence[Node] = (), value: Any = None) -> Node:
        made = Node(kind, position, tuple(children), value)
        if made.height > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels (MAX_DEPTH)", position)
        return made

    def separated(self, part: Callable[[], Part]) -> list[Part]:
        parts = [part()]
        while self.accept(","):
            parts.append(part())
        return parts
