"""Patterns for matches(): those of XPath that Python's `re` reads alike, and only those that end in time.

A pattern that may need exponential time is refused for its shape; what a pattern needs at worst on a text
grows with each part that may vary in length, and is bounded by MAX_MATCHING.
"""

from __future__ import annotations

import re
from functools import lru_cache

from towpath.engines.feel.limits import MAX_MATCHING, MAX_PATTERN, Exceeded

_PIECE = re.compile(
    r"(?P<group>\((?:\?:)?) | (?P<close>\)) | (?P<either>\|) | (?P<count>[*+?]\?? | \{\d*,?\d*\}\??)"
    r"| (?P<set>\[\^?\]?(?:\\.|[^\]\\])*\]) | (?P<reference>\\[1-9]) | (?P<char>\\?.)",
    re.VERBOSE | re.DOTALL,
)
_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}


def matches(text: str, pattern: str, flags: str) -> bool | None:
    """Whether the pattern is found in the text; None if it is no pattern; Exceeded if it may take too long."""
    prepared = _prepared(pattern, flags)
    if prepared is None:
        return None
    compiled, repeats, choices = prepared
    if choices * (len(text) + 1) ** repeats > MAX_MATCHING:
        raise Exceeded(
            f"the pattern may take more than {MAX_MATCHING} steps on this text (MAX_MATCHING); "
            "use fewer parts with * or +, begin with ^, or check the length first"
        )
    return compiled.search(text) is not None


@lru_cache(maxsize=512)
def _prepared(pattern: str, flags: str) -> tuple[re.Pattern[str], int, int] | None:
    """The compiled pattern, how many parts repeat without end, and how many choices there are besides."""
    if len(pattern) > MAX_PATTERN:
        raise Exceeded(f"a pattern of more than {MAX_PATTERN} characters (MAX_PATTERN)")
    repeats, choices = _cost(pattern)
    option = re.NOFLAG
    for flag in flags:
        if flag not in _FLAGS:
            return None
        option |= _FLAGS[flag]
    try:
        return re.compile(pattern, option), repeats, choices
    except (re.error, OverflowError, RecursionError):
        return None


def _cost(pattern: str) -> tuple[int, int]:
    repeats, choices = (0 if pattern.startswith("^") else 1), 1
    varies = [False]  # for each open group: can it match in more than one way?
    last = False  # the same of the piece that a count would follow
    for piece in _PIECE.finditer(pattern):
        shape = piece.lastgroup
        less = (
            shape == "set" and "-[" in piece.group()
        )  # XPath takes characters away so; `re` reads it otherwise
        if (
            less
            or shape == "reference"
            or (shape == "count" and piece.start() and pattern[piece.start() - 1] == "(")
        ):
            raise Exceeded(f"the pattern uses '{piece.group()}', which is not supported here")
        if shape == "group":
            varies.append(False)
        elif shape == "close" and len(varies) > 1:
            last = varies.pop()
            varies[-1] = varies[-1] or last
        elif shape == "count":
            least, most = _bounds(piece.group())
            if last and (most is None or most > 1):
                raise Exceeded("the pattern repeats a group that itself repeats or has '|' inside")
            repeats += most is None
            choices *= 1 if most is None else max(1, most - least + 1)
            varies[-1] = varies[-1] or most != least
            last = False
        else:
            choices *= 2 if shape == "either" else 1
            varies[-1] = varies[-1] or shape == "either"
            last = False
    return repeats, choices


def _bounds(count: str) -> tuple[int, int | None]:
    plain = count[:-1] if len(count) > 1 and count.endswith("?") else count
    if plain in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[plain]
    least, comma, most = plain.strip("{}").partition(",")
    low = int(least or 0)
    return low, (int(most) if most else None) if comma else low
