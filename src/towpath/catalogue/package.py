"""A service package as values: what `load` makes of the files, and what all rooms work with.

Texts are not here but in `Package.texts`, by language; a text's key is its path in the locale file, with dots.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from towpath.engines import bpmn, dmn, feel
from towpath.engines.bpmn.figures import Diagram, Figure, Line
from towpath.engines.bpmn.model import Element

Value = feel.Expression | None
AppliesBy = Literal["submitted", "decided", "event-date"]


@dataclass(frozen=True)
class Check:
    id: str
    holds: feel.Expression


@dataclass(frozen=True)
class Source:
    """Where the answer is known already. Shown to the resident before it is used."""

    register: str
    operation: str
    field: str
    assurance: str


@dataclass(frozen=True)
class Question:
    """One question to a resident, or one field of a form for staff."""

    id: str
    type: str
    optional: bool = False
    show_if: Value = None
    options: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    min: Decimal | None = None
    max: Decimal | None = None
    max_length: int | None = None
    max_files: int = 1
    source: Source | None = None
    fills: str = ""
    sensitive: bool = False
    retention: str = ""
    prefill: Value = None


@dataclass(frozen=True)
class Page:
    id: str
    questions: tuple[Question, ...]
    show_if: Value = None


@dataclass(frozen=True)
class GuidedCheck:
    decision: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Form:
    pages: tuple[Page, ...]
    guided_check: GuidedCheck | None = None

    def question(self, name: str) -> Question | None:
        return next((q for page in self.pages for q in page.questions if q.id == name), None)


@dataclass(frozen=True)
class Decides:
    outcomes: tuple[str, ...]
    when: Value = None


@dataclass(frozen=True)
class TaskForm:
    """What a member of staff fills in to complete a user task."""

    id: str
    due: str = ""
    shows: tuple[str, ...] = ()
    fields: tuple[Question, ...] = ()
    decides: Decides | None = None


@dataclass(frozen=True)
class Ask:
    """What a resident may be asked while the case runs."""

    id: str
    letter: str
    fields: tuple[Question, ...]
    wording: str = ""
    reply_within: str = ""


@dataclass(frozen=True)
class Place:
    value: feel.Expression
    written_as: str
    question: str = ""


@dataclass(frozen=True)
class Paragraph:
    id: str
    show_if: Value = None


@dataclass(frozen=True)
class Letter:
    id: str
    tells: str
    channels: tuple[str, ...]
    paragraphs: tuple[Paragraph, ...]
    places: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    id: str
    elements: frozenset[str]
    waits_for: str = "us"


@dataclass(frozen=True)
class Outcome:
    id: str
    favourable: bool
    by: str
    appeal: bool = True


@dataclass(frozen=True)
class Deadline:
    """`within` runs from submission to decision."""

    within: str
    stops: bool
    legal_basis: str
    warn_before: str = ""


@dataclass(frozen=True)
class Term:
    within: str = ""
    legal_basis: str = ""


@dataclass(frozen=True)
class Service:
    """What the body offers (terms follow CPSV-AP). `raw` is the whole of service.yaml, for description."""

    identifier: str
    version: str
    in_force_from: date
    applies_by: str
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    owning_team: str
    teams: tuple[str, ...]
    assurance: str
    read_assurance: str
    open_to: tuple[str, ...]
    legal_resources: tuple[str, ...]
    stages: tuple[Stage, ...]
    outcomes: Mapping[str, Outcome]
    deadline: Deadline | None
    appeal: Term
    review: Term
    reviewed_outcomes: frozenset[str]
    drafts_kept: str
    raw: Mapping[str, Any]


def own_process(model: bpmn.Model) -> bpmn.Process:
    """The process that a request begins with: the first of the file. The others are called."""
    return next(iter(model.processes.values()))


def elements(model: bpmn.Model) -> dict[str, Element]:
    """Of all processes. No two elements of a file have the same id."""
    return {id_: each for process in model.processes.values() for id_, each in process.elements.items()}


@dataclass(frozen=True)
class Drawn:
    """Something of process.bpmn that has a name: the key of its texts, and what the file calls it."""

    key: str
    name: str


def drawn(model: bpmn.Model) -> dict[str, Drawn]:
    """All that has a name in process.bpmn, by id: elements, flows, lanes, pools, data, notes, and called processes.

    A user task is called what its form is, and the service's own process what the service is.
    """
    found: dict[str, Drawn] = {}
    for process in model.processes.values():
        picture = process.diagram
        things: list[Diagram | Figure | Line] = [picture, *picture.figures.values(), *picture.lines.values()]
        for thing in things:
            found.setdefault(thing.id, Drawn(f"process.{thing.id}", thing.name))
    found |= {
        e.id: Drawn(f"tasks.{e.task.form}.title", e.name) for e in elements(model).values() if e.task.form
    }
    own = own_process(model).diagram
    found[own.id] = Drawn("service.title", own.name)
    return {id_: each for id_, each in found.items() if each.name or not each.key.startswith("process.")}


@dataclass(frozen=True)
class Package:
    """A whole service, compiled. The same files always give an equal package."""

    service: Service
    form: Form
    tasks: Mapping[str, TaskForm]
    asks: Mapping[str, Ask]
    letters: Mapping[str, Letter]
    process: bpmn.Process
    model: bpmn.Model
    decisions: Mapping[str, dmn.Model]
    texts: Mapping[str, Mapping[str, str]]
    scenarios: Mapping[str, Any]

    @property
    def elements(self) -> Mapping[str, Element]:
        """Of all processes of the service, the called ones too."""
        return elements(self.model)

    def text(self, key: str, language: str, default: str = "") -> str:
        """A text in a language, else in the service's first one, else `default` (or the key's last part)."""
        for code in (language, *self.service.languages):
            if found := self.texts.get(code, {}).get(key):
                return found
        return default or key.rpartition(".")[2].replace("_", " ").replace("-", " ")

    def name(self, id_: str, language: str, default: str = "") -> str:
        """What an element, a flow or anything else drawn is called in a language; `default` where nothing has this id.

        A language without a text has that of the service's first one, else the name that process.bpmn gives.
        """
        found = self._drawn.get(id_)
        if found is None:
            return default
        texts = (self.texts.get(code, {}).get(found.key) for code in (language, self.service.languages[0]))
        return next(filter(None, texts), found.name or default)

    def names(self, language: str) -> dict[str, str]:
        """The name of everything drawn, by id: the texts of a picture."""
        return {id_: self.name(id_, language) for id_ in self._drawn}

    def activity(self, known_as: str, language: str) -> str:
        """A step in a language. The journal, and logs, know it by the name in process.bpmn."""
        return self.name(self._known_as.get(known_as, ""), language, known_as)

    def activities(self, language: str) -> dict[str, str]:
        """All steps: what the journal knows them by -> what they are called in a language."""
        return {known_as: self.name(id_, language) for known_as, id_ in self._known_as.items()}

    @cached_property
    def _drawn(self) -> Mapping[str, Drawn]:
        return drawn(self.model)

    @cached_property
    def _known_as(self) -> Mapping[str, str]:
        """The name in process.bpmn, or the id of what has none there -> the id. Of two that are named alike, the first."""
        named = [each for each in self.elements.values() if each.id in self._drawn]
        return {each.name or each.id: each.id for each in reversed(named)}

    def stage_of(self, element: str) -> Stage | None:
        return next((stage for stage in self.service.stages if element in stage.elements), None)
