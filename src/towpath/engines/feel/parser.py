"""Recursive descent over the tokens of a FEEL text, with the known names in hand (DMN 1.5, section 10.3.1)."""

from __future__ import annotations

import decimal
from collections.abc import Sequence

from towpath.engines.feel import names, times
from towpath.engines.feel.cursor import Cursor
from towpath.engines.feel.functions import FUNCTIONS, pick
from towpath.engines.feel.lexer import Token, string_value
from towpath.engines.feel.limits import MAX_DEPTH, MAX_EXPONENT
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.values import NUMBERS, Range, ordered

_LEVELS = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "between": 3, "in": 3}
_LEVELS |= {"+": 4, "-": 4, "*": 5, "/": 5, "**": 6}
_COMPARISON = 3
_SIGNS = ("<", "<=", ">", ">=", "=", "!=")
_CONSTANTS = {"true": True, "false": False, "null": None}
_TIME_LITERALS = ("date", "time", "date and time", "duration")


class Parser(Cursor):
    """One text. Without `known` names any may be read, unless `closed`; `reads` collects the free variables."""

    def __init__(self, text: str, known: Sequence[str], closed: bool = False) -> None:
        super().__init__(text)
        self.depth = 0
        self.known = known
        self.allowed = frozenset(known) if known or closed else None
        self.locals: list[names.Vocabulary] = []
        self.filters = 0
        self.reads: dict[str, None] = {}
        self.fixed = [names.vocabulary(tuple(known)), names.vocabulary(tuple(FUNCTIONS))]

    # -- the two doors

    def whole_expression(self) -> Node:
        node = self.expression()
        self.end()
        return node

    def whole_tests(self) -> Node:
        """`-`, `not(tests)` or tests separated by commas: a node of kind "tests" or "not tests"."""
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
            if level == _COMPARISON:
                left, ceiling = self.comparison(left, operator), _COMPARISON
            elif level < _COMPARISON:
                right = self.binary(level)  # a chain is one node, so that a long one isn't deep
                chain = left.children if left.kind == operator.text else (left,)
                left = self.node(operator.text, operator.position, (*chain, right))
            else:
                right = self.binary(level)
                left = self.node("arithmetic", operator.position, (left, right), operator.text)
        return left

    def comparison(self, left: Node, operator: Token) -> Node:
        if operator.text == "between":
            low = self.binary(_COMPARISON)
            self.expect("and")
            return self.node("between", operator.position, (left, low, self.binary(_COMPARISON)))
        if operator.text == "in":
            return self.node("in", operator.position, (left, *self.tests_after_in()))
        return self.node("compare", operator.position, (left, self.binary(_COMPARISON)), operator.text)

    def tests_after_in(self) -> list[Node]:
        if self.sees(*_SIGNS):
            return [self.test()]
        start = self.token
        if not self.accept("("):
            return [self.node("test", start.position, (self.binary(_COMPARISON),), "in")]
        tests = self.separated(self.test)
        if len(tests) == 1 and self.sees(".."):  # the parenthesis was that of a range
            return [self.node("test", start.position, (self.range_from(start, tests[0].children[0]),), "in")]
        self.expect(")")
        return tests

    def test(self) -> Node:
        """One positive unary test: a sign and an end, or an expression."""
        position = self.token.position
        if self.sees(*_SIGNS):
            sign = self.take().text
            return self.node("test", position, (self.binary(_COMPARISON),), sign)
        return self.node("test", position, (self.expression(),), "in")

    def unary(self) -> Node:
        position, minus = self.token.position, 0
        while self.accept("-"):
            minus += 1
        node = self.postfix(self.primary())
        for _ in range(minus % 2 or min(minus, 2)):
            node = self.node("negate", position, (node,))
        return node

    def postfix(self, node: Node) -> Node:
        while True:
            position = self.token.position
            if self.accept("."):
                node = self.node("path", position, (node,), self.plain_name("'.'"))
            elif self.sees("[") and self.starts_filter():
                node = self.filter(node)
            elif self.sees("("):
                raise self.error("only a function's name can be followed by '('")
            else:
                return node

    def plain_name(self, before: str) -> str:
        count = names.words_from(self.tokens, self.at)
        if not count:
            raise self.error(f"expected a name after {before} but found {self.found()}")
        self.at += count
        return " ".join(self.texts[self.at - count : self.at])

    def starts_filter(self) -> bool:
        """False for the '[' that closes a range such as ]1..5[: no expression follows it."""
        after = self.tokens[self.at + 1]
        return after.kind in ("number", "string", "at") or (
            (after.text in "-([{" and after.kind == "sign")
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

    # -- what expressions are made of

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            return self.node("literal", self.take().position, (), self.number(token))
        if token.kind == "string":
            return self.node("literal", self.take().position, (), string_value(token, self.text))
        if token.kind == "at":
            return self.at_literal(self.take())
        shape = {"(": self.parenthesis, "[": self.bracket, "]": self.open_range, "{": self.context}
        if token.kind == "sign" and token.text in shape:
            return shape[token.text](self.take())
        return self.word()

    def number(self, token: Token) -> decimal.Decimal:
        try:
            return NUMBERS.create_decimal(token.text)
        except decimal.DecimalException:
            why = f"a number beyond 10 ** {MAX_EXPONENT} (MAX_EXPONENT)"
            raise self.error(why, token.position) from None

    def at_literal(self, token: Token) -> Node:
        value = times.parse_at(string_value(token, self.text))
        if value is None:
            why = (
                f'{token.text[:60]} is no date, time or duration; write @"2026-01-31", @"12:00:00" or @"P1D"'
            )
            raise self.error(why, token.position)
        return self.node("literal", token.position, (), value)

    def parenthesis(self, opened: Token) -> Node:
        node = self.test() if self.sees(*_SIGNS) else self.expression()
        if node.kind == "test":
            self.expect(")")
            return self.half_range(opened, node)
        if self.sees(".."):
            return self.range_from(opened, node)
        self.expect(")")
        return node

    def half_range(self, opened: Token, test: Node) -> Node:
        if test.value == "!=":
            raise self.error("'!=' makes no range; write <, <=, >, >= or =", opened.position)
        return self.node("half range", opened.position, test.children, test.value)

    def bracket(self, opened: Token) -> Node:
        if self.accept("]"):
            return self.node("list", opened.position)
        first = self.expression()
        if self.sees(".."):
            return self.range_from(opened, first)
        items = [first, *self.separated(self.expression)] if self.accept(",") else [first]
        self.expect("]")
        return self.node("list", opened.position, items)

    def open_range(self, opened: Token) -> Node:
        return self.range_from(opened, self.binary(_COMPARISON))

    def range_from(self, opened: Token, low: Node) -> Node:
        self.expect("..")
        high = self.binary(_COMPARISON)
        if not self.sees("]", ")", "["):
            raise self.error(f"expected ']' or ')' at the end of the range but found {self.found()}")
        ends = (opened.text == "[", self.take().text == "]")
        if low.kind == high.kind == "literal" and ordered("<=", low.value, high.value):
            return self.node("literal", opened.position, (), Range(low.value, ends[0], high.value, ends[1]))
        return self.node("range", opened.position, (low, high), ends)

    def context(self, opened: Token) -> Node:
        keys: list[str] = []
        entries: list[Node] = []
        self.locals.append({})
        while not self.sees("}"):
            keys.append(self.key())
            entries.append(self.expression())
            names.add_name(self.locals[-1], keys[-1])
            if not self.accept(","):
                break
        self.locals.pop()
        self.expect("}")
        if len(set(keys)) < len(keys):
            raise self.error("the context names one entry twice", opened.position)
        return self.node("context", opened.position, entries, tuple(keys))

    def key(self) -> str:
        token = self.token
        if token.kind == "string":
            self.at += 1
            name = string_value(token, self.text)
        else:
            while self.token.kind != "end" and not self.sees(":", ",", "}"):
                self.at += 1
            name = " ".join(self.text[token.position : self.token.position].split())
        if not name and token.kind != "string":
            raise self.error(f"expected an entry's name but found {self.found()}")
        self.expect(":")
        return name

    # -- names and what begins with a word

    def word(self) -> Node:
        token = self.token
        count, name = names.longest((*self.locals, *self.fixed), self.texts, self.at)
        if count < 2 and token.kind == "word":
            if token.text in _CONSTANTS and name != token.text:
                return self.node("literal", self.take().position, (), _CONSTANTS[token.text])
            shape = {"if": self.condition, "for": self.loop, "some": self.loop, "every": self.loop}
            if token.text in shape and name != token.text:
                return shape[token.text](self.take())
            if token.text == "function":
                raise self.error("function definitions are not supported")
        free = names.words_from(self.tokens, self.at)
        if not max(count, free):
            raise self.error(f"expected a value but found {self.found()}")
        if free > count:
            count, name = free, " ".join(self.texts[self.at : self.at + free])
        self.at += count
        if self.sees("("):
            return self.call(token, name)
        return self.variable(token, name)

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

    def call(self, token: Token, name: str) -> Node:
        if name not in FUNCTIONS:
            raise self.error(f"unknown function '{name}'{names.nearest(name, FUNCTIONS)}", token.position)
        self.expect("(")
        given: list[str] = []
        arguments: list[Node] = []
        while not self.sees(")"):
            given.append(self.argument_name())
            arguments.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")")
        form = pick(name, given)
        if isinstance(form, str):
            raise self.error(form, token.position)
        if name == "is defined":
            return self.node(name, token.position, arguments)
        return self.literal_time(self.node("call", token.position, arguments, (form, tuple(given))))

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
