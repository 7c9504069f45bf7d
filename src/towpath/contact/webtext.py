"""The words of an HTML message. Its markup is never shown to anybody.

Own, because the standard library's parser takes quadratic time on what a stranger may send (half a megabyte of `<a `
took minutes); here each character is looked at a fixed number of times.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final

UNSEEN: Final = frozenset({"script", "style", "head", "title", "template"})
BLOCKS: Final = frozenset(
    {"p", "div", "br", "hr", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre"}
    | {"section", "article", "header", "footer", "blockquote"}
)
LONGEST: Final = 500_000  # characters
NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,20}")
ENDS = {name: re.compile(f"</{name}[^a-z0-9]", re.IGNORECASE) for name in UNSEEN}


def text_of(html: str) -> str:
    """One line for each block; what is in a `blockquote` begins with `>`, as in plain messages."""
    lines: list[list[str]] = [[]]
    quotes = 0
    for tag, words in _pieces(html[:LONGEST]):
        if tag.lstrip("/") in BLOCKS:
            lines.append([])
            quotes += (tag == "blockquote") - (tag == "/blockquote" and quotes > 0)
        if words:
            lines[-1] += ["> ", words] if quotes and not lines[-1] and words.strip() else [words]
    plain = (" ".join("".join(line).split()) for line in lines)
    return "\n".join(line for line in plain if line)


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """(tag, words) in their order; the tag without its attributes, in small letters, with `/` where it closes."""
    at = 0
    while at < len(html):
        start = html.find("<", at)
        end = html.find(">", start) if start >= 0 else -1
        if end < 0:
            yield "", unescape(html[at:])
            return
        yield "", unescape(html[at:start])
        name = NAME.match(html, start + 1)
        if name:
            tag = name[0].lower()
            yield tag, ""
            at = _after_unseen(html, tag, end + 1) if tag in UNSEEN else end + 1
        elif html[start + 1] in "!?/":
            at = _after_comment(html, start, end)
        else:
            yield "", "<"
            at = start + 1


def _after_unseen(html: str, tag: str, at: int) -> int:
    closed = ENDS[tag].search(html, at)
    return closed.start() if closed else len(html)


def _after_comment(html: str, start: int, end: int) -> int:
    if not html.startswith("<!--", start):
        return end + 1
    closed = html.find("-->", start)
    return closed + 3 if closed >= 0 else len(html)
