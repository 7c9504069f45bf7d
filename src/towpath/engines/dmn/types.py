"""The item definitions of a model as types (DMN 1.5, section 7.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from towpath.engines import feel
from towpath.engines.dmn.problems import Report
from towpath.engines.feel.names import nearest
from towpath.engines.feel.types import ANY, BUILT_IN, FUNCTION, LIST, Type, built_in
from towpath.engines.xmltree import Node

Allowed = Callable[[Any], bool]


def outside(allowed: feel.UnaryTest | None, value: Any) -> str:
    """Why the value is not among the allowed ones, or "". Null always is."""
    if value is None or allowed is None or allowed(value, {}):
        return ""
    return f"should be one of {allowed.text} but is {value!s:.80}"


class ItemTypes:
    """Reads the `itemDefinition`s of one model. `known` are its types by name, imported ones with a prefix."""

    def __init__(self, report: Report, known: Mapping[str, Type], values: Callable[..., Any]) -> None:
        self.report = report
        self.known = dict(known)
        self.values = values
        self.nodes: dict[str, Node] = {}
        self.open: list[str] = []

    def read(self, nodes: list[Node]) -> dict[str, Type]:
        self.nodes = {node.attrs.get("name", ""): node for node in nodes}
        for name in self.nodes:
            self.named(name)
        return self.known

    def named(self, name: str) -> Type | None:
        """One may name another that comes later, but not itself by way of others."""
        if name in self.known or name not in self.nodes:
            return self.known.get(name) or built_in(name)
        if name in self.open:
            self.report.error(self.nodes[name], name, "the types refer to each other in a circle")
            return ANY
        self.open.append(name)
        self.known[name] = self._type(self.nodes[name], name)
        self.open.pop()
        return self.known[name]

    def _type(self, node: Node, owner: str) -> Type:
        name = node.attrs.get("name", "") if node.tag != "itemDefinition" else owner
        function = node.find("functionItem")
        parts = tuple(
            (part.attrs.get("name", ""), self._type(part, owner)) for part in node.all("itemComponent")
        )
        if function:
            one = self._function(function, name, owner)
        elif parts:
            one = Type(name, "context", components=parts)
        else:
            one = replace(self._referred(node, owner), name=name)
        allowed = self.values(node.find("allowedValues"), owner)
        one = self._restricted(one, allowed)
        if node.attrs.get("isCollection") == "true":
            one = Type(name, "list", of=one)
        return _allowing(one, self.values(node.find("typeConstraint"), owner))

    def _restricted(self, type_: Type, allowed: feel.UnaryTest | None) -> Type:
        """Allowed values of a list are those of its items."""
        if allowed and type_.base == "list" and type_.of:
            return replace(type_, of=_allowing(type_.of, allowed))
        return _allowing(type_, allowed)

    def _function(self, node: Node, name: str, owner: str) -> Type:
        takes = tuple(self.resolve(each.attrs.get("typeRef"), each, owner) for each in node.all("parameters"))
        gives = self.resolve(node.attrs.get("outputTypeRef"), node, owner)
        return replace(FUNCTION, name=name, takes=takes, gives=gives)

    def _referred(self, node: Node, owner: str) -> Type:
        reference = node.find("typeRef")
        return self.resolve(reference.text.strip() if reference else None, node, owner)

    def resolve(self, name: str | None, node: Node, owner: str) -> Type:
        """The type of that name; Any without one, and where there is none, which is told."""
        if not name:
            return ANY
        plain = name.strip()
        found = self.named(plain) or self.named(plain.rpartition(":")[2])
        if found is None and plain in ("list", "function"):
            found = LIST if plain == "list" else FUNCTION
        if found is None:
            suggestion = nearest(plain, [*self.known, *self.nodes, *BUILT_IN])
            self.report.error(node, owner, f"unknown type '{plain}'{suggestion}")
        return found or ANY


def _allowing(type_: Type, test: feel.UnaryTest | None) -> Type:
    if test is None:
        return type_
    before, found = type_.allowed, test

    def allowed(value: Any) -> bool:
        return (before is None or before(value)) and found(value, {})

    return replace(type_, allowed=allowed, allowed_text=test.text)
