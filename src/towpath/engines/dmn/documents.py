"""The documents that a model consists of: its own and those that it imports, by namespace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from towpath.engines import xmltree
from towpath.engines.dmn.problems import DmnError, Problem
from towpath.engines.xmltree import Node

NAMESPACES = {
    "https://www.omg.org/spec/DMN/20191111/MODEL/": "1.3",
    "https://www.omg.org/spec/DMN/20211108/MODEL/": "1.4",
    "https://www.omg.org/spec/DMN/20230324/MODEL/": "1.5",
}


@dataclass(slots=True, eq=False)
class Document:
    """`imports` are the models that it imports, with the name that they have here (which may be "")."""

    root: Node
    imports: list[tuple[str, Document]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.root.attrs.get("name", "")

    @property
    def namespace(self) -> str:
        return self.root.attrs.get("namespace", "")


def documents(xml: str | bytes, others: Sequence[str | bytes]) -> tuple[list[Document], list[Problem]]:
    """All that the first one needs, each after those that it imports, and what is wrong with their imports.

    DmnError where one of them is no DMN.
    """
    main = Document(_root(xml))
    known = {each.namespace: each for each in (Document(_root(text)) for text in others)}
    known[main.namespace] = main
    ordered: list[Document] = []
    problems: list[Problem] = []
    open_: list[Document] = []

    def visit(document: Document) -> None:
        open_.append(document)
        for node in document.root.all("import"):
            if node.attrs.get("importType", "") not in NAMESPACES:
                continue  # told when the document is read
            wanted, name = node.attrs.get("namespace", ""), node.attrs.get("name", "")
            other = known.get(wanted)
            why = "" if other else f"imports '{wanted}', but no model with that namespace was given"
            if other in open_:
                why = f"imports '{wanted}', which imports this model in turn"
            if why or other is None:
                problems.append(Problem(node.attrs.get("id", ""), name or document.name, node.line, why))
                continue
            document.imports.append((name, other))
            if other not in ordered:
                visit(other)
        open_.pop()
        ordered.append(document)

    visit(main)
    return ordered, problems


def _root(xml: str | bytes) -> Node:
    try:
        root = xmltree.parse(xml)
    except xmltree.XmlError as error:
        raise DmnError([Problem("", "", error.line, error.message)]) from None
    if root.tag != "definitions" or root.ns not in NAMESPACES:
        known = ", ".join(NAMESPACES.values())
        message = f"this is <{root.tag}> of '{root.ns}', not the <definitions> of DMN {known}"
        raise DmnError([Problem("", "", root.line, message)])
    return root
