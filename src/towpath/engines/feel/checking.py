"""Types that a text is bound to have, and where they clash: found by reading it, without any values.

Only what must go wrong is told. Where a type isn't known (`Any`) nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from towpath.engines.feel.functions import Either, Form
from towpath.engines.feel.names import nearest
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.operations import ARITHMETIC
from towpath.engines.feel.times import PARTS
from towpath.engines.feel.types import ANY, BUILT_IN, CONTEXT, FUNCTION, LIST, RANGE, SIMPLE, Type
from towpath.engines.feel.values import KINDS_OF_TYPES, ORDERED, FunctionValue, Range, kind

NUMBER, STRING, BOOLEAN = BUILT_IN["number"], BUILT_IN["string"], BUILT_IN["boolean"]
DATE, DATETIME, TIME = BUILT_IN["date"], BUILT_IN["date and time"], BUILT_IN["time"]
DAYS, MONTHS = BUILT_IN["days and time duration"], BUILT_IN["years and months duration"]
_PARTS = {KINDS_OF_TYPES[type_]: tuple(parts) for type_, parts in PARTS.items()}
_RANGE_PARTS = ("start", "end", "start included", "end included")
_GIVES = {  # of the functions that give one type whatever they take
    NUMBER: "number string length count product median stddev decimal floor ceiling modulo sqrt log exp",
    STRING: "string substring replace",
    BOOLEAN: "not contains matches all any odd even is before after meets overlaps includes during starts coincides",
    DATE: "date today",
    TIME: "time",
    LIST: "sublist append concatenate remove reverse union flatten sort split mode",
}
_RESULTS = {name: type_ for type_, names in _GIVES.items() for name in names.split()} | {
    **dict.fromkeys(("string length", "round up", "round down", "round half up", "round half down"), NUMBER),
    **dict.fromkeys(("day of year", "week of year"), NUMBER),
    **dict.fromkeys(
        ("upper case", "lower case", "substring before", "substring after", "string join"), STRING
    ),
    **dict.fromkeys(("day of week", "month of year"), STRING),
    **dict.fromkeys(("starts with", "ends with", "list contains", "is defined"), BOOLEAN),
    "date and time": DATETIME,
    "now": DATETIME,
    "years and months duration": MONTHS,
    "distinct values": LIST,
    "index of": Type("list", "list", of=NUMBER),
}
Clash = tuple[int, str]  # where in the text, and what


def fits(found: Type, wanted: Type) -> bool:
    """Whether a value of the one type may be taken as the other: lists of one stand for their item."""
    if ANY in (found, wanted) or "Any" in (found.base, wanted.base) or found.base == wanted.base:
        return True
    if wanted.base == "list":
        return wanted.of is None or fits(found, wanted.of)
    if found.base == "list":
        return found.of is None or fits(found.of, wanted)
    return (found.base, wanted.base) == ("date", "date and time")


@dataclass(slots=True)
class Checker:
    """`names` are the types of variables; what isn't among them may be anything."""

    names: Mapping[str, Type]
    clashes: list[Clash]

    def type_of(self, node: Node) -> Type:
        reader = _READERS.get(node.kind)
        if reader:
            return reader(self, node)
        for child in node.children:
            self.type_of(child)
        return ANY

    def tell(self, node: Node, why: str) -> Type:
        self.clashes.append((node.position, why))
        return ANY

    def inside(self, names: Mapping[str, Type]) -> Checker:
        return Checker({**self.names, **names}, self.clashes)

    # -- operators

    def arithmetic(self, node: Node) -> Type:
        left, right = map(self.type_of, node.children)
        if "Any" in (left.base, right.base):
            return ANY
        if (node.value, left.base, right.base) not in ARITHMETIC:
            return self.tell(node, f"'{node.value}' doesn't work on a {left.base} and a {right.base}")
        return _arithmetic_result(node.value, left, right)

    def comparison(self, node: Node) -> Type:
        left, right = map(self.type_of, node.children)
        self.comparable(node, node.value, left, right)
        return BOOLEAN

    def comparable(self, node: Node, sign: str, left: Type, right: Type) -> None:
        if "Any" in (left.base, right.base):
            return
        if left.base != right.base:
            self.tell(node, f"compares a {left.base} with a {right.base}, which is never true")
        elif sign not in ("=", "!=") and left.base not in ORDERED:
            self.tell(node, f"'{sign}' doesn't work on values of type {left.base}: they have no order")

    def between(self, node: Node) -> Type:
        value, low, high = map(self.type_of, node.children)
        self.comparable(node, "<=", value, low)
        self.comparable(node, "<=", value, high)
        return BOOLEAN

    def truth(self, node: Node) -> Type:
        for child in node.children:
            self.boolean(child)
        return BOOLEAN

    def boolean(self, node: Node) -> None:
        found = self.type_of(node)
        if found.base not in ("Any", "boolean"):
            self.tell(node, f"should be true or false but is a {found.base}")

    def condition(self, node: Node) -> Type:
        test, then, otherwise = node.children
        self.boolean(test)
        one, other = self.type_of(then), self.type_of(otherwise)
        return one if one == other else ANY

    def membership(self, node: Node) -> Type:
        value, *tests = node.children
        tested = self.type_of(value)
        for test in tests:
            self.test(test, tested)
        return BOOLEAN

    # -- unary tests

    def test(self, node: Node, tested: Type) -> None:
        """One test of a value of that type."""
        end = node.children[0]
        found = self.inside({"?": tested}).type_of(end)
        if node.value != "in":
            self.comparable(node, node.value, tested, found)
            return
        if end.question or found.base == "Any" or tested.base == "Any":
            return
        inner = (found.of or ANY) if found.base in ("list", "range") and tested.base != found.base else found
        if not fits(inner, tested) and not fits(tested, inner):
            self.tell(node, f"tests a {tested.base} against a {inner.base}, which never holds")

    # -- values

    def literal(self, node: Node) -> Type:
        return _type_of_value(node.value)

    def name(self, node: Node) -> Type:
        return self.names.get(node.value, ANY)

    def listed(self, node: Node) -> Type:
        found = [self.type_of(child) for child in node.children]
        same = bool(found) and all(each == found[0] for each in found)
        return Type("list", "list", of=found[0] if same else ANY)

    def context(self, node: Node) -> Type:
        checker, parts = self, []
        for key, child in zip(node.value, node.children, strict=True):
            type_ = checker.type_of(child)
            parts.append((key, type_))
            checker = checker.inside({key: type_})
        return Type("context", "context", components=tuple(parts))

    def range(self, node: Node) -> Type:
        found = [self.type_of(child) for child in node.children]
        if len(found) > 1:
            self.comparable(node, "<=", *found)
        return Type("range", "range", of=found[0])

    def path(self, node: Node) -> Type:
        source, name = self.type_of(node.children[0]), node.value
        if source.base == "list" and source.of:
            return Type("list", "list", of=self.entry(node, source.of, name))
        return self.entry(node, source, name)

    def entry(self, node: Node, source: Type, name: str) -> Type:
        if source.components:
            known = dict(source.components)
            if name not in known:
                return self.tell(node, f"{source.name} has no '{name}'{nearest(name, known)}")
            return known[name]
        if source.base == "range":
            known_parts: tuple[str, ...] = _RANGE_PARTS
        elif source.base in SIMPLE:
            known_parts = _PARTS.get(source.base, ())
        else:
            return ANY
        if name not in known_parts:
            return self.tell(node, f"a {source.base} has no '{name}'{nearest(name, known_parts)}")
        return (
            DAYS
            if name == "time offset"
            else STRING
            if name == "timezone"
            else ANY
            if source.base == "range"
            else NUMBER
        )

    def filter(self, node: Node) -> Type:
        source, condition = node.children
        found = self.type_of(source)
        item = (found.of or ANY) if found.base == "list" else found
        held = self.inside({"item": item, **dict(item.components)}).type_of(condition)
        if held.base not in ("Any", "boolean", "number"):
            self.tell(condition, f"a filter takes a condition or a place, not a {held.base}")
        if held.base == "number":
            return item
        return Type("list", "list", of=item) if held.base == "boolean" else ANY

    # -- calls, functions and loops

    def call(self, node: Node) -> Type:
        found = [self.type_of(child) for child in node.children]
        form, given = node.value
        if isinstance(form, Form) and not form.rest and not any(given):
            for parameter, type_, child in zip(form.parameters, found, node.children, strict=False):
                if type_.base in ("Any", "list") or not parameter.kinds or "list" in parameter.kinds:
                    continue
                if type_.base not in parameter.kinds and not _may_become(type_.base, parameter.kinds):
                    wanted = " or ".join(parameter.kinds)
                    self.tell(
                        child, f"{form.name}() takes a {wanted} as '{parameter.name}', not a {type_.base}"
                    )
        assert isinstance(form, Form | Either)
        return _RESULTS.get(form.name, ANY)

    def loop(self, node: Node) -> Type:
        checker = self
        for variable, domain in zip(node.value, node.children, strict=False):
            found = checker.type_of(domain)
            of = (found.of or ANY) if found.base in ("list", "range") else found
            checker = checker.inside({variable: of})
        if node.kind == "for":
            return Type("list", "list", of=checker.inside({"partial": LIST}).type_of(node.children[-1]))
        checker.boolean(node.children[-1])
        return BOOLEAN

    def series(self, node: Node) -> Type:
        found = [self.type_of(child) for child in node.children]
        self.comparable(node, "<=", *found)
        return Type("list", "list", of=found[0])

    def function(self, node: Node) -> Type:
        gives = self.inside(dict(node.value)).type_of(node.children[0])
        return Type("function", "function", takes=tuple(type_ for _, type_ in node.value), gives=gives)


def _may_become(found: str, kinds: tuple[str, ...]) -> bool:
    return found == "date" and "date and time" in kinds


def _type_of_value(value: object) -> Type:
    if value is None:
        return ANY
    if isinstance(value, Range):
        end = value.high if value.low is None else value.low
        return Type("range", "range", of=_type_of_value(end))
    if isinstance(value, FunctionValue):
        return FUNCTION
    return {"list": LIST, "context": CONTEXT, "range": RANGE}.get(kind(value)) or BUILT_IN.get(
        kind(value), ANY
    )


def _arithmetic_result(sign: str, left: Type, right: Type) -> Type:
    durations = (DAYS.base, MONTHS.base)
    if sign == "/" and left.base == right.base:
        return NUMBER
    if left.base in durations:
        return right if right.base in ("date", "date and time", "time") else left
    if right.base in durations:
        return right if left.base == "number" else left
    return left if left.base in ("number", "string") else DAYS


_Reader = Callable[[Checker, Node], Type]
_READERS: dict[str, _Reader] = {
    "literal": Checker.literal,
    "name": Checker.name,
    "list": Checker.listed,
    "context": Checker.context,
    "range": Checker.range,
    "half range": Checker.range,
    "path": Checker.path,
    "filter": Checker.filter,
    "arithmetic": Checker.arithmetic,
    "compare": Checker.comparison,
    "between": Checker.between,
    "and": Checker.truth,
    "or": Checker.truth,
    "if": Checker.condition,
    "in": Checker.membership,
    "call": Checker.call,
    "for": Checker.loop,
    "some": Checker.loop,
    "every": Checker.loop,
    "series": Checker.series,
    "function": Checker.function,
}


def check(node: Node, names: Mapping[str, Type]) -> tuple[Type, list[Clash]]:
    """The type of an expression's value, as far as it is known, and what clashes in it."""
    checker = Checker(names, [])
    return checker.type_of(node), checker.clashes


def check_unary(node: Node, tested: Type, names: Mapping[str, Type]) -> Iterator[Clash]:
    """What clashes in the tests of a cell whose column has that type."""
    checker = Checker(names, [])
    for test in node.children:
        checker.test(test, tested)
    yield from checker.clashes
