"""The `decisionTable` element to a `Table`."""

from __future__ import annotations

from dataclasses import replace

from towpath.engines import feel
from towpath.engines.dmn.reading import Names, Reading, text_of
from towpath.engines.dmn.table import POLICIES, Column, Output, Rule, Table
from towpath.engines.feel.checking import check
from towpath.engines.feel.types import ANY, Type
from towpath.engines.xmltree import Node

_AGGREGATIONS = ("SUM", "COUNT", "MIN", "MAX")
_PARTS = {"input", "output", "annotation", "rule", "description", "extensionElements"}
_NULL = feel.compile("null")


class TableReader:
    """One table of the decision `owner`, whose expressions may read `names`."""

    def __init__(self, reading: Reading, node: Node, owner: str, names: Names) -> None:
        self.reading = reading
        self.report = reading.report
        self.node = node
        self.owner = owner
        self.names = names
        self.inputs = node.all("input")
        self.outputs = node.all("output")
        notes = node.all("annotation")
        self.annotations = [note.attrs.get("name") or f"Annotation {i}" for i, note in enumerate(notes, 1)]

    def table(self) -> Table:
        policy, aggregation = self._policy()
        for child in self.node.children:
            if child.ns == self.node.ns and child.tag not in _PARTS:
                self.report.error(child, self.owner, f"'{child.tag}' is not supported in a decision table")
        if not self.outputs:
            self.report.error(self.node, self.owner, "the table has no output column")
        columns = [self._column(node, place) for place, node in enumerate(self.inputs, 1)]
        outputs = [self._output(node, policy) for node in self.outputs]
        self.tested = [self._tested(column) for column in columns]
        self.given = [output.type for output in outputs]
        rules = [self._rule(node, index) for index, node in enumerate(self.node.all("rule"), 1)]
        pairs = zip(columns, self.tested, strict=True)
        known = tuple(replace(column, tested=type_) for column, type_ in pairs if column)
        if len(known) < len(columns) or any(len(rule.tests) != len(known) for rule in rules):
            rules = []  # what is wrong was told
        id_, line = self.node.attrs.get("id", ""), self.node.line
        made = Table(known, tuple(outputs), tuple(rules), policy, aggregation, self.owner, id_, line)
        self.report.tables.append(made)
        return made

    def _policy(self) -> tuple[str, str]:
        policy = self.node.attrs.get("hitPolicy", "UNIQUE")
        aggregation = self.node.attrs.get("aggregation", "")
        if policy not in POLICIES:
            self._wrong(f"unknown hit policy '{policy}'; it is one of {', '.join(sorted(POLICIES))}")
        if aggregation and (policy != "COLLECT" or aggregation not in _AGGREGATIONS):
            self._wrong(f"aggregation '{aggregation}' needs COLLECT and is one of {', '.join(_AGGREGATIONS)}")
        if aggregation and len(self.outputs) > 1:
            self._wrong("a table with an aggregation has one output column; this one has more")
        return policy, aggregation

    def _wrong(self, message: str) -> None:
        self.report.error(self.node, self.owner, message)

    def _column(self, node: Node, place: int) -> Column | None:
        inner = node.find("inputExpression")
        text = text_of(inner)
        if inner is None or not text:
            self.report.error(node, self.owner, f"input {place} has no expression; name what it tests")
            return None
        expression = self.reading.expression(inner, text, self.names, self.owner)
        allowed = self.reading.values(node.find("inputValues"), self.owner)
        type_ = self.reading.type_named(inner.attrs.get("typeRef"), inner, self.owner)
        label = node.attrs.get("label", "")
        return Column(expression, type_, allowed, label) if expression else None

    def _output(self, node: Node, policy: str) -> Output:
        name = node.attrs.get("name", "")
        names = [other.attrs.get("name", "") for other in self.outputs]
        if len(self.outputs) > 1 and (not name or names.count(name) > 1):
            self.report.error(node, self.owner, "each of several outputs needs a name of its own")
        allowed = self.reading.values(node.find("outputValues"), self.owner)
        order = _values_in_order(allowed)
        if policy in ("PRIORITY", "OUTPUT ORDER") and not order and not self._ordered_elsewhere(node):
            self.report.error(
                node, self.owner, f"hit policy {policy} needs the output values, the most important first"
            )
        default = node.find("defaultOutputEntry")
        text = text_of(default)
        type_ = self.reading.type_named(node.attrs.get("typeRef"), node, self.owner)
        entry = None
        if default and text:
            entry = self.reading.expression(default, text, self.names, self.owner, wanted=type_)
        return Output(name, type_, allowed, order, entry, node.attrs.get("label", ""))

    def _ordered_elsewhere(self, node: Node) -> bool:
        """One column with an order is enough for the table to have one."""
        return any(text_of(other.find("outputValues")) for other in self.outputs if other is not node)

    def _rule(self, node: Node, index: int) -> Rule:
        cells, results = node.all("inputEntry"), node.all("outputEntry")
        for found, wanted, what in ((cells, self.inputs, "input"), (results, self.outputs, "output")):
            if len(found) != len(wanted):
                message = f"rule {index} has {len(found)} {what} entries; the table has {len(wanted)} columns"
                self.report.error(node, self.owner, message)
        tests = tuple(map(self._cell, cells, [*self.tested, *[ANY] * len(cells)]))
        types = [*self.given, *[ANY] * len(results)]
        outputs = tuple(
            self._result(result, index, type_) for result, type_ in zip(results, types, strict=False)
        )
        return Rule(node.attrs.get("id", ""), index, tests, outputs, self._notes(node))

    def _tested(self, column: Column | None) -> Type:
        """What the cells of a column are tested against: its own type, or that of its expression."""
        if column is None:
            return ANY
        return check(column.expression.node, self.names)[0] if column.type is ANY else column.type

    def _cell(self, cell: Node, tested: Type) -> feel.UnaryTest | None:
        text = text_of(cell)
        return None if text in ("", "-") else self.reading.test(cell, text, self.names, self.owner, tested)

    def _result(self, result: Node, index: int, wanted: Type) -> feel.Expression:
        text = text_of(result)
        if not text:
            self.report.warn(result, self.owner, f"rule {index} has an empty output, which counts as null")
        if not text:
            return _NULL
        made = self.reading.expression(result, text, self.names, self.owner, wanted=wanted)
        return made or _NULL

    def _notes(self, rule: Node) -> dict[str, str]:
        """The annotation columns, and the rule's description (where dmn-js writes its annotations)."""
        texts = [text_of(entry) for entry in rule.all("annotationEntry")]
        if len(texts) > len(self.annotations):
            self.report.error(rule, self.owner, "the rule has more annotations than the table has columns")
        notes = {name: text for name, text in zip(self.annotations, texts, strict=False) if text}
        description = rule.find("description")
        if description and description.text.strip():
            notes["description"] = description.text.strip()
        return notes


def _values_in_order(allowed: feel.UnaryTest | None) -> tuple[object, ...]:
    spans = (allowed.spans if allowed else None) or ()
    return tuple(span.low for span in spans if span.low == span.high)
