"""What reading one file needs at every place: its declarations, its expressions, and what has been found so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from towpath.engines import feel
from towpath.engines.bpmn.dialect import BPMN, XSI_TYPE, ZEEBE
from towpath.engines.bpmn.findings import Findings
from towpath.engines.bpmn.model import Element, Fixed, Message, Reference, Value
from towpath.engines.xmltree import Node

# Variables are single words, so several in a row are a sentence; unless some of them are FEEL's own.
_PROSE = re.compile(r"(?!.*\b(and|or|in|between|instance|if|for|some|every)\b)[^\W\d]\w*(\s+\w+)+[.!?]?")
_VARIABLE = re.compile(r"[^\W\d]\w*")


@dataclass(slots=True)
class Reader:
    """One file being read. `data`: data objects and the like -> the variable that each of them is."""

    findings: Findings
    messages: dict[str, Message] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    signals: dict[str, str] = field(default_factory=dict)
    escalations: dict[str, str] = field(default_factory=dict)
    definitions: dict[str, Node] = field(default_factory=dict)
    globals: dict[str, Node] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    called: list[tuple[Node, str]] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    def feel(self, owner: Node, what: str, text: str) -> Value:
        """A FEEL expression, with or without its leading "="; of a wrong one, something that is never run."""
        source = text.strip().removeprefix("=")
        if not source.strip():
            self.findings.wrong(owner, f"{what} is empty", "write a FEEL expression")
            return _never
        try:
            return feel.compile(source)
        except feel.FeelError as error:
            self.findings.wrong(owner, f"{what} '{text.strip()}' is not FEEL: {error}")
            return _never

    def formal(self, owner: Node, what: str, node: Node, *, typed: bool = True) -> Value:
        """An expression that can be run: formal as BPMN has it (`typed`: it has to say so), and in FEEL."""
        language = node.attrs.get("language", "feel")
        if "feel" not in language.lower():
            self.findings.wrong(
                owner, f"the language '{language}' of {what} is not supported", "write it in FEEL"
            )
            return _never
        kind = node.attrs.get(XSI_TYPE, "").rpartition(":")[2]
        if typed and kind != "tFormalExpression" and not node.text.lstrip().startswith("="):
            right = "give it xsi:type='tFormalExpression' and write it in FEEL"
            self.findings.wrong(owner, f"{what} is written for people, not to be run", right)
            return _never
        if not node.text.lstrip().startswith("=") and _PROSE.fullmatch(node.text.strip()):
            right = "write it in FEEL, like amount > 100"
            self.findings.wrong(
                owner, f"{what} '{node.text.strip()}' is words, nothing that can be run", right
            )
            return _never
        return self.feel(owner, what, node.text)

    def value(self, owner: Node, what: str, text: str | None) -> Value | None:
        """A FEEL expression if it begins with "=", else the text itself; None if there is none."""
        if text is None or not text.strip():
            return None
        return self.feel(owner, what, text) if text.lstrip().startswith("=") else Fixed(text.strip())

    def variable(self, owner: Node, what: str, name: str | None) -> str:
        if name and not _VARIABLE.fullmatch(name):
            self.findings.wrong(owner, f"{what} '{name}' is not a variable", "use letters, digits and _")
        return name or ""

    def message(self, node: Node, ref: str | None) -> Message | None:
        if not ref:
            self.findings.wrong(node, "names no message", "give it a messageRef")
            return None
        message = self.messages.get(local(ref))
        if message is None:
            self.findings.wrong(node, f"the message '{ref}' does not exist", "declare a message with that id")
        return message

    def refer(
        self,
        kind: Literal["form", "decision", "team", "step", "process"],
        value: Value | None,
        owner: Node | Element,
    ) -> None:
        """Note a name that the host has to resolve; one that is computed can only be checked when it runs."""
        if not isinstance(value, Fixed):
            return
        of, name, line = (
            (owner.attrs["id"], owner.attrs.get("name", ""), owner.line)
            if isinstance(owner, Node)
            else (owner.id, owner.name, owner.line)
        )
        for text in value.text.split(",") if kind == "team" else [value.text]:
            self.references.append(Reference(kind, text.strip(), of, name, line))


def _never(context: Mapping[str, Any]) -> None:
    raise AssertionError("a model with problems is refused")


def local(name: str) -> str:
    """A qualified name without its prefix: everything referred to lies in the files that are loaded together."""
    return name.strip().rpartition(":")[2]


def extensions(node: Node) -> list[Node]:
    return [
        child
        for found in node.all("extensionElements", BPMN)
        for child in found.children
        if child.ns == ZEEBE
    ]


def extension(node: Node, tag: str) -> Node | None:
    return next((child for child in extensions(node) if child.tag == tag), None)
