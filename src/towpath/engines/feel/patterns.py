"""Regular expressions for matches(), replace() and split(): those of XPath 3.1, section 5.6, run by Python's `re`.

A pattern is translated where the two differ. What it needs at worst on a text grows with each part that
may vary in length, and is bounded by MAX_MATCHING.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from math import comb

from towpath.engines.feel.characters import category, complement, escape_set
from towpath.engines.feel.limits import MAX_LIST, MAX_MATCHING, MAX_PATTERN, MAX_STRING, Budget, Exceeded

STEPS_AT_ONCE = 200  # steps of a pattern that take as long as one of an expression
_COUNT = re.compile(r"(?:[*+?]|\{[0-9]{1,4}(?:,[0-9]{0,4})?\})\??")
_SPECIAL = frozenset(r".\?*+{}()[]|^$-")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_LINE_START, _LINE_END = r"(?:\A|(?<=\n)(?!\Z))", r"(?:(?=\n)|\Z)"


class NoPattern(ValueError):
    """The text is no regular expression of XPath."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`repeats` parts vary without end, `choices` is how many ways there are besides, `branches` (0 for
    none) how many ways each character may be taken by what repeats inside a repetition."""

    compiled: re.Pattern[str]
    repeats: int
    choices: int
    branches: int
    groups: int

    def check(self, text: str, budget: Budget) -> None:
        """Exceeded if the text may take too long; what it may take is spent."""
        cost = self.choices * comb(len(text) + self.repeats, self.repeats)
        if self.branches and cost <= MAX_MATCHING:
            cost *= self.branches ** min(len(text), 200)
        if cost > MAX_MATCHING:
            raise Exceeded(
                f"the pattern may take more than {MAX_MATCHING} steps on this text (MAX_MATCHING); use fewer "
                "parts with * or + (and none inside another), begin with ^, or check the length first"
            )
        budget.spend(cost // STEPS_AT_ONCE)


def matches(text: str, pattern: str, flags: str, budget: Budget) -> bool | None:
    """Whether the pattern is found in the text; None if it is no pattern; Exceeded if it may take too long."""
    prepared = _prepared(pattern, flags)
    if prepared is None:
        return None
    prepared.check(text, budget)
    return prepared.compiled.search(text) is not None


def replaced(text: str, pattern: str, replacement: str, flags: str, budget: Budget) -> str | None:
    prepared = _prepared(pattern, flags)
    if prepared is None or prepared.compiled.search("") is not None:
        return None
    template = replacement if "q" in flags else _template(replacement, prepared.groups)
    if template is None:
        return None
    prepared.check(text, budget)
    if len(text) * (len(replacement) + 1) * 9 > MAX_STRING * 100:
        raise Exceeded(f"a string of more than {MAX_STRING} characters (MAX_STRING)")
    return prepared.compiled.sub((lambda found: replacement) if "q" in flags else template, text)


def split(text: str, delimiter: str, budget: Budget) -> list[str] | None:
    prepared = _prepared(delimiter, "")
    if prepared is None or prepared.compiled.search("") is not None:
        return None
    prepared.check(text, budget)
    places = [
        found.span() for _, found in zip(range(MAX_LIST + 1), prepared.compiled.finditer(text), strict=False)
    ]
    starts, ends = [0, *(end for _, end in places)], [*(start for start, _ in places), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _template(replacement: str, groups: int) -> str | None:
    """XPath's $1 in `re`'s way; None where a backslash or a $ is out of place."""
    made, at = "", 0
    while at < len(replacement):
        char, after = replacement[at], replacement[at + 1 : at + 2]
        if char == "\\" and after in ("\\", "$") and after:
            made, at = made + ("\\\\" if after == "\\" else "$"), at + 2
        elif char == "$" and after.isascii() and after.isdigit():
            number, at = int(after), at + 2
            while (
                at < len(replacement)
                and replacement[at] in "0123456789"
                and number * 10 + int(replacement[at]) <= groups
            ):
                number, at = number * 10 + int(replacement[at]), at + 1
            made += f"\\g<{number}>" if number <= groups else ""
        elif char in "\\$":
            return None
        else:
            made, at = made + char, at + 1
    return made


@lru_cache(maxsize=512)
def _prepared(pattern: str, flags: str) -> Pattern | None:
    if len(pattern) > MAX_PATTERN:
        raise Exceeded(f"a pattern of more than {MAX_PATTERN} characters (MAX_PATTERN)")
    if set(flags) - set("smixq"):
        return None
    option = re.IGNORECASE if "i" in flags else re.NOFLAG
    if "q" in flags:
        return Pattern(re.compile(re.escape(pattern), option), 1, 1, 0, 0)
    try:
        reader = _Translation(pattern, flags)
        text = reader.alternatives()
        if reader.at < len(reader.pattern):
            raise NoPattern(pattern)
        compiled = re.compile(text, option)
    except (NoPattern, re.error, OverflowError, RecursionError):
        return None
    anchored = pattern.startswith("^") and not reader.open_choice and "m" not in flags
    return Pattern(
        compiled, reader.repeats + (not anchored), reader.choices, reader.branches, compiled.groups
    )


class _Translation:
    """One pattern, from left to right, and what it costs at worst."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_spaces(pattern) if "x" in flags else pattern
        self.flags = flags
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.repeats, self.choices, self.branches = 0, 1, 0
        self.open_choice = False  # a '|' outside all groups
        self.depth = 0
        self.varies = 0  # parts of the piece at hand that can match in more than one way

    def alternatives(self) -> str:
        """Up to a closing parenthesis or the end."""
        parts = [self.sequence()]
        while self.pattern[self.at : self.at + 1] == "|":
            self.at += 1
            self.open_choice = self.open_choice or self.depth == 0
            parts.append(self.sequence())
        self.choices = min(self.choices * len(parts), MAX_MATCHING + 1)
        self.varies = self.varies + len(parts) - 1
        return "|".join(parts)

    def sequence(self) -> str:
        made = ""
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            before = self.varies
            self.varies = 0
            atom = self.atom()
            inside, self.varies = self.varies, before + self.varies
            count = _COUNT.match(self.pattern, self.at)
            if count:
                self.at = count.end()
                self.counted(count.group(), inside)
                atom += count.group()
            elif self.pattern[self.at : self.at + 1] in ("*", "+", "?", "{"):
                raise NoPattern(self.pattern)
            made += atom
        return made

    def counted(self, count: str, inside: int) -> None:
        least, most = _bounds(count)
        if most is not None and most < least:
            raise NoPattern(count)
        if inside and (most is None or most > 1):
            self.branches = max(self.branches, 1 + inside)
        self.repeats += most is None
        self.choices = min(self.choices * (1 if most is None else max(1, most - least + 1)), MAX_MATCHING + 1)
        self.varies += most != least

    def atom(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return self.set()
        if char == ".":
            return r"(?s:.)" if "s" in self.flags else r"[^\n\r]"
        if char == "^":
            return _LINE_START if "m" in self.flags else r"\A"
        if char == "$":
            return _LINE_END if "m" in self.flags else r"\Z"
        if char == "\\":
            return self.escape()
        if char in "?*+{}]":
            raise NoPattern(char)
        return re.escape(char)

    def group(self) -> str:
        capturing = self.pattern[self.at : self.at + 1] != "?"
        if not capturing and self.pattern[self.at : self.at + 2] != "?:":
            raise NoPattern(self.pattern)
        self.at += 0 if capturing else 2
        self.groups += capturing
        number = self.groups
        self.depth += 1
        inner = self.alternatives()
        self.depth -= 1
        if self.pattern[self.at : self.at + 1] != ")":
            raise NoPattern(self.pattern)
        self.at += 1
        if capturing:
            self.closed.add(number)
        return ("(" if capturing else "(?:") + inner + ")"

    def escape(self) -> str:
        char = self.pattern[self.at : self.at + 1]
        if char.isascii() and char.isdigit():
            return self.reference()
        inside, negated = self.escaped_set()
        return f"[{'^' if negated else ''}{inside}]"

    def reference(self) -> str:
        number = int(self.pattern[self.at])
        self.at += 1
        if number not in self.closed:
            raise NoPattern(self.pattern)
        self.repeats += 1
        return rf"(?:\{number})"

    def escaped_set(self) -> tuple[str, bool]:
        """What stands after a backslash, as the inside of a set, and whether its complement is meant."""
        char = self.pattern[self.at : self.at + 1]
        self.at += 1
        if char in _CONTROLS:
            return re.escape(_CONTROLS[char]), False
        if char in _SPECIAL and char:
            return "\\" + char, False
        if char in ("p", "P"):
            end = self.pattern.find("}", self.at)
            if self.pattern[self.at : self.at + 1] != "{" or end < 0:
                raise NoPattern(self.pattern)
            name, self.at = self.pattern[self.at + 1 : end], end + 1
            found = category(name)
            if found is None:
                raise NoPattern(name)
            return found, char == "P"
        found = escape_set(char.lower()) if char else None
        if found is None:
            raise NoPattern(self.pattern)
        return found, char.isupper()

    def set(self) -> str:
        """A set in brackets, such as [^a-z\\d-[aeiou]]; its '[' has been read."""
        negated = self.pattern[self.at : self.at + 1] == "^"
        self.at += negated
        inside, first, less = "", True, ""
        while first or self.pattern[self.at : self.at + 1] != "]":
            if self.at >= len(self.pattern):
                raise NoPattern(self.pattern)
            if self.pattern[self.at : self.at + 2] == "-[" and not first:
                self.at += 2
                less = self.set()
                break
            inside += self.set_part()
            first = False
        if self.pattern[self.at : self.at + 1] != "]":
            raise NoPattern(self.pattern)
        self.at += 1
        plain = f"[{'^' if negated else ''}{inside}]"
        return f"(?:(?!{less}){plain})" if less else plain

    def set_part(self) -> str:
        char = self.pattern[self.at]
        self.at += 1
        if char == "\\":
            inside, negated = self.escaped_set()
            return complement(inside) if negated else inside
        if char == "[" or (char == "]"):
            raise NoPattern(self.pattern)
        if (
            char == "-"
            and self.pattern[self.at : self.at + 1] not in ("]", "-")
            and self.pattern[self.at - 2] not in "[^"
        ):
            after = self.pattern[self.at : self.at + 1]
            if after == "\\" and self.pattern[self.at + 1 : self.at + 2] not in _SPECIAL | set("nrt"):
                raise NoPattern(self.pattern)
            return "-"
        return re.escape(char) if char in "\\^-[]&~|#" or char.isspace() else char


def _without_spaces(pattern: str) -> str:
    """The x flag: white space counts only inside sets."""
    made, depth = "", 0
    for place, char in enumerate(pattern):
        escaped = pattern[:place].rstrip(" \t\n\r").endswith("\\")
        depth += (char == "[" and not escaped) - (char == "]" and not escaped and depth > 0)
        made += "" if char in " \t\n\r" and not depth else char
    return made


def _bounds(count: str) -> tuple[int, int | None]:
    plain = count[:-1] if len(count) > 1 and count.endswith("?") else count
    if plain in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[plain]
    least, comma, most = plain.strip("{}").partition(",")
    return int(least), (int(most) if most else None) if comma else int(least)
