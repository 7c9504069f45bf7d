"""What reading any part of a model needs: FEEL texts and types, with their problems told in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from towpath.engines import feel
from towpath.engines.dmn.problems import Report
from towpath.engines.dmn.types import ANY, BUILT_IN, Type, built_in
from towpath.engines.feel.names import nearest
from towpath.engines.xmltree import Node

Compiled = TypeVar("Compiled", feel.Expression, feel.UnaryTest)


class Reading:
    """`types` are the model's item definitions by name."""

    def __init__(self) -> None:
        self.report = Report()
        self.types: dict[str, Type] = {}

    def expression(self, node: Node, text: str, names: Iterable[str], owner: str) -> feel.Expression | None:
        return self._compiled(feel.compile, node, text, names, owner)

    def test(self, node: Node, text: str, names: Iterable[str], owner: str) -> feel.UnaryTest | None:
        return self._compiled(feel.compile_unary, node, text, names, owner)

    def values(self, node: Node | None, owner: str) -> feel.UnaryTest | None:
        """The test of an `allowedValues`, `inputValues` or `outputValues` element; None without one."""
        text = text_of(node)
        return self.test(node, text, (), owner) if node and text else None

    def _compiled(
        self,
        compiled: Callable[..., Compiled],
        node: Node,
        text: str,
        names: Iterable[str],
        owner: str,
    ) -> Compiled | None:
        self.language(node, owner)
        try:
            return compiled(text, names, closed=True)
        except feel.FeelError as error:
            self.report.error(node, owner, str(error))
            return None

    def language(self, node: Node, owner: str) -> None:
        language = node.attrs.get("expressionLanguage", "feel")
        if "feel" not in language.lower():
            self.report.error(node, owner, f"the expression language '{language}' is not supported; use FEEL")

    def type_named(self, name: str | None, node: Node, owner: str) -> Type:
        if not name:
            return ANY
        found = self.types.get(name) or built_in(name)
        if found is None:
            suggestion = nearest(name, [*self.types, *BUILT_IN])
            self.report.error(node, owner, f"unknown type '{name}'{suggestion}")
        return found or ANY


def text_of(node: Node | None) -> str:
    """The FEEL text of an element, from its `text` child."""
    text = node.find("text") if node else None
    return text.text.strip() if text else ""
