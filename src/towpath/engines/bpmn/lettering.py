"""How wide a text is, about, and where its lines break: no font is at hand where the picture is made."""

from __future__ import annotations

import re
import unicodedata

SIZE, LINE = 12.0, 14.5
_SMALL = 10.5
_NARROW, _WIDE = frozenset("iljtfrI.,:;'|!()[] \u00a0\u202f"), frozenset("mwMW@%")
_GAP = re.compile(r"[^\S\u00a0\u202f]+")  # where a line may break: not before a French question mark
_PARTS = re.compile(r"[^\W_]+[\W_]*|[\W_]+")


def width(text: str, size: float = SIZE) -> float:
    """Pixels in a common sans serif, rather too many than too few."""
    return sum(map(_letter, text)) * size / SIZE


def _letter(letter: str) -> float:
    if letter in _NARROW:
        return 3.9
    if letter in _WIDE:
        return 10.4
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return 12.5
    return 8.2 if letter.isupper() else 6.9


def words(text: str) -> list[str]:
    """What stays together on a line."""
    return [word for word in _GAP.split(text) if word]


def lines(text: str, room: float, size: float = SIZE) -> list[str]:
    """Words stay whole where they fit; a longer one breaks at a sign in it, else where the line is full."""
    found: list[str] = []
    for word in words(text):
        joined = f"{found[-1]} {word}" if found else word
        if found and width(joined, size) <= room:
            found[-1] = joined
        else:
            found.extend(_broken(word, room, size))
    return found


def fit(text: str, room: float, height: float) -> tuple[float, list[str]]:
    """The size and the lines with which a text fits into a box; what does not fit at all ends in "…"."""
    for size in (SIZE, _SMALL):
        found = lines(text, room, size)
        most = max(1, int(height / (LINE * size / SIZE)))
        whole = size == _SMALL or all(width(word, size) <= room for word in words(text))
        if len(found) <= most and whole:  # rather small than broken
            return size, found
    return _SMALL, [*found[: most - 1], found[most - 1].rstrip() + "…"]


def _broken(word: str, room: float, size: float) -> list[str]:
    if width(word, size) <= room:
        return [word]
    found = [""]
    for part in _PARTS.findall(word):
        for piece in [part] if width(part, size) <= room else part:
            if found[-1] and width(found[-1] + piece, size) > room:
                found.append("")
            found[-1] += piece
    return found
