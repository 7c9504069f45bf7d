"""What the logic of a model does with each input: which literals it compares it with, and whether that is all."""

from __future__ import annotations

from collections.abc import Iterable

from towpath.engines import feel
from towpath.engines.dmn.boxed import Boxed
from towpath.engines.dmn.domains import Domain, Value, alike, examples, is_point
from towpath.engines.dmn.elements import Decision, Input
from towpath.engines.dmn.table import Column, Rule, Table
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.types import Type
from towpath.engines.feel.unary import spans as literal_spans
from towpath.engines.feel.values import Range, half_range

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_CONDITIONS = ("and", "or", "if", "is defined")
_BOOLEAN = Range(True, True, True, True)


class Uses:
    """Of a set of decisions. `spans` are the literals by name; an `opaque` name is used in other ways too.

    `outside` are spans of values of which a table says that no others should come.
    """

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self.spans: dict[str, list[Range]] = {}
        self.outside: dict[str, list[list[Range]]] = {}
        self.opaque: set[str] = set()
        for decision in decisions:
            self._decision(decision)

    def domain(self, data: Input) -> Domain | None:
        """None where nothing is known of the values, or too much depends on which one it is."""
        spans, base = self.spans.get(data.name, []), data.type.base
        listed = _listed(data.type)
        if base == "boolean":
            return Domain((Value(True), Value(False)))
        if listed is not None:
            values = [span.low for span in listed]
        elif data.name in self.opaque:
            return None
        else:
            found = examples([*spans, *allowed_spans(data.type)], "" if base == "Any" else base)
            if found is None:
                return None
            values = found
        values = [each for each in values if not data.type.misfit(each)]
        every = [*spans, *allowed_spans(data.type)]
        groups = [[each] for each in values] if data.name in self.opaque else alike(every, values)
        return Domain(tuple(self._value(data.name, group) for group in groups), base != "Any")

    def _value(self, name: str, group: list[object]) -> Value:
        spared = self.outside.get(name, [])
        fit = [each for each in group if all(any(s.contains(each) for s in spans) for spans in spared)]
        weight = len(fit) if isinstance(group[0], str) else min(len(fit), 1)
        return Value(fit[0] if fit else group[0], weight)

    # -- each kind of logic

    def _decision(self, decision: Decision) -> None:
        logic = decision.logic
        self.opaque.update(path[-1] for path, _ in decision.needs if len(path) > 1)  # of an imported model
        if isinstance(logic, Table):
            self._table(logic)
        elif isinstance(logic, Boxed) and logic.expression:
            self._look(logic.expression.node)
        else:
            self.opaque.update(path[0] for path, _ in decision.needs)

    def _table(self, table: Table) -> None:
        for place, column in enumerate(table.columns):
            self._column(column, [rule.tests[place] for rule in table.rules])
        for expression in _results(table.rules):
            self._look(expression.node)
        for output in table.outputs:
            if output.default:
                self._look(output.default.node)

    def _column(self, column: Column, cells: list[feel.UnaryTest | None]) -> None:
        node = column.expression.node
        name = node.value if node.kind == "name" else ""
        if not name:
            self._look(node)
        elif column.allowed:
            self._cell(name, column.allowed)
            if column.allowed.spans:
                self.outside.setdefault(name, []).append(column.allowed.spans)
        for cell in cells:
            if cell and not cell.any:
                self._cell(name, cell)

    def _cell(self, name: str, cell: feel.UnaryTest) -> None:
        spans = cell.spans if cell.spans is not None else cell.excluded
        if spans is not None:
            self.spans.setdefault(name, []).extend(spans)
            return
        for test in cell.node.children:
            self._test(name, test)
        self.spans.setdefault(name, []).extend(self.spans.pop("?", []))
        if "?" in self.opaque:
            self.opaque.discard("?")
            self.opaque.add(name)

    def _test(self, name: str, test: Node) -> None:
        end, spans = test.children[0], literal_spans((test,))
        if spans is not None:
            self.spans.setdefault(name, []).extend(spans)
        elif test.value != "in" or not (end.question or _is_null(end)):
            self._look(end)
            if not (test.value in ("=", "!=") and _is_null(end)):
                self.opaque.add(name)
        elif end.question:
            self._look(end)

    def _look(self, node: Node) -> None:
        """Whatever isn't a comparison with a literal, or a condition, may be anything."""
        if node.kind == "name":
            self.opaque.add(node.value)
        elif not self._compared(node):
            call = node.value[0] if node.kind == "call" else None
            truth = node.kind in _CONDITIONS or getattr(call, "name", "") == "not"
            for place, child in enumerate(node.children):
                if truth and child.kind == "name" and (node.kind != "if" or place == 0):
                    self.spans.setdefault(child.value, []).extend([_BOOLEAN] * (node.kind != "is defined"))
                else:
                    self._look(child)
            if node.kind == "function name":
                self.opaque.add(node.value)

    def _compared(self, node: Node) -> bool:
        """Notes a comparison of a name with literals; False if it isn't one."""
        if node.kind == "compare":
            left, right = node.children
            sign = node.value
            if left.kind == "literal":
                left, right, sign = right, left, _MIRRORED.get(sign, sign)
            return left.kind == "name" and right.kind == "literal" and self._against(left, sign, right)
        if node.kind == "between" and node.children[0].kind == "name":
            name, low, high = node.children
            return low.kind == high.kind == "literal" and (
                self._against(name, ">=", low) and self._against(name, "<=", high)
            )
        if node.kind == "in" and node.children[0].kind == "name":
            spans = literal_spans(node.children[1:])
            self.spans.setdefault(node.children[0].value, []).extend(spans or [])
            return spans is not None
        return False

    def _against(self, name: Node, sign: str, literal: Node) -> bool:
        value = literal.value
        if isinstance(value, (list, dict, Range)):
            return False
        if value is not None:
            point = sign in ("=", "!=")
            span = Range(value, True, value, True) if point else half_range(sign, value)
            self.spans.setdefault(name.value, []).append(span)
        return True


def _results(rules: Iterable[Rule]) -> Iterable[feel.Expression]:
    return (expression for rule in rules for expression in rule.outputs)


def _is_null(node: Node) -> bool:
    return node.kind == "literal" and node.value is None


def allowed_spans(type_: Type) -> list[Range]:
    """The literals of the type's allowed values."""
    try:
        test = feel.compile_unary(type_.allowed_text) if type_.allowed_text else None
    except feel.FeelError:  # it may name what only its model knows
        return []
    return (test.spans if test else None) or []


def _listed(type_: Type) -> list[Range] | None:
    """The values of an enumeration."""
    spans = allowed_spans(type_)
    return spans if spans and all(map(is_point, spans)) else None
