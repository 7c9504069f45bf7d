"""HTML that can't be broken by what stands in it: whatever is not made here is escaped."""

from __future__ import annotations

import re
from html import escape

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)
_VOID = frozenset({"br", "hr", "meta", "col", "line", "rect", "path", "circle", "polygon", "polyline"})


class Html(str):
    """Text that is HTML already. Only `tag`, `joined` and `trusted` make it."""

    __slots__ = ()


def text(value: object) -> Html:
    """Anything as text. Characters that no page may hold, or that turn the reading direction, are shown as �."""
    return value if isinstance(value, Html) else Html(escape(_CONTROL.sub("�", str(value)), quote=True))


def joined(*parts: object) -> Html:
    """None and empty texts vanish, lists are laid out flat."""
    flat: list[str] = []
    for part in parts:
        if isinstance(part, list | tuple):
            flat.append(joined(*part))
        elif part is not None:
            flat.append(text(part))
    return Html("".join(flat))


def tag(name: str, /, *parts: object, **attributes: object) -> Html:
    """An element. `class_` is class, other underscores are hyphens; attributes that are None or False are left out."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text("" if value is True else value)}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID and not parts:
        return Html(f"<{name}{given}/>" if name not in ("br", "hr", "meta", "col") else f"<{name}{given}>")
    return Html(f"<{name}{given}>{joined(*parts)}</{name}>")


def trusted(html: str) -> Html:
    """HTML of our own engines or files, never of a log."""
    return Html(html)
