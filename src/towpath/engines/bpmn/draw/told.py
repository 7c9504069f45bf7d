"""What is said of a process: its picture, what is laid over it, and the words of the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from towpath.engines.bpmn.figures import Diagram, Figure, Line

Overlay = Mapping[str, Mapping[str, str]]


class Deviation(NamedTuple):
    """A way that was gone and is not in the model, from one element to another; `label` says how often."""

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    diagram: Diagram
    overlay: Overlay
    texts: Mapping[str, str]
    deviations: tuple[Deviation, ...] = ()

    def text(self, thing: Figure | Line | Diagram) -> str:
        return self.texts.get(thing.id, thing.name)

    def words(self, name: str) -> list[str]:
        """What the overlay says of an element, in words."""
        mark = self.overlay.get(name, {})
        said = [self.texts.get(word, word) for word in mark.get("class", "").split()]
        return said + [mark[key] for key in ("label", "note") if mark.get(key)]

    def has(self, name: str, mark: str) -> bool:
        return mark in self.overlay.get(name, {}).get("class", "").split()

    def classes(self, name: str, *own: str) -> str:
        marks = self.overlay.get(name, {}).get("class", "").split()
        return escape(" ".join([*own, *(f"is-{mark}" for mark in marks)]))

    def full(self, figure: Figure) -> str:
        """The name, and what is said of it: a tooltip, and a part of the description."""
        name, said = self.text(figure) or figure.id, self.words(figure.id)
        return f"{name} ({', '.join(said)})" if said else name
