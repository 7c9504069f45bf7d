"""What expressions are made of: literals, brackets of all kinds, ranges, contexts, types (DMN 1.5, section 10.3.1)."""

from __future__ import annotations

import decimal
from collections.abc import Mapping, Sequence

from towpath.engines.feel import names, times
from towpath.engines.feel.cursor import Cursor
from towpath.engines.feel.lexer import Token, string_value
from towpath.engines.feel.limits import MAX_EXPONENT, MAX_TYPES
from towpath.engines.feel.nodes import Node
from towpath.engines.feel.types import ANY, BUILT_IN, CONTEXT, FUNCTION, LIST, RANGE, Type, built_in
from towpath.engines.feel.values import NUMBERS, Range, half_range, ordered

SIGNS = ("<", "<=", ">", ">=", "=", "!=")
COMPARISON = 3  # how tightly comparisons bind
_SHAPED = {"list": LIST, "range": RANGE, "context": CONTEXT, "function": FUNCTION}
_TYPE_WORDS = (*BUILT_IN, *_SHAPED)


class Primaries(Cursor):
    """`types` are those that the model defines, `parts` the names of entries that contexts are known to have."""

    def __init__(self, text: str, types: Mapping[str, Type], parts: Sequence[str]) -> None:
        super().__init__(text)
        self.types = types
        self.locals: list[names.Vocabulary] = []
        known = names.vocabulary(tuple(parts))
        self.parts = {
            word: list(entries) for word, entries in known.items()
        }  # grows with the text's own keys

    def expression(self) -> Node:
        raise NotImplementedError

    def binary(self, floor: int) -> Node:
        raise NotImplementedError

    # -- literals

    def number(self, token: Token) -> Node:
        try:
            value = NUMBERS.create_decimal(token.text)
        except decimal.DecimalException:
            why = f"a number beyond 10 ** {MAX_EXPONENT} (MAX_EXPONENT)"
            raise self.error(why, token.position) from None
        return self.node("literal", token.position, (), value)

    def at_literal(self, token: Token) -> Node:
        value = times.parse_at(string_value(token, self.text))
        if value is None:
            said = token.text[:60]
            why = f'{said} is no date, time or duration; write @"2026-01-31", @"12:00:00" or @"P1D"'
            raise self.error(why, token.position)
        return self.node("literal", token.position, (), value)

    # -- brackets

    def test(self) -> Node:
        """One positive unary test: a sign and an end, or an expression."""
        position = self.token.position
        if self.sees(*SIGNS):
            sign = self.take().text
            return self.node("test", position, (self.binary(COMPARISON),), sign)
        return self.node("test", position, (self.expression(),), "in")

    def parenthesis(self, opened: Token) -> Node:
        node = self.test() if self.sees(*SIGNS) else self.expression()
        if node.kind == "test":
            self.expect(")")
            return self.half_range(opened, node)
        if self.sees(".."):
            return self.range_from(opened, node)
        self.expect(")")
        return node

    def half_range(self, opened: Token, test: Node) -> Node:
        end = test.children[0]
        if end.kind == "literal":
            return self.node("literal", opened.position, (), half_range(test.value, end.value))
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
        return self.range_from(opened, self.binary(COMPARISON))

    def range_from(self, opened: Token, low: Node) -> Node:
        self.expect("..")
        high = self.binary(COMPARISON)
        if not self.sees("]", ")", "["):
            raise self.error(f"expected ']' or ')' at the end of the range but found {self.found()}")
        ends = (opened.text == "[", self.take().text == "]")
        if low.kind == high.kind == "literal" and ordered("<=", low.value, high.value):
            return self.node("literal", opened.position, (), Range(low.value, ends[0], high.value, ends[1]))
        return self.node("range", opened.position, (low, high), ends)

    # -- contexts

    def context(self, opened: Token) -> Node:
        keys: list[str] = []
        entries: list[Node] = []
        self.locals.append({})
        while not self.sees("}"):
            keys.append(self.key())
            own = self.sees("function")  # a function may call itself
            if own:
                names.add_name(self.locals[-1], keys[-1])
            entries.append(self.expression())
            if not own:
                names.add_name(self.locals[-1], keys[-1])
            if not self.accept(","):
                break
        self.locals.pop()
        self.expect("}")
        if len(set(keys)) < len(keys):
            raise self.error("the context names one entry twice", opened.position)
        for key in keys:
            names.add_name(self.parts, key)
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

    def plain_name(self, before: str) -> str:
        """A name that need not be known: one that contexts are known to have, or words side by side."""
        count, name = names.longest((self.parts,), self.texts, self.at)
        free = names.words_from(self.tokens, self.at)
        if not max(count, free):
            raise self.error(f"expected a name after {before} but found {self.found()}")
        if free > count:
            count, name = free, " ".join(self.texts[self.at : self.at + free])
        self.at += count
        return name

    # -- types

    def type(self, depth: int = 0) -> Type:
        """`number`, `list<string>`, `function<number> -> date`, a type of the model (section 10.3.2.9)."""
        if depth > MAX_TYPES:
            raise self.error(f"a type nested deeper than {MAX_TYPES} levels (MAX_TYPES)")
        start = self.token
        count, name = names.longest((names.vocabulary((*_TYPE_WORDS, *self.types)),), self.texts, self.at)
        free = names.words_from(self.tokens, self.at)
        if not count or free > count:
            found = " ".join(self.texts[self.at : self.at + free]) or self.token.text
            raise self.error(
                f"unknown type '{found[:60]}'{names.nearest(found, (*_TYPE_WORDS, *self.types))}"
            )
        self.at += count
        if self.sees("."):
            raise self.error("a type of an imported model is named without further parts", start.position)
        if name in self.types:
            return self.types[name]
        if name in _SHAPED and self.accept("<"):
            return self.shaped_type(name, depth)
        return _SHAPED.get(name) or built_in(name) or ANY

    def shaped_type(self, name: str, depth: int) -> Type:
        if name == "context":
            parts = tuple(self.separated(lambda: self.component(depth)))
            self.expect(">")
            return Type("context", "context", components=parts)
        if name == "function":
            takes = () if self.sees(">") else tuple(self.separated(lambda: self.type(depth + 1)))
            self.expect(">")
            self.expect("->")
            return Type("function", "function", takes=takes, gives=self.type(depth + 1))
        of = self.type(depth + 1)
        self.expect(">")
        return Type(name, name, of=of)

    def component(self, depth: int) -> tuple[str, Type]:
        name = self.plain_name("'<'")
        self.expect(":")
        return name, self.type(depth + 1)
