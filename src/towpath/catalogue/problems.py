"""What is wrong with a package, told so that its author can act on it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Problem:
    """One thing. `place` is the key in a YAML file or the element of a model; `right` says what would be right.

    An error keeps the package from being published; a warning does until the publisher takes it on by its `id`.
    """

    file: str
    line: int
    place: str
    what: str
    right: str = ""
    level: Level = "error"

    @property
    def id(self) -> str:
        """The same for the same doubt, wherever in the file it moves to."""
        told = "\0".join((self.file, self.place, self.what))
        return hashlib.sha256(told.encode()).hexdigest()[:8]

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f" {self.place}:" if self.place else ""
        return f"{where}:{place} {self.what}" + (f"; {self.right}" if self.right else "")


def nearest(wrong: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean ...`, else what there is, else `otherwise`."""
    names = sorted(name for name in known if len(name) <= 80)
    if close := get_close_matches(wrong[:80], names, n=1, cutoff=0.6):
        return f"did you mean '{close[0]}'?"
    if otherwise or not names:
        return otherwise
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"there is: {shown}"
