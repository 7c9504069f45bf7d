"""The XML of boxed expressions to logic (DMN 1.5, section 7.3). What is wrong is reported, and becomes null."""

from __future__ import annotations

from collections.abc import Callable

from towpath.engines.dmn import boxed
from towpath.engines.dmn.boxed import Boxed, Refused
from towpath.engines.dmn.reading import Names, Reading, text_of
from towpath.engines.dmn.run import Logic
from towpath.engines.dmn.tables import TableReader
from towpath.engines.feel import java
from towpath.engines.feel.closures import Code, conditional
from towpath.engines.feel.types import ANY, LIST, Type
from towpath.engines.xmltree import Node

EXPRESSIONS = frozenset(
    [
        "literalExpression",
        "decisionTable",
        "context",
        "invocation",
        "list",
        "relation",
        "functionDefinition",
        "conditional",
        "filter",
        "for",
        "some",
        "every",
    ]
)
MAX_ENTRIES = 1_000  # of one context
_DECORATION = ("description", "extensionElements")
_NULL = Boxed("null", lambda scope: None)


class BoxReader:
    """Of the logic of one element, `owner`."""

    def __init__(self, reading: Reading, owner: str) -> None:
        self.reading = reading
        self.report = reading.report
        self.owner = owner
        self.readers: dict[str, Callable[[Node, Names], Boxed]] = {
            "literalExpression": self._literal,
            "context": self._context,
            "invocation": self._invocation,
            "list": self._list,
            "relation": self._relation,
            "functionDefinition": self._function,
            "conditional": self._conditional,
            "filter": self._filter,
            "for": self._iterator,
            "some": self._iterator,
            "every": self._iterator,
        }

    def logic(self, node: Node, names: Names) -> Logic:
        """Of any kind. Where something in it was refused it gives null and says so."""
        before = len(self.report.errors)
        if node.tag == "decisionTable":
            made: Logic = TableReader(self.reading, node, self.owner, names).table()
        elif node.tag in self.readers:
            made = self._typed(node, self.readers[node.tag](node, names))
        else:
            self.report.error(node, self.owner, f"'{node.tag}' is not supported as logic")
            made = _NULL
        refused = tuple(self.report.errors[before:])
        return Refused(refused) if refused else made

    def _typed(self, node: Node, logic: Boxed) -> Boxed:
        if node.tag == "functionDefinition":  # its type is that of the function
            return logic
        type_ = self.reading.type_named(node.attrs.get("typeRef"), node, self.owner)
        if type_ is ANY:
            return logic
        code = boxed.typed(logic.code, type_, "the " + logic.kind, self.owner)
        return Boxed(logic.kind, code, logic.names, logic.expression)

    def code(self, node: Node, names: Names) -> Code:
        logic = self.logic(node, names)
        return boxed.inner_code(logic, self.owner)

    def child(self, node: Node, names: Names, what: str) -> Code:
        """The one expression inside of `node`."""
        found = [each for each in node.children if each.ns == node.ns and each.tag not in _DECORATION]
        found = [each for each in found if each.tag in EXPRESSIONS]
        if not found:
            self.report.error(node, self.owner, f"{what} has no expression")
            return _NULL.code
        return self.code(found[0], names)

    def part(self, node: Node, tag: str, names: Names) -> Code:
        inner = node.find(tag)
        if inner is None:
            self.report.error(node, self.owner, f"the {node.tag} has no '{tag}'")
            return _NULL.code
        return self.child(inner, names, f"the '{tag}' of the {node.tag}")

    # -- each kind

    def _literal(self, node: Node, names: Names) -> Boxed:
        text = text_of(node)
        if not text:
            self.report.error(node, self.owner, "the literal expression is empty")
            return _NULL
        wanted = self.reading.items.named((node.attrs.get("typeRef") or "").strip()) or ANY
        expression = self.reading.expression(node, text, names, self.owner, wanted=wanted)
        return boxed.literal(expression) if expression else _NULL

    def _context(self, node: Node, names: Names) -> Boxed:
        entries: list[tuple[str, Code]] = []
        result: Code | None = None
        found = list(node.all("contextEntry"))
        if len(found) > MAX_ENTRIES:
            what = f"a context of more than {MAX_ENTRIES} entries (MAX_ENTRIES); each is read knowing all before it"
            self.report.error(found[MAX_ENTRIES], self.owner, what)
        for entry in found[:MAX_ENTRIES]:
            variable = entry.find("variable")
            if variable is None:
                result = self.child(entry, names, "the context's result")
                continue
            name = variable.attrs.get("name", "")
            if not name:
                self.report.error(variable, self.owner, "an entry of the context needs a name")
            own = entry.find("functionDefinition") is not None  # which may call itself
            type_ = self.reading.type_named(variable.attrs.get("typeRef"), variable, self.owner)
            known = {**names, name: type_}
            code = self.child(entry, known if own else names, f"the entry {name}")
            entries.append((name, boxed.typed(code, ANY if own else type_, f"the entry {name}", self.owner)))
            names = known
        return Boxed("context", boxed.context(entries, result))

    def _invocation(self, node: Node, names: Names) -> Boxed:
        callee = self.child(node, names, "the invocation")
        bindings: list[tuple[str, Code]] = []
        for binding in node.all("binding"):
            parameter = binding.find("parameter")
            name = parameter.attrs.get("name", "") if parameter else ""
            if not name:
                self.report.error(binding, self.owner, "a binding needs a parameter with a name")
            type_ = self.reading.type_named(
                parameter.attrs.get("typeRef") if parameter else "", binding, self.owner
            )
            code = self.child(binding, names, f"the binding of {name}")
            bindings.append((name, boxed.typed(code, type_, f"the binding of {name}", self.owner)))
        return Boxed("invocation", boxed.invocation(callee, bindings, self.owner))

    def _list(self, node: Node, names: Names) -> Boxed:
        items = [
            self.code(each, names) for each in node.children if each.tag in EXPRESSIONS and each.ns == node.ns
        ]
        return Boxed("list", boxed.listing(items))

    def _relation(self, node: Node, names: Names) -> Boxed:
        columns = [column.attrs.get("name", "") for column in node.all("column")]
        types = [
            self.reading.type_named(column.attrs.get("typeRef"), column, self.owner)
            for column in node.all("column")
        ]
        rows = []
        for row in node.all("row"):
            cells = [self.code(each, names) for each in row.children if each.tag in EXPRESSIONS]
            if len(cells) != len(columns):
                message = f"a row has {len(cells)} cells; the relation has {len(columns)} columns"
                self.report.error(row, self.owner, message)
                continue
            named = zip(cells, types, columns, strict=True)
            rows.append(
                [boxed.typed(cell, type_, f"the cell of {name}", self.owner) for cell, type_, name in named]
            )
        return Boxed("relation", boxed.relation(columns, rows))

    def parameters(self, node: Node) -> list[tuple[str, Type]]:
        return [
            (each.attrs.get("name", ""), self.reading.type_named(each.attrs.get("typeRef"), each, self.owner))
            for each in node.all("formalParameter")
        ]

    def _function(self, node: Node, names: Names) -> Boxed:
        parameters = self.parameters(node)
        return Boxed("function definition", boxed.function(parameters, self.body(node, names, parameters)))

    def body(self, node: Node, names: Names, parameters: list[tuple[str, Type]]) -> Code:
        """Of a function definition; Java and PMML are refused by name."""
        kind = node.attrs.get("kind", "FEEL")
        if kind == "Java":
            return self._java(node, [name for name, _ in parameters])
        if kind != "FEEL":
            self.report.error(
                node, self.owner, f"functions in {kind} are not supported; write the body in FEEL"
            )
            return _NULL.code
        return self.child(node, {**names, **dict(parameters)}, "the function")

    def _java(self, node: Node, names: list[str]) -> Code:
        """Its context names a class and a method; only what `feel.java` knows is taken."""
        box, named = node.find("context"), {}
        for entry in box.all("contextEntry") if box else []:
            variable, inner = entry.find("variable"), entry.find("literalExpression")
            named[variable.attrs.get("name", "") if variable else ""] = text_of(inner).strip('"')
        class_name, signature = named.get("class", ""), named.get("method signature", "")
        found = java.function(class_name, signature)
        if found is None:
            what = f"{class_name}.{signature}"[:120] if class_name else "in Java"
            self.report.error(
                node, self.owner, f"the function {what} is not supported; write the body in FEEL"
            )
            return _NULL.code
        return lambda scope: found([scope.get(name) for name in names])

    def _conditional(self, node: Node, names: Names) -> Boxed:
        parts = [self.part(node, tag, names) for tag in ("if", "then", "else")]
        return Boxed("conditional", conditional(*parts))

    def _filter(self, node: Node, names: Names) -> Boxed:
        source, match = self.part(node, "in", names), node.find("match")
        inner = match.find("literalExpression") if match else None
        text = text_of(inner)
        if inner is None or not text:
            self.report.error(node, self.owner, "the filter needs a 'match' with a literal expression")
            return _NULL
        expression = self.reading.expression(inner, text, {**names, "item": ANY}, self.owner, loose=True)
        return Boxed("filter", boxed.filtered(source, expression)) if expression else _NULL

    def _iterator(self, node: Node, names: Names) -> Boxed:
        variable = node.attrs.get("iteratorVariable", "")
        if not variable:
            self.report.error(node, self.owner, f"the '{node.tag}' needs an iteratorVariable")
        domain = self.part(node, "in", names)
        seen = {**names, variable: ANY} | ({"partial": LIST} if node.tag == "for" else {})
        body = self.part(node, "return" if node.tag == "for" else "satisfies", seen)
        return Boxed(node.tag, boxed.iterated(variable, domain, body, node.tag))
