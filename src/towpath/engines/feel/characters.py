"""Sets of characters that XPath's regular expressions name, as the inside of a `re` set.

Of the Unicode planes the first two are looked at: beyond them lie rare ideographs and private characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

LAST = 0x1FFFF
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
        "Z",
        "Zs",
        "Zl",
        "Zp",
        "S",
        "Sm",
        "Sc",
        "Sk",
        "So",
        "C",
        "Cc",
        "Cf",
        "Co",
        "Cn",
    ]
)
_BLOCKS = {
    "BasicLatin": (0x0000, 0x007F),
    "Latin-1Supplement": (0x0080, 0x00FF),
    "LatinExtended-A": (0x0100, 0x017F),
    "LatinExtended-B": (0x0180, 0x024F),
    "IPAExtensions": (0x0250, 0x02AF),
    "SpacingModifierLetters": (0x02B0, 0x02FF),
    "CombiningDiacriticalMarks": (0x0300, 0x036F),
    "Greek": (0x0370, 0x03FF),
    "GreekandCoptic": (0x0370, 0x03FF),
    "Cyrillic": (0x0400, 0x04FF),
    "Armenian": (0x0530, 0x058F),
    "Hebrew": (0x0590, 0x05FF),
    "Arabic": (0x0600, 0x06FF),
    "Devanagari": (0x0900, 0x097F),
    "Bengali": (0x0980, 0x09FF),
    "Thai": (0x0E00, 0x0E7F),
    "Georgian": (0x10A0, 0x10FF),
    "LatinExtendedAdditional": (0x1E00, 0x1EFF),
    "GreekExtended": (0x1F00, 0x1FFF),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CurrencySymbols": (0x20A0, 0x20CF),
    "LetterlikeSymbols": (0x2100, 0x214F),
    "NumberForms": (0x2150, 0x218F),
    "Arrows": (0x2190, 0x21FF),
    "MathematicalOperators": (0x2200, 0x22FF),
    "BoxDrawing": (0x2500, 0x257F),
    "GeometricShapes": (0x25A0, 0x25FF),
    "Dingbats": (0x2700, 0x27BF),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "PrivateUse": (0xE000, 0xF8FF),
}
_NAME_START = (
    "A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C-\\u200D"
    "\\u2070-\\u218F\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFFFD\\U00010000-\\U000EFFFF"
)
_NAMED = {
    "s": " \\t\\n\\r",
    "i": ":" + _NAME_START,
    "c": ":" + _NAME_START + "\\-.0-9\\u00B7\\u0300-\\u036F\\u203F-\\u2040",
}


def escape_set(letter: str) -> str | None:
    r"""What \s, \i, \c, \d and \w stand for; None for letters that stand for nothing."""
    if letter in _NAMED:
        return _NAMED[letter]
    if letter == "d":
        return category("Nd")
    return _words() if letter == "w" else None


@lru_cache(maxsize=64)
def category(name: str) -> str | None:
    r"""The set of \p{name}: a general category or a block ("IsGreek")."""
    if name.startswith("Is"):
        block = _BLOCKS.get(name[2:])
        return _span(*block) if block else None
    if name not in _CATEGORIES:
        return None
    return _where(lambda char: unicodedata.category(char).startswith(name))


@lru_cache(maxsize=1)
def _words() -> str:
    return _where(lambda char: unicodedata.category(char)[0] not in "PZC")


@lru_cache(maxsize=64)
def complement(inside: str) -> str:
    """The inside of a set that has what `inside` lacks."""
    pattern = re.compile(f"[{inside}]")
    return _where(lambda char: pattern.match(char) is None)


def _where(holds: Callable[[str], bool]) -> str:
    spans, start = [], None
    for point in range(LAST + 2):
        if point <= LAST and holds(chr(point)):
            start = point if start is None else start
        elif start is not None:
            spans.append(_span(start, point - 1))
            start = None
    return "".join(spans)


def _span(start: int, end: int) -> str:
    return f"\\U{start:08x}" + (f"-\\U{end:08x}" if end > start else "")
