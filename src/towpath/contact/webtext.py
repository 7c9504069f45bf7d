"""The words of an HTML message. Its markup is never shown to anybody."""

from html.parser import HTMLParser
from typing import Final

UNSEEN: Final = frozenset({"script", "style", "head", "title", "template"})
BLOCKS: Final = frozenset(
    {"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"}
)
LONGEST: Final = 500_000


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.unseen = 0
        self.quotes = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.unseen += tag in UNSEEN
        if tag in BLOCKS or tag == "blockquote":
            self._new_line()
        self.quotes += tag == "blockquote"

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in UNSEEN and self.unseen > 0
        if tag in BLOCKS or tag == "blockquote":
            self._new_line()
        self.quotes -= tag == "blockquote" and self.quotes > 0

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self._new_line()

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if self.unseen or not words:
            return
        if not self.lines[-1] and self.quotes:
            self.lines[-1] = "> "
        gap = " " if self.lines[-1] and data[:1].isspace() else ""
        self.lines[-1] += gap + words + (" " if data[-1:].isspace() else "")

    def _new_line(self) -> None:
        if self.lines[-1].strip():
            self.lines.append("")


def text_of(html: str) -> str:
    words = _Words()
    words.feed(html[:LONGEST])
    words.close()
    return "\n".join(" ".join(line.split()) for line in words.lines).strip()
