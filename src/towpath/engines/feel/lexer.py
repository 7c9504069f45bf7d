"""FEEL text to tokens (DMN 1.5, section 10.3.1.2)."""

from __future__ import annotations

import re
from typing import NamedTuple

from towpath.engines.feel.limits import MAX_TEXT, FeelError

_TOKEN = re.compile(
    r"""
    (?P<space>   [\s\u180e\u200b\ufeff]+ | //[^\n]* | /\*.*?\*/ )
  | (?P<number>  (?: [0-9]+ (?:\.[0-9]+)? | \.[0-9]+ ) (?: [eE][+-]?[0-9]+ )? )
  | (?P<at>      @\s*"(?:[^"\\]|\\.)*" )
  | (?P<string>  "(?:[^"\\]|\\.)*" )
  | (?P<open>    " | /\* )
  | (?P<word>    \? | (?: [^\W0-9] | [\U00010000-\U000EFFFF] ) (?: \w | [\U00010000-\U000EFFFF] )* )
  | (?P<sign>    \*\* | \.\. | <= | >= | != | -> | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """`kind` is number, string, at, word, sign or end."""

    kind: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, closed by one of kind "end"."""
    if len(text) > MAX_TEXT:
        raise FeelError(text, 0, f"the text is longer than {MAX_TEXT} characters (MAX_TEXT)")
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "open":
            what = "a string" if match.group() == '"' else "a comment"
            raise FeelError(text, match.start(), f"{what} is not closed")
        if kind != "space":
            found.append(Token(kind, match.group(), match.start()))
    found.append(Token("end", "", len(text)))
    return found


def string_value(token: Token, text: str) -> str:
    """What a string or @-literal token says, its escapes resolved."""
    raw = token.text[token.text.index('"') + 1 : -1]
    if "\\" not in raw:
        return raw
    value = _ESCAPE.sub(lambda match: _escaped(match.group(1)), raw)
    try:  # two \u escapes may be the halves of one character
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise FeelError(text, token.position, "the string has half a character (\\uD800-\\uDFFF)") from None


def _escaped(code: str) -> str:
    if code[0] in "uU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point <= 0x10FFFF else "\\" + code
    return _PLAIN_ESCAPES.get(code, "\\" + code)
