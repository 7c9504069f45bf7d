"""Recursive descent over the tokens of a FEEL text, with the known names in hand (DMN 1.5, section 10.3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from towpath.engines.feel import java, names
from towpath.engines.feel.functions import FUNCTIONS, pick
from towpath.engines.feel.lexer import Token, string_value
from towpath.engines.feel.limits import MAX_DEPTH
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.primaries import COMPARISON, SIGNS, Primaries
from towpath.engines.feel.types import ANY, Type

_LEVELS = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "between": 3, "in": 3}
_LEVELS |= {"+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_CONSTANTS = {"true": True, "false": False, "null": None}
_TIME_LITERALS = ("date", "time", "date and time", "duration")


class Parser(Primaries):
    """One text. Without `known` names any may be read, unless `closed`; `reads` collects the free variables.

    With `loose` names are read as in a filter: one that is not known may be an entry of the item.
    """

    def __init__(
        self,
        text: str,
        known: Sequence[str],
        closed: bool = False,
        types: Mapping[str, Type] | None = None,
        parts: Sequence[str] = (),
        loose: bool = False,
    ) -> None:
        super().__init__(text, types or {}, parts)
        self.depth = 0
        self.known = known
        self.allowed = frozenset(known) if known or closed else None
        self.filters = int(loose)
        self.reads: dict[str, None] = {}
        self.fixed = [names.vocabulary(tuple(known)), names.vocabulary(tuple(FUNCTIONS))]

    # -- the two doors

    def whole_expression(self) -> Node:
        node = self.expression()
        self.end()
        return node

    def whole_tests(self) -> Node:
        """`-`, `not(tests)` or tests separated by commas: a node of kind "any", "tests" or "not tests"."""
        self.locals.append({"?": [(["?"], "?")]})
        if self.texts[:2] == ["-", ""]:
            return Node("any", 0)
        if self.texts[:2] == ["not", "("]:
            negated = self._negated_tests()
            if negated:
                return negated
        node = Node("tests", 0, tuple(self.separated(self.test)))
        self.end()
        return node

    def _negated_tests(self) -> Node | None:
        """None where `not(...)` is only the start of an expression."""
        reads = dict(self.reads)
        self.at = 2
        tests = self.separated(self.test)
        self.expect(")")
        if self.token.kind == "end":
            return Node("not tests", 0, tuple(tests))
        self.at, self.reads = 0, reads
        return None

    # -- expressions, from the loosest binding to the tightest

    def expression(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.error(f"nested deeper than {MAX_DEPTH} levels (MAX_DEPTH)")
        node = self.binary(0)
        self.depth -= 1
        return node

    def binary(self, floor: int) -> Node:
        left, ceiling = self.unary(), 9
        while floor < (level := _LEVELS.get(self.texts[self.at], 0)) <= ceiling:
            operator = self.take()
            if level == COMPARISON:
                left, ceiling = self.comparison(left, operator), COMPARISON
            elif level < COMPARISON:
                right = self.binary(level)  # a chain is one node, so that a long one isn't deep
                chain = left.children if left.kind == operator.text else (left,)
                left = self.node(operator.text, operator.position, (*chain, right))
            else:
                right = self.binary(level)
                left = self.node("arithmetic", operator.position, (left, right), operator.text)
        return left

    def comparison(self, left: Node, operator: Token) -> Node:
        if operator.text == "between":
            low = self.binary(COMPARISON)
            self.expect("and")
            return self.node("between", operator.position, (left, low, self.binary(COMPARISON)))
        if operator.text == "in":
            return self.node("in", operator.position, (left, *self.tests_after_in()))
        return self.node("compare", operator.position, (left, self.binary(COMPARISON)), operator.text)

    def tests_after_in(self) -> list[Node]:
        if self.sees(*SIGNS):
            return [self.test()]
        start = self.token
        if not self.accept("("):
            return [self.node("test", start.position, (self.binary(COMPARISON),), "in")]
        tests = self.separated(self.test)
        if len(tests) == 1 and self.sees(".."):  # the parenthesis was that of a range
            return [self.node("test", start.position, (self.range_from(start, tests[0].children[0]),), "in")]
        self.expect(")")
        return tests

    def unary(self) -> Node:
        position, minus = self.token.position, 0
        while self.accept("-"):
            minus += 1
        node = self.postfix(self.primary())
        for _ in range(minus % 2 or min(minus, 2)):
            node = self.negative(position, node)
        while self.sees("instance"):
            position = self.take().position
            self.expect("of")
            node = self.node("instance of", position, (node,), self.type())
        return node

    def negative(self, position: int, node: Node) -> Node:
        if node.kind == "literal" and type(node.value) is not bool and hasattr(node.value, "copy_negate"):
            return self.node("literal", position, (), node.value.copy_negate() if node.value else node.value)
        return self.node("negate", position, (node,))

    def postfix(self, node: Node) -> Node:
        while True:
            position = self.token.position
            if self.accept("."):
                node = self.node("path", position, (node,), self.plain_name("'.'"))
            elif self.sees("[") and self.starts_filter():
                node = self.filter(node)
            elif self.sees("(") and node.kind != "literal":
                given, arguments = self.arguments()
                node = self.node("invoke", position, (node, *arguments), tuple(given))
            else:
                return node

    def starts_filter(self) -> bool:
        """False for the '[' that closes a range such as ]1..5[: no expression follows it."""
        after = self.tokens[self.at + 1]
        return after.kind in ("number", "string", "at") or (
            (after.text in "-([{]" and after.kind == "sign")
            or (after.kind == "word" and after.text not in names.STOPS)
        )

    def filter(self, source: Node) -> Node:
        position = self.take().position
        self.locals.append(names.vocabulary(("item",)))
        self.filters += 1
        condition = self.expression()
        self.filters -= 1
        self.locals.pop()
        self.expect("]")
        return self.node("filter", position, (source, condition))

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            return self.number(self.take())
        if token.kind == "string":
            return self.node("literal", self.take().position, (), string_value(token, self.text))
        if token.kind == "at":
            return self.at_literal(self.take())
        shape = {"(": self.parenthesis, "[": self.bracket, "]": self.open_range, "{": self.context}
        if token.kind == "sign" and token.text in shape:
            return shape[token.text](self.take())
        return self.word()

    # -- names and what begins with a word

    def word(self) -> Node:
        token = self.token
        known = (*self.locals, *self.fixed, self.parts) if self.filters else (*self.locals, *self.fixed)
        count, name = names.longest(known, self.texts, self.at)
        if count < 2 and token.kind == "word" and name != token.text:
            if token.text in _CONSTANTS:
                return self.node("literal", self.take().position, (), _CONSTANTS[token.text])
            shape = {"if": self.condition, "for": self.loop, "some": self.loop, "every": self.loop}
            shape["function"] = self.function
            if token.text in shape:
                return shape[token.text](self.take())
        free = names.words_from(self.tokens, self.at)
        if not max(count, free):
            raise self.error(f"expected a value but found {self.found()}")
        if free > count:
            count, name = free, " ".join(self.texts[self.at : self.at + free])
        self.at += count
        if self.is_variable(name):
            return self.variable(token, name)
        if name in FUNCTIONS:
            return self.call(token, name) if self.sees("(") else self.function_name(token, name)
        if self.sees("(") and not self.filters:
            raise self.error(f"unknown function '{name}'{names.nearest(name, FUNCTIONS)}", token.position)
        return self.variable(token, name)

    def function_name(self, token: Token, name: str) -> Node:
        """A function as a value, unless it turns out to be an entry of an item or a variable."""
        if self.allowed is not None and not self.filters:
            return self.node("literal", token.position, (), FUNCTIONS[name])
        if self.allowed is None:
            self.reads[name] = None
        return self.node("function name", token.position, (), name)

    def is_variable(self, name: str) -> bool:
        """Whether it is known to be one: names of the scope hide the built-in functions."""
        return self.is_local(name) or (
            self.allowed is not None and name in self.allowed and not (name in FUNCTIONS and self.sees("("))
        )

    def variable(self, token: Token, name: str) -> Node:
        if name.startswith("__"):
            raise self.error("names that begin with '__' are reserved", token.position)
        if not self.is_local(name):
            given = self.allowed is None or name in self.allowed
            if not given and not self.filters:  # in a filter it may be an entry of the item
                why = f"unknown name '{name}'{names.nearest(name, self.known)}"
                raise self.error(why, token.position)
            if given:
                self.reads[name] = None
        return self.node("name", token.position, (), name)

    def is_local(self, name: str) -> bool:
        return any(known == name for scope in self.locals for entry in scope.values() for _, known in entry)

    # -- calls and functions

    def call(self, token: Token, name: str) -> Node:
        given, arguments = self.arguments()
        form = pick(name, given)
        if isinstance(form, str):
            raise self.error(form, token.position)
        if name == "is defined":
            return self.node(name, token.position, arguments)
        return self.literal_time(self.node("call", token.position, arguments, (form, tuple(given))))

    def arguments(self) -> tuple[list[str], list[Node]]:
        self.expect("(")
        given: list[str] = []
        arguments: list[Node] = []
        while not self.sees(")"):
            given.append(self.argument_name())
            arguments.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")")
        if len(set(map(bool, given))) > 1:
            raise self.error("either all arguments are named or none is")
        return given, arguments

    def argument_name(self) -> str:
        count = names.words_from(self.tokens, self.at)
        if not count or self.texts[self.at + count] != ":":
            return ""
        self.at += count + 1
        return " ".join(self.texts[self.at - count - 1 : self.at - 1])

    def literal_time(self, call: Node) -> Node:
        """date("2026-01-31") and its like are worked out once, here."""
        form, given = call.value
        if form.name not in _TIME_LITERALS or any(child.kind != "literal" for child in call.children):
            return call
        value = form({}, given, [child.value for child in call.children])
        return call if value is None else self.node("literal", call.position, (), value)

    def function(self, token: Token) -> Node:
        self.expect("(")
        parameters: list[tuple[str, Type]] = []
        while not self.sees(")"):
            name = self.plain_name("'('")
            parameters.append((name, self.type() if self.accept(":") else ANY))
            if not self.accept(","):
                break
        self.expect(")")
        if self.sees("external"):
            return self.external(token, parameters)
        self.locals.append(names.vocabulary(tuple(name for name, _ in parameters)))
        body = self.expression()
        self.locals.pop()
        return self.node("function", token.position, (body,), tuple(parameters))

    def external(self, token: Token, parameters: list[tuple[str, Type]]) -> Node:
        """`external {java: {class: "…", method signature: "…"}}`: of what `java` knows."""
        position = self.take().position
        named = _texts_in(self.expression())
        class_name, signature = named.get(("java", "class"), ""), named.get(("java", "method signature"), "")
        found = java.function(class_name, signature)
        if found is None:
            what = f"{class_name}.{signature}" if class_name else "this"
            why = f"the external function {what[:120]} is not supported; write the body in FEEL"
            raise self.error(why, position)
        return self.node("external", token.position, (), (tuple(parameters), found))

    # -- if and loops

    def condition(self, token: Token) -> Node:
        test = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return self.node("if", token.position, (test, then, self.expression()))

    def loop(self, token: Token) -> Node:
        """for, some and every: variables with their domains, then the body."""
        variables: list[str] = []
        domains: list[Node] = []
        self.locals.append({})
        while True:
            variables.append(self.plain_name(f"'{token.text}'"))
            self.expect("in")
            domains.append(self.domain())
            names.add_name(self.locals[-1], variables[-1])
            if not self.accept(","):
                break
        if token.text == "for":
            names.add_name(self.locals[-1], "partial")
        self.expect("return" if token.text == "for" else "satisfies")
        body = self.expression()
        self.locals.pop()
        return self.node(token.text, token.position, (*domains, body), tuple(variables))

    def domain(self) -> Node:
        first = self.expression()
        if not self.sees(".."):
            return first
        position = self.take().position
        return self.node("series", position, (first, self.expression()))


def _texts_in(node: Node, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """The texts that stand in a context of contexts, by their path."""
    if node.kind == "literal" and isinstance(node.value, str):
        return {path: node.value}
    entries = zip(node.value, node.children, strict=True) if node.kind == "context" else ()
    return {found: text for key, child in entries for found, text in _texts_in(child, (*path, key)).items()}
