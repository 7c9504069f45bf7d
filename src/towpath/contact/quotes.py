"""Telling what somebody wrote from what their mail program repeated. By shape, so that it works in any language."""

import re

RULE = re.compile(r"^\s*(-{3,}[^-].*-{3,}|_{20,})\s*$")  # "-----Original Message-----" and its like
FIELD = re.compile(r"^\s*\*?[^\W\d_][\w .'\u2019-]{0,20}\*?\s?:\*?\s+\S")  # "From: …", "De : …"
ATTRIBUTION_LINES = 3
LINE = 200  # characters of a line that are looked at, so that no line costs more


def split_quote(text: str) -> tuple[str, str]:
    """(what was said, the earlier messages below it). A text that is all quote counts as said."""
    lines = text.splitlines()
    cut = min(_header_block(lines), _trailing_quote(lines))
    said = "\n".join(lines[:cut]).strip()
    return (said, "\n".join(lines[cut:]).strip()) if said else (text.strip(), "")


def _header_block(lines: list[str]) -> int:
    """Where a repeated message begins that is set off by a rule or by the fields of its head."""
    lines = [line[:LINE] for line in lines]
    for number, line in enumerate(lines):
        if RULE.match(line) and any(FIELD.match(after) for after in lines[number + 1 : number + 4]):
            return number
        block = lines[number : number + 4]
        if (
            FIELD.match(line)
            and all(map(FIELD.match, block[:3]))
            and len(block) > 2
            and "@" in "".join(block)
        ):
            return number
    return len(lines)


def _trailing_quote(lines: list[str]) -> int:
    """Where the `>` lines at the end begin, with the line before them that says who wrote what follows."""
    start = len(lines)
    while start and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith(">")):
        start -= 1
    if not any(line.strip() for line in lines[start:]):
        return len(lines)
    return _attribution(lines, start)


def _attribution(lines: list[str], end: int) -> int:
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    said = " ".join(lines[start:end]).rstrip()
    names_a_message = said.endswith(":") and re.search(r"@|\d", said)
    return start if names_a_message and end - start <= ATTRIBUTION_LINES else end
