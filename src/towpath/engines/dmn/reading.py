"""What reading any part of a model needs: FEEL texts and types, with their problems told in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from towpath.engines import feel
from towpath.engines.dmn.problems import Report
from towpath.engines.dmn.types import ItemTypes
from towpath.engines.feel.checking import Clash, check, check_unary, fits
from towpath.engines.feel.types import ANY, Type
from towpath.engines.xmltree import Node

Names = Mapping[str, Type]  # what a text may read
Compiled = TypeVar("Compiled", feel.Expression, feel.UnaryTest)


class Reading:
    """`types` are the model's item definitions by name, `parts` the names of entries that contexts may have."""

    def __init__(
        self, report: Report, nodes: list[Node], imported: Mapping[str, Type], language: str
    ) -> None:
        self.report = report
        self.parts: tuple[str, ...] = ()
        self.types: Mapping[str, Type] = {}
        self.usual_language = language
        self.items = ItemTypes(report, imported, self.values)
        self.types = self.items.read(nodes)
        components = {
            part.attrs["name"]
            for item in nodes
            for part in item.iter()
            if part.tag == "itemComponent" and "name" in part.attrs
        }
        self.parts = tuple(sorted(components))

    def expression(
        self,
        node: Node,
        text: str,
        names: Names,
        owner: str,
        loose: bool = False,
        wanted: Type = ANY,
    ) -> feel.Expression | None:
        """Whose value should be of the type `wanted`; what can't be is told as a clash."""
        made = self._compiled(
            lambda: feel.compile(text, names, closed=True, types=self.types, parts=self.parts, loose=loose),
            node,
            owner,
        )
        if made:
            found, clashes = check(made.node, names)
            if not fits(found, wanted):
                clashes.append((0, f"gives a {found.base} where a {wanted.base} is wanted"))
            self._tell(node, owner, text, clashes)
        return made

    def test(
        self, node: Node, text: str, names: Names, owner: str, tested: Type = ANY
    ) -> feel.UnaryTest | None:
        """The tests of a value that has the type `tested`."""
        made = self._compiled(
            lambda: feel.compile_unary(text, names, closed=True, types=self.types, parts=self.parts),
            node,
            owner,
        )
        if made:
            self._tell(node, owner, text, check_unary(made.node, tested, names))
        return made

    def _tell(self, node: Node, owner: str, text: str, clashes: Iterable[Clash]) -> None:
        for position, why in clashes:
            self.report.clash(node, owner, str(feel.FeelError(text, position, why)))

    def values(self, node: Node | None, owner: str) -> feel.UnaryTest | None:
        """The test of an `allowedValues`, `inputValues` or `outputValues` element; None without one."""
        text = text_of(node)
        return self.test(node, text, {}, owner) if node and text else None

    def _compiled(self, compiled: Callable[[], Compiled], node: Node, owner: str) -> Compiled | None:
        self.language(node, owner)
        try:
            return compiled()
        except feel.FeelError as error:
            self.report.error(node, owner, str(error))
            return None

    def language(self, node: Node, owner: str) -> None:
        language = node.attrs.get("expressionLanguage", self.usual_language)
        if "feel" not in language.lower():
            self.report.error(node, owner, f"the expression language '{language}' is not supported; use FEEL")

    def type_named(self, name: str | None, node: Node, owner: str) -> Type:
        return self.items.resolve(name, node, owner)


def text_of(node: Node | None) -> str:
    """The FEEL text of an element, from its `text` child."""
    text = node.find("text") if node else None
    return text.text.strip() if text else ""
